// What Connect watches for ever: steps that were right, with what needs attention first.
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { detailOf } from '#connect/step-words.ts'
import { useConnect } from '#connect/use-connect.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon, ToneText } from '#shared/status-word.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from '../dashboard.module.css'

const SHOWN_MAX = 5

export function DriftPanel() {
  const slug = useSlug()
  const words = useWords('dashboard')
  const connectWords = useWords('connect')
  const say = useSaid()
  const { data } = useConnect()
  const watched = data?.steps.filter(({ state }) => state === 'needs-attention' || state === 'done') ?? []
  const sorted = [...watched].sort(
    (one, other) => Number(one.state === 'done') - Number(other.state === 'done'),
  )
  const shown = sorted.slice(0, SHOWN_MAX)
  return (
    <Panel title={words('drift')} side={words('driftSide')} flush>
      {sorted.length === 0 ? (
        <p className={`${classes.card} tx2`}>{words('driftEmpty')}</p>
      ) : (
        <ul className={classes.rows}>
          {shown.map((step) => {
            const { tone, word } = wordOf('step', step.state)
            return (
              <li key={step.name}>
                <StatusIcon of="step" state={step.state} />
                <div>
                  <div>
                    <Link className="strong" to="/t/$slug/connect/$step" params={{ slug, step: step.name }}>
                      {connectWords(`steps.${step.name}`, step.title)}
                    </Link>
                  </div>
                  <p className="small tx2">
                    <ToneText tone={tone}>{connectWords(`states.${step.state}`, word)}</ToneText> ·{' '}
                    {detailOf(step, connectWords, say)}
                  </p>
                </div>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
