// Few values as bars in a table, with the number at the right.
import type { ReactNode } from 'react'
import { count } from '#shared/format.ts'
import classes from '../dashboard.module.css'

export type BarTableRow = {
  readonly key: string
  readonly name: ReactNode
  readonly value: number
  readonly mark: string
  /** A second word at the right, such as how many of them were refused. */
  readonly beside?: string
}

type Props = {
  readonly rows: readonly BarTableRow[]
  readonly label: string
  /** Names are long: the bar goes below. */
  readonly stacked?: boolean
}

export function BarTable({ rows, label, stacked }: Props) {
  const most = Math.max(1, ...rows.map(({ value }) => value))
  return (
    <table className={classes.bars} data-stacked={stacked || undefined}>
      <caption className="hidden-visually">{label}</caption>
      <tbody>
        {rows.map(({ key, name, value, mark, beside }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td aria-hidden>
              {value > 0 && (
                <span
                  className={classes.bar}
                  data-mark={mark}
                  style={{ width: `${(value / most) * 100}%` }}
                />
              )}
            </td>
            {beside !== undefined && <td className="small tx2">{beside}</td>}
            <td>{count(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
