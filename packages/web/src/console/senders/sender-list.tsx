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
  actionWords,
  entriesOf,
  filterOf,
  isFiltered,
  type SendersSearch,
  sourceWords,
  stateWords,
} from './senders-search.ts'

const LIMIT = 50
const SOON_MS = 30 * 24 * 3_600_000
const READ_AGAIN = [listSenders, getSenderSummary]

type Props = {
  readonly search: SendersSearch
  readonly onChange: (search: SendersSearch) => void
}

export function SenderList({ search, onChange }: Props) {
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
    <Panel title="Lists of users" side="what each person permits and blocks" flush>
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
            label="Permitted and blocked senders"
            remember="senders"
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
            words={['Back', 'More']}
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
  if (isFiltered(search)) {
    return (
      <Note tone="mute" title={`There are no ${entriesOf(search)}`}>
        <p>A search finds the beginning of a sender, of its domain, or of the user’s address.</p>
        <Button variant="default" onClick={onClear}>
          Show all
        </Button>
      </Note>
    )
  }
  return (
    <EmptyState icon={IconUserCheck} title="Nobody permits or blocks anybody yet">
      Import the addresses people write to before mail comes through us, so that nobody they know is delayed;
      or permit a sender for one person.
    </EmptyState>
  )
}

function ExportLink({ search }: { readonly search: SendersSearch }) {
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
      title="The filtered entries as a CSV that can be imported again"
    >
      Export
    </Button>
  )
}

type Acts = { readonly onEdit: (row: ManagedSender) => void; readonly onRemove: (row: ManagedSender) => void }

function columnsOf(acts: Acts | null): readonly Column<ManagedSender>[] {
  const columns: Column<ManagedSender>[] = [
    { id: 'sender', head: 'Sender', cell: (row) => <SenderCell row={row} /> },
    { id: 'user', head: 'For', cell: ({ user }) => <HostText plain>{user}</HostText> },
    { id: 'action', head: 'Action', cell: (row) => <Action row={row} /> },
    { id: 'matches', head: 'Matches by', cell: (row) => <span className="tx2">{matchWords(row)}</span> },
    {
      id: 'source',
      head: 'Source',
      cell: (row) => <Source row={row} />,
    },
    { id: 'expires', head: 'Expires', cell: (row) => <Expiry row={row} /> },
    {
      id: 'used',
      head: 'Last used',
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="tx3">never</span> : <RelativeTime at={lastUsedAt} />,
    },
  ]
  if (!acts) return columns
  const menu = (row: ManagedSender) => <RowMenu row={row} acts={acts} />
  return [...columns, { id: 'menu', head: 'Actions', headHidden: true, align: 'right', cell: menu }]
}

/** Where an entry comes from; one made by itself names its message. */
function Source({ row }: { readonly row: ManagedSender }) {
  const slug = useSlug()
  const words = <span className="tx2">{sourceWords[row.source]}</span>
  if (row.messageId === null) return words
  return (
    <>
      {words}
      <span className={classes.scope}>
        <Link to="/t/$slug/messages/$message" params={{ slug, message: row.messageId }}>
          {row.state === 'suspended' ? 'suspended by this message' : 'made by this message'}
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
  const word = actionWords[row.action]
  if (row.state === 'active') return <ToneText tone={row.action === 'permit' ? 'ok' : 'bad'}>{word}</ToneText>
  return (
    <>
      <ToneText tone="mute">{word}</ToneText>
      <span className={classes.scope}>{stateWords[row.state]}</span>
    </>
  )
}

/** `Domain, if authenticated`. */
function matchWords({ kind, onlyIfAuthenticated }: ManagedSender): string {
  if (kind === 'address') return 'Address'
  return onlyIfAuthenticated ? 'Domain, if authenticated' : 'Domain'
}

function Expiry({ row }: { readonly row: ManagedSender }) {
  const now = useNow()
  const { expiresAt, state } = row
  if (expiresAt === null) return <span className="tx3">never</span>
  const isSoon = state !== 'expired' && expiresAt - now < SOON_MS
  return isSoon ? <ToneText tone="warn">{date(expiresAt)}</ToneText> : <span>{date(expiresAt)}</span>
}

function RowMenu({ row, acts }: { readonly row: ManagedSender; readonly acts: Acts }) {
  return (
    <Menu width={160} position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${row.sender} of ${row.user}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => acts.onEdit(row)}>Edit</Menu.Item>
        <Menu.Item onClick={() => acts.onRemove(row)}>Remove</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Card({ row, menu }: { readonly row: ManagedSender; readonly menu: ReactNode }) {
  return (
    <>
      <span className={classes.cardHead}>
        <span className="strong">{row.sender}</span>
        {menu}
      </span>
      <span className="tx2">
        <Action row={row} /> for {row.user}
      </span>
      <span className="tx3">
        {[matchWords(row), sourceWords[row.source], row.comment].filter(Boolean).join(', ')}
      </span>
    </>
  )
}
