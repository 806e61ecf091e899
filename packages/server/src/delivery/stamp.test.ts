// What leaves signed, and what never does: authors of others, two authors, domains of another tenant (abuse
// case 33), and ARC for what passes through.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKey } from '#authentication/dkim-key.ts'
import { dkimpyArc, dkimpyVerdicts, hasDkimpy } from '#authentication/second-opinion.fixture.ts'
import { ed25519Key, rsaKey } from '#authentication/signing.fixture.ts'
import { SIGNING_KEY_COLUMN } from '#link/signing-key.ts'
import { createSecretBox } from '#platform/secret-box.ts'
import type { SealedKey, TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'
import { settingsOf } from './delivery.fixture.ts'
import { isSignedByRecipient } from './signing-domain.ts'
import { createStamper, type Stamp, stampFor } from './stamp.ts'
import { wireContent, wireStream } from './wire-content.ts'

const secrets = createSecretBox()
const RSA = rsaKey(2_048)
const ED25519 = ed25519Key()
const records = new Map([
  ['r1._domainkey.acme.example', RSA.record],
  ['e1._domainkey.acme.example', ED25519.record],
])
const NOW = Date.now()

function sealedKey(selector: string, test: typeof RSA): SealedKey {
  const id = `key_${selector}`
  const pem = String(test.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const sealed = secrets.seal(pem, { tenantId: 'ten_1', column: SIGNING_KEY_COLUMN, id })
  const algorithm = test.type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256'
  return { id, domain: 'acme.example', selector, algorithm, sealed }
}

const KEYS = [sealedKey('r1', RSA), sealedKey('e1', ED25519)]

function tenant(changes: Partial<TenantSettings> = {}): TenantSettings {
  return settingsOf([], { signing: { keys: KEYS, seals: 'all' }, ...changes })
}

function envelopeOf(changes: Partial<Envelope> = {}): Envelope {
  return {
    id: 'msg_1',
    tenantId: 'ten_1',
    direction: 'outbound',
    reversePath: 'ann@acme.example',
    parameters: { body: '7BIT', smtpUtf8: false, requireTls: false, ret: null, envelopeId: null },
    recipients: [
      { index: 0, forwardPath: 'bob@far.example', originalRecipient: null, notify: null, state: 'queued' },
    ],
    receivedAt: NOW,
    size: 100,
    traceFields: 'Received: from a by gate.example; Sun, 22 Nov 2026 03:00:00 +0000\r\n',
    cuts: [],
    dsnAllowed: true,
    ...changes,
  } as Envelope
}

const mail = (header: string, body = 'Hello\r\n.dot\r\n') =>
  Buffer.from(
    `${header}To: bob@far.example\r\nSubject: Hi\r\nDate: Sun, 22 Nov 2026 03:00:00 +0000\r\n\r\n${body}`,
  )

type Asked = { settings?: TenantSettings; envelope?: Envelope; events?: string[]; owner?: string | null }

function stamped(
  content: Uint8Array,
  { settings = tenant(), envelope = envelopeOf(), events = [], owner = null }: Asked = {},
) {
  const stamper = createStamper({
    settingsOf: () => settings,
    tenantOfDomain: (domain) =>
      domain === 'acme.example' ? 'ten_1' : domain === 'theirs.acme.example' ? owner : null,
    secrets,
    clock: { now: () => NOW },
    emit: (name) => events.push(name),
  })
  return stamper(envelope, [content])
}

function fieldsOf(stamp: Stamp | null): string {
  return stamp?.fields ?? ''
}

test('mail of the tenant’s domain carries both signatures, which a second implementation takes', async () => {
  const content = mail('From: Ann <ann@acme.example>\r\n')
  const stamp = await stamped(content)
  assert.deepEqual(
    stamp?.made.map(({ selector }) => selector),
    ['r1', 'e1'],
  )
  const wire = Buffer.from(wireContent(envelopeOf(), [content], fieldsOf(stamp))).toString('latin1')
  assert.match(wire, /^DKIM-Signature: v=1; a=rsa-sha256/)
  assert.ok(wire.indexOf('DKIM-Signature') < wire.indexOf('Received:'))
  const received = wire.replace(/\r\n\.\./g, '\r\n.')
  if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(received, records), [true, true])
})

const NEVER: readonly (readonly [name: string, header: string])[] = [
  ['an author of somebody else', 'From: Eve <eve@far.example>\r\n'],
  ['two From fields', 'From: Ann <ann@acme.example>\r\nFrom: Eve <eve@far.example>\r\n'],
  ['two From fields of our own', 'From: Ann <ann@acme.example>\r\nFrom: Bob <bob@acme.example>\r\n'],
  ['two authors, one of them foreign', 'From: Ann <ann@acme.example>, Eve <eve@far.example>\r\n'],
  ['no author', ''],
  ['an author that cannot be read', 'From: @@@\r\n'],
  ['a name that only looks like ours', 'From: "ann@acme.example" <eve@far.example>\r\n'],
  ['a domain that only ends alike', 'From: ann@notacme.example\r\n'],
  ['Sender is ours, the author is not', 'From: eve@far.example\r\nSender: ann@acme.example\r\n'],
]

for (const [name, header] of NEVER) {
  test(`never signed: ${name}`, async () => {
    const stamp = await stamped(mail(header))
    assert.doesNotMatch(fieldsOf(stamp), /DKIM-Signature/)
  })
}

test('a sub-domain is signed by the domain above it, unless another tenant validated it', async () => {
  const content = mail('From: ann@theirs.acme.example\r\n')
  assert.match(fieldsOf(await stamped(content)), /d=acme\.example/)
  assert.equal(fieldsOf(await stamped(content, { owner: 'ten_2' })), '')
  assert.match(fieldsOf(await stamped(content, { owner: 'ten_1' })), /d=acme\.example/)
})

test('a domain that is not the tenant’s any more is not signed for, though its key is still there', async () => {
  const settings = tenant({ domains: [] })
  assert.equal(fieldsOf(await stamped(mail('From: ann@acme.example\r\n'), { settings })), '')
})

test('a key sealed for another tenant does not open: the message leaves unsigned and says so', async () => {
  const events: string[] = []
  const settings = { ...tenant(), tenantId: 'ten_2' }
  const stamp = await stamped(mail('From: ann@acme.example\r\n'), {
    settings: { ...settings, domains: tenant().domains },
    envelope: envelopeOf({ tenantId: 'ten_2' }),
    events,
  })
  assert.equal(stamp?.fields ?? '', '')
  assert.match(stamp?.failed ?? '', /does not fit its place/)
  assert.deepEqual(events, ['delivery.signing.failed'])
})

test('a policy may leave mail unsigned', async () => {
  const rule = {
    id: 'pol_1',
    type: 'dkim-signing',
    name: 'not the robot',
    from: { kind: 'address', address: 'robot@acme.example' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 1,
    option: { action: 'none' },
  } as const
  const settings = tenant({ rules: [rule] })
  assert.equal(fieldsOf(await stamped(mail('From: robot@acme.example\r\n'), { settings })), '')
  assert.match(fieldsOf(await stamped(mail('From: ann@acme.example\r\n'), { settings })), /DKIM/)
})

test('a policy may leave mail to some recipients unsigned, wherever they stand in the envelope', async () => {
  const rule = {
    id: 'pol_1',
    type: 'dkim-signing',
    name: 'not to the machine',
    from: { kind: 'everyone' },
    to: { kind: 'address', address: 'machine@far.example' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 1,
    option: { action: 'none' },
  } as const
  const settings = tenant({ rules: [rule] })
  assert.equal(isSignedByRecipient(settings), true)
  assert.equal(isSignedByRecipient(tenant()), false)
  const [one] = envelopeOf().recipients
  const people = ['bob@far.example', 'machine@far.example'].map((forwardPath) => ({ ...one!, forwardPath }))
  for (const recipients of [people, people.toReversed()]) {
    const stamp = await stamped(mail('From: ann@acme.example\r\n'), {
      settings,
      envelope: envelopeOf({ recipients }),
    })
    assert.match(stampFor(stamp!, people.slice(0, 1)).fields, /DKIM/)
    assert.equal(stampFor(stamp!, people.slice(1)).fields, '')
  }
})

test('nothing to sign with costs no look at the content', () => {
  const settings = settingsOf([])
  assert.equal(stamped(mail('From: ann@acme.example\r\n'), { settings }), null)
  const inbound = envelopeOf({ direction: 'inbound' })
  assert.equal(
    stamped(mail(''), { settings: tenant({ signing: { keys: KEYS, seals: 'none' } }), envelope: inbound }),
    null,
  )
})

test('inbound mail is sealed with what our authentication found, and a chain that failed is not', async () => {
  const results =
    'Authentication-Results: gate.example;\r\n\tspf=pass smtp.mailfrom=far.example;\r\n\tdkim=none'
  const inbound = (extra: string) =>
    envelopeOf({ direction: 'inbound', traceFields: `${results}${extra}\r\nReceived: x\r\n` })
  const content = mail('From: eve@far.example\r\n')
  const stamp = await stamped(content, { envelope: inbound('') })
  assert.deepEqual(
    stamp?.made.map(({ kind, algorithm }) => [kind, algorithm]),
    [['arc', 'rsa-sha256']],
  )
  const wire = Buffer.from(wireContent(inbound(''), [content], fieldsOf(stamp)))
    .toString('latin1')
    .replace(/\r\n\.\./g, '\r\n.')
  assert.match(wire, /ARC-Authentication-Results: i=1; gate\.example;\r\n\tspf=pass/)
  if (hasDkimpy) assert.equal((await dkimpyArc(wire, records))[0], 'pass')
  assert.equal(fieldsOf(await stamped(content, { envelope: inbound(';\r\n\tarc=fail') })), '')
  assert.equal(fieldsOf(await stamped(Buffer.from(wire), { envelope: inbound('') })), '')
  const twice = await stamped(Buffer.from(wire), { envelope: inbound(';\r\n\tarc=pass') })
  assert.match(fieldsOf(twice), /ARC-Seal: i=2; cv=pass/)
})

test('sealed by default is only what goes elsewhere', async () => {
  const results = 'Authentication-Results: gate.example;\r\n\tspf=pass smtp.mailfrom=far.example\r\n'
  const settings = tenant({ signing: { keys: KEYS, seals: 'forwarded' } })
  const to = (forwardPath: string) => {
    const recipients = envelopeOf().recipients.map((recipient) => ({ ...recipient, forwardPath }))
    return envelopeOf({ direction: 'inbound', traceFields: results, recipients })
  }
  const content = mail('From: eve@far.example\r\n')
  assert.equal(stamped(content, { settings, envelope: to('ann@acme.example') }), null)
  assert.match(fieldsOf(await stamped(content, { settings, envelope: to('ann@home.example') })), /ARC-Seal/)
})

test('content that comes in pieces, in a buffer that is used again, is signed like the whole', async () => {
  const body = `${'A line of text that is long enough to matter.  \r\n'.repeat(40_000)}`
  const content = mail('From: ann@acme.example\r\n', body)
  const whole = fieldsOf(await stamped(content))
  const stamper = createStamper({
    settingsOf: () => tenant(),
    tenantOfDomain: () => null,
    secrets,
    clock: { now: () => NOW },
    emit: () => {},
  })
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(65_536)
    for (let at = 0; at < content.length; ) {
      const size = at < 300 ? 7 : 65_536
      const part = content.subarray(at, at + size)
      part.copy(buffer)
      at += part.length
      yield buffer.subarray(0, part.length)
    }
  }
  const stamp = await stamper(envelopeOf(), pieces())
  assert.equal(/bh=([^;]+)/.exec(fieldsOf(stamp))?.[1], /bh=([^;]+)/.exec(whole)?.[1])
  const parts: Uint8Array[] = []
  for await (const part of wireStream(envelopeOf(), pieces(), fieldsOf(stamp)))
    parts.push(Uint8Array.from(part))
  const wire = Buffer.concat(parts).toString('latin1')
  if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(wire, records), [true, true])
})

test('the records of the tests are records', () => {
  for (const record of records.values()) assert.equal(readKey(record).kind, 'key')
})

test('the gateway’s own letters leave signed for the organisation, whoever gets them', async () => {
  const content = mail('From: Gatepost <postmaster@acme.example>\r\n')
  const own = envelopeOf({ direction: 'inbound', reversePath: null, isOurs: true })
  const stamp = await stamped(content, {
    envelope: own,
    settings: tenant({ signing: { keys: KEYS, seals: 'none' } }),
  })
  assert.deepEqual(
    stamp?.made.map(({ kind, domain }) => `${kind} ${domain}`),
    ['dkim acme.example', 'dkim acme.example'],
  )
  // Mail that only came in under that name is not ours.
  const forged = envelopeOf({ direction: 'inbound', reversePath: null })
  const none = await stamped(content, {
    envelope: forged,
    settings: tenant({ signing: { keys: KEYS, seals: 'none' } }),
  })
  assert.equal(none, null)
})
