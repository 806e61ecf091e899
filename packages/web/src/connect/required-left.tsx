// The required steps that are left, with the time each usually takes.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from './connect.module.css'

export function RequiredLeft({ connect }: { readonly connect: Connect }) {
  const slug = useSlug()
  const left = connect.steps.filter(
    ({ requirement, state }) => requirement === 'mandatory' && state !== 'done' && state !== 'skipped',
  )
  if (left.length === 0) return null
  return (
    <Panel
      title="Required and left"
      side={connect.minutesLeft > 0 && `about ${connect.minutesLeft} min of your time`}
      flush
    >
      <ul className={classes.rows}>
        {left.map((step) => (
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
  if (!step.available) return 'not built yet'
  return step.state === 'waiting' ? 'waits for DNS' : `${step.minutes} min`
}
