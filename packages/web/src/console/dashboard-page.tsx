// The dashboard: Connect, what became of mail, the delay, the queue, drift, notices, and who and why.
import { getReport } from '@gatepost/contract/report.ts'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { usePhone } from '#shared/screen.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ConnectCard } from './dashboard/connect-card.tsx'
import { DelayPanel } from './dashboard/delay-panel.tsx'
import { DriftPanel } from './dashboard/drift-panel.tsx'
import { NoticesPanel } from './dashboard/notices-panel.tsx'
import { OutcomesPanel } from './dashboard/outcomes-panel.tsx'
import { QueuePanel } from './dashboard/queue-panel.tsx'
import { LOOK_MS } from './dashboard/range.ts'
import { RangeChoice } from './dashboard/range-choice.tsx'
import { RankedPanel } from './dashboard/ranked-panel.tsx'
import { ReasonsPanel } from './dashboard/reasons-panel.tsx'
import { TakeAway } from './dashboard/take-away.tsx'
import classes from './dashboard.module.css'

export function DashboardPage() {
  const tenant = useSlug()
  const words = useWords('dashboard')
  const phone = usePhone()
  const { range = '24h' } = useSearch({ from: '/console/t/$slug/dashboard' })
  const navigate = useNavigate()
  const { data, error, isPlaceholderData } = useEndpoint(
    getReport,
    { params: { tenant }, query: { range } },
    { refetchInterval: LOOK_MS[range], keepPrevious: true },
  )
  // The top bar of a phone has room for the page's name alone.
  const choice = (
    <RangeChoice
      value={range}
      onChange={(chosen) =>
        void navigate({
          to: '/t/$slug/dashboard',
          params: { slug: tenant },
          search: { range: chosen },
          replace: true,
        })
      }
    />
  )
  return (
    <Page
      title={words('title')}
      busy={isPlaceholderData}
      barActions={!phone && choice}
      actions={
        <>
          {phone && choice}
          <TakeAway range={range} />
        </>
      }
    >
      <ConnectCard />
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={classes.grid}>
          <div data-span="8">
            <OutcomesPanel
              report={data}
              lost={data.lost}
              link={
                <Link to="/t/$slug/messages" params={{ slug: tenant }}>
                  {words('viewMessages')}
                </Link>
              }
            />
          </div>
          <div data-span="4">
            <DelayPanel report={data} />
          </div>
          <div data-span="4">
            <QueuePanel />
          </div>
          <div data-span="4">
            <DriftPanel />
          </div>
          <div data-span="4">
            <NoticesPanel />
          </div>
          <div data-span="4">
            <ReasonsPanel report={data} />
          </div>
          <div data-span="4">
            <RankedPanel of="senders" report={data} />
          </div>
          <div data-span="4">
            <RankedPanel of="people" report={data} />
          </div>
        </div>
      )}
    </Page>
  )
}
