// CSV files as spreadsheets and directories write them, read into rows with their line numbers (decisions 53, 54).

import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { type CsvError, parse } from 'csv-parse/sync'

export type CsvRow = { readonly line: number; readonly cells: readonly string[] }
export type CsvFault = { readonly line: number; readonly reason: string }
export type CsvTable = { readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] }

/** More in one record is a quote that was never closed, not a person. */
const RECORD_CHARACTERS_MAX = 100_000
/** After so many broken rows the file itself is wrong; each costs a new start of the parser. */
const FAULTS_MAX = 100
const LINE_END = /\r\n|\n|\r/g
/** Lines read to guess the delimiter. */
const SAMPLE_LINES = 20
const DELIMITERS = [',', ';', '\t'] as const

/** Reads a whole file: UTF-8 or UTF-16 with or without mark, else Windows-1252; any line ends, `,` `;` or tab. */
export function readCsv(bytes: Uint8Array): Parsed<CsvTable, 'empty' | 'not-text' | 'broken'> {
  const text = decode(bytes)
  if (text === null) return fail('not-text')
  const { body, delimiter, linesBefore } = withoutHint(text)
  if (body.trim() === '') return fail('empty')
  const table = readRecords(body, { delimiter: delimiter ?? guessDelimiter(body), linesBefore })
  return table === null ? fail('broken') : ok(table)
}

/**
 * Reads record by record. A broken record costs its own line only: reading goes on behind it, where the parser alone
 * would take everything up to the next quotation mark with it.
 */
function readRecords(
  body: string,
  { delimiter, linesBefore }: { readonly delimiter: string; readonly linesBefore: number },
): CsvTable | null {
  const starts = lineStarts(body)
  const rows: CsvRow[] = []
  const faults: CsvFault[] = []
  let line = 0
  while (line < starts.length) {
    const rest = line === 0 ? body : body.slice(starts[line])
    const { records, error } = parseUntilFault(rest, delimiter)
    for (const { cells, endLine } of records) {
      // The parser counts lines up to the end of a record; people look for its first.
      const within = cells.reduce((sum, cell) => sum + (cell.match(LINE_END)?.length ?? 0), 0)
      const isFilled = cells.some((cell) => cell !== '')
      if (isFilled) rows.push({ line: line + endLine - within + linesBefore, cells })
    }
    if (error === null) break
    line += records.at(-1)?.endLine ?? 0
    while (line < starts.length && body.slice(starts[line], starts[line + 1]).trim() === '') line += 1
    faults.push({ line: line + 1 + linesBefore, reason: reasonOf(error) })
    if (faults.length > FAULTS_MAX) return null
    line += 1
  }
  return { rows, faults }
}

type Records = readonly { readonly cells: readonly string[]; readonly endLine: number }[]

function parseUntilFault(
  text: string,
  delimiter: string,
): { readonly records: Records; readonly error: unknown } {
  const records: { cells: readonly string[]; endLine: number }[] = []
  try {
    parse(text, {
      delimiter,
      // Hand-edited files mix line ends; left to itself the parser learns the first one and glues the rest.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      skip_empty_lines: true,
      max_record_size: RECORD_CHARACTERS_MAX,
      on_record: (record: unknown, { lines }) => {
        records.push({ cells: record as readonly string[], endLine: lines })
        return null
      },
    })
    return { records, error: null }
  } catch (error) {
    return { records, error }
  }
}

/** Offsets at which lines begin. */
function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const { 0: end, index } of text.matchAll(LINE_END)) starts.push(index + end.length)
  return starts
}

function decode(bytes: Uint8Array): string | null {
  const utf16 = utf16Of(bytes)
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes)
  // A workbook is a zip file, and no text at all has NUL in it.
  if (bytes.includes(0) || (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** By its mark, or by the zero bytes that ASCII has in UTF-16. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first && second === 0 && third && fourth === 0) return 'utf-16le'
  if (first === 0 && second && third === 0 && fourth) return 'utf-16be'
  return null
}

/** Excel's own hint: a first line `sep=;`. */
function withoutHint(text: string): {
  readonly body: string
  readonly delimiter: string | null
  readonly linesBefore: number
} {
  const hint = /^\s*"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(text)
  if (hint === null) return { body: text, delimiter: null, linesBefore: 0 }
  return { body: text.slice(hint[0].length), delimiter: hint[1]!, linesBefore: 1 }
}

/** The delimiter that stands in most lines outside quotes; a comma where there is none. */
function guessDelimiter(text: string): string {
  const lines = text
    .slice(0, RECORD_CHARACTERS_MAX)
    .replace(/"(?:[^"]|"")*"/g, '""')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE_LINES)
  const scores = DELIMITERS.map((delimiter) => lines.filter((line) => line.includes(delimiter)).length)
  const best = Math.max(...scores)
  return best === 0 ? ',' : DELIMITERS[scores.indexOf(best)]!
}

function reasonOf(error: unknown): string {
  const code = (error as Partial<CsvError>).code ?? ''
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return 'A quotation mark is opened in this row and never closed.'
  }
  if (!code.startsWith('CSV_')) throw error
  return 'Text follows a closing quotation mark. Put the whole field in quotation marks and double the inner ones.'
}
