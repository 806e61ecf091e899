// Deferrals that ended in the last seven days: accepted later, or never retried.
import { type EndedDeferral, listEndedDeferrals } from '@gatepost/contract/greylist.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { span } from '#shared/format.ts'
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
  const t = useWords('protection')
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
            label={outcome === 'accepted' ? t('endedList.acceptedLater') : t('endedList.neverRetried')}
            rows={data.items}
            columns={columnsOf(t)}
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
  const t = useWords('protection')
  if (searched)
    return (
      <EmptyState title={t('endedList.nothingMatches')}>
        {t('endedList.nothingOfTheLastSevenDays')}
      </EmptyState>
    )
  return outcome === 'accepted' ? (
    <EmptyState title={t('endedList.nothingWasDelayed')}>
      {t('endedList.messagesThatCameAgainShow')}
    </EmptyState>
  ) : (
    <EmptyState title={t('endedList.everybodyCameAgain')}>
      {t('endedList.sendersThatFailedToRetry')}
    </EmptyState>
  )
}

const columnsOf: (t: Words) => readonly Column<EndedDeferral>[] = (t) => [
  { id: 'ended', head: t('endedList.ended'), cell: ({ endedAt }) => <RelativeTime at={endedAt} /> },
  { id: 'from', head: t('endedList.from'), cell: (row) => <From row={row} /> },
  { id: 'to', head: t('endedList.to'), cell: ({ forwardPath }) => <HostText plain>{forwardPath}</HostText> },
  { id: 'tries', head: t('endedList.attempts'), align: 'right', cell: ({ attempts }) => attempts },
  {
    id: 'delay',
    head: t('endedList.waited'),
    align: 'right',
    cell: ({ firstAt, endedAt }) => span(endedAt - firstAt),
  },
]

function From({ row }: { readonly row: EndedDeferral }) {
  const t = useWords('protection')
  const { name, by } = identityWords(t, row.identity)
  return (
    <span className={classes.two}>
      <span>
        {row.reversePath === null ? (
          t('endedList.nullSenderABounce')
        ) : (
          <HostText plain>{row.reversePath}</HostText>
        )}
      </span>
      <span className="small tx2">
        <HostText plain>{name}</HostText>, {by} · <span className="mono">{row.clientIp}</span>
      </span>
    </span>
  )
}

function Card({ row }: { readonly row: EndedDeferral }) {
  const t = useWords('protection')
  return (
    <>
      <From row={row} />
      <span className="tx2">
        {rich(t, 'endedList.to2', { host: <HostText plain>{row.forwardPath}</HostText> })}
      </span>
      <span className="tx2">
        {rich(t, 'endedList.deferralsInEnded', {
          count: row.attempts,
          endedAt: span(row.endedAt - row.firstAt),
          time: <RelativeTime at={row.endedAt} />,
        })}
      </span>
    </>
  )
}
