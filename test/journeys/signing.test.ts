// Story: Acme publishes its keys and mail leaves signed; who is written to may answer at once, and Why says
// that auto allow did it. An out-of-office permits nobody. Real processes, two workers.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ReceivedMessage } from '@gatepost/sandbox/received.ts'
import { type SendResult, sendMessage } from '@gatepost/sandbox/senders.ts'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { dkimpyVerdicts, hasDkimpy } from '@gatepost/server/authentication/second-opinion.fixture.ts'
import { connectAcme } from '../crash/run.ts'
import { ACME_IP, live } from './lib/acme.ts'
import { type Api, createApi, eventually } from './lib/api.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'

type Key = {
  readonly id: string
  readonly selector: string
  readonly state: string
  readonly record: { readonly name: string; readonly value: string; readonly state: string }
  readonly recordParts: readonly string[]
}
type SigningDomain = { readonly domain: string; readonly state: string; readonly keys: readonly Key[] }
type Signing = { readonly domains: readonly SigningDomain[] }
type Why = {
  readonly items: readonly { readonly id: string; readonly subject: string | null }[]
}

const BASE = '/v1/tenants/acme-ltd'
const data = mkdtempSync(join(tmpdir(), 'gatepost-signing-'))
const records = new Map<string, string>()
let world: World
let gateway: Gateway
let api: Api
let count = 0

before(
  async () => {
    world = await startWorld()
    gateway = await startGateway({ data, env: { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' } })
    world.setGateway({ host: '127.0.0.1', port: gateway.mxPort })
    await connectAcme(world, gateway)
    api = createApi(gateway.url)
    await api.call('POST', '/v1/sessions', { email: 'ada@acme.example', password: 'correct horse battery' })
    await api.call('POST', `${BASE}/outbound/addresses`, { address: ACME_IP, comment: 'Exchange' })
    await greylistAll()
  },
  { timeout: 240_000 },
)

after(async () => {
  await gateway?.stop()
  await world?.stop()
  rmSync(data, { recursive: true, force: true })
})

async function greylistAll(): Promise<void> {
  type Policies = { readonly items: readonly { readonly id: string; readonly origin: string }[] }
  const { items } = await api.call<Policies>('GET', `${BASE}/policies?type=greylisting`)
  const policy = items.find(({ origin }) => origin === 'default')
  assert.ok(policy)
  const draft = { ...policy, enabled: true, option: { action: 'apply' } }
  await api.call('PUT', `${BASE}/policies/${policy.id}`, { draft, reason: 'a story of auto allow' })
  await live(api, BASE)
}

type Outbound = {
  readonly from?: string
  readonly author?: string
  readonly to: string
  readonly fields?: string
}

/** Acme's mail host sends; resolves with what arrived outside. */
async function sendOut({ from = 'ann@acme.example', author = from, to, fields = '' }: Outbound) {
  count += 1
  const subject = `Outbound ${count}`
  const result = await sendMessage({
    port: gateway.mxPort,
    proxy: { sourceIp: ACME_IP, sourcePort: 20_000 + count },
    helo: 'exchange.acme.example',
    reversePath: from,
    forwardPaths: [to],
    content:
      `From: <${author}>\r\nTo: <${to}>\r\nSubject: ${subject}\r\nMessage-ID: <out-${count}@acme.example>\r\n` +
      `Date: Sun, 22 Nov 2026 03:00:00 +0000\r\n${fields}\r\nHello,\r\n.\r\n\r\nAnn\r\n`,
  })
  assert.ok(result.accepted, JSON.stringify(result.replies))
  return { subject, arrived: () => arrived(subject) }
}

function arrived(subject: string): Promise<ReceivedMessage> {
  return eventually(
    async () => world.outside.messages().find((message) => message.subject === subject),
    (message) => message !== undefined,
    30_000,
  ) as Promise<ReceivedMessage>
}

function sendIn(from: string, subject: string, fields = ''): Promise<SendResult> {
  count += 1
  return sendMessage({
    port: gateway.mxPort,
    proxy: { sourceIp: '203.0.113.10', sourcePort: 20_000 + count },
    helo: 'mail.bright.example',
    reversePath: from,
    forwardPaths: ['ann@acme.example'],
    content: `From: <${from}>\r\nTo: <ann@acme.example>\r\nSubject: ${subject}\r\n${fields}\r\nHello Ann\r\n`,
  })
}

async function why(subject: string): Promise<string> {
  const { items } = await eventually(
    () => api.call<Why>('GET', `${BASE}/messages?search=${encodeURIComponent(subject)}`),
    (list) => list.items.some((item) => item.subject === subject),
    30_000,
  )
  const found = items.find((item) => item.subject === subject)!
  return JSON.stringify(await api.call('GET', `${BASE}/messages/${found.id}`))
}

function publish({ record }: Key): void {
  assert.ok(world.publish(`${record.name}. 60 IN TXT "${record.value}"`).ok)
  records.set(record.name, record.value)
}

async function signing(): Promise<SigningDomain> {
  const { domains } = await api.call<Signing>('GET', `${BASE}/signing`)
  return domains.find(({ domain }) => domain === 'acme.example')!
}

test('keys wait until DNS has their records; then mail leaves with both signatures', {
  timeout: 240_000,
}, async () => {
  const made = await api.call<SigningDomain>('POST', `${BASE}/signing/acme.example/keys`, {})
  assert.deepEqual(
    made.keys.map(({ state }) => state),
    ['pending', 'pending'],
  )
  const before = await (await sendOut({ to: 'eva@bright.example' })).arrived()
  assert.doesNotMatch(before.content.toString('latin1'), /DKIM-Signature/)
  for (const key of made.keys) publish(key)
  await eventually(
    signing,
    ({ state, keys }) => state === 'signed' && keys.every((key) => key.state === 'active'),
    40_000,
  )
  await live(api, BASE)
  const { subject, arrived } = await sendOut({ to: 'eva@bright.example' })
  const message = (await arrived()).content.toString('latin1')
  assert.equal(message.match(/DKIM-Signature:/g)?.length, 2)
  assert.match(message, /d=acme\.example/)
  if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(message, records), [true, true])
  const said = await eventually(
    () => why(subject),
    (text) => text.includes('"signatures":'),
    30_000,
  )
  for (const { selector } of made.keys) assert.match(said, new RegExp(selector))
  const { passed } = await api.call<{ passed: boolean }>('POST', `${BASE}/signing/acme.example/test`)
  assert.equal(passed, true)
})

test('a letter of the gateway to a member comes from the own domain, and its signature verifies', {
  timeout: 240_000,
}, async () => {
  await api.raw('POST', '/v1/password-resets', { email: 'ada@acme.example' })
  const letter = await eventually(
    async () => world.acme.messages().find(({ subject }) => subject === 'Set a new password for Gatepost'),
    (found) => found !== undefined,
    30_000,
  )
  const content = letter?.content.toString('latin1') ?? ''
  assert.match(content, /^From: Gatepost <postmaster@acme\.example>\r$/m)
  assert.match(content, /^DKIM-Signature: /)
  if (hasDkimpy) assert.deepEqual(await dkimpyVerdicts(content, records), [true, true])
})

test('rotation under load: every message verifies, before, between and after', {
  timeout: 240_000,
}, async () => {
  const old = await signing()
  const subjects: string[] = []
  let isRunning = true
  const load = (async () => {
    while (isRunning) {
      subjects.push((await sendOut({ to: 'eva@bright.example' })).subject)
      // Faster would be an outbreak, which is held up by itself.
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
  })()
  const made = await api.call<SigningDomain>('POST', `${BASE}/signing/acme.example/keys`, {})
  const fresh = made.keys.filter(({ id }) => !old.keys.some((key) => key.id === id))
  for (const key of fresh) publish(key)
  const wanted = new Set(fresh.map(({ id }) => id))
  await eventually(
    signing,
    ({ keys }) => keys.every((key) => !wanted.has(key.id) || key.state === 'seen'),
    40_000,
  )
  for (const id of wanted) await api.call('POST', `${BASE}/signing/keys/${id}/activate`)
  await live(api, BASE)
  // One may have been on its way when the new keys went live; those behind it carry them.
  const sofar = subjects.length
  await eventually(
    () => subjects.length,
    (count) => count >= sofar + 3,
  )
  isRunning = false
  await load
  const stages = (await signing()).keys.map(({ state }) => state)
  assert.deepEqual(stages.sort(), ['active', 'active', 'retiring', 'retiring'])
  const used = new Set<string>()
  let checked = 0
  for (const subject of subjects) {
    const text = (await arrived(subject)).content.toString('latin1')
    for (const [, selector] of text.matchAll(/s=(gp[0-9a-z]+)/g)) used.add(selector!)
    assert.equal(text.match(/DKIM-Signature:/g)?.length, 2)
    // A second program for each message takes a while: a part of them, evenly.
    if (!hasDkimpy || subjects.length / 40 > (checked + 1) / (subjects.indexOf(subject) + 1)) continue
    checked += 1
    assert.deepEqual(await dkimpyVerdicts(text, records), [true, true], subject)
  }
  assert.equal(used.size, 4, [...used].join(' '))
  assert.ok(subjects.length > 10, String(subjects.length))
})

test('SPF is evaluated for what we send from; the edit it proposes makes it right', {
  timeout: 240_000,
}, async () => {
  type Spf = {
    readonly state: string
    readonly include: string
    readonly edit: { readonly after: string } | null
  }
  const evaluate = () => api.call<Spf>('GET', `${BASE}/domains/acme.example/spf`)
  const before = await evaluate()
  assert.equal(before.state, 'wrong')
  assert.ok(before.edit)
  assert.ok(before.edit.after.includes(`include:${before.include} -all`), JSON.stringify(before))
  assert.ok(world.publish(before.edit.after).ok)
  const after = await eventually(evaluate, ({ state }) => state === 'right', 30_000)
  assert.equal(after.edit, null)
})

test('a foreign author that Acme’s host passes on is never signed for', { timeout: 240_000 }, async () => {
  const fields = 'Resent-From: <ann@acme.example>\r\n'
  const result = await sendMessage({
    port: gateway.mxPort,
    proxy: { sourceIp: ACME_IP, sourcePort: 19_999 },
    helo: 'exchange.acme.example',
    reversePath: 'ann@acme.example',
    forwardPaths: ['eva@bright.example'],
    content: `From: <ceo@survey.example>\r\nTo: <eva@bright.example>\r\nSubject: Foreign\r\n${fields}\r\nHi\r\n`,
  })
  assert.ok(result.accepted, JSON.stringify(result.replies))
  const message = (await arrived('Foreign')).content.toString('latin1')
  assert.doesNotMatch(message, /DKIM-Signature/)
})

test('a stranger who was written to answers at once; Why says auto allow; another stranger waits', {
  timeout: 240_000,
}, async (context) => {
  const stranger = await sendIn('hugo@bright.example', 'Offer')
  assert.equal(stranger.accepted, false)
  assert.equal(stranger.replies.findLast(({ command }) => command.startsWith('RCPT'))?.code, 451)
  await sendOut({ to: 'frank@bright.example' })
  const at = Date.now()
  const fields = 'In-Reply-To: <out-1@acme.example>\r\n'
  await eventually(
    () => sendIn('frank@bright.example', 'Re: Outbound', fields),
    ({ accepted }) => accepted,
    30_000,
  )
  context.diagnostic(`the answer was permitted ${Date.now() - at} ms after 250`)
  const said = await why('Re: Outbound')
  assert.match(said, /permitted-by-auto-allow/)
  assert.match(said, /auto-allow entry frank@bright\.example/)
  type Senders = { readonly items: readonly { readonly sender: string; readonly user: string }[] }
  const { items } = await eventually(
    () => api.call<Senders>('GET', `${BASE}/senders?source=auto-allow&search=frank`),
    (list) => list.items.length > 0,
    30_000,
  )
  assert.deepEqual(
    items.map(({ user, sender }) => [user, sender]),
    [['ann@acme.example', 'frank@bright.example']],
  )
})

test('an out-of-office permits nobody, a newsletter neither', { timeout: 240_000 }, async () => {
  await (await sendOut({ to: 'gina@bright.example', fields: 'Auto-Submitted: auto-replied\r\n' })).arrived()
  await (
    await sendOut({ to: 'gina@bright.example', fields: 'List-Unsubscribe: <mailto:x@acme.example>\r\n' })
  ).arrived()
  type Senders = { readonly items: readonly unknown[] }
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const { items } = await api.call<Senders>('GET', `${BASE}/senders?source=auto-allow&search=gina`)
  assert.equal(items.length, 0)
})

test('who sends becomes a known recipient, and cannot sign in', { timeout: 240_000 }, async () => {
  await (await sendOut({ from: 'new.colleague@acme.example', to: 'frank@bright.example' })).arrived()
  type Users = { readonly items: readonly { readonly email: string; readonly sources: readonly string[] }[] }
  const { items } = await eventually(
    () => api.call<Users>('GET', `${BASE}/users?search=new.colleague`),
    (list) => list.items.length > 0,
    30_000,
  )
  assert.deepEqual(items[0]?.sources, ['seen-in-mail'])
  const refused = await createApi(gateway.url).raw('POST', '/v1/sessions', {
    email: 'new.colleague@acme.example',
    password: 'correct horse battery',
  })
  assert.equal(refused.status, 401)
})
