// Reads one workbook in a thread of its own, with limits on memory and on what the zip file says and does: a
// file of a few kilobytes can hold gigabytes.
import { parentPort, workerData } from 'node:worker_threads'
import { streamXlsxRows } from 'hucre/xlsx'
import type { XlsxAnswer, XlsxWork } from './xlsx.ts'
import { checkParts } from './zip.ts'

/** Cells of a row beyond these are not read: a row of commas must not become a page of columns. */
const COLUMNS_MAX = 100
/** As for rows of CSV. */
const CELL_CHARACTERS_MAX = 10_000

async function read({ bytes, rowsMax }: XlsxWork): Promise<XlsxAnswer> {
  const fault = await checkParts(bytes)
  if (fault !== null) return { kind: 'refused', reason: fault }
  const rows: { line: number; cells: string[] }[] = []
  for await (const { index, values } of streamXlsxRows(bytes, { maxRows: rowsMax + 2 })) {
    const cells = values.slice(0, COLUMNS_MAX).map(textOf)
    if (cells.every((cell) => cell === '')) continue
    rows.push({ line: index + 1, cells })
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

const port = parentPort
if (port === null) throw new Error('this file runs as a thread')
read(workerData as XlsxWork).then(
  (answer) => port.postMessage(answer),
  (error: unknown) => {
    const reason = error instanceof Error ? error.message : 'It is damaged.'
    port.postMessage({ kind: 'damaged', reason } satisfies XlsxAnswer)
  },
)
