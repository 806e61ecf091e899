// Name and value in two columns: facts of a message, "safe to try" of a step.
import type { ReactNode } from 'react'
import classes from './facts.module.css'

export type FactRow = readonly [name: string, value: ReactNode]

export function Facts({ rows, wide }: { readonly rows: readonly FactRow[]; readonly wide?: boolean }) {
  return (
    <dl className={classes.facts} data-wide={wide || undefined}>
      {rows.map(([name, value]) => (
        <div key={name} className={classes.row}>
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
