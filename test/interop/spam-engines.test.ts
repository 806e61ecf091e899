// Spam scores at the SMTP door: held, marked and refused by the built-in score, then by a real rspamd and a
// real spamd, with our own where they do not answer (H1).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { ExternalScorer, type SpamEngine } from '@gatepost/server/facts/screening/spam/external.ts'
import { World } from '../dialogs/world.ts'
import { enginesMissing, startRspamd, startSpamd } from './lib/spam-engines.ts'

const worlds: World[] = []
after(async () => {
  for (const world of worlds) await world.close()
})

const skip = enginesMissing()
const ABOUT = { clientIp: '203.0.113.10', helo: 'mx.bright.example', reversePath: 'a@bright.example' }
const letter = (subject: string, text: string) =>
  `From: Bob <bob@sender.example>\r\nTo: ann@acme.example\r\nSubject: ${subject}\r\nX-Gatepost-Spam: -9 (forged)\r\n\r\n${text}\r\n`
const wanted = letter('Re: The bridge', 'Hello Ann,\r\n\r\nthe plans are ready.\r\n\r\nRegards,\r\nBob')
const lure =
  'Dear customer, your account has been limited. Verify your account within 24 hours: http://bank-login-verify.xyz/u'
const phish = letter('Your account will be suspended', lure)

test('the built-in score holds, marks, refuses, and tells why', async () => {
  const held = await sent('hold', phish)
  assert.match(held.reply, /^250/)
  const [message] = held.messages
  assert.equal(message?.envelope.recipients[0]?.state, 'held')
  assert.match(message?.envelope.recipients[0]?.heldBecause ?? '', /spam/)
  assert.match(message?.envelope.traceFields ?? '', /^X-Gatepost-Spam: \d+\.\d \(built-in\)\r\n/m)
  assert.equal(message?.envelope.cuts.length, 1, 'the field of our name that came is cut')
  const marked = (await sent('tag', phish)).messages[0]
  assert.equal(marked?.envelope.recipients[0]?.state, 'queued')
  assert.match(marked?.envelope.traceFields ?? '', /X-Gatepost-Tag: spam/)
  assert.match((await sent('reject', phish)).reply, /^554 5\.7\.1/)
  const passed = (await sent('hold', wanted)).messages[0]
  assert.equal(passed?.envelope.recipients[0]?.state, 'queued')
})

test('rspamd scores by its symbols; away, it is left alone and null says so', { skip }, async () => {
  const rspamd = await startRspamd()
  try {
    const scorer = scorerOf({ kind: 'rspamd', url: `http://127.0.0.1:${rspamd.port}` })
    const found = await scorer.score(Buffer.from(letter('pills', 'Buy')), ABOUT)
    assert.equal(found?.engine, 'rspamd')
    assert.equal(found?.score, 12.5)
    assert.deepEqual(found?.contributions, [{ name: 'TEST_PILLS', points: 12.5, saw: 'Speaks of pills' }])
    assert.equal((await scorer.score(Buffer.from(wanted), ABOUT))?.score, 0)
    await rspamd.stop()
    assert.equal(await scorer.score(Buffer.from(wanted), ABOUT), null)
  } finally {
    await rspamd.stop()
  }
})

test('spamd scores by its rules', { skip }, async () => {
  const spamd = await startSpamd()
  try {
    const scorer = scorerOf({ kind: 'spamd', host: '127.0.0.1', port: spamd.port })
    // The test string that SpamAssassin itself provides.
    const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'
    const found = await scorer.score(Buffer.from(letter('Test', gtube)), ABOUT)
    assert.equal(found?.engine, 'spamd')
    assert.ok((found?.score ?? 0) > 900)
    assert.ok(found?.contributions.some(({ name }) => name === 'GTUBE'))
    assert.ok((await scorer.score(Buffer.from(wanted), ABOUT))!.score < 5)
  } finally {
    await spamd.stop()
  }
})

test('after a failure an engine rests, and is asked again', async () => {
  let now = 0
  const nobody = new ExternalScorer({ kind: 'rspamd', url: 'http://127.0.0.1:1' }, () => now)
  assert.equal(await nobody.score(Buffer.from(wanted), ABOUT), null)
  assert.equal(nobody.isResting(), true)
  now += 15_001
  assert.equal(nobody.isResting(), false)
})

function scorerOf(engine: SpamEngine): ExternalScorer {
  return new ExternalScorer(engine)
}

/** Sends one message through an edge whose rule says what a score leads to. */
async function sent(action: string, message: string) {
  const world = new World()
  worlds.push(world)
  world.describe('tenant acme.example: users ann')
  world.describe('config trusted=none')
  world.describe(`rule acme spam-scanning ${action} to internal`)
  const { mx } = await world.open()
  const socket = connect({ port: mx, host: '127.0.0.1' })
  await once(socket, 'connect')
  const reply = async (): Promise<string> => {
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      const text = chunk.toString('latin1')
      if (/^\d{3} .*\r\n$/m.test(text)) return text.trimEnd().split('\r\n').at(-1)!
    }
  }
  await reply()
  const lines = [
    'EHLO mx.sender.example',
    'MAIL FROM:<bob@sender.example>',
    'RCPT TO:<ann@acme.example>',
    'DATA',
  ]
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    assert.match(await reply(), /^[23]/, line)
  }
  socket.write(`${message}\r\n.\r\n`)
  const last = await reply()
  socket.destroy()
  return { reply: last, messages: world.spool.messages }
}
