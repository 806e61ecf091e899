// The dashboard: Connect, what happened to mail in 24 hours, the delay, and whether all is well.
import { getMessageCounts } from '@gatepost/contract/message.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ConnectCard } from './dashboard/connect-card.tsx'
import { DelayPanel } from './dashboard/delay-panel.tsx'
import { DriftPanel } from './dashboard/drift-panel.tsx'
import { HealthPanel } from './dashboard/health-panel.tsx'
import { OutcomesPanel } from './dashboard/outcomes-panel.tsx'
import { ReasonsPanel } from './dashboard/reasons-panel.tsx'
import classes from './dashboard.module.css'

export function DashboardPage() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getMessageCounts, { params: { tenant } }, { refetchInterval: 5_000 })
  return (
    <Page title="Dashboard">
      <ConnectCard />
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={classes.grid}>
          <OutcomesPanel counts={data} />
          <DelayPanel counts={data} />
          <ReasonsPanel />
          <DriftPanel />
          <HealthPanel />
        </div>
      )}
    </Page>
  )
}
