// The required steps that are left, with the time each usually takes, or that it comes with a later release.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from './connect.module.css'
import { leftOf, minutesOf } from './left.ts'

export function RequiredLeft({ connect }: { readonly connect: Connect }) {
  const slug = useSlug()
  const { steps, minutes } = leftOf(connect)
  if (steps.length === 0) return null
  return (
    <Panel title="Required and left" side={minutes > 0 && `about ${minutes} min of your time`} flush>
      <ul className={classes.rows}>
        {steps.map((step) => (
          <li key={step.name}>
            <StatusIcon of="step" state={step.state} />
            <Link to="/t/$slug/connect/$step" params={{ slug, step: step.name }}>
              {step.title}
            </Link>
            <span className="tx2">{wordsOf(step)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function wordsOf(step: ConnectStep): string {
  return step.available && step.state === 'waiting' ? 'waits for DNS' : minutesOf(step)
}
