// Where Connect stands: stays on the dashboard until all that is required is done.
import { Button } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useConnect } from '#connect/use-connect.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProgressSegments } from '#shared/progress-segments.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from '../dashboard.module.css'

export function ConnectCard() {
  const slug = useSlug()
  const navigate = useNavigate()
  const words = useWords('dashboard')
  const stepWords = useWords('connect')
  const { data } = useConnect()
  if (!data || data.requiredDone >= data.required) return null
  const next = data.steps.find(({ name }) => name === data.next)
  const go = () =>
    next
      ? navigate({ to: '/t/$slug/connect/$step', params: { slug, step: next.name } })
      : navigate({ to: '/t/$slug/connect', params: { slug } })
  return (
    <section className={classes.card} aria-label="Connect">
      <StatusIcon of="step" state={next?.state ?? 'in-progress'} size={20} />
      <p className={classes.cardWords}>
        <span className="strong">
          {words('connectDone', { done: data.requiredDone, total: data.required })}
        </span>{' '}
        {next && (
          <span className="tx2">{words('next', { title: stepWords(`steps.${next.name}`, next.title) })}</span>
        )}
      </p>
      <div className={classes.segments}>
        <ProgressSegments done={data.requiredDone} total={data.required} />
      </div>
      <Button variant="default" onClick={go} rightSection={<IconArrowRight size={16} aria-hidden />}>
        {words('continue')}
      </Button>
    </section>
  )
}
