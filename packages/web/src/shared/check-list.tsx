// Named checks in order: one row each; a failed one opens itself with what we saw and what to do.
import type { Check } from '@gatepost/contract/common.ts'
import { useWords } from '#i18n/i18n.ts'
import classes from './check-list.module.css'
import { StatusIcon, ToneText } from './status-word.tsx'
import { wordOf } from './vocabulary.ts'

export function CheckList({ checks, label }: { readonly checks: readonly Check[]; readonly label: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {checks.map((check) => (
        <CheckRow key={check.name} check={check} />
      ))}
    </ul>
  )
}

function CheckRow({ check }: { readonly check: Check }) {
  const words = useWords('shell')
  const { tone, word } = wordOf('check', check.state)
  const open = check.state === 'failed' || check.state === 'warning'
  const lighter = check.state === 'not-run' || check.state === 'not-required'
  return (
    <li className={classes.item} data-state={check.state} data-open={open || undefined}>
      <div className={classes.row}>
        <StatusIcon of="check" state={check.state} />
        <span className={classes.title} data-lighter={lighter || undefined}>
          {check.title}
        </span>
        <span className={classes.saw}>{open ? '' : check.saw}</span>
        <ToneText tone={tone}>{words(`states.check.${check.state}`, word)}</ToneText>
      </div>
      {open && (
        <div className={classes.opened}>
          <p className={classes.what}>{check.saw}</p>
          {check.remedy && <p>{check.remedy}</p>}
        </div>
      )}
    </li>
  )
}
