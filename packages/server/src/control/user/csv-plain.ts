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
const SPACE = 32
const DELETE = 127

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
  const separators = finder(text, delimiter)
  let line = linesBefore
  for (let at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0; at < text.length; ) {
    const end = lines(at)
    line += 1
    const cells = cellsOf(text, { at, end, separators })
    if (cells !== null) {
      if (rows.length === rowsMax) return { kind: 'too-many' }
      rows.push({ line, cells })
    }
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1
    if (line % LINES_PER_TURN === 0) await letOthersIn()
  }
  return { kind: 'table', rows, faults: [] }
}

type Line = { readonly at: number; readonly end: number; readonly separators: Finder }

/** The fields of a line without the space around them; null where all are empty. */
function cellsOf(text: string, { at, end, separators }: Line): readonly string[] | null {
  const cells: string[] = []
  let isEmpty = true
  for (let from = at; from <= end; ) {
    const to = Math.min(separators(from), end)
    const cell = trimmed(text, from, to)
    cells.push(cell)
    if (cell !== '') isEmpty = false
    from = to + 1
  }
  return isEmpty ? null : cells
}

/** Cut once where ASCII stands at both ends, as all fields but a few do. */
function trimmed(text: string, at: number, end: number): string {
  let from = at
  let to = end
  while (from < to && text.charCodeAt(from) === SPACE) from += 1
  while (from < to && text.charCodeAt(to - 1) === SPACE) to -= 1
  const cell = text.slice(from, to)
  return isGraphic(cell.charCodeAt(0)) && isGraphic(cell.charCodeAt(cell.length - 1)) ? cell : cell.trim()
}

/** A character of ASCII that is no space of any kind; false for the `NaN` of an empty field. */
function isGraphic(code: number): boolean {
  return code > SPACE && code < DELETE
}

/** Tells where the line that begins at an offset ends. */
function linesOf(text: string): Finder {
  // A CR alone ends a line too: old spreadsheets write it so.
  const feed = finder(text, '\n')
  const back = finder(text, '\r')
  return (from) => Math.min(feed(from), back(from))
}

/**
 * Where a mark stands at or behind an offset, else the text's end; offsets only grow, so each is searched
 * once.
 */
type Finder = (from: number) => number

function finder(text: string, mark: string): Finder {
  let found = -1
  return (from) => {
    if (found < from) found = text.indexOf(mark, from)
    if (found === -1) found = text.length
    return found
  }
}
