// A line of the log is one line of JSON, whatever clients and hosts say, and shows no secret.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, Secret } from './log.ts'

function lineOf(fields: Readonly<Record<string, unknown>>): string {
  let written = ''
  const log = createLog(
    { role: 'edge', slot: 3, pid: 7 },
    () => 0,
    (line) => {
      written += line
    },
  )
  log.write('info', 'edge.recipient.refused', fields)
  return written
}

test('case 74: whatever stands in a field, the line is one line of printable text and says the same', () => {
  const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('')
  const text = `${all}\u2028\u2029\u202e\u2066\u200f\ufeff\ud800 Grüße 検索 🙂`
  const line = lineOf({ helo: text })
  assert.match(line, /^[\x20-\x7e\u00a0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ufefe\uff00-\u{10ffff}]+\n$/u)
  assert.equal(JSON.parse(line).helo, text)
})

test('secrets, and errors that carry them as fields, show none', () => {
  const line = lineOf({ password: new Secret('canary-1'), nested: { token: new Secret('canary-1') } })
  assert.doesNotMatch(line, /canary/)
  assert.equal(JSON.parse(line).nested.token, '[secret]')
  assert.equal(`${new Secret('canary-1')}`, '[secret]')
})

test('an error is its message and its stack', () => {
  const { error } = JSON.parse(lineOf({ error: new Error('disk\nfull') }))
  assert.equal(error.message, 'disk\nfull')
  assert.match(error.stack, /log\.test/)
})

test('each event has its own head, in every line the same', () => {
  const lines: string[] = []
  const log = createLog(
    { role: 'edge', slot: 3, pid: 7 },
    () => 1_700_000_000_123,
    (line) => lines.push(line),
  )
  log.write('info', 'edge.recipient.refused', { code: 550 })
  log.write('warn', 'edge.smuggling.refused', {})
  log.write('info', 'edge.recipient.refused', { event: 'its own', code: 451 })
  const head = { time: '2023-11-14T22:13:20.123Z', role: 'edge', slot: 3, pid: 7 }
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { ...head, level: 'info', event: 'edge.recipient.refused', code: 550 },
      { ...head, level: 'warn', event: 'edge.smuggling.refused' },
      { ...head, level: 'info', event: 'its own', code: 451 },
    ],
  )
})
