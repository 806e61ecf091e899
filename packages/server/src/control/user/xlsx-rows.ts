// The rows of a workbook's first sheet, with limits on what the zip file says and does: a file of a few
// kilobytes can hold gigabytes.
import { streamXlsxRows } from 'hucre/xlsx'
import type { XlsxAnswer, XlsxWork } from './xlsx.ts'
import { checkParts } from './zip.ts'

/** Cells of a row beyond these are not read: a row of commas must not become a page of columns. */
const COLUMNS_MAX = 100
/** As for rows of CSV. */
const CELL_CHARACTERS_MAX = 10_000

/** Of the format itself. */
const SHEET_ROWS_MAX = 1_048_576

/** Rejects with the reader's own words when it cannot make sense of the file. */
export async function readRows({ bytes, rowsMax }: XlsxWork): Promise<XlsxAnswer> {
  const fault = await checkParts(bytes)
  if (fault !== null) return { kind: 'refused', reason: fault }
  const rows: { line: number; cells: string[] }[] = []
  let last = 0
  for await (const { index, values } of streamXlsxRows(bytes, { maxRows: rowsMax + 2 })) {
    // A damaged number must not take the line out of messages: rows are counted on instead.
    const line = index + 1 > last && index < SHEET_ROWS_MAX ? index + 1 : last + 1
    last = line
    const cells = values.slice(0, COLUMNS_MAX).map(textOf)
    if (cells.every((cell) => cell === '')) continue
    rows.push({ line, cells })
    if (rows.length > rowsMax) return { kind: 'too-many' }
  }
  return { kind: 'rows', rows }
}

/** What people see in the cell, near enough for addresses, names and words. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'object') return ''
  return String(value).trim().slice(0, CELL_CHARACTERS_MAX)
}
