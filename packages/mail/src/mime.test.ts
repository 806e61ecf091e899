// The tree of parts, what Outlook would call them, and messages made to tire a parser (abuse cases 17, 18,
// 22 and 28).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUtf8, fromLatin1 } from './bytes.ts'
import { decodeWithCharset } from './charset.ts'
import { parseContentField } from './content-field.ts'
import { extensionOf, shownName } from './file-name.ts'
import { parseHeaderFields, splitMessage } from './header.ts'
import { decodedBody, leaves, MIME_LIMITS, type MimePart, parseMime, textOf } from './mime.ts'
import { uuFilesIn } from './uuencode.ts'

const message = (...lines: string[]): Uint8Array => encodeUtf8(lines.join('\r\n'))
const types = (root: MimePart): string[] => [...leaves(root)].map(({ path, type }) => `${path} ${type}`)

test('parts within parts have paths, bodies and their own boundaries', () => {
  const octets = message(
    'Content-Type: multipart/mixed; boundary=a',
    '',
    'preamble',
    '--a',
    'Content-Type: multipart/alternative; boundary="a b"',
    '',
    '--a b',
    '',
    'plain',
    '--a b',
    'Content-Type: text/html',
    '',
    '<p>',
    '--a b--',
    '--a  ',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'inner text',
    '--a--',
    'epilogue',
  )
  const { root, faults, count } = parseMime(octets)
  assert.deepEqual(types(root), ['1.1 text/plain', '1.2 text/html', '2.1 text/plain'])
  assert.deepEqual(
    [...leaves(root)].map((leaf) => textOf(octets, leaf)),
    ['plain', '<p>', 'inner text'],
  )
  assert.deepEqual([faults, count], [[], 6])
})

test('absent and broken types are plain text, and faults say so', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['', 'text/plain', []],
    ['Content-Type: text', 'text/plain', ['broken-type']],
    ['Content-Type: image/jp(a comment)g)', 'text/plain', ['broken-type']],
    ['Content-Type: multipart/mixed', 'multipart/mixed', ['missing-boundary']],
    ['Content-Type: multipart/mixed boundary=x', 'multipart/mixed', ['unclosed-multipart']],
    ['Content-Type: TEXT/HTML; charset="UTF-8"', 'text/html', []],
  ]
  for (const [field, type, faults] of cases) {
    const parsed = parseMime(message(field === '' ? 'A: b' : field, '', 'x'))
    assert.deepEqual([parsed.root.type, parsed.faults], [type, faults], field)
  }
})

test('case 22: the name is what Outlook would show', () => {
  const cases: readonly (readonly [string, string])[] = [
    [`Content-Disposition: attachment; filename="a.pdf"`, 'a.pdf'],
    [
      `Content-Disposition: attachment; filename*0="inv"; filename*1="oice.e"; filename*2="xe"`,
      'invoice.exe',
    ],
    [`Content-Disposition: attachment; filename*0*=utf-8''a%20; filename*1*=%e2%82%ac.exe`, 'a €.exe'],
    [`Content-Disposition: attachment; filename*1=".exe"; filename*0="b"`, 'b.exe'],
    [`Content-Disposition: attachment; filename="=?utf-8?B?cnVuLmV4ZQ==?="`, 'run.exe'],
    [`Content-Disposition: attachment; filename="=?utf-8?Q?run?= =?utf-8?Q?.exe?="`, 'run.exe'],
    [`Content-Disposition: attachment; filename="run.exe. . "`, 'run.exe'],
    [`Content-Disposition: attachment; filename="C:\\\\temp\\\\run.exe"`, 'run.exe'],
    [`Content-Disposition: attachment; filename="../../etc/run.exe"`, 'run.exe'],
    [`Content-Disposition: attachment; filename=my run.exe; size=1`, 'my run.exe'],
    [`Content-Type: application/pdf; name="x\u202efdp.exe"`, 'x[U+202E]fdp.exe'],
    [`Content-Type: application/pdf; name="ru\u200bn.exe"`, 'run.exe'],
  ]
  for (const [field, name] of cases)
    assert.equal(parseMime(message(field, '', '')).root.fileName, name, field)
})

test('case 22: two names that differ are both told, and extensions are Windows extensions', () => {
  const { root } = parseMime(
    message('Content-Type: a/b; name=safe.txt', 'Content-Disposition: attachment; filename=run.exe', '', ''),
  )
  assert.deepEqual([root.fileName, root.fileNames], ['run.exe', ['run.exe', 'safe.txt']])
  for (const [name, extension] of [
    ['a.EXE', 'exe'],
    ['a.exe. ', 'exe'],
    ['a.pdf.js', 'js'],
    ['a.[U+202E]exe', 'exe'],
    ['a.ｅｘｅ', 'exe'],
    ['none', ''],
  ] as const) {
    assert.equal(extensionOf(name), extension, name)
  }
  assert.equal(shownName('con\u0000.exe\r\nX: y'), 'con.exeX: y')
})

test('case 17: fields and parameters named like properties of objects are only names', () => {
  const { root } = parseMime(
    message('__proto__: a', 'constructor: b', 'Content-Type: a/b; __proto__=x; toString=y', '', ''),
  )
  assert.deepEqual(
    [...root.parameters],
    [
      ['__proto__', 'x'],
      ['tostring', 'y'],
    ],
  )
  assert.deepEqual(
    root.header.map(({ name }) => name),
    ['__proto__', 'constructor', 'Content-Type'],
  )
})

test('case 28: text is what a reader sees', () => {
  const kr = fromLatin1('\x1b$)C\x0e0!\x0f ok')
  const cases: readonly (readonly [Uint8Array, string | null, string])[] = [
    [fromLatin1('+AGgAdAB0AHA-://x'), 'utf-7', 'http://x'],
    [fromLatin1('a+-b+AOk'), 'unicode-1-1-utf-7', 'a+bé'],
    [fromLatin1('\x1b$B$"\x1b(B!'), 'iso-2022-jp', 'あ!'],
    [kr, 'iso-2022-kr', '가 ok'],
    [fromLatin1('~{VP~} a'), 'hz-gb-2312', '中 a'],
    [encodeUtf8('café'), 'no-such-charset', 'café'],
    [fromLatin1('caf\xe9'), 'no-such-charset', 'café'],
    [fromLatin1('caf\xe9'), null, 'café'],
    [fromLatin1('\xff\xfeh\0i\0'), 'utf-8', 'hi'],
  ]
  for (const [octets, charset, text] of cases)
    assert.equal(decodeWithCharset(octets, charset), text, `${charset}`)
  const octets = message('Content-Type: text/plain', '', 'v\0i\0agra')
  assert.equal(textOf(octets, parseMime(octets).root), 'viagra')
})

test('transfer encodings are undone as mail programs do', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['base64', 'aGVs\r\nbG8=', 'hello'],
    ['base64', 'aGk=aGk=', 'hihi'],
    ['BASE64 (comment)', 'aGVsbG8s!IHdvcmxkIGFuZCBldmVyeWJvZHk', 'hello, world and everybody'],
    ['quoted-printable', 'a=3Db =\r\nc  \r\nd=20\r\ne=ZZ', 'a=b c\r\nd \r\ne=ZZ'],
    ['x-unknown', 'as it is', 'as it is'],
  ]
  for (const [encoding, body, text] of cases) {
    const octets = message(`Content-Transfer-Encoding: ${encoding}`, '', body)
    assert.equal(new TextDecoder().decode(decodedBody(octets, parseMime(octets).root).octets), text, body)
  }
  const long = message('Content-Transfer-Encoding: base64', '', 'QUFB'.repeat(1000))
  const cut = decodedBody(long, parseMime(long).root, 100)
  assert.deepEqual([cut.octets.length, cut.isCut], [100, true])
})

test('a text that ends with its begin line holds an empty file', () => {
  for (const text of ['hi\nbegin 644 a.exe', 'begin 644 a.exe', 'begin 644 a.exe\n']) {
    const [file, ...more] = uuFilesIn(fromLatin1(text), 1000)
    assert.deepEqual([file?.fileName, file?.octets.length, file?.isCut, more.length], ['a.exe', 0, false, 0])
  }
})

test('files that stand uuencoded in a text are found', () => {
  const files = uuFilesIn(fromLatin1('hi\r\nbegin 644 run.exe\r\n#0V%T\r\n`\r\nend\r\nbye'), 1000)
  assert.deepEqual(
    files.map(({ fileName, octets }) => [fileName, new TextDecoder().decode(octets)]),
    [['run.exe', 'Cat']],
  )
  const many = 'begin 644 a.txt\r\n`\r\nend\r\n'.repeat(100)
  assert.equal(uuFilesIn(fromLatin1(many), 1000).at(-1)?.isCut, false)
  const cut = uuFilesIn(fromLatin1(`${many}begin 644 run.exe\r\n`), 1000)
  assert.deepEqual([cut.length, cut.at(-1)?.isCut], [100, true], 'more files than are looked at')
})

test('fields that stand there twice and differ are a fault, and all of their names are names', () => {
  const part = (...fields: string[]) =>
    parseMime(message('Content-Type: application/zip', ...fields, '', 'x'))
  const encoded = (text: string) => `Content-Transfer-Encoding: ${text}`
  assert.deepEqual(part(encoded('base64'), encoded('7bit')).faults, ['two-content-types'])
  assert.deepEqual(part(encoded('base64'), encoded('base64')).faults, [])
  const named = (text: string) => `Content-Disposition: attachment; filename="${text}"`
  const { root, faults } = part(named('run.exe'), named('a.txt'))
  assert.deepEqual(
    [root.fileName, root.fileNames, faults],
    ['a.txt', ['a.txt', 'run.exe'], ['two-content-types']],
  )
})

/** Each of reliability §1: read in one pass, with a fault that says what was left out. */
const bombs: readonly (readonly [string, () => string, readonly string[]])[] = [
  [
    '1,000,000 empty parts',
    () => `Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\n\r\n'.repeat(1_000_000)}`,
    ['too-many-parts', 'unclosed-multipart'],
  ],
  ['10,000 multiparts deep', () => deep(10_000), ['too-deep', 'unclosed-multipart']],
  ['message/rfc822 200 deep', () => 'Content-Type: message/rfc822\r\n\r\n'.repeat(200), ['too-deep']],
  ['1,000,000 header lines', () => 'a: b\r\n'.repeat(1_000_000), ['header-limit']],
  ['one header of 20 MB', () => `Subject: ${'x '.repeat(10_000_000)}\r\n\r\n`, ['header-limit']],
  [
    'RFC 2231 in 100,000 pieces',
    () => `Content-Type: a/b${pieces(100_000)}\r\n\r\n`,
    ['header-limit', 'parameter-limit'],
  ],
  [
    'one boundary line 16 MB long',
    () => `Content-Type: multipart/mixed; boundary=a\r\n\r\n--a${' '.repeat(16_000_000)}b`,
    ['unclosed-multipart'],
  ],
  [
    '4,000,000 lines like a boundary',
    () => `Content-Type: multipart/mixed; boundary=ab\r\n\r\n${'--a\n'.repeat(4_000_000)}`,
    ['unclosed-multipart'],
  ],
]

function deep(levels: number): string {
  let text = ''
  for (let i = 0; i < levels; i++) text += `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`
  return text
}

function pieces(count: number): string {
  let text = ''
  for (let i = 0; i < count; i++) text += `;\r\n name*${i}=x`
  return text
}

for (const [name, make, faults] of bombs) {
  test(`case 18: ${name}: bounded, and it says so`, () => {
    const parsed = parseMime(fromLatin1(make()))
    assert.deepEqual([...parsed.faults].sort(), [...faults].sort())
    assert.ok(parsed.count <= MIME_LIMITS.parts)
  })
}

test('content fields: comments, quotes, missing ends', () => {
  const cases: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
    ['text/plain (a (nested) comment); charset=utf-8 ', 'text/plain', [['charset', 'utf-8']]],
    [
      'a/b; n="x\\"y;z"; m=1',
      'a/b',
      [
        ['n', 'x"y;z'],
        ['m', '1'],
      ],
    ],
    ['a/b; n="never ends', 'a/b', [['n', 'never ends']]],
    ['a/b;;; =x; n', 'a/b', []],
  ]
  for (const [text, value, parameters] of cases) {
    const field = parseContentField(text)
    assert.equal(field.value, value)
    assert.deepEqual(
      field.parameters.map((one) => [one.name, one.value]),
      parameters,
      text,
    )
  }
})

test('a line that only begins with a boundary is one (RFC 2046 §5.1.1): nothing hides in what follows', () => {
  const lines = (...texts: string[]) => Buffer.from(texts.join('\r\n'))
  const hidden = lines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'text',
    '--b trailing words',
    'Content-Disposition: attachment; filename=run.exe',
    '',
    'x',
    '--b--more',
    'epilogue',
  )
  assert.deepEqual(
    [...leaves(parseMime(hidden).root)].map(({ fileName }) => fileName),
    [null, 'run.exe'],
  )
  // Of boundaries that begin alike the whole one counts, then the longest.
  const alike = lines(
    'Content-Type: multipart/mixed; boundary=out',
    '',
    '--out',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    '',
    'one',
    '--outermost',
    '',
    'two',
    '--outer--',
    '--out',
    '',
    'three',
    '--out--',
  )
  assert.deepEqual(
    [...leaves(parseMime(alike).root)].map(({ path }) => path),
    ['1.1', '1.2', '2'],
  )
})

test('a header that was read before gives the same tree', () => {
  const messages = [
    message(
      'From: a@b.example',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      '',
      'one',
      '--x--',
      '',
    ),
    message('Subject: no body'),
    message('', 'no header'),
    message('no field at all', 'Content-Type: text/html', '', '<p>'),
    message('Content-Type: message/rfc822', '', 'Subject: within', '', 'text'),
    message('Content-Type: TEXT/Plain; charset=UTF-8', 'Content-Transfer-Encoding: Base64 (x)', '', 'aGk='),
  ]
  for (const octets of messages) {
    const { headerBytes, bodyOffset } = splitMessage(octets)
    const fields = parseHeaderFields(headerBytes)
    assert.ok(fields.ok)
    const shape = ({ root, ...rest }: ReturnType<typeof parseMime>) => ({ ...rest, root: shapeOf(root) })
    const known = { fields: fields.value, bodyOffset }
    assert.deepEqual(shape(parseMime(octets, {}, known)), shape(parseMime(octets)))
  }
})

function shapeOf({ header, parts, ...part }: MimePart): object {
  return { ...part, header: header.map(({ name, value }) => [name, value]), parts: parts.map(shapeOf) }
}
