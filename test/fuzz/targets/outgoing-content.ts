// All ways into the spool, and what goes out of it: never a bare CR or LF, never an end of data too early.
import assert from 'node:assert/strict'
import { DataReader, LineEndingCheck } from '@gatepost/mail/data.ts'
import { hasBareLineEnding, withCrlf } from '@gatepost/mail/line-endings.ts'
import { createDsn } from '@gatepost/server/delivery/dsn.ts'
import type { Notice } from '@gatepost/server/delivery/notice.ts'
import { wireContent } from '@gatepost/server/delivery/wire-content.ts'
import { envelopeOf } from '../../../packages/server/src/spool/spool.fixture.ts'
import type { Target } from '../target.ts'

export const outgoingContent: Target = {
  name: 'outgoing-content',
  seeds: ['A: b\r\n\r\n..x\r\n.y\r\n', 'A: b\n\nc\n.\nd', 'a\rb\r\n.\r\n', '.', '\r\n.\r\n.\r\n'],
  words: ['\r', '\n', '\r\n', '\r\n.\r\n', '\n.\n', '\r.\r', '\r\r\n', '.', '..', 'Subject: x\r\n'],
  check(input) {
    const ways = [dataOf(input), chunksOf(input), withCrlf(input), reportOf(input)]
    for (const content of ways) if (content !== null) checkWire(content)
    assert.equal(hasBareLineEnding(input), chunksOf(input) === null, 'BDAT refuses exactly what has one')
  },
}

/** What DATA keeps; null when it is refused. */
function dataOf(input: Buffer): Uint8Array | null {
  const reader = new DataReader()
  reader.push(Buffer.concat([input, Buffer.from('\r\n.\r\n')]))
  return reader.done && reader.fault === null ? Buffer.from(reader.content()) : null
}

/** What BDAT keeps; null when it is refused. */
function chunksOf(input: Buffer): Uint8Array | null {
  const check = new LineEndingCheck()
  check.push(input)
  return check.end() === null ? input : null
}

/** A report about a message, with texts of a hostile next hop. */
function reportOf(input: Buffer): Uint8Array | null {
  const text = input.toString('latin1')
  const envelope = envelopeOf()
  const notice: Notice = {
    forwardPath: { localPart: 'ann', domain: 'acme.example' },
    originalRecipient: `rfc822;${text}`,
    action: 'failed',
    status: '5.1.1',
    diagnostic: text,
    remoteMta: text,
    lastAttemptAt: 1,
    willRetryUntil: null,
  }
  const dsn = createDsn({
    id: envelope.id,
    envelope,
    notices: [notice],
    original: withCrlf(input),
    hostname: 'gate.example',
    settings: null,
    now: 1,
  })
  return dsn?.content.kind === 'memory' ? Buffer.concat(dsn.content.chunks) : null
}

function checkWire(content: Uint8Array): void {
  const wire = wireContent(envelopeOf({ cuts: [] }), [content])
  assert.ok(!hasBareLineEnding(wire), 'no bare CR or LF')
  assert.ok(wire.at(-1) === 10 && wire.at(-2) === 13, 'ended by CRLF')
  const text = Buffer.from(wire).toString('latin1')
  assert.ok(!`\r\n${text}`.includes('\r\n.\r\n'), 'no line of a single dot')
}
