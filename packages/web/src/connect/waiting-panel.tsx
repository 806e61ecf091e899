// What we wait for, where we asked, and when we ask again: nothing for the reader to do.
import { type Connect, type ConnectStep, checkStep, getConnect } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import classes from './connect.module.css'

export function WaitingPanel({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  const waiting = connect.steps.filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return null
  return (
    <Panel title={words('waiting')} flush>
      {waiting.map((step) => (
        <Waiting key={step.name} step={step} />
      ))}
    </Panel>
  )
}

function Waiting({ step }: { readonly step: ConnectStep }) {
  const slug = useSlug()
  const words = useWords('connect')
  const say = useSaid()
  const title = words(`steps.${step.name}`, step.title)
  const check = useAction(checkStep, { readAgain: [getConnect] })
  const pending = step.checks.find(({ state }) => state !== 'passed' && state !== 'not-required')
  return (
    <div className={classes.waiting}>
      <StatusIcon of="step" state="waiting" />
      <div className={classes.waitingWords}>
        <p>
          <Link className="strong" to="/t/$slug/connect/$step" params={{ slug, step: step.name }}>
            {pending ? say(pending.said?.title, pending.title) : title}
          </Link>
        </p>
        <p className="tx2">
          {pending ? say(pending.said?.saw, pending.saw) : say(step.said?.detail, step.detail)}
        </p>
        <p>
          <CheckedLine
            checkedAt={pending?.checkedAt ?? step.checkedAt}
            nextCheckAt={pending?.nextCheckAt ?? step.nextCheckAt}
          />
          <span className="small tx3"> · {words('mayClose')}</span>
        </p>
      </div>
      <CheckButton
        of={title}
        error={check.error}
        busy={check.isPending}
        onCheck={() => check.mutate({ params: { tenant: slug, step: step.name } })}
      />
    </div>
  )
}
