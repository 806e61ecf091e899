// Story: greylisting with real processes: two workers agree, a kill loses no deferral, an administrator
// releases a sender, and the pages' figures follow.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type SendResult, sendMessage } from '@gatepost/sandbox/senders.ts'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { connectAcme } from '../crash/run.ts'
import { live } from './lib/acme.ts'
import { type Api, createApi, eventually } from './lib/api.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'

type Deferred = {
  readonly items: readonly {
    readonly reversePath: string | null
    readonly forwardPath: string
    readonly identity: string
    readonly attempts: number
  }[]
  readonly total: number
}
type Page = {
  readonly figures: {
    readonly deferred: number
    readonly accepted: number
    readonly sendersDelayed: number
    readonly delayMs: number
    readonly delayP95Ms: number | null
  }
  readonly passing: number
}

const BASE = '/v1/tenants/acme-ltd'
const BRIGHT = 'spf:bright.example'
const data = mkdtempSync(join(tmpdir(), 'gatepost-greylist-'))
let world: World
let gateway: Gateway
let api: Api

before(
  async () => {
    world = await startWorld()
    gateway = await start()
    world.setGateway({ host: '127.0.0.1', port: gateway.mxPort })
    await connectAcme(world, gateway)
    api = await signIn()
    await applyGreylisting()
  },
  { timeout: 240_000 },
)

after(async () => {
  await gateway?.stop()
  await world?.stop()
  rmSync(data, { recursive: true, force: true })
})

function start(): Promise<Gateway> {
  return startGateway({ data, env: { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' } })
}

async function signIn(): Promise<Api> {
  const signedIn = createApi(gateway.url)
  await signedIn.call('POST', '/v1/sessions', {
    email: 'ada@acme.example',
    password: 'correct horse battery',
  })
  return signedIn
}

async function applyGreylisting(): Promise<void> {
  type Policies = { readonly items: readonly { readonly id: string; readonly origin: string }[] }
  const { items } = await api.call<Policies>('GET', `${BASE}/policies?type=greylisting`)
  const policy = items.find(({ origin }) => origin === 'default')
  assert.ok(policy, 'the organisation has no default policy of greylisting')
  const draft = { ...policy, enabled: true, option: { action: 'apply' } }
  await api.call('PUT', `${BASE}/policies/${policy.id}`, { draft, reason: 'a story of greylisting' })
  await live(api, BASE)
}

/** One message of Ben of Bright; SPF passes from 203.0.113.10. */
function send(to: string, from = 'ben@bright.example'): Promise<SendResult> {
  return sendMessage({
    port: gateway.mxPort,
    proxy: { sourceIp: '203.0.113.10', sourcePort: 20_000 + Math.floor(Math.random() * 40_000) },
    helo: 'mail.bright.example',
    reversePath: from,
    forwardPaths: [to],
    content: `From: <${from}>\r\nTo: <${to}>\r\nSubject: Offer\r\n\r\nHello\r\n`,
  })
}

function replyTo({ replies }: SendResult, command: string): string {
  const reply = replies.findLast((one) => one.command.startsWith(command))
  return reply === undefined ? 'none' : `${reply.code} ${reply.status}`
}

test('a first contact is deferred by whichever worker takes it, and stands in the list once', async () => {
  const results = await Promise.all(Array.from({ length: 12 }, () => send('ann@acme.example')))
  for (const result of results) assert.equal(replyTo(result, 'RCPT'), '451 4.2.0')
  const { items, total } = await eventually(
    () => api.call<Deferred>('GET', `${BASE}/greylisting/deferred`),
    (list) => list.items[0]?.attempts === 12,
    30_000,
  )
  assert.equal(total, 1)
  assert.equal(items[0]?.identity, BRIGHT)
  assert.equal(items[0]?.forwardPath, 'ann@acme.example')
  await eventually(
    () => api.call<Page>('GET', `${BASE}/greylisting`),
    ({ figures }) => figures.deferred === 1,
    30_000,
  )
})

test('the message centre has a row for the attempt', async () => {
  type Rows = { readonly items: readonly { readonly status: string; readonly reason: string }[] }
  const { items } = await eventually(
    () => api.call<Rows>('GET', `${BASE}/messages?search=ben%40bright.example`),
    (rows) => rows.items.length > 0,
    30_000,
  )
  assert.equal(items[0]?.status, 'deferred')
  assert.match(items[0]?.reason ?? '', /c[oa]me again/)
})

test('kill -9 of every process loses no deferral', { timeout: 240_000 }, async () => {
  await gateway.killAll()
  gateway = await start()
  api = await signIn()
  const { total, items } = await eventually(
    () => api.call<Deferred>('GET', `${BASE}/greylisting/deferred`),
    (list) => list.items.length > 0,
    30_000,
  )
  assert.equal(total, 1)
  assert.equal(items[0]?.identity, BRIGHT)
})

test('a released sender passes at once on every worker, and the delay caused is counted', async () => {
  await api.call('POST', `${BASE}/greylisting/release`, { identity: BRIGHT })
  const results = await Promise.all(Array.from({ length: 6 }, () => send('ann@acme.example')))
  for (const result of results) assert.ok(result.accepted, JSON.stringify(result.replies))
  assert.ok((await send('bob@acme.example', 'carol@bright.example')).accepted)
  const page = await eventually(
    () => api.call<Page>('GET', `${BASE}/greylisting`),
    ({ figures }) => figures.accepted === 1,
    30_000,
  )
  assert.equal(page.figures.deferred, 1)
  assert.equal(page.figures.sendersDelayed, 1)
  assert.ok(page.figures.delayMs > 0)
  assert.ok(page.passing >= 1)
  const { total } = await api.call<Deferred>('GET', `${BASE}/greylisting/deferred`)
  assert.equal(total, 0)
})

test('a forgotten sender is a stranger again; who asked is in the audit log', async () => {
  // Its authenticated mail made it known by its network as well, as it would a stranger's.
  for (const identity of [BRIGHT, 'net:203.0.113.0/24 bright.example']) {
    await api.call('POST', `${BASE}/greylisting/forget`, { identity })
  }
  const result = await eventually(
    () => send('ann@acme.example'),
    ({ accepted }) => !accepted,
    30_000,
  )
  assert.equal(replyTo(result, 'RCPT'), '451 4.2.0')
  type Log = { readonly items: readonly { readonly action: string; readonly subject: string }[] }
  const { items } = await api.call<Log>('GET', `${BASE}/audit`)
  assert.ok(
    items.some(({ action, subject }) => action === 'greylisting.released' && subject.includes(BRIGHT)),
  )
  assert.ok(items.some(({ action }) => action === 'greylisting.forgotten'))
})
