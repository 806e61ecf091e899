// A row as a card where there is no room for columns: each value below the other.
import type { ReactNode } from 'react'
import type { Column } from '#shared/data-table.tsx'

export function cardOf<Row>(columns: readonly Column<Row>[]): (row: Row) => ReactNode {
  return (row) => columns.map(({ id, cell }) => <span key={id}>{cell(row)}</span>)
}
