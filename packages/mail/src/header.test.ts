// Header fields: found where they are, unfolded, removed without touching a byte beside them; authors as
// readers see them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMailbox } from './address.ts'
import { parseAddressList } from './address-list.ts'
import { encodeUtf8, fromLatin1, toLatin1 } from './bytes.ts'
import {
  authorsOf,
  countField,
  decodeEncodedWords,
  fieldsNamed,
  firstField,
  parseHeaderFields,
  removeFields,
  splitMessage,
} from './header.ts'

function fieldsOf(text: string) {
  const parsed = parseHeaderFields(encodeUtf8(text))
  assert.ok(parsed.ok)
  return parsed.value
}

test('header and body are split at the empty line', () => {
  for (const [message, header, body] of [
    ['A: b\r\n\r\nbody\r\n', 'A: b\r\n', 'body\r\n'],
    ['\r\nbody', '', 'body'],
    ['A: b\r\n', 'A: b\r\n', ''],
    ['A: b', 'A: b', ''],
    ['', '', ''],
    ['A: b\r\n\r\n', 'A: b\r\n', ''],
    ['A: b\n\nbody', 'A: b\n', 'body'],
    ['A: b\r\n \r\n\r\nbody', 'A: b\r\n \r\n', 'body'],
  ] as const) {
    const { headerBytes, bodyOffset } = splitMessage(encodeUtf8(message))
    assert.equal(toLatin1(headerBytes), header)
    assert.equal(message.slice(bodyOffset), body)
  }
})

test('fields: names, folding, offsets', () => {
  const text =
    'From: a@b\r\nSubject: one\r\n\ttwo \r\n  three\r\nX-Empty:\r\nOld : style\r\nno field\r\n: nameless\r\nLast: x'
  const fields = fieldsOf(text)
  assert.deepEqual(
    fields.map((field) => [field.name, field.value]),
    [
      ['From', 'a@b'],
      ['Subject', 'one\ttwo   three'],
      ['X-Empty', ''],
      ['Old', 'style'],
      ['', 'no field'],
      ['', ': nameless'],
      ['Last', 'x'],
    ],
  )
  for (const field of fields) assert.equal(toLatin1(field.raw), text.slice(field.start, field.end))
  assert.equal(firstField(fields, 'SUBJECT')?.nameLower, 'subject')
  assert.equal(firstField(fields, 'absent'), null)
})

test('values are UTF-8, else ISO 8859-1', () => {
  assert.equal(fieldsOf('S: grün')[0]?.value, 'grün')
  const parsed = parseHeaderFields(fromLatin1('S: gr\u00fcn'))
  assert.equal(parsed.ok && parsed.value[0]?.value, 'grün')
})

test('abuse 17: fields named like properties of objects', () => {
  const fields = fieldsOf('__proto__: x\r\nconstructor: y\r\ntoString: z\r\n')
  assert.equal(countField(fields, '__proto__'), 1)
  assert.equal(firstField(fields, 'constructor')?.value, 'y')
  assert.equal(fieldsNamed(fields, 'tostring').length, 1)
  assert.equal(Object.hasOwn({}, 'x'), false)
})

test('abuse 12: limits on count and size', () => {
  const many = parseHeaderFields(encodeUtf8('A: b\r\n'.repeat(1001)))
  assert.equal(many.ok ? '' : many.fault, 'too-many-fields')
  const big = parseHeaderFields(new Uint8Array(1_048_577))
  assert.equal(big.ok ? '' : big.fault, 'header-too-big')
  assert.equal(parseHeaderFields(encodeUtf8('A: b\r\n'.repeat(3)), { maxFields: 2 }).ok, false)
})

test('fields are removed, the rest stays byte for byte', () => {
  const content = encodeUtf8('A: 1\r\nB: 2\r\n more\r\nA: 3\r\nC: 4\r\n\r\nA: body\r\n')
  assert.equal(
    toLatin1(removeFields(content, (field) => field.nameLower === 'a')),
    'B: 2\r\n more\r\nC: 4\r\n\r\nA: body\r\n',
  )
  assert.equal(
    toLatin1(removeFields(content, (field) => field.nameLower === 'b')),
    'A: 1\r\nA: 3\r\nC: 4\r\n\r\nA: body\r\n',
  )
  assert.equal(
    removeFields(content, () => false),
    content,
  )
  assert.equal(toLatin1(removeFields(content, () => true)), '\r\nA: body\r\n')
})

test('encoded words', () => {
  for (const [text, decoded] of [
    ['plain', 'plain'],
    ['=?utf-8?q?gr=C3=BCn?=', 'grün'],
    ['=?UTF-8?B?Z3LDvG4=?= tea', 'grün tea'],
    ['=?iso-8859-1?Q?gr=FCn_tea?=', 'grün tea'],
    ['=?iso-8859-15?Q?=A4?=', '€'],
    ['=?utf-8?q?a?= =?utf-8?q?b?=', 'ab'],
    ['=?utf-8?q?a?=\r\n =?utf-8?q?b?=', 'ab'],
    ['=?utf-8?q?a?= x =?utf-8?q?b?=', 'a x b'],
    ['=?utf-8?B?w?= =?utf-8?B?7w=?=', decodeEncodedWords('=?utf-8?B?w?= =?utf-8?B?7w=?=')],
    ['=?utf-8?q?gr=C3?= =?utf-8?q?=BCn?=', 'grün'],
    ['=?utf-8*en?q?a?=', 'a'],
    ['=?nonsense?q?a?=', '=?nonsense?q?a?='],
    ['=?utf-7?q?+ADw-?=', '=?utf-7?q?+ADw-?='],
    ['=?cp850?q?Ann?=', 'Ann'],
    ['=?utf-16?q?=FE=FF=00g=00r=00=FC=00n?=', 'grün'],
    ['=?utf8mb4?q?gr=C3=BCn?=', 'grün'],
    ['=?hz-gb-2312?q?=7E{VP=7E}?=', '中'],
    ['=?iso-2022-kr?q?=1B=24=29C=0E0!=0F?= =?iso-2022-kr?q?_ok?=', '가 ok'],
    ['=?us-ascii?q?gr=C3=BCn?=', 'grün'],
    ['=?utf-8?x?a?=', '=?utf-8?x?a?='],
    ['=?utf-8?q?a', '=?utf-8?q?a'],
    ['=?utf-8?q?a b?=', '=?utf-8?q?a b?='],
    ['=?utf-8?q?=ZZ?=', '=ZZ'],
    ['=?iso-2022-jp?B?GyRCJDMbKEI=?=', 'こ'],
    ['"=?utf-8?q?a?="', '"a"'],
    ['=?=?utf-8?q?a?=', '=?a'],
  ] as const) {
    assert.equal(decodeEncodedWords(text), decoded, text)
  }
})

test('authors', () => {
  for (const [from, authors] of [
    ['a@b.example', ['|a@b.example']],
    ['Ann Example <ann@b.example>', ['Ann Example|ann@b.example']],
    ['"Example, Ann" <ann@b.example>', ['Example, Ann|ann@b.example']],
    ['ann@b.example (Ann (of B))', ['Ann (of B)|ann@b.example']],
    ['=?utf-8?q?J=C3=B6rg?= <j@b.example>', ['Jörg|j@b.example']],
    ['"boss@ours.example" <x@evil.example>', ['boss@ours.example|x@evil.example']],
    ['=?utf-8?q?boss=40ours.example?= <x@evil.example>', ['boss@ours.example|x@evil.example']],
    ['boss@ours.example <x@evil.example>', ['boss@ours.example|x@evil.example']],
    ['a@b.example, C <c@d.example>', ['|a@b.example', 'C|c@d.example']],
    ['Team: a@b.example, c@d.example;', ['|a@b.example', '|c@d.example']],
    ['<a@b.example> <c@d.example>', ['|a@b.example', '|c@d.example']],
    ['<a@b.example>x@evil.example', ['|a@b.example', '|x@evil.example']],
    ['boss@ours.example: x@evil.example', ['|boss@ours.example', '|x@evil.example']],
    ['<@relay.example:a@b.example>', ['|a@b.example']],
    ['a . b @ c . example', ['|a.b@c.example']],
    ['a@(x)b.example', ['x|a@b.example']],
    ['"a b"@c.example', ['|"a b"@c.example']],
    ['undisclosed:;', []],
    ['', []],
    ['no address', ['|null']],
    ['<>', ['|null']],
    ['Ann <ann@b.example', ['Ann|ann@b.example']],
    ['a b@c.example', ['|null']],
  ] as const) {
    const seen = authorsOf(fieldsOf(`From: ${from}`)).map(
      ({ displayName, mailbox }) => `${displayName}|${mailbox === null ? null : formatMailbox(mailbox)}`,
    )
    assert.deepEqual(seen, authors, from)
  }
})

test('abuse 26: every From field gives its authors', () => {
  const fields = fieldsOf(
    'From: a@b.example\r\nFrom : boss@ours.example\r\nfrom: =?utf-8?q?x=00y?= <c@d.example>\r\n',
  )
  assert.deepEqual(
    authorsOf(fields).map(({ mailbox }) => mailbox?.localPart),
    ['a', 'boss', 'c'],
  )
  assert.equal(authorsOf(fields)[2]?.displayName, 'xy')
  assert.equal(countField(fields, 'From'), 3)
})

test('abuse 20: a comment inside a domain is no way to another domain', () => {
  for (const text of [
    'user@good.example(x)evil.example',
    'user@good.example (x) evil.example',
    'user@good.example\u3002evil.example',
    'user@good\u00ad.example',
  ]) {
    assert.deepEqual(
      parseAddressList(text).entries.map(({ mailbox }) => mailbox),
      [null],
      text,
    )
  }
  assert.equal(parseAddressList('user@good(x).example').entries[0]?.mailbox?.domain, 'good.example')
})

test('abuse 19 and 21: long lists, deep groups and nested comments take linear time', () => {
  const long = 100_000
  for (const text of [
    'a@b.example, '.repeat(long),
    'g:'.repeat(long),
    '('.repeat(long),
    '()'.repeat(long),
    `${'('.repeat(long)}${')'.repeat(long)}`,
    '<'.repeat(long),
    '"'.repeat(long),
    '\\'.repeat(long),
    '['.repeat(long),
    ','.repeat(long),
    ' '.repeat(long),
    'a '.repeat(long),
    '.'.repeat(long),
    '=?'.repeat(long),
    '=?a?q?'.repeat(long),
    '=?utf-8?q?a?= '.repeat(long),
    'a@'.repeat(long),
    '<a@b>'.repeat(long),
    '@,'.repeat(long),
  ]) {
    const start = performance.now()
    const list = parseAddressList(text)
    decodeEncodedWords(text)
    assert.ok(performance.now() - start < 15_000, `${text.slice(0, 10)}: ${performance.now() - start} ms`)
    assert.ok(list.entries.length <= 10_000)
  }
  assert.equal(parseAddressList('a@b.example, '.repeat(long)).truncated, true)
})
