// CSV files as spreadsheets and directories write them, read into rows with line numbers (decisions 53, 54).
import { type CsvError, type Options, parse } from 'csv-parse'
import { isPlainCsv, readPlainCsv } from './csv-plain.ts'
import { guessDelimiter } from './delimiter.ts'
import { letOthersIn } from './turn.ts'

export type CsvRow = { readonly line: number; readonly cells: readonly string[] }
export type CsvFault = { readonly line: number; readonly reason: string }
export type CsvTable =
  | { readonly kind: 'table'; readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] }
  | { readonly kind: 'empty' }
  /** More rows than asked for; none is returned. */
  | { readonly kind: 'too-many' }
  /** So many rows are broken that the file itself is wrong. */
  | { readonly kind: 'broken'; readonly first: CsvFault }

/** More in one record is a quote that was never closed, not a person. */
const RECORD_CHARACTERS_MAX = 100_000
/** Each broken row costs a new start of the parser. */
const FAULTS_MAX = 100
/** Parsed in one go; requests are answered in between. */
const SLICE_BYTES = 64 * 1024
const LINE_END = /\r\n|\n|\r/g
const CRLF = /\r\n/g
const LF = 10
const CR = 13

/**
 * Reads at most `rowsMax` rows: any line ends, fields separated by `,` `;` or tab, or by what `sep=` says.
 */
export function readCsv(text: string, rowsMax: number): Promise<CsvTable> {
  const { body, delimiter, linesBefore } = withoutHint(text)
  if (body.trim() === '') return Promise.resolve({ kind: 'empty' })
  const options = { delimiter: delimiter ?? guessDelimiter(body), linesBefore, rowsMax }
  if (isPlainCsv(body, RECORD_CHARACTERS_MAX)) return readPlainCsv(body, options)
  return readRecords(Buffer.from(body), options)
}

type ReadOptions = { readonly delimiter: string; readonly linesBefore: number; readonly rowsMax: number }

/**
 * Reads record by record. A broken record costs its own line only: reading goes on behind it, where the
 * parser alone would take everything up to the next quotation mark with it.
 */
async function readRecords(
  body: Buffer,
  { delimiter, linesBefore, rowsMax }: ReadOptions,
): Promise<CsvTable> {
  const rows: CsvRow[] = []
  const faults: CsvFault[] = []
  let line = 0
  let offset = 0
  while (offset < body.length) {
    const before = line
    const { rest, endLine, error } = await parseUntilFault(body.subarray(offset), {
      delimiter,
      rowsMax: rowsMax - rows.length,
      keep: (cells, endLine) => {
        // People look for the line on which a row begins.
        rows.push({ line: before + endLine - breaksIn(cells, LINE_END) + linesBefore, cells })
      },
    })
    if (rows.length > rowsMax) return { kind: 'too-many' }
    if (!rest) break
    // The fault stands in the first filled line behind the last record.
    for (; line < before + endLine; line += 1) offset = nextLine(body, offset)
    for (; isBlank(body, offset); line += 1) offset = nextLine(body, offset)
    faults.push({ line: line + 1 + linesBefore, reason: reasonOf(error) })
    if (faults.length > FAULTS_MAX) return { kind: 'broken', first: faults[0]! }
    offset = nextLine(body, offset)
    line += 1
  }
  return { kind: 'table', rows, faults }
}

/** Line breaks inside the fields of a row. */
function breaksIn(cells: readonly string[], pattern: RegExp): number {
  return cells.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)
}

type ParseOptions = {
  readonly delimiter: string
  readonly rowsMax: number
  readonly keep: (cells: readonly string[], endLine: number) => void
}

/** Thrown by us to end the parser early. */
const ENOUGH = new Error('more rows than may be read')

/**
 * Gives rows to `keep` up to the first fault; `rest` says that there was one, `endLine` where the last row
 * ended.
 */
async function parseUntilFault(
  bytes: Buffer,
  { delimiter, rowsMax, keep }: ParseOptions,
): Promise<{ readonly rest: boolean; readonly endLine: number; readonly error: unknown }> {
  let endLine = 0
  let count = 0
  let doubled = 0
  const parser = parse({
    ...PARSER,
    delimiter,
    on_record: (record: unknown, { lines }) => {
      const cells = record as readonly string[]
      // Inside of quotation marks the parser counts CRLF twice.
      doubled += breaksIn(cells, CRLF)
      endLine = lines - doubled
      if (cells.every((cell) => cell === '')) return null
      count += 1
      keep(cells, endLine)
      if (count > rowsMax) throw ENOUGH
      return null
    },
  })
  const done = Promise.withResolvers<unknown>()
  parser.once('error', done.resolve).once('end', () => done.resolve(null))
  parser.resume()
  let isOver = false
  void done.promise.then(() => {
    isOver = true
  })
  for (let at = 0; at < bytes.length && !isOver; at += SLICE_BYTES) {
    parser.write(bytes.subarray(at, at + SLICE_BYTES))
    await letOthersIn()
  }
  if (!isOver) parser.end()
  const error = await done.promise
  return { rest: error !== null, endLine, error }
}

const PARSER: Options = {
  // Hand-edited files mix line ends; left to itself the parser learns the first one and glues the rest.
  record_delimiter: ['\r\n', '\n', '\r'],
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  trim: true,
  skip_empty_lines: true,
  max_record_size: RECORD_CHARACTERS_MAX,
}

/** Where the line after the one at `offset` begins. */
function nextLine(body: Buffer, offset: number): number {
  let at = offset
  while (at < body.length && body[at] !== LF && body[at] !== CR) at += 1
  return body[at] === CR && body[at + 1] === LF ? at + 2 : at + 1
}

function isBlank(body: Buffer, offset: number): boolean {
  if (offset >= body.length) return false
  return body.subarray(offset, nextLine(body, offset)).toString('latin1').trim() === ''
}

/** Excel's own hint: a first line `sep=;`. */
function withoutHint(text: string): {
  readonly body: string
  readonly delimiter: string | null
  readonly linesBefore: number
} {
  const hint = /^\s*"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i.exec(text)
  if (hint === null) return { body: text, delimiter: null, linesBefore: 0 }
  return { body: text.slice(hint[0].length), delimiter: hint[1]!, linesBefore: 1 }
}

function reasonOf(error: unknown): string {
  const code = (error as Partial<CsvError>).code ?? ''
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return 'A quotation mark is opened in this row and never closed.'
  }
  if (!code.startsWith('CSV_')) throw error
  return 'Text follows a closing quotation mark. Put the whole field in quotation marks and double the inner ones.'
}
