// What must be so before the change: a list of passed checks, the open ones with a link to their step.
import { StepName } from '@gatepost/contract/connect.ts'
import type { MxView } from '@gatepost/contract/domain.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon, ToneText } from '#shared/status-word.tsx'
import classes from './mx.module.css'

export function Gates({ mx }: { readonly mx: MxView }) {
  const slug = useSlug()
  const words = useWords('connect')
  const say = useSaid()
  const open = mx.gates.filter(({ passed }) => !passed).length
  return (
    <Panel
      title={words('mx.gates')}
      side={open === 0 ? words('mx.allPassed') : words('mx.toDoFirst', { count: open })}
      flush
    >
      <ul className={classes.gates}>
        {mx.gates.map(({ title, passed, saw, step, said }) => {
          const named = StepName.safeParse(step)
          return (
            <li key={title}>
              <StatusIcon of="check" state={passed ? 'passed' : 'warning'} />
              <span className="strong">{say(said?.title, title)}</span>
              <span className={classes.saw}>{say(said?.saw, saw)}</span>
              {!passed && named.success ? (
                <Link
                  to="/t/$slug/connect/$step"
                  params={{ slug, step: named.data }}
                  search={{ back: 'modify-mx' }}
                >
                  {words('mx.openStep')}
                </Link>
              ) : (
                <ToneText tone={passed ? 'ok' : 'warn'}>{words(passed ? 'mx.passed' : 'mx.toDo')}</ToneText>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
