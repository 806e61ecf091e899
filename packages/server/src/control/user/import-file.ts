// An uploaded list, read and checked whole before anything is compared with the store (D7, decisions 53).
import { ROWS_PER_IMPORT_MAX } from '@gatepost/contract/user-import.ts'
import { invalidInput, problem } from '../problem.ts'
import { type Column, guessColumns, mappedColumns, mappingFault } from './columns.ts'
import { type CsvTable, readCsv } from './csv.ts'
import { type Checked, checkRows, type RowRules } from './rows.ts'
import { readText } from './text.ts'
import { isXlsx, readXlsx } from './xlsx.ts'

export type ImportFile = Checked & {
  readonly columns: readonly Column[]
  /** Rows of people: without the head and without empty ones. */
  readonly rows: number
  readonly warnings: readonly string[]
}

/** Domains named in the warning about aliases that were left out. */
const DOMAINS_NAMED_MAX = 5

/** The rows of an uploaded file, and what was assumed to read them. */
export type ImportTable = Extract<CsvTable, { kind: 'table' }> & { readonly warning: string | null }

/** Reads any uploaded list. Throws `file-unreadable` or `rows-over-limit` with what to do. */
export async function readTable(
  bytes: Uint8Array,
  { rowsMax, empty }: { readonly rowsMax: number; readonly empty: string },
): Promise<ImportTable> {
  if (isXlsx(bytes)) return readWorkbook(bytes, { rowsMax, empty })
  const file = readText(bytes)
  if (file.kind === 'refused') throw problem('file-unreadable', file.reason)
  const table = await readCsv(file.text, rowsMax + 1) // One more for the head.
  if (table.kind === 'empty') throw problem('file-unreadable', empty)
  if (table.kind === 'too-many') throw tooMany(rowsMax)
  if (table.kind === 'broken') {
    const { line, reason } = table.first
    throw problem('file-unreadable', `Too many rows cannot be read, line ${line} first: ${reason}`)
  }
  return { ...table, warning: file.warning }
}

/** The first sheet of a workbook, in the form of a CSV's rows. */
async function readWorkbook(
  bytes: Uint8Array,
  { rowsMax, empty }: { readonly rowsMax: number; readonly empty: string },
): Promise<ImportTable> {
  const read = await readXlsx(bytes, rowsMax + 1) // One more for the head.
  if (read.kind === 'too-many') throw tooMany(rowsMax)
  if (read.kind === 'busy')
    throw problem('too-many-attempts', 'Other workbooks are being read. Try again in half a minute.', {
      retryAfterSeconds: 30,
    })
  if (read.kind === 'refused') throw problem('file-unreadable', read.reason)
  if (read.kind === 'damaged') {
    throw problem('file-unreadable', 'The workbook cannot be read. Save it again as XLSX, or as “CSV UTF-8”.')
  }
  if (read.rows.length === 0) throw problem('file-unreadable', empty)
  return { kind: 'table', rows: read.rows, faults: [], warning: null }
}

/**
 * Reads a list of users; `said` are the columns as a person named them. Throws `file-unreadable`,
 * `rows-over-limit` or `invalid-input` with what to do.
 */
export async function readImportFile(
  bytes: Uint8Array,
  rules: RowRules,
  said: readonly Pick<Column, 'means' | 'attribute'>[] | null = null,
): Promise<ImportFile> {
  const table = await readTable(bytes, { rowsMax: ROWS_PER_IMPORT_MAX, empty: EMPTY })
  const guessed = guessColumns(table.rows)
  const columns = said === null ? guessed.columns : mappedColumns(guessed.columns, said)
  const rows = table.rows.length - (guessed.hasHead ? 1 : 0) + table.faults.length
  if (rows > ROWS_PER_IMPORT_MAX) throw tooMany(ROWS_PER_IMPORT_MAX)
  if (rows === 0) throw problem('file-unreadable', EMPTY)
  const fault = said === null ? null : mappingFault(columns)
  if (fault !== null) throw invalidInput([{ path: '/columns', message: fault }])
  // Without a column of addresses every row is wrong; the person says which one it is.
  const checked = await checkRows(table, { columns, hasHead: guessed.hasHead }, rules)
  const warnings = [table.warning, leftOutWarning(checked.leftOut)].filter((text) => text !== null)
  return { ...checked, columns, rows, warnings }
}

const EMPTY = 'The file has no rows. Fill in one row a person, with the address in a column “email”.'

export function tooMany(rowsMax: number): Error {
  const limit = rowsMax.toLocaleString('en-GB')
  return problem(
    'rows-over-limit',
    `The file has more than ${limit} rows. Split it and import the parts one after the other.`,
  )
}

function leftOutWarning(leftOut: ReadonlyMap<string, number>): string | null {
  if (leftOut.size === 0) return null
  const count = [...leftOut.values()].reduce((sum, each) => sum + each, 0)
  const named = [...leftOut.keys()].slice(0, DOMAINS_NAMED_MAX).join(', ')
  const others = leftOut.size > DOMAINS_NAMED_MAX ? ' and others' : ''
  return `${count} aliases in ${named}${others} are left out: these domains are not in your list.`
}
