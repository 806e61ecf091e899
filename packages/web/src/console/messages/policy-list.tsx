// Every policy that was asked, in order: what it saw and what it said; the one that decided stands out.
import type { Message } from '@gatepost/contract/message.ts'
import { useWords } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
import { count } from '#shared/format.ts'
import { StatusWord } from '#shared/status-word.tsx'
import { type StateOf, wordOf } from '#shared/vocabulary.ts'
import { isQuiet, usePolicyWord } from './policy-words.ts'
import { RuleLink } from './rule-link.tsx'
import classes from './why.module.css'

type Step = Message['explanation'][number]
type Props = { readonly steps: readonly Step[]; readonly brief: boolean; readonly label: string }

/** So many policies that nobody asked stand in one row: each alone would say the same. */
const TOGETHER_MIN = 3

export function PolicyList({ steps, brief, label }: Props) {
  const words = useWords('messages')
  const shown = brief
    ? steps.filter(({ kind, deciding }) => deciding || !(isQuiet(kind) || kind === 'continue'))
    : steps
  if (shown.length === 0) {
    return <p className="tx2">{words('why.nothingChanged', { number: count(steps.length) })}</p>
  }
  return (
    <ul className={classes.policies} aria-label={words('why.policies', { of: label })}>
      {runsOf(shown).map((run) => {
        const [step] = run
        if (step === undefined) return null
        return run.length === 1 ? <One key={keyOf(step)} step={step} /> : <Many key={keyOf(step)} run={run} />
      })}
    </ul>
  )
}

const keyOf = ({ stage, policy }: Step): string => `${stage} ${policy}`

function One({ step }: { readonly step: Step }) {
  const say = useReason()
  const policyWord = usePolicyWord()
  return (
    <li
      data-deciding={step.deciding || undefined}
      data-quiet={isQuiet(step.kind) || undefined}
      data-tone={wordOf('policy', step.kind).tone}
      aria-current={step.deciding || undefined}
    >
      <span className={classes.policy}>{policyWord(step.policy)}</span>
      <span className={classes.saw}>
        {step.saw || say(step.means)}
        {step.deciding && step.saw && <span className={classes.means}>{say(step.means)}</span>}
        {step.rule && <RuleLink rule={step.rule} />}
      </span>
      <StatusWord of="policy" state={step.kind as StateOf<'policy'>} />
    </li>
  )
}

/** Policies behind the one that decided. */
function Many({ run }: { readonly run: readonly Step[] }) {
  const words = useWords('messages')
  const policyWord = usePolicyWord()
  const names = run.map(({ policy }) => policyWord(policy)).join(' · ')
  return (
    <li data-quiet data-tone="mute">
      <span className={classes.policy}>{words('why.notAskedMany', { number: count(run.length) })}</span>
      <span className={classes.saw}>{words('why.notAskedText', { names })}</span>
      <StatusWord of="policy" state="not-asked" />
    </li>
  )
}

/** Steps in their order; neighbours that were not asked for the same reason stand together. */
export function runsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = []
  for (const step of steps) {
    const last = runs.at(-1)
    const first = last?.[0]
    if (last && first && isUnasked(first) && isUnasked(step) && first.means === step.means) last.push(step)
    else runs.push([step])
  }
  return runs.flatMap((run) => (run.length >= TOGETHER_MIN ? [run] : run.map((step) => [step])))
}

function isUnasked({ kind, saw, rule, deciding }: Step): boolean {
  return kind === 'not-asked' && !saw && !rule && !deciding
}
