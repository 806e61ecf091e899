// A row as a card where there is no room for columns: each value below the other.
import type { ReactNode } from 'react'
import type { Column } from '#shared/data-table.tsx'

/** The same with the name of each value before it, for numbers that say nothing alone. */
export function namedCardOf<Row>(columns: readonly Column<Row>[]): (row: Row) => ReactNode {
  return (row) =>
    columns.map(({ id, head, cell }, at) => (
      <span key={id}>
        {at > 0 && <span className="tx2">{head}: </span>}
        {cell(row)}
      </span>
    ))
}

export function cardOf<Row>(columns: readonly Column<Row>[]): (row: Row) => ReactNode {
  return (row) => columns.map(({ id, cell }) => <span key={id}>{cell(row)}</span>)
}
