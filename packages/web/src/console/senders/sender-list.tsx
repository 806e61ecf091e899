// The entries that pass the filters: pages, edit and remove for one, and removing all that were found.

import {
  exportSenders,
  getSenderSummary,
  listSenders,
  type ManagedSender,
  removeSender,
} from '@gatepost/contract/sender.ts'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconDownload, IconUserCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { EditSender } from './edit-sender.tsx'
import { SenderFilters } from './filters.tsx'
import { RemoveFound } from './remove-found.tsx'
import classes from './senders.module.css'
import {
  actionWordsOf,
  entriesOf,
  filterOf,
  isFiltered,
  type SendersSearch,
  sourceWordsOf,
  stateWordsOf,
} from './senders-search.ts'

const LIMIT = 50
const SOON_MS = 30 * 24 * 3_600_000
const READ_AGAIN = [listSenders, getSenderSummary]

type Props = {
  readonly search: SendersSearch
  readonly onChange: (search: SendersSearch) => void
}

export function SenderList({ search, onChange }: Props) {
  const t = useWords('senders')
  const tenant = useSlug()
  const may = useMay('senders:write')
  const pages = usePages()
  const [edited, setEdited] = useState<ManagedSender | null>(null)
  const remove = useAction(removeSender, { readAgain: READ_AGAIN })
  const filter = filterOf(search)
  const { data, error } = useEndpoint(
    listSenders,
    {
      params: { tenant },
      query: { limit: LIMIT, ...filter, ...(pages.after ? { after: pages.after } : {}) },
    },
    { keepPrevious: true, refetchInterval: 15_000 },
  )
  const columns = useMemo(
    () =>
      columnsOf(
        t,
        may
          ? {
              onEdit: setEdited,
              onRemove: ({ id }) => remove.mutate({ params: { tenant, sender: id } }),
            }
          : null,
      ),
    [may, tenant, remove.mutate],
  )
  const change = (part: SendersSearch) => {
    pages.reset()
    onChange({ ...search, ...part })
  }
  return (
    <Panel title={t('senderList.listsOfUsers')} side={t('senderList.whatEachPersonPermitsAnd')} flush>
      <SenderFilters search={search} onChange={change}>
        <ExportLink search={search} />
        {may && data && data.items.length > 0 && isFiltered(search) && (
          <RemoveFound filter={filter} onDone={pages.reset} />
        )}
      </SenderFilters>
      {error && !data && <ProblemNote error={error} />}
      {remove.error && <ProblemNote error={remove.error} />}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <PanelBody>
          <Nothing search={search} onClear={() => change(cleared)} />
        </PanelBody>
      )}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label={t('senderList.permittedAndBlockedSenders')}
            remember={t('senderList.senders')}
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(row) => (
              <Card row={row} menu={columns.at(-1)!.id === 'menu' ? columns.at(-1)!.cell(row) : null} />
            )}
          />
          <PageFoot
            pages={pages}
            next={data.next}
            shown={data.items.length}
            limit={LIMIT}
            total={data.total}
            words={[t('senderList.back'), t('senderList.more')]}
          />
        </>
      )}
      {edited && <EditSender key={edited.id} entry={edited} onClose={() => setEdited(null)} />}
    </Panel>
  )
}

const cleared: SendersSearch = {
  search: undefined,
  user: undefined,
  action: undefined,
  source: undefined,
  state: undefined,
}

function Nothing({ search, onClear }: { readonly search: SendersSearch; readonly onClear: () => void }) {
  const t = useWords('senders')
  if (isFiltered(search)) {
    return (
      <Note tone="mute" title={t('senderList.thereAreNo', { search: entriesOf(t, search) })}>
        <p>{t('senderList.aSearchFindsTheBeginningOf')}</p>
        <Button variant="default" onClick={onClear}>
          {t('senderList.showAll')}
        </Button>
      </Note>
    )
  }
  return (
    <EmptyState icon={IconUserCheck} title={t('senderList.nobodyPermitsOrBlocks')}>
      {t('senderList.importTheAddressesPeople')}
    </EmptyState>
  )
}

function ExportLink({ search }: { readonly search: SendersSearch }) {
  const t = useWords('senders')
  const tenant = useSlug()
  const given = Object.entries(filterOf(search)).map(([name, value]) => [name, String(value)])
  const path = exportSenders.path.replace('{tenant}', encodeURIComponent(tenant))
  return (
    <Button
      component="a"
      href={`${path}?${new URLSearchParams(given)}`}
      download="senders.csv"
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
      title={t('senderList.theFilteredEntriesAsACsv')}
    >
      {t('senderList.export')}
    </Button>
  )
}

type Acts = { readonly onEdit: (row: ManagedSender) => void; readonly onRemove: (row: ManagedSender) => void }

function columnsOf(t: Words, acts: Acts | null): readonly Column<ManagedSender>[] {
  const columns: Column<ManagedSender>[] = [
    { id: 'sender', head: t('senderList.sender'), cell: (row) => <SenderCell row={row} /> },
    { id: 'user', head: t('senderList.for'), cell: ({ user }) => <HostText plain>{user}</HostText> },
    { id: 'action', head: t('senderList.action'), cell: (row) => <Action row={row} /> },
    {
      id: 'matches',
      head: t('senderList.matchesBy'),
      cell: (row) => <span className="tx2">{matchWords(t, row)}</span>,
    },
    {
      id: 'source',
      head: t('senderList.source'),
      cell: (row) => <Source row={row} />,
    },
    { id: 'expires', head: t('senderList.expires'), cell: (row) => <Expiry row={row} /> },
    {
      id: 'used',
      head: t('senderList.lastUsed'),
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? (
          <span className="tx3">{t('senderList.never')}</span>
        ) : (
          <RelativeTime at={lastUsedAt} />
        ),
    },
  ]
  if (!acts) return columns
  const menu = (row: ManagedSender) => <RowMenu row={row} acts={acts} />
  return [
    ...columns,
    { id: 'menu', head: t('senderList.actions'), headHidden: true, align: 'right', cell: menu },
  ]
}

/** Where an entry comes from; one made by itself names its message. */
function Source({ row }: { readonly row: ManagedSender }) {
  const t = useWords('senders')
  const slug = useSlug()
  const words = <span className="tx2">{sourceWordsOf(t)[row.source]}</span>
  if (row.messageId === null) return words
  return (
    <>
      {words}
      <span className={classes.scope}>
        <Link to="/t/$slug/messages/$message" params={{ slug, message: row.messageId }}>
          {row.state === 'suspended'
            ? t('senderList.suspendedByThisMessage')
            : t('senderList.madeByThisMessage')}
        </Link>
      </span>
    </>
  )
}

function SenderCell({ row }: { readonly row: ManagedSender }) {
  return (
    <>
      <span className="strong">
        <HostText plain>{row.sender}</HostText>
      </span>
      {row.comment && <span className={classes.scope}>{row.comment}</span>}
    </>
  )
}

function Action({ row }: { readonly row: ManagedSender }) {
  const t = useWords('senders')
  const word = actionWordsOf(t)[row.action]
  if (row.state === 'active') return <ToneText tone={row.action === 'permit' ? 'ok' : 'bad'}>{word}</ToneText>
  return (
    <>
      <ToneText tone="mute">{word}</ToneText>
      <span className={classes.scope}>{stateWordsOf(t)[row.state]}</span>
    </>
  )
}

/** `Domain, if authenticated`. */
function matchWords(t: Words, { kind, onlyIfAuthenticated }: ManagedSender): string {
  if (kind === 'address') return t('senderList.address')
  return onlyIfAuthenticated ? t('senderList.domainIfAuthenticated') : t('senderList.domain')
}

function Expiry({ row }: { readonly row: ManagedSender }) {
  const t = useWords('senders')
  const now = useNow()
  const { expiresAt, state } = row
  if (expiresAt === null) return <span className="tx3">{t('senderList.never')}</span>
  const isSoon = state !== 'expired' && expiresAt - now < SOON_MS
  return isSoon ? <ToneText tone="warn">{date(expiresAt)}</ToneText> : <span>{date(expiresAt)}</span>
}

function RowMenu({ row, acts }: { readonly row: ManagedSender; readonly acts: Acts }) {
  const t = useWords('senders')
  return (
    <Menu width={160} position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('senderList.actionsForOf', { sender: row.sender, user: row.user })}
        >
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => acts.onEdit(row)}>{t('senderList.edit')}</Menu.Item>
        <Menu.Item onClick={() => acts.onRemove(row)}>{t('senderList.remove')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Card({ row, menu }: { readonly row: ManagedSender; readonly menu: ReactNode }) {
  const t = useWords('senders')
  return (
    <>
      <span className={classes.cardHead}>
        <span className="strong">{row.sender}</span>
        {menu}
      </span>
      <span className="tx2">
        <Action row={row} />
        {t('senderList.for2', { user: row.user })}
      </span>
      <span className="tx3">
        {[matchWords(t, row), sourceWordsOf(t)[row.source], row.comment].filter(Boolean).join(', ')}
      </span>
    </>
  )
}
