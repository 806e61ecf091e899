// What Connect watches for ever: steps that were right, with what needs attention first.
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { detailOf } from '#connect/step-words.ts'
import { useConnect } from '#connect/use-connect.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon, ToneText } from '#shared/status-word.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from '../dashboard.module.css'

export function DriftPanel() {
  const slug = useSlug()
  const { data } = useConnect()
  const watched = data?.steps.filter(({ state }) => state === 'needs-attention' || state === 'done') ?? []
  const sorted = [...watched].sort(
    (one, other) => Number(one.state === 'done') - Number(other.state === 'done'),
  )
  return (
    <Panel title="Drift" side="checked by itself" flush>
      {sorted.length === 0 ? (
        <p className={`${classes.card} tx2`}>Steps of Connect that are done are watched here.</p>
      ) : (
        <ul className={classes.rows}>
          {sorted.map((step) => {
            const { tone, word } = wordOf('step', step.state)
            return (
              <li key={step.name}>
                <StatusIcon of="step" state={step.state} />
                <div>
                  <div>
                    <Link className="strong" to="/t/$slug/connect/$step" params={{ slug, step: step.name }}>
                      {step.title}
                    </Link>
                  </div>
                  <p className="small tx2">
                    <ToneText tone={tone}>{word}</ToneText> · {detailOf(step)}
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
