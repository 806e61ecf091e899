// CSV without any quotation mark, as most exports of two or three columns are: cut at line ends and
// separators, ten times as fast as a parser that has to look for quotes. The same rows come of it
// (csv-plain.test.ts).
import type { CsvTable } from './csv.ts'
import { letOthersIn } from './turn.ts'

export type PlainOptions = {
  readonly delimiter: string
  /** Lines above the text, for the numbers of rows. */
  readonly linesBefore: number
  readonly rowsMax: number
}

/** Lines cut between two turns: a few milliseconds. */
const LINES_PER_TURN = 5_000
const BYTE_ORDER_MARK = '\ufeff'

/** Whether the text can be read here: no quotation mark, and no line beyond what a record may have. */
export function isPlainCsv(text: string, lineMax: number): boolean {
  if (text.includes('"')) return false
  const lines = linesOf(text)
  for (let at = 0; at < text.length; ) {
    const end = lines(at)
    if (end - at > lineMax) return false
    at = end + 1
  }
  return true
}

/** Rows with their line numbers; empty ones are left out. */
export async function readPlainCsv(text: string, options: PlainOptions): Promise<CsvTable> {
  const { delimiter, linesBefore, rowsMax } = options
  const rows: Extract<CsvTable, { kind: 'table' }>['rows'][number][] = []
  const lines = linesOf(text)
  let line = linesBefore
  for (let at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0; at < text.length; ) {
    const end = lines(at)
    line += 1
    const cells = cellsOf(text.slice(at, end), delimiter)
    if (cells !== null) {
      if (rows.length === rowsMax) return { kind: 'too-many' }
      rows.push({ line, cells })
    }
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1
    if (line % LINES_PER_TURN === 0) await letOthersIn()
  }
  return { kind: 'table', rows, faults: [] }
}

function cellsOf(line: string, delimiter: string): readonly string[] | null {
  const cells = line.split(delimiter)
  let isEmpty = true
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index]!.trim()
    cells[index] = cell
    if (cell !== '') isEmpty = false
  }
  return isEmpty ? null : cells
}

/** Tells where the line that begins at an offset ends; offsets only grow, so the text is searched once. */
function linesOf(text: string): (from: number) => number {
  const next = (mark: string): ((from: number) => number) => {
    let found = -1
    return (from) => {
      if (found < from) found = text.indexOf(mark, from)
      if (found === -1) found = text.length
      return found
    }
  }
  // A CR alone ends a line too: old spreadsheets write it so.
  const feed = next('\n')
  const back = next('\r')
  return (from) => Math.min(feed(from), back(from))
}
