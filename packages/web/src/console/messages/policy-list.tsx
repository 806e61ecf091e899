// Every policy that was asked, in order: what it saw and what it said; the one that decided stands out.
import type { Message } from '@gatepost/contract/message.ts'
import { StatusWord } from '#shared/status-word.tsx'
import { type StateOf, wordOf } from '#shared/vocabulary.ts'
import { isQuiet, policyWord } from './policy-words.ts'
import { RuleLink } from './rule-link.tsx'
import classes from './why.module.css'

type Step = Message['explanation'][number]
type Props = { readonly steps: readonly Step[]; readonly brief: boolean; readonly label: string }

export function PolicyList({ steps, brief, label }: Props) {
  const shown = brief
    ? steps.filter(({ kind, deciding }) => deciding || !(isQuiet(kind) || kind === 'continue'))
    : steps
  if (shown.length === 0) {
    return <p className="tx2">{`${steps.length} policies asked, none of them changed anything.`}</p>
  }
  return (
    <ul className={classes.policies} aria-label={`Policies: ${label}`}>
      {shown.map((step) => {
        const tone = wordOf('policy', step.kind).tone
        return (
          <li
            key={`${step.stage} ${step.policy}`}
            data-deciding={step.deciding || undefined}
            data-quiet={isQuiet(step.kind) || undefined}
            data-tone={tone}
            aria-current={step.deciding || undefined}
          >
            <span className={classes.policy}>{policyWord(step.policy)}</span>
            <span className={classes.saw}>
              {step.saw || step.means}
              {step.deciding && step.saw && <span className={classes.means}>{step.means}</span>}
              {step.rule && <RuleLink rule={step.rule} />}
            </span>
            <StatusWord of="policy" state={step.kind as StateOf<'policy'>} />
          </li>
        )
      })}
    </ul>
  )
}
