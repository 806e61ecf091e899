// Named checks in order: one row each; a failed one opens itself with what we saw and what to do.
import type { Check } from '@gatepost/contract/common.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import classes from './check-list.module.css'
import { StatusIcon, ToneText } from './status-word.tsx'
import { wordOf } from './vocabulary.ts'

type Props = {
  readonly checks: readonly Check[]
  readonly label: string
  /** Checks that a closed list names: their titles follow from the group and the name. */
  readonly group?: 'probe' | 'connector' | 'readiness' | 'leaving'
}

export function CheckList({ checks, label, group }: Props) {
  return (
    <ul className={classes.list} aria-label={label}>
      {checks.map((check) => (
        <CheckRow key={check.name} check={check} group={group} />
      ))}
    </ul>
  )
}

function CheckRow({ check, group }: Pick<Props, 'group'> & { readonly check: Check }) {
  const words = useWords('shell')
  const say = useSaid()
  const { said = {} } = check
  const named = group === undefined ? undefined : { code: `${group}.${check.name}` }
  const saw = say(said.saw, check.saw)
  const { tone, word } = wordOf('check', check.state)
  const open = check.state === 'failed' || check.state === 'warning'
  const lighter = check.state === 'not-run' || check.state === 'not-required'
  return (
    <li className={classes.item} data-state={check.state} data-open={open || undefined}>
      <div className={classes.row}>
        <StatusIcon of="check" state={check.state} />
        <span className={classes.title} data-lighter={lighter || undefined}>
          {say(said.title ?? named, check.title)}
        </span>
        <span className={classes.saw}>{open ? '' : saw}</span>
        <ToneText tone={tone}>{words(`states.check.${check.state}`, word)}</ToneText>
      </div>
      {open && (
        <div className={classes.opened}>
          <p className={classes.what}>{saw}</p>
          {check.remedy && <p>{say(said.remedy, check.remedy)}</p>}
        </div>
      )}
    </li>
  )
}
