// The one thing to do next, with what it takes and what it changes; the only filled button of the overview.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'
import { Button } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Facts } from '#shared/facts.tsx'
import classes from './connect.module.css'
import { useStepText } from './step-words.ts'

export function NextStep({ connect }: { readonly connect: Connect }) {
  const slug = useSlug()
  const words = useWords('connect')
  const say = useSaid()
  const stepText = useStepText()
  const navigate = useNavigate()
  const step = connect.steps.find(({ name }) => name === connect.next)
  if (!step) return null
  const failed = failedCheck(step)
  const open = () => navigate({ to: '/t/$slug/connect/$step', params: { slug, step: step.name } })
  return (
    <section className={classes.next} aria-labelledby="next-step">
      <div className={classes.nextWords}>
        <p className={classes.nextLabel}>{words('doNext')}</p>
        <h2 id="next-step" className={classes.nextTitle}>
          {words(`steps.${step.name}`, step.title)}
        </h2>
        <p className={classes.nextText}>
          {failed
            ? `${say(failed.said?.title, failed.title)}: ${say(failed.said?.saw, failed.saw)}`
            : stepText(step, 'why')}
        </p>
        <Button onClick={open} rightSection={<IconArrowRight size={16} aria-hidden />}>
          {words(failed ? 'openFailed' : 'continue')}
        </Button>
      </div>
      <div className={classes.nextFacts}>
        <Facts
          rows={[
            [words('takes'), words('minutes', { minutes: step.minutes })],
            [words('forUsers'), stepText(step, 'changesForUsers')],
          ]}
        />
      </div>
    </section>
  )
}

function failedCheck(step: ConnectStep) {
  return step.state === 'needs-attention' ? step.checks.find(({ state }) => state === 'failed') : undefined
}
