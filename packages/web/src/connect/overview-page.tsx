// Connect's overview: what is done, what to do next, what waits, how mail will flow, and what happened.
import type { Connect } from '@gatepost/contract/connect.ts'
import { Page } from '#app/page.tsx'
import { useMyTenant } from '#app/session.ts'
import { plural } from '#shared/format.ts'
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
  const name = tenant?.name ?? 'your organisation'
  return (
    <Page
      title="Connect"
      heading={`Put ${name} behind Gatepost`}
      lead={connect && leadOf(connect)}
      width="connect"
    >
      {error && !connect && <ProblemNote error={error} />}
      {connect ? <Overview connect={connect} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function Overview({ connect }: { readonly connect: Connect }) {
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
        <Note tone="ok" title="All that is required is done" role="status">
          <p>Mail flows through Gatepost. We keep checking and say so here when something drifts.</p>
        </Note>
      )}
      <div className={classes.columns}>
        <div className={stack.stack}>
          <WaitingPanel connect={connect} />
          <Panel title="How your mail will flow">
            <MailFlow connect={connect} />
          </Panel>
          <RequiredLeft connect={connect} />
        </div>
        <ActivityPanel connect={connect} />
      </div>
    </>
  )
}

export function leadOf(connect: Connect): string {
  const { steps, later, minutes } = leftOf(connect)
  const left = steps.length
  if (left === 0) return 'All required steps are done. We check them again by ourselves, for ever.'
  const mx = connect.steps.find(({ name }) => name === 'modify-mx')
  const flow =
    mx?.state === 'done' ? '' : ' Mail keeps flowing as it does today until you change the MX record.'
  const come = later === 1 ? 'comes' : 'come'
  if (later === left) {
    const rest = `${plural(later, 'required step')} ${come} with a later release.`
    return `Everything that this release offers is done. ${rest}${flow}`
  }
  const verb = left === 1 ? 'is' : 'are'
  const rest = later > 0 ? ` ${later} of them ${come} with a later release.` : ''
  return `${plural(left, 'required step')} ${verb} left: about ${minutes} minutes of your time.${rest}${flow}`
}
