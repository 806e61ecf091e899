// MTA-STS records and policies as RFC 8461 writes them, and those that must count as none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNamedBy, readStsPolicy, readStsRecord } from './mta-sts-policy.ts'

const POLICY =
  'version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n'

const records: readonly (readonly [string, readonly string[], string | null])[] = [
  ['the example of the RFC', ['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
  ['without blanks and last semicolon', ['v=STSv1;id=1'], '1'],
  ['beside other records', ['v=spf1 -all', 'v=STSv1; id=a'], 'a'],
  ['two of them are none', ['v=STSv1; id=a', 'v=STSv1; id=b'], null],
  ['no id', ['v=STSv1;'], null],
  ['an id with other characters', ['v=STSv1; id=a-b'], null],
  ['a later version', ['v=STSv2; id=a'], null],
  ['no record', [], null],
]
for (const [name, texts, id] of records) test(`record: ${name}`, () => assert.equal(readStsRecord(texts), id))

test('the policy of the RFC is read, with either line ending', () => {
  const expected = {
    ok: true,
    value: { mode: 'enforce', mx: ['mail.example.com', '*.example.net'], maxAgeSeconds: 604_800 },
  }
  assert.deepEqual(readStsPolicy(POLICY), expected)
  assert.deepEqual(readStsPolicy(POLICY.replaceAll('\r', '')), expected)
  assert.deepEqual(readStsPolicy(`${POLICY}future_field: x\n`), expected)
})

const broken: readonly (readonly [string, string])[] = [
  ['version', POLICY.replace('STSv1', 'STSv2')],
  ['mode', POLICY.replace('enforce', 'strict')],
  ['max_age', POLICY.replace('604800', 'a week')],
  ['mail host', 'version: STSv1\nmode: testing\nmax_age: 1\n'],
  ['host name', POLICY.replace('mail.example.com', 'mail example')],
  ['colon', `${POLICY}<html>\n`],
]
for (const [word, text] of broken)
  test(`a policy with a wrong ${word} is refused and says so`, () => {
    const read = readStsPolicy(text)
    assert.equal(read.ok, false)
    assert.match(read.ok ? '' : read.why, new RegExp(word))
  })

test('a life longer than a year is cut to it, and mode none needs no host', () => {
  const read = readStsPolicy('version: STSv1\nmode: none\nmax_age: 9999999999\n')
  assert.deepEqual(read, { ok: true, value: { mode: 'none', mx: [], maxAgeSeconds: 31_557_600 } })
})

const names: readonly (readonly [string, boolean])[] = [
  ['mail.example.com', true],
  ['MAIL.example.com.', true],
  ['mx.example.net', true],
  ['a.mx.example.net', false],
  ['example.net', false],
  ['mail.example.com.evil.example', false],
]
for (const [host, named] of names)
  test(`${host} is ${named ? '' : 'not '}named`, () =>
    assert.equal(isNamedBy({ mx: ['mail.example.com', '*.example.net'] }, host), named))
