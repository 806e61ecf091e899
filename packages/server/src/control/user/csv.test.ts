// Tables of lists as people upload them: encodings, delimiters, broken rows, heads; and the third-party CSV
// files.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Problem } from '../problem.ts'
import { readCsv } from './csv.ts'
import { guessDelimiter } from './delimiter.ts'
import { readImportFile } from './import-file.ts'
import { readText } from './text.ts'

const domains = new Map([
  ['acme.example', true],
  ['xn--bcher-kva.example', true],
  ['pending.example', false],
])

const own = { domains, passwordFault: () => null, roleOf: () => 'no roles here', groupFault: () => null }

const texts: readonly (readonly [string, Uint8Array, string | RegExp])[] = [
  ['UTF-8', Buffer.from('Übung'), 'Übung'],
  ['UTF-8 with mark', Buffer.from('\ufeffÜbung'), 'Übung'],
  ['UTF-16 LE with mark', Buffer.from('\ufeffÜbung', 'utf16le'), 'Übung'],
  ['UTF-16 BE with mark', Buffer.from('\ufeffÜbung', 'utf16le').swap16(), 'Übung'],
  ['UTF-16 LE by its zeros', Buffer.from('email', 'utf16le'), 'email'],
  ['Windows-1252', Buffer.from('Übung', 'latin1'), 'Übung'],
  ['workbook', Buffer.from('PK\x03\x04…'), /Excel workbook/],
  ['old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), /Excel workbook/],
  ['NUL', Buffer.from('email\nann@acme.example\0\n'), /Line 2 holds a NUL/],
  ['unknown encoding', Buffer.from([0x61, 0x0a, 0x0a, 0x81, 0xff]), /line 3 cannot be told/],
  ['odd UTF-16', Buffer.from([0xff, 0xfe, 0x61]), /damaged UTF-16/],
]

test('encodings: told by mark and content, guessed with a warning, else refused with the line', () => {
  for (const [name, bytes, expected] of texts) {
    const read = readText(bytes)
    if (typeof expected !== 'string') {
      assert.match(read.kind === 'refused' ? read.reason : '', expected, name)
      continue
    }
    assert.equal(read.kind === 'text' ? read.text : read.reason, expected, name)
    assert.equal(read.kind === 'text' && read.warning !== null, name === 'Windows-1252', name)
  }
})

const delimiters: readonly (readonly [string, string])[] = [
  ['email,name\nann@acme.example,Ann', ','],
  ['email;name\nann@acme.example;Ann', ';'],
  ['email\tname\nann@acme.example\tAnn, the second', '\t'],
  ['email;name;aliases\nann@acme.example;Ann;a@acme.example,b@acme.example', ';'],
  ['ann@acme.example;Ann;a@acme.example,b@acme.example', ';'],
  ['ann@acme.example,Ann,a@acme.example;b@acme.example;c@acme.example', ','],
  ['Smith, Ann;ann@acme.example\nJones, Bob;bob@acme.example', ';'],
  ['"Smith; Ann","ann@acme.example"\n"Jones; Bob","bob@acme.example"', ','],
  ['"Smith, Ann";"ann@acme.example"', ';'],
]

test('delimiters: the one that leaves whole addresses, and stands first', () => {
  for (const [text, expected] of delimiters) assert.equal(guessDelimiter(text), expected, text)
  assert.equal([',', ';', '\t'].includes(guessDelimiter('ann@acme.example')), true)
})

const tables: readonly (readonly [
  string,
  string,
  readonly (readonly [number, ...string[]])[],
  readonly number[],
])[] = [
  [
    'mixed line ends',
    'a,b\r\nc,d\ne,f\rg,h',
    [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
      [3, 'e', 'f'],
      [4, 'g', 'h'],
    ],
    [],
  ],
  [
    'empty lines',
    '\n\na,b\n,,\n\n c , d ',
    [
      [3, 'a', 'b'],
      [6, 'c', 'd'],
    ],
    [],
  ],
  ['hint', 'sep=;\r\na;b,c', [[2, 'a', 'b,c']], []],
  [
    'line breaks in fields',
    '"a\r\nb",c\nd,e',
    [
      [1, 'a\r\nb', 'c'],
      [3, 'd', 'e'],
    ],
    [],
  ],
  [
    'line breaks before a fault',
    '"a\r\n\r\nb",c\r\n"x"y\r\nd,e',
    [
      [1, 'a\r\n\r\nb', 'c'],
      [5, 'd', 'e'],
    ],
    [4],
  ],
  ['doubled quotes', '"a ""b""",c', [[1, 'a "b"', 'c']], []],
  ['quotes inside', 'a "b" c,d', [[1, 'a "b" c', 'd']], []],
  [
    'ragged',
    'a\nb,c,d',
    [
      [1, 'a'],
      [2, 'b', 'c', 'd'],
    ],
    [],
  ],
  [
    'open quote',
    'a,b\n"c,d\ne,f',
    [
      [1, 'a', 'b'],
      [3, 'e', 'f'],
    ],
    [2],
  ],
  [
    'text behind a quote',
    'a,b\n\n"c"d,e\nf,g',
    [
      [1, 'a', 'b'],
      [4, 'f', 'g'],
    ],
    [3],
  ],
  ['two faults', '"x"y\n"x"y\na,b', [[3, 'a', 'b']], [1, 2]],
  ['open quote at the end', 'a,b\nc,"', [[1, 'a', 'b']], [2]],
]

test('rows come with the line they begin on; a broken one costs itself only', async () => {
  for (const [name, text, rows, faults] of tables) {
    const table = await readCsv(text, 100)
    assert.equal(table.kind, 'table', name)
    if (table.kind !== 'table') continue
    assert.deepEqual(
      table.rows.map(({ line, cells }) => [line, ...cells]),
      rows,
      name,
    )
    assert.deepEqual(
      table.faults.map(({ line }) => line),
      faults,
      name,
    )
  }
})

test('limits: rows, broken rows, emptiness', async () => {
  assert.equal((await readCsv('a\n'.repeat(11), 10)).kind, 'too-many')
  assert.equal((await readCsv('a\n'.repeat(10), 10)).kind, 'table')
  assert.equal((await readCsv('"x"y\n'.repeat(200), 1000)).kind, 'broken')
  assert.equal((await readCsv(' \r\n\n', 10)).kind, 'empty')
  const long = await readCsv(`a,"${'x'.repeat(1_000_000)}"\nb,c`, 10)
  assert.deepEqual(long.kind === 'table' && [long.faults.length, long.rows.at(-1)?.cells], [1, ['b', 'c']])
})

type Expected = {
  readonly people?: readonly (readonly [string, string, ...string[]])[]
  readonly means?: string
  readonly errors?: readonly (readonly [number, string, RegExp])[]
}
const lists: readonly (readonly [string, string, Expected])[] = [
  [
    'a head in any order, other columns ignored',
    'Office,Display Name,E-Mail Address\nBern,Ann,Ann@acme.example',
    { means: 'ignored name email', people: [['Ann@acme.example', 'Ann']] },
  ],
  ['no head', 'ann@acme.example,Ann', { means: 'email name', people: [['ann@acme.example', 'Ann']] }],
  [
    'no head, aliases',
    'Ann;ann@acme.example;a@acme.example|b@acme.example c@acme.example',
    {
      means: 'name email aliases',
      people: [['ann@acme.example', 'Ann', 'a@acme.example', 'b@acme.example', 'c@acme.example']],
    },
  ],
  [
    'Exchange',
    'DisplayName,PrimarySmtpAddress,EmailAddresses\n' +
      'Ann,ann@acme.example,"SMTP:ann@acme.example,smtp:a@acme.example,x500:/o=x,SIP:ann@acme.example"',
    { means: 'name email aliases', people: [['ann@acme.example', 'Ann', 'a@acme.example']] },
  ],
  [
    'Microsoft 365',
    'Display name,User principal name,Proxy addresses\n' +
      'Ann,ann@acme.example,SMTP:ann@acme.example+smtp:a@acme.example+smtp:ann@acme.onmicrosoft.com',
    { means: 'name email aliases', people: [['ann@acme.example', 'Ann', 'a@acme.example']] },
  ],
  [
    'Google Workspace',
    'First Name [Required],Last Name [Required],Email Address [Required]\nAnn,Smith,ann@acme.example',
    { means: 'name name email', people: [['ann@acme.example', 'Ann Smith']] },
  ],
  [
    'both mail and sign-in name',
    'userPrincipalName,mail,name\nann@acme.example,ann.smith@acme.example,Ann',
    { means: 'ignored email name', people: [['ann.smith@acme.example', 'Ann']] },
  ],
  ['international domain', 'email\nann@bücher.example', { people: [['ann@xn--bcher-kva.example', '']] }],
  ['foreign heads', 'Benutzer;Postfach\nAnn;ann@acme.example', { means: 'ignored email' }],
  [
    'a mistyped first address is a wrong row, not a head',
    'ann.acme.example\nbob@acme.example',
    { people: [['bob@acme.example', '']], errors: [[1, 'Column 1', /not an e-mail address/]] },
  ],
  [
    'wrong rows',
    'email,name,aliases\nann@,Ann\n,Bob\nc@other.example,C\nd@pending.example,D\n' +
      'e@sub.acme.example,E\nf@acme.example,F,g@\nh@acme.example,H',
    {
      people: [['h@acme.example', 'H']],
      errors: [
        [2, 'email', /“ann@” is not an e-mail address/],
        [3, 'email', /no e-mail address in this row/],
        [4, 'email', /other\.example is not a domain of yours/],
        [5, 'email', /not validated yet/],
        [6, 'email', /below acme\.example it needs no proof/],
        [7, 'aliases', /“g@” is not/],
      ],
    },
  ],
  [
    'doubles',
    'email,aliases\nann@acme.example,a@acme.example\nANN@ACME.example,\nbob@acme.example,a@acme.example\na@acme.example,',
    {
      people: [['ann@acme.example', '', 'a@acme.example']],
      errors: [
        [3, 'email', /line 2 already/],
        [4, 'aliases', /line 2 already/],
        [5, 'email', /line 2 already/],
      ],
    },
  ],
  [
    'a quotation mark that swallows rows',
    'email,name\nann@acme.example,"Ann\nbob@acme.example,Bob"\nc@acme.example,C',
    { people: [['c@acme.example', 'C']], errors: [[2, 'name', /quotation mark/]] },
  ],
  [
    'names: cleaned, too long',
    `email,name\nann@acme.example," Ann\n\u202eSmith "\nbob@acme.example,${'x'.repeat(201)}`,
    { people: [['ann@acme.example', 'Ann Smith']], errors: [[4, 'name', /at most 200/]] },
  ],
  ['formulas stay text', 'email,name\nann@acme.example,=1+1', { people: [['ann@acme.example', '=1+1']] }],
]

test('lists: what columns mean, who is in them, and what is wrong by line and column', async () => {
  for (const [name, text, expected] of lists) {
    const file = await readImportFile(Buffer.from(text), own)
    const people = file.candidates.map(({ email, name, aliases }) => {
      return [email.address, name, ...aliases.map(({ address }) => address)]
    })
    if (expected.means) assert.equal(file.columns.map(({ means }) => means).join(' '), expected.means, name)
    if (expected.people) assert.deepEqual(people, expected.people, name)
    const errors = file.errors.map(({ line, column }) => [line, column])
    const wanted = expected.errors ?? []
    assert.deepEqual(
      errors,
      wanted.map(([line, column]) => [line, column]),
      name,
    )
    for (const [index, [, , reason]] of wanted.entries())
      assert.match(file.errors[index]!.reason, reason, name)
  }
})

test('aliases in a provider’s domain are left out with a warning', async () => {
  const text =
    'email,proxyAddresses\nann@acme.example,smtp:a@acme.onmicrosoft.com\nbob@acme.example,b@x.onmicrosoft.com'
  const { warnings, errors } = await readImportFile(Buffer.from(text), own)
  assert.deepEqual(errors, [])
  assert.match(warnings[0] ?? '', /^2 aliases in acme\.onmicrosoft\.com, x\.onmicrosoft\.com are left out/)
})

test('files that are refused whole say what to do', async () => {
  for (const [text, name, reason] of [
    ['', 'file-unreadable', /no rows/],
    ['email,name\n', 'file-unreadable', /no rows/],
    ['"x"y\n'.repeat(200), 'file-unreadable', /line 1 first/],
    [`email\n${'ann@acme.example\n'.repeat(100_001)}`, 'rows-over-limit', /100,000 rows.*Split/],
  ] as const) {
    const work = readImportFile(Buffer.from(text), own)
    await assert.rejects(work, (error) => {
      assert.ok(error instanceof Problem)
      assert.equal(error.problemName, name)
      assert.match(error.message, reason)
      return true
    })
  }
})

test('columns are named by a person where the guess is wrong, and passwords are never told back', async () => {
  const rules = { ...own, passwordFault: (text: string) => (text === 'short' ? 'Use more.' : null) }
  const text =
    'post,who,secret,where\nann@acme.example,Ann,short,Bern\nbob@acme.example,Bob,long enough,Basel'
  const said = [
    { means: 'email', attribute: null },
    { means: 'name', attribute: null },
    { means: 'password', attribute: null },
    { means: 'attribute', attribute: ' Office ' },
  ] as const
  const { candidates, errors, columns } = await readImportFile(Buffer.from(text), rules, said)
  assert.deepEqual(errors, [{ line: 2, column: 'secret', text: '', reason: 'Use more.' }])
  assert.deepEqual(
    candidates.map(({ name, password, attributes }) => [name, password, attributes]),
    [['Bob', 'long enough', [['Office', 'Basel']]]],
  )
  assert.equal(columns[3]?.header, 'where')
  await assert.rejects(
    readImportFile(Buffer.from(text), rules, said.slice(1)),
    /Some fields need attention|column/,
  )
})

const head = 'email,name,password,aliases,groups,role,enabled,attr:Department\n'
const rowsOfTemplate: readonly (readonly [string, RegExp | null])[] = [
  ['ann@acme.example,Ann,,,Sales;All staff,,yes,Sales', null],
  ['ann@acme.example,Ann,,,,King,yes,', /no roles here/],
  ['ann@acme.example,Ann,,,,,perhaps,', /Write yes or no/],
]

test('the columns of the template are known by their heads', async () => {
  for (const [row, reason] of rowsOfTemplate) {
    const { candidates, errors, columns } = await readImportFile(Buffer.from(head + row), own)
    assert.deepEqual(
      columns.map(({ means }) => means),
      ['email', 'name', 'password', 'aliases', 'groups', 'role', 'enabled', 'attribute'],
    )
    if (reason) assert.match(errors[0]?.reason ?? '', reason)
    else {
      const { groups, enabled, attributes } = candidates[0]!
      assert.deepEqual(
        [groups, enabled, attributes],
        [['Sales', 'All staff'], true, [['Department', 'Sales']]],
      )
    }
  }
})

const folder = join(process.env.GATEPOST_TESTDATA ?? '../shared/testdata', 'csv')
const skip = existsSync(folder) ? false : 'testdata absent: csv'

test('csv-spectrum: every file equals its JSON', { skip }, async () => {
  const files = readdirSync(join(folder, 'csv-spectrum', 'csvs'))
  assert.ok(files.length >= 12)
  for (const file of files) {
    const stored = readFileSync(join(folder, 'csv-spectrum', 'csvs', file), 'utf8')
    // A check-out may have lost the line ends that give these files their names.
    const text = file.includes('crlf') ? stored.replace(/\r?\n/g, '\r\n') : stored
    const json = join(folder, 'csv-spectrum', 'json', file.replace('.csv', '.json'))
    const expected = [JSON.parse(readFileSync(json, 'utf8')) as object].flat()
    // This file and its JSON name different telephones; all else must be equal.
    if (file === 'location_coordinates.csv')
      Object.assign(expected[0]!, { 'Contact Phone Number': '2095257564' })
    const table = await readCsv(text, 1000)
    assert.equal(table.kind, 'table', file)
    if (table.kind !== 'table') continue
    const [head, ...rows] = table.rows
    const objects = rows.map(({ cells }) =>
      Object.fromEntries(head!.cells.map((name, at) => [name, cells[at]])),
    )
    assert.deepEqual(objects, expected, file)
  }
})

test('formulas are read as the text they are', { skip }, async () => {
  const payloads = JSON.parse(readFileSync(join(folder, 'formula-injection.json'), 'utf8')) as string[]
  for (const payload of payloads) {
    const text = `email,name\nann@acme.example,"${payload.replaceAll('"', '""')}"`
    const { candidates, errors } = await readImportFile(Buffer.from(text), own)
    assert.deepEqual(errors, [], payload)
    assert.equal(candidates[0]?.name, payload.replace(/[\s\u200b]+/g, ' ').trim(), payload)
  }
})
