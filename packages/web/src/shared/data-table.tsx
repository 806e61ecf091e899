// Tables with sorting by header buttons and `aria-sort`; below 700 px the same rows as cards.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, useMemo } from 'react'
import { usePhone } from './screen.ts'
import classes from './table.module.css'
import { TableTools } from './table-tools.tsx'
import { useTableView } from './table-view.ts'

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns })

export type Column<Row> = {
  readonly id: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** Gives the column a sort button. */
  readonly sortBy?: (row: Row) => string | number
  readonly align?: 'right'
  /** The head is for screen readers only, such as that of a column of buttons. */
  readonly headHidden?: boolean
}

type Props<Row> = {
  readonly rows: readonly Row[]
  /** Keep at module scope or memoised. */
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  readonly card: (row: Row) => ReactNode
  readonly label: string
  readonly dense?: boolean
  /**
   * The last column leaves its head's right end free: the choice of columns stands there, in no row of its
   * own.
   */
  readonly toolsInHead?: boolean
  /** Lets the reader choose columns and density; kept in this browser under this name. */
  readonly remember?: string
}

export function DataTable<Row extends RowData>(props: Props<Row>) {
  return props.remember === undefined ? (
    <PlainTable {...props} />
  ) : (
    <RememberedTable {...props} remember={props.remember} />
  )
}

/** The table as its reader wants it. Columns without a head, such as those of buttons, always show. */
function RememberedTable<Row extends RowData>(props: Props<Row> & { readonly remember: string }) {
  const phone = usePhone()
  const { columns, remember, dense = false, toolsInHead = false } = props
  const inHead = toolsInHead || columns.at(-1)?.headHidden === true
  const { view, setDense, toggle } = useTableView(remember, { dense, hidden: [] })
  const shown = useMemo(() => columns.filter(({ id }) => !view.hidden.includes(id)), [columns, view.hidden])
  const optional = columns.slice(1).filter(({ headHidden }) => !headHidden)
  return (
    <>
      {!phone && (
        <div className={classes.tools} data-over={inHead || undefined}>
          <TableTools
            columns={optional}
            hidden={view.hidden}
            dense={view.dense}
            onToggle={toggle}
            onDense={setDense}
            small={inHead}
          />
        </div>
      )}
      <PlainTable {...props} columns={shown} dense={view.dense} />
    </>
  )
}

function PlainTable<Row extends RowData>(props: Props<Row>) {
  const { rows, columns, rowKey, card, label, dense, remember } = props
  const phone = usePhone()
  const definitions = useMemo(() => definitionsOf(columns), [columns])
  const table = useTable({ features, columns: definitions, data: rows as Row[], getRowId: rowKey })
  if (phone) {
    return (
      <ul className={classes.cards} aria-label={label}>
        {rows.map((row) => (
          <li key={rowKey(row)} className={classes.card}>
            {card(row)}
          </li>
        ))}
      </ul>
    )
  }
  const byId = new Map(columns.map((column) => [column.id, column]))
  return (
    <div className={classes.scroll}>
      <table
        className={classes.table}
        data-dense={dense || undefined}
        data-sticky={remember !== undefined || undefined}
        data-hover
      >
        <caption className="hidden-visually">{label}</caption>
        <thead>
          <tr>
            {table.getFlatHeaders().map((header) => {
              const column = byId.get(header.column.id)
              const sorted = header.column.getIsSorted()
              return (
                <th
                  key={header.id}
                  scope="col"
                  data-align={column?.align}
                  aria-sort={ariaSort(Boolean(column?.sortBy), sorted)}
                >
                  {column?.sortBy ? (
                    <button
                      type="button"
                      className={classes.sort}
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      {column.head}
                      <SortArrow sorted={sorted} />
                    </button>
                  ) : (
                    <span className={column?.headHidden ? 'hidden-visually' : undefined}>{column?.head}</span>
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {columns.map((column) => (
                <td key={column.id} data-align={column.align}>
                  {column.cell(row.original)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function definitionsOf<Row extends RowData>(
  columns: readonly Column<Row>[],
): ColumnDef<typeof features, Row, unknown>[] {
  return columns.map(({ id, sortBy }) => ({
    id,
    accessorFn: sortBy ?? (() => ''),
    enableSorting: sortBy !== undefined,
    sortFn: 'auto',
  }))
}

function ariaSort(sortable: boolean, sorted: false | 'asc' | 'desc') {
  if (!sortable) return undefined
  if (sorted === false) return 'none'
  return sorted === 'asc' ? 'ascending' : 'descending'
}

function SortArrow({ sorted }: { readonly sorted: false | 'asc' | 'desc' }) {
  if (sorted === false) return null
  const Arrow = sorted === 'asc' ? IconArrowUp : IconArrowDown
  return <Arrow size={13} aria-hidden />
}
