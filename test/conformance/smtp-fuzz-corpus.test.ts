// Inputs that fuzzing another server found (chasquid): ours reads every one without exception, quickly, and
// within memory.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { addressKey, parseMailbox } from '@gatepost/mail/address.ts'
import { parseCommand } from '@gatepost/mail/command.ts'
import { DataReader } from '@gatepost/mail/data.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { skipWithout, testdataFiles, testdataPath } from './testdata.ts'

const skip = skipWithout('smtp', 'fuzz-chasquid')
/** The bar of the suite: no hang; a second on a quiet machine. */
const TIME_MAX_MS = 20_000

for (const file of skip ? [] : testdataFiles('smtp', 'fuzz-chasquid')) {
  const name = relative(testdataPath('smtp', 'fuzz-chasquid'), file)
  test(`corpus ${name.slice(0, -48)}`, () => {
    const inputs = goLiterals(readFileSync(file, 'utf8'))
    assert.ok(inputs.length > 0)
    const start = performance.now()
    for (const input of inputs) {
      if (name.startsWith('smtpsrv')) replaySession(input)
      else if (name.startsWith('auth')) readResponse(input)
      else readNames(input)
    }
    assert.ok(performance.now() - start < TIME_MAX_MS)
  })
}

test('the corpus is present', { skip }, () => {
  assert.ok(testdataFiles('smtp', 'fuzz-chasquid').length >= 40)
})

/** The strings and byte slices of a `go test fuzz v1` file. */
function goLiterals(text: string): Buffer[] {
  const literals: Buffer[] = []
  for (const [, body] of text.matchAll(/^(?:string|\[\]byte)\("((?:[^"\\]|\\.)*)"\)$/gm)) {
    const parts: Buffer[] = []
    for (const [piece] of body!.matchAll(/\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\.|[^\\]+/gi)) {
      parts.push(unescaped(piece))
    }
    literals.push(Buffer.concat(parts))
  }
  return literals
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

function unescaped(piece: string): Buffer {
  if (!piece.startsWith('\\')) return Buffer.from(piece)
  const kind = piece[1]!
  if (kind === 'x') return Buffer.of(Number.parseInt(piece.slice(2), 16))
  if (kind === 'u' || kind === 'U')
    return Buffer.from(String.fromCodePoint(Number.parseInt(piece.slice(2), 16)))
  return Buffer.from(ESCAPES[kind] ?? kind)
}

/** Feeds a recorded session: lines as commands, and after DATA everything to the data reader. */
function replaySession(input: Buffer): void {
  const lines = input.toString('latin1').split('\n')
  let reader: DataReader | null = null
  for (const line of lines) {
    const bytes = Buffer.from(line, 'latin1')
    if (reader !== null && !reader.done) {
      reader.push(Buffer.concat([bytes, Buffer.from('\r\n')]))
      if (reader.done) assert.equal(reader.fault, null)
      continue
    }
    const parsed = parseCommand(bytes, { smtpUtf8: true, toAscii: domainToASCII })
    if (!parsed.ok) assert.match(parsed.fault, /^[a-z0-9-]+$/)
    else if (parsed.value.verb === 'DATA') reader = new DataReader()
  }
  const whole = new DataReader({ maxSize: 100 })
  whole.push(input)
  assert.notEqual(whole.fault, null)
}

function readResponse(input: Buffer): void {
  const line = Buffer.concat([Buffer.from('AUTH PLAIN '), input])
  const parsed = parseCommand(line, { smtpUtf8: true, toAscii: domainToASCII })
  const base64 = /^[A-Za-z0-9+/]+={0,2}$/.test(input.toString('latin1'))
  assert.equal(parsed.ok, base64)
}

/** Whatever is taken keeps its key and its form when read again. */
function readNames(input: Buffer): void {
  const text = input.toString()
  const domain = parseDomain(text, { toAscii: domainToASCII })
  if (domain.ok) assert.deepEqual(parseDomain(domain.value, { toAscii: domainToASCII }), domain)
  const mailbox = parseMailbox(text, { allowUtf8: true, toAscii: domainToASCII })
  if (mailbox.ok) assert.equal(addressKey(mailbox.value), addressKey(addressKey(mailbox.value)))
}
