// The review of a collection: who wrote to whom how often, unticked one by one or by domain, then imported
// through the import of senders with its preview and undo.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  type Contact,
  type ContactRun,
  importContacts,
  listContacts,
  tickContacts,
} from '@gatepost/contract/contacts.ts'
import {
  commitSenderImport,
  getSenderSummary,
  listSenders,
  type SenderImport,
  undoSenderImport,
} from '@gatepost/contract/sender.ts'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { count, date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SearchField } from '#shared/search-field.tsx'
import stack from '#shared/stack.module.css'
import { ImportOutcome } from '../import-outcome.tsx'
import { ImportPreview } from '../import-preview.tsx'
import classes from './collect.module.css'

const LIMIT = 20
const COUNTS = [1, 2, 3, 5, 10]

type Props = { readonly run: ContactRun; readonly onClose: () => void }

export function ReviewContacts({ run, onClose }: Props) {
  const t = useWords('senders')
  const tenant = useSlug()
  const params = { tenant, contactRun: run.id }
  const [countMin, setCountMin] = useState(1)
  const previews = useAction(importContacts)
  if (previews.data) return <Imports items={previews.data.items} onClose={onClose} onAgain={previews.reset} />
  return (
    <div className={stack.stack}>
      <Pairs run={run} countMin={countMin} onCountMin={setCountMin} />
      {previews.error && <ProblemNote error={previews.error} />}
      <div className={stack.row}>
        <Button loading={previews.isPending} onClick={() => previews.mutate({ params, body: { countMin } })}>
          {t('reviewContacts.previewTheImport')}
        </Button>
        <Button
          component="a"
          variant="default"
          href={`/v1/tenants/${tenant}/contact-runs/${run.id}/csv?countMin=${countMin}`}
          download="contacts.csv"
        >
          {t('reviewContacts.downloadCsv')}
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('reviewContacts.close')}
        </Button>
      </div>
    </div>
  )
}

type PairsProps = {
  readonly run: ContactRun
  readonly countMin: number
  readonly onCountMin: (count: number) => void
}

function Pairs({ run, countMin, onCountMin }: PairsProps) {
  const t = useWords('senders')
  const tenant = useSlug()
  const params = { tenant, contactRun: run.id }
  const [search, setSearch] = useState('')
  const pages = usePages()
  const tick = useAction(tickContacts, { readAgain: [listContacts] })
  // A tick shows at once; the server's word comes a moment later.
  const [asked, setAsked] = useState<ReadonlyMap<string, boolean>>(new Map())
  const query = {
    countMin,
    limit: LIMIT,
    ...(search ? { search } : {}),
    ...(pages.after ? { after: pages.after } : {}),
  }
  const { data, error } = useEndpoint(listContacts, { params, query }, { keepPrevious: true })
  const setTick = (contact: Contact, isTicked: boolean) => {
    const { user, external } = contact
    setAsked((before) => new Map(before).set(keyOf(contact), isTicked))
    tick.mutate(
      { params, body: { isTicked, pairs: [{ user, external }], externals: [] } },
      { onError: () => setAsked(new Map()) },
    )
  }
  const columns = useMemo(() => columnsOf(t, setTick), [run.id])
  const again =
    <Value,>(change: (value: Value) => void) =>
    (value: Value): void => {
      pages.reset()
      change(value)
    }
  return (
    <>
      <div className={classes.tools}>
        <SearchField
          label={t('reviewContacts.searchContacts')}
          placeholder={t('reviewContacts.beginningOfAnAddress')}
          value={search}
          onChange={again(setSearch)}
        />
        <NativeSelect
          label={t('reviewContacts.atLeast')}
          value={String(countMin)}
          onChange={(event) => again(onCountMin)(Number(event.currentTarget.value))}
          data={COUNTS.map((number) => ({
            value: String(number),
            label: t('reviewContacts.messages', { count: number }),
          }))}
        />
      </div>
      {error && !data && <ProblemNote error={error} />}
      {tick.error && <ProblemNote error={tick.error} />}
      {data && (
        <>
          <p role="status">
            {t('reviewContacts.ofContactsTicked', { ticked: count(data.ticked), count: data.total ?? 0 })}
          </p>
          <div className={classes.framed}>
            <DataTable
              label={t('reviewContacts.contactsTheMostFrequent')}
              rows={data.items.map((item) => ({
                ...item,
                isTicked: asked.get(keyOf(item)) ?? item.isTicked,
              }))}
              columns={columns}
              rowKey={keyOf}
              card={(contact) => <Card contact={contact} onTick={setTick} />}
              dense
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
              words={[t('reviewContacts.back'), t('reviewContacts.more')]}
            />
          </div>
        </>
      )}
    </>
  )
}

const keyOf = ({ user, external }: Contact): string => `${user} ${external}`

type OnTick = (contact: Contact, isTicked: boolean) => void

function Tick({ contact, onTick }: { readonly contact: Contact; readonly onTick: OnTick }) {
  const t = useWords('senders')
  return (
    <Checkbox
      aria-label={t('reviewContacts.importFor', { external: contact.external, user: contact.user })}
      checked={contact.isTicked}
      onChange={(event) => onTick(contact, event.currentTarget.checked)}
    />
  )
}

const columnsOf = (t: Words, onTick: OnTick): readonly Column<Contact>[] => [
  {
    id: 'tick',
    head: t('reviewContacts.import'),
    headHidden: true,
    cell: (contact) => <Tick contact={contact} onTick={onTick} />,
  },
  {
    id: 'external',
    head: t('reviewContacts.contact'),
    cell: ({ external }) => <span className="strong">{external}</span>,
  },
  { id: 'user', head: t('reviewContacts.of'), cell: ({ user }) => user },
  {
    id: 'count',
    head: t('reviewContacts.messages2'),
    align: 'right',
    cell: ({ count: number }) => count(number),
  },
  {
    id: 'last',
    head: t('reviewContacts.last'),
    cell: ({ lastAt }) => (lastAt === null ? t('reviewContacts.noDate') : date(lastAt)),
  },
]

function Card({ contact, onTick }: { readonly contact: Contact; readonly onTick: OnTick }) {
  const t = useWords('senders')
  return (
    <>
      <span className={stack.inline}>
        <Tick contact={contact} onTick={onTick} />
        <span className="strong">{contact.external}</span>
      </span>
      <span className="tx2">
        {t('reviewContacts.messagesOf', { count: contact.count, user: contact.user })}
      </span>
    </>
  )
}

type ImportsProps = {
  readonly items: readonly SenderImport[]
  readonly onClose: () => void
  readonly onAgain: () => void
}

/** One preview after the other: a file of the import has at most 50,000 rows. */
function Imports({ items, onClose, onAgain }: ImportsProps) {
  const [index, setIndex] = useState(0)
  const item = items[index]
  if (item === undefined) return null
  const next = index + 1 < items.length ? () => setIndex(index + 1) : onClose
  return <OneImport key={item.id} preview={item} onDiscard={onAgain} onDone={next} />
}

type OneProps = {
  readonly preview: SenderImport
  readonly onDiscard: () => void
  readonly onDone: () => void
}

function OneImport({ preview, onDiscard, onDone }: OneProps) {
  const tenant = useSlug()
  const readAgain = [listSenders, getSenderSummary, getConnect]
  const commit = useAction(commitSenderImport, { readAgain })
  const undo = useAction(undoSenderImport, { readAgain })
  const params = { tenant, senderImport: preview.id }
  const shown = undo.data ?? commit.data ?? preview
  if (shown.state === 'previewed')
    return (
      <ImportPreview
        shown={shown}
        busy={commit.isPending}
        error={commit.error}
        onCommit={() => commit.mutate({ params })}
        onDiscard={onDiscard}
      />
    )
  return (
    <ImportOutcome
      shown={shown}
      busy={undo.isPending}
      error={undo.error}
      onUndo={() => undo.mutate({ params })}
      onAgain={onDone}
    />
  )
}
