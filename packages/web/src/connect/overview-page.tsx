// Connect's overview: what is done, what to do next, what waits, how mail will flow, and what happened.
import type { Connect } from '@gatepost/contract/connect.ts'
import { Page } from '#app/page.tsx'
import { useMyTenant } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { GatewayLine } from '#shared/gateway-line.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ActivityPanel, LiveStrip } from './activity.tsx'
import classes from './connect.module.css'
import { leftOf } from './left.ts'
import { MailFlow } from './mail-flow.tsx'
import { NextStep } from './next-step.tsx'
import { RequiredLeft } from './required-left.tsx'
import { Progress, TaskList } from './task-list.tsx'
import { useConnect } from './use-connect.ts'
import { WaitingPanel } from './waiting-panel.tsx'

export function OverviewPage() {
  const tenant = useMyTenant()
  const { data: connect, error } = useConnect()
  const words = useWords('connect')
  const name = tenant?.name ?? words('yourOrganisation')
  return (
    <Page
      title={words('title')}
      heading={words('put', { name })}
      lead={connect && leadOf(connect, words)}
      width="connect"
    >
      {error && !connect && <ProblemNote error={error} />}
      {connect ? <Overview connect={connect} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function Overview({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  return (
    <>
      <div className={classes.phoneTasks}>
        <Progress connect={connect} />
      </div>
      <LiveStrip connect={connect} />
      <NextStep connect={connect} />
      <div className={classes.phoneTasks}>
        <TaskList connect={connect} bare />
      </div>
      {connect.requiredDone >= connect.required && (
        <Note tone="ok" title={words('allDone')} role="status">
          <p>{words('allDoneMeans')}</p>
        </Note>
      )}
      <div className={classes.columns}>
        <div className={stack.stack}>
          <WaitingPanel connect={connect} />
          <Panel title={words('howFlows')}>
            <MailFlow connect={connect} />
          </Panel>
          <RequiredLeft connect={connect} />
        </div>
        <div className={stack.stack}>
          <ActivityPanel connect={connect} />
          <GatewayLine />
        </div>
      </div>
    </>
  )
}

/** What is left, and that mail keeps flowing meanwhile. */
export function leadOf(connect: Connect, words: ReturnType<typeof useWords>): string {
  const { steps, minutes } = leftOf(connect)
  const left = steps.length
  if (left === 0) return words('leadDone')
  const mx = connect.steps.find(({ name }) => name === 'modify-mx')
  const flow = mx?.state === 'done' ? '' : ` ${words('leadFlow')}`
  return `${words('leadLeft', { count: left, minutes })}${flow}`
}
