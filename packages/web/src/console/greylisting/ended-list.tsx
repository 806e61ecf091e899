// Deferrals that ended in the last seven days: accepted later, or never retried.
import { type EndedDeferral, listEndedDeferrals } from '@gatepost/contract/greylist.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural, span } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, type Pages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './greylisting.module.css'
import { identityWords } from './identity-words.ts'

const READ_MS = 30_000
const ROWS = 50

type Outcome = EndedDeferral['outcome']
type Props = { readonly outcome: Outcome; readonly search: string | undefined; readonly pages: Pages }

export function EndedList({ outcome, search, pages }: Props) {
  const tenant = useSlug()
  const { after } = pages
  const query = { limit: ROWS, outcome, ...(search ? { search } : {}), ...(after ? { after } : {}) }
  const { data, error } = useEndpoint(
    listEndedDeferrals,
    { params: { tenant }, query },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  return (
    <>
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={5} />}
      {data && data.items.length === 0 && <Nothing outcome={outcome} searched={search !== undefined} />}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label={outcome === 'accepted' ? 'Accepted later' : 'Never retried'}
            rows={data.items}
            columns={COLUMNS}
            rowKey={({ id }) => id}
            card={(row) => <Card row={row} />}
          />
          <PageFoot pages={pages} next={data.next} shown={data.items.length} limit={ROWS} total={null} />
        </>
      )}
    </>
  )
}

function Nothing({ outcome, searched }: { readonly outcome: Outcome; readonly searched: boolean }) {
  if (searched) return <EmptyState title="Nothing matches">Nothing of the last seven days does.</EmptyState>
  return outcome === 'accepted' ? (
    <EmptyState title="Nothing was delayed">Messages that came again show here for seven days.</EmptyState>
  ) : (
    <EmptyState title="Everybody came again">
      Senders that failed to retry within twelve hours show here for seven days.
    </EmptyState>
  )
}

const COLUMNS: readonly Column<EndedDeferral>[] = [
  { id: 'ended', head: 'Ended', cell: ({ endedAt }) => <RelativeTime at={endedAt} /> },
  { id: 'from', head: 'From', cell: (row) => <From row={row} /> },
  { id: 'to', head: 'To', cell: ({ forwardPath }) => <HostText plain>{forwardPath}</HostText> },
  { id: 'tries', head: 'Attempts', align: 'right', cell: ({ attempts }) => attempts },
  { id: 'delay', head: 'Waited', align: 'right', cell: ({ firstAt, endedAt }) => span(endedAt - firstAt) },
]

function From({ row }: { readonly row: EndedDeferral }) {
  const { name, by } = identityWords(row.identity)
  return (
    <span className={classes.two}>
      <span>
        {row.reversePath === null ? 'Null sender, a bounce' : <HostText plain>{row.reversePath}</HostText>}
      </span>
      <span className="small tx2">
        <HostText plain>{name}</HostText>, {by} · <span className="mono">{row.clientIp}</span>
      </span>
    </span>
  )
}

function Card({ row }: { readonly row: EndedDeferral }) {
  return (
    <>
      <From row={row} />
      <span className="tx2">
        to <HostText plain>{row.forwardPath}</HostText>
      </span>
      <span className="tx2">
        {plural(row.attempts, 'deferral')} in {span(row.endedAt - row.firstAt)}, ended{' '}
        <RelativeTime at={row.endedAt} />
      </span>
    </>
  )
}
