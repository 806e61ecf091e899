// The required steps that are left, with the time each usually takes.
import type { Connect } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from './connect.module.css'
import { leftOf } from './left.ts'

export function RequiredLeft({ connect }: { readonly connect: Connect }) {
  const slug = useSlug()
  const words = useWords('connect')
  const { steps, minutes } = leftOf(connect)
  if (steps.length === 0) return null
  return (
    <Panel title={words('requiredLeft')} side={minutes > 0 && words('aboutMinutesYours', { minutes })} flush>
      <ul className={classes.rows}>
        {steps.map((step) => (
          <li key={step.name}>
            <StatusIcon of="step" state={step.state} />
            <Link to="/t/$slug/connect/$step" params={{ slug, step: step.name }}>
              {words(`steps.${step.name}`, step.title)}
            </Link>
            <span className="tx2">
              {step.state === 'waiting' ? words('waitsForDns') : words('minutes', { minutes: step.minutes })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
