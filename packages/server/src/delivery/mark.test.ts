// First contact on its way out: marked and unmarked recipients of one message, signatures that stay valid,
// and the seal on what we changed.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { BodyHash } from '#authentication/body-hash.ts'
import { dkimpyVerdicts, hasDkimpy } from '#authentication/second-opinion.fixture.ts'
import { dkimSignature, MessageToSign } from '#authentication/sign.ts'
import { rsaKey } from '#authentication/signing.fixture.ts'
import { SIGNING_KEY_COLUMN } from '#link/signing-key.ts'
import { createSecretBox } from '#platform/secret-box.ts'
import type { FirstContactMark } from '#policy/policy.ts'
import type { SealedKey } from '#policy/settings.ts'
import { acceptedOf, createBench, envelopeOf } from '#spool/spool.fixture.ts'
import { routeOfHost, settingsOf, startScheduler, until } from './delivery.fixture.ts'
import { startSink } from './smtp-sink.fixture.ts'
import { createStamper } from './stamp.ts'

const bench = createBench()
after(() => bench.remove())
const NOW = Date.now()
const THEIRS = rsaKey(2_048)
const OURS = rsaKey(2_048)
const secrets = createSecretBox()
const records = new Map([['s1._domainkey.far.example', THEIRS.record]])

/** Eve's message, signed by her domain. */
async function signedMail(): Promise<Buffer> {
  const body = 'Hello Ann,\r\nhere is the offer.\r\n'
  const header =
    'From: Eve <eve@far.example>\r\nTo: ann@acme.example\r\nSubject: Offer\r\nDate: Sun, 22 Nov 2026 03:00:00 +0000\r\n'
  const parsed = parseHeaderFields(splitMessage(Buffer.from(`${header}\r\n`)).headerBytes)
  assert.ok(parsed.ok)
  const hash = new BodyHash({ canon: 'relaxed', algorithm: 'sha256', length: null })
  hash.write(Buffer.from(body))
  const key = {
    id: 'k',
    domain: 'far.example',
    selector: 's1',
    algorithm: 'rsa-sha256',
    key: THEIRS.privateKey,
  } as const
  const field = await dkimSignature(new MessageToSign(parsed.value, hash.digest().hash), key, NOW)
  return Buffer.from(`${field}${header}\r\n${body}`)
}

function ourKey(): SealedKey {
  const pem = String(OURS.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const sealed = secrets.seal(pem, { tenantId: 'ten_1', column: SIGNING_KEY_COLUMN, id: 'key_r1' })
  return { id: 'key_r1', domain: 'acme.example', selector: 'r1', algorithm: 'rsa-sha256', sealed }
}

const RESULTS =
  'Authentication-Results: gate.example; spf=pass smtp.mailfrom=far.example; dkim=pass\r\n' +
  ' header.d=far.example; dmarc=pass header.from=far.example; arc=none\r\n'

async function deliver(marks: readonly (FirstContactMark | undefined)[], slot: number) {
  const sink = await startSink()
  const settings = settingsOf([routeOfHost('127.0.0.1', sink.port)], {
    signing: { keys: [ourKey()], seals: 'none' },
  })
  const spool = await bench.open({}, slot)
  const emit = () => undefined
  const stamper = createStamper({
    settingsOf: () => settings,
    tenantOfDomain: () => null,
    secrets,
    clock: { now: () => NOW },
    emit,
  })
  const { scheduler } = startScheduler(spool, settings, { stamper })
  const content = await signedMail()
  const plain = envelopeOf(
    { traceFields: RESULTS, size: content.length },
    marks.map((_, at) => `user${at}@acme.example`),
  )
  const recipients = plain.recipients.map((recipient, at) =>
    marks[at] === undefined ? recipient : { ...recipient, firstContact: marks[at] },
  )
  const envelope = { ...plain, recipients }
  await spool.commitMessage(envelope, { kind: 'memory', chunks: [content] }, acceptedOf(envelope))
  scheduler.offer(envelope, { kind: 'memory', chunks: [content] })
  await until(async () => (await spool.counts()).messages === 0, 'everything is delivered')
  const reports = (await spool.outbox(1_000)).flatMap(({ report }) =>
    report.kind === 'delivery' ? report : [],
  )
  await scheduler.stop(200)
  await sink.close()
  return { messages: sink.messages.map(({ content: text }) => text), reports, content: content.toString() }
}

test('each recipient gets the copy that is true of it, and a tag breaks no signature', async () => {
  const tag = { banner: null, warns: [] }
  const { messages, content } = await deliver([tag, undefined, { banner: 'fr', warns: ['internal-name'] }], 1)
  assert.equal(messages.length, 3)
  const tagged = messages.find(
    (text) => text.includes('X-Gatepost-Tag: first-contact') && !text.includes('Premier'),
  )
  const bannered = messages.find((text) => text.includes('Premier message'))
  const plain = messages.find((text) => !text.includes('X-Gatepost-Tag'))
  assert.ok(tagged && bannered && plain)
  assert.ok(tagged.endsWith(content), 'the content of the tagged copy is what came')
  assert.ok(plain.endsWith(content))
  assert.match(bannered, /celui d'un collegue/)
  assert.match(bannered, /^ARC-Seal: i=1; cv=none; a=rsa-sha256; d=acme\.example;/m)
  assert.doesNotMatch(tagged, /ARC-Seal/)
  if (!hasDkimpy) return
  assert.deepEqual(await dkimpyVerdicts(tagged, records), [true])
  assert.match(String(await dkimpyVerdicts(bannered, records)), /body hash mismatch/)
})

test('the report of the delivery says what became of the banner', async () => {
  const { reports } = await deliver([{ banner: 'en', warns: [] }], 2)
  assert.deepEqual(
    reports.map(({ banner }) => banner),
    ['placed'],
  )
  assert.deepEqual(
    reports.map(({ signatures }) => signatures?.map(({ kind }) => kind)),
    [['arc']],
  )
})
