// Lists that people upload, as CSV and as workbooks: whatever is in the file, its rows come out in order and
// within their bounds, or it is refused in words.
import assert from 'node:assert/strict'
import { Problem } from '@gatepost/server/control/problem.ts'
import { readCsv } from '@gatepost/server/control/user/csv.ts'
import { isPlainCsv } from '@gatepost/server/control/user/csv-plain.ts'
import { readTable } from '@gatepost/server/control/user/import-file.ts'
import { readRows } from '@gatepost/server/control/user/xlsx-rows.ts'
import { partsOf, sheetOf, workbookOf, zipOf } from '../../workbook.ts'
import type { Target } from '../target.ts'

const ROWS_MAX = 50
const HINT = 'sep=,\r\n'
/** A line that only the parser for quotation marks can read. */
const QUOTED = '"the ""last"" one"'

const people = [
  ['email', 'name', 'groups'],
  ['ann@acme.example', 'Ann', 'sales; all'],
  ['bob@acme.example', 'Bob "the builder"', ''],
]

export const uploadedLists: Target = {
  name: 'uploaded-lists',
  seeds: [
    'email,name,action\r\nann@acme.example,Ann,permit\r\nbob@acme.example,Bob,block\r\n',
    'E-Mail;Vorname;Alias\na@b.example;A;c@d.example\n\n',
    '\xef\xbb\xbf"email"\t"name"\n"ann@acme.example"\t"Ann, ""of"" Acme"\n',
    'sep=;\r\nemail;name\r\n"two\r\nlines";b\r\n',
    '\xff\xfee\0m\0a\0i\0l\0\n\0a\0@\0b\0',
    'a,b\n'.repeat(60),
  ],
  words: [
    '"',
    '""',
    '\r\n',
    '\n',
    '\r',
    ',',
    ';',
    '\t',
    'sep=,\n',
    '\xef\xbb\xbf',
    '\xff\xfe',
    '\0',
    ' ',
    '"\n',
  ],
  async check(input) {
    if (input[0] === 0x50 && input[1] === 0x4b) return
    const table = await readTable(input, { rowsMax: ROWS_MAX, empty: 'There are no rows.' }).catch(refusal)
    if (table !== null) {
      assert.ok(table.rows.length <= ROWS_MAX + 1)
      inOrder(table.rows, linesIn(input.toString('latin1')))
    }
    await readsAlike(input.toString('utf8'))
  },
}

/** Text without quotation marks is cut by a reader of its own, which must give what the parser gives. */
async function readsAlike(text: string): Promise<void> {
  const plain = `${HINT}${text}`
  if (!isPlainCsv(text, 10_000) || text.includes('\ufffd')) return
  const [cut, parsed] = [await readCsv(plain, 1000), await readCsv(`${plain}\r\n${QUOTED}`, 1000)]
  if (parsed.kind !== 'table') return
  const rows = parsed.rows.slice(0, -1)
  if (cut.kind === 'empty') assert.deepEqual(rows, [])
  else {
    assert.equal(cut.kind, 'table')
    assert.deepEqual(cut.kind === 'table' && cut.rows, rows)
  }
}

const sheet = sheetOf(people)

export const workbooks: Target = {
  name: 'workbooks',
  seeds: [
    workbookOf(people).toString('latin1'),
    sheet,
    sheet.replaceAll('inlineStr', 'str'),
    sheetOf([['a'], ...Array.from({ length: 60 }, () => ['b'])]),
  ],
  words: [
    ...[
      '<row r="1">',
      '<row r="1048576">',
      '<c r="A1">',
      '<c r="XFD1" t="n">',
      '</row>',
      '</sheetData>',
      '<v>',
      '&#0;',
    ],
    ...[
      '&amp;',
      '<![CDATA[',
      '<!DOCTYPE x [<!ENTITY e "eeee">]>',
      '&e;',
      '<mergeCell ref="A1:XFD1048576"/>',
      '1e308',
    ],
    ...['PK\x01\x02', 'PK\x05\x06', '\xff\xff\xff\xff', '\0\0\0\0', 't="s"', 't="d"', 's="9999"'],
  ],
  async check(input) {
    // What is no zip file is the sheet of a workbook that is one.
    const isZip = input[0] === 0x50 && input[1] === 0x4b
    const bytes = isZip ? input : zipOf(partsOf(input))
    // The thread tells such a file as damaged.
    const answer = await readRows({ bytes, rowsMax: ROWS_MAX }).catch(() => null)
    if (answer?.kind !== 'rows') return
    assert.ok(answer.rows.length <= ROWS_MAX)
    inOrder(answer.rows, Number.POSITIVE_INFINITY)
  },
}

type Row = { readonly line: number; readonly cells: readonly string[] }

function inOrder(rows: readonly Row[], last: number): void {
  let before = 0
  for (const { line, cells } of rows) {
    assert.ok(line > before && line <= last, `line ${line} behind ${before} of ${last}`)
    assert.ok(cells.every((cell) => typeof cell === 'string') && cells.some((cell) => cell !== ''))
    before = line
  }
}

function linesIn(text: string): number {
  return text.split(/[\r\n]/).length
}

/** A refusal says what to do; anything else is a fault of ours. */
function refusal(error: unknown): null {
  if (error instanceof Problem) return null
  throw error
}
