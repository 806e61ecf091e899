// Name and value in two columns: facts of a message, "safe to try" of a step.
import type { ReactNode } from 'react'
import classes from './facts.module.css'

export type FactRow = readonly [name: string, value: ReactNode]

type Props = {
  readonly rows: readonly FactRow[]
  readonly wide?: boolean
  /** Stands beside a page: sentences go below their name, where two columns leave them no room. */
  readonly beside?: boolean
}

/** Characters that fit beside a name in the narrow column. */
const SHORT = 22

export function Facts({ rows, wide, beside }: Props) {
  const below = (value: ReactNode) => beside && typeof value === 'string' && value.length > SHORT
  return (
    <dl className={classes.facts} data-wide={wide || undefined}>
      {rows.map(([name, value]) => (
        <div key={name} className={classes.row} data-below={below(value) || undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A big number with its name. */
export function BigNumber({ name, children, mark }: { name: string; children: ReactNode; mark?: string }) {
  return (
    <div className={classes.big}>
      <dt>
        {mark && <span className={classes.mark} data-mark={mark} aria-hidden />}
        <span className={classes.name}>{name}</span>
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

export function BigNumbers({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.numbers}>{children}</dl>
}
