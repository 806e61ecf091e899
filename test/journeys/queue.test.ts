// Story: the mail host is down and mail waits; an administrator looks, holds, releases, reroutes, returns,
// discards, pauses and resumes, through restarts, and every message says who did what.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type MailHost, startMailHost } from '@gatepost/sandbox/mail-host.ts'
import { type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = swaksMissing()
const OUTSIDE = { clientIp: '203.0.113.10', helo: 'mail.bright.example' }

type Recipient = {
  readonly forwardPath: string
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt: number | null
  readonly paused: boolean
  readonly lastReply: string | null
}
type Waiting = { readonly id: string; readonly recipients: readonly Recipient[] }
type Page = {
  readonly items: readonly Waiting[]
  readonly unreachable: readonly unknown[]
  readonly pause: {
    readonly delivery: boolean
    readonly routes: readonly { name: string; paused: boolean }[]
  }
}
type Acted = {
  readonly messages: number
  readonly recipients: number
  readonly missing: number
  readonly busy: number
}
type Message = {
  readonly status: string
  readonly verdict: string
  readonly recipients: readonly { readonly status: string }[]
  readonly attempts: readonly { readonly outcome: string; readonly by?: string }[]
}

let acme: Acme
let spare: MailHost
before(
  async () => {
    if (skip) return
    acme = await startAcme()
    spare = await startMailHost({ name: 'spare.acme.example' })
  },
  { timeout: 240_000 },
)
after(async () => {
  await acme?.stop()
  await spare?.stop()
})

async function send(subject: string, to = 'ann@acme.example', from = 'ben@bright.example'): Promise<string> {
  const { code, dialog } = await swaks({ ...OUTSIDE, port: acme.gateway.mxPort, from, to, subject })
  assert.equal(code, 0, dialog)
  return /msg_\w{26}/.exec(dialog)?.[0] ?? ''
}

function list(query: Readonly<Record<string, string>> = {}): Promise<Page> {
  return acme.api.call<Page>('GET', `${acme.base}/queue?${new URLSearchParams(query)}`)
}

function act(body: unknown): Promise<Acted> {
  return acme.api.call<Acted>('POST', `${acme.base}/queue/actions`, body)
}

/** Why, once it says so: tracking is promised within 2 s. */
function whyOnce(id: string, holds: (message: Message) => boolean): Promise<Message> {
  return eventually(
    async () => (await acme.api.raw('GET', `${acme.base}/messages/${id}`)).body as Message,
    (message) => message.attempts !== undefined && holds(message),
  )
}

const recipientOf = async (id: string): Promise<Recipient | undefined> =>
  (await list({ search: id })).items[0]?.recipients[0]
const isEmpty = () =>
  eventually(
    () => list(),
    ({ items }) => items.length === 0,
  )
const arrived = (host: MailHost, subject: string) =>
  host.waitFor(({ content }) => String(content).includes(subject), 30_000)
const hasArrived = (host: MailHost, subject: string): boolean =>
  host.messages().some(({ content }) => String(content).includes(subject))

test('what waits for a host that is down is listed with attempts and the last reply', { skip }, async () => {
  await acme.world.acme.setDown(true)
  const id = await send('waits')
  const recipient = await eventually(
    () => recipientOf(id),
    (one) => one?.attempts === 1,
  )
  assert.equal(recipient?.forwardPath, 'ann@acme.example')
  assert.equal(recipient?.state, 'queued')
  assert.match(recipient?.lastReply ?? '', /refused|connect/i)
  assert.ok((recipient?.nextAttemptAt ?? 0) > Date.now())
  assert.deepEqual((await list()).unreachable, [])
  assert.equal((await list({ domain: 'other.example' })).items.length, 0)
  type Totals = { readonly messages: number; readonly queued: number; readonly bytes: number }
  const totals = await acme.api.call<Totals>('GET', `${acme.base}/queue/totals`)
  assert.deepEqual([totals.messages, totals.queued, totals.bytes > 0], [1, 1, true])
  assert.equal((await list({ state: 'held' })).items.length, 0)
})

test('held mail stays when the host is back, and goes once it is released', { skip }, async () => {
  const { items } = await list({ search: 'ben@bright.example' })
  const id = items[0]?.id ?? ''
  assert.equal((await act({ action: 'hold', messages: [id], reason: 'looks odd' })).messages, 1)
  await acme.world.acme.setDown(false)
  assert.equal((await act({ action: 'retry', filter: {} })).messages, 0)
  assert.equal((await recipientOf(id))?.state, 'held')
  const held = await whyOnce(id, ({ status }) => status === 'held')
  assert.equal(held.verdict, 'Accepted. Held by Ada Admin: looks odd.')
  assert.equal(hasArrived(acme.world.acme, 'waits'), false)
  assert.deepEqual(
    await act({ action: 'release', messages: [id, 'msg_nobody'] }).then(({ messages, missing }) => [
      messages,
      missing,
    ]),
    [1, 1],
  )
  await arrived(acme.world.acme, 'waits')
  const done = await whyOnce(id, ({ status }) => status === 'delivered')
  assert.deepEqual(
    done.attempts.filter(({ by }) => by !== undefined).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['held by Ada Admin', 'released by Ada Admin'],
  )
})

test('mail for a host that is down goes to another one', { skip }, async () => {
  await acme.world.acme.setDown(true)
  const id = await send('takes a detour')
  await eventually(
    () => recipientOf(id),
    (one) => one?.attempts === 1,
  )
  const route = await acme.api.call<{ id: string }>('POST', `${acme.base}/routes`, {
    name: 'Spare',
    host: '127.0.0.1',
    port: spare.port,
    defaultFor: null,
  })
  await live(acme.api, acme.base)
  assert.equal((await act({ action: 'reroute', messages: [id], routeId: route.id })).messages, 1)
  await arrived(spare, 'takes a detour')
  await acme.world.acme.setDown(false)
  await isEmpty()
})

test('returned mail brings a report to its sender; discarded mail is gone and on record', {
  skip,
}, async () => {
  await acme.world.acme.setDown(true)
  const returned = await send('to be returned')
  const discarded = await send('to be discarded')
  await eventually(
    () => list(),
    ({ items }) => items.length === 2,
  )
  assert.equal((await act({ action: 'bounce', messages: [returned], reason: 'sent by mistake' })).messages, 1)
  const report = await acme.world.outside.waitFor(
    ({ content }) => String(content).includes('sent by mistake'),
    30_000,
  )
  assert.match(String(report.content), /Action: failed/i)
  assert.equal((await act({ action: 'discard', messages: [discarded] })).messages, 0, 'only what is held')
  await act({ action: 'hold', messages: [discarded] })
  assert.equal((await act({ action: 'discard', filter: { state: 'held' } })).messages, 1)
  await isEmpty()
  await acme.world.acme.setDown(false)
  const one = await whyOnce(returned, ({ status }) => status === 'bounced')
  const other = await whyOnce(discarded, ({ status }) => status === 'discarded')
  assert.match(one.verdict, /^Accepted\. Returned to the sender by Ada Admin\. A delivery report went/)
  assert.equal(other.verdict, 'Accepted. Discarded by Ada Admin.')
  type Audit = { readonly items: readonly { readonly action: string; readonly subject: string }[] }
  const { items } = await acme.api.call<Audit>('GET', `${acme.base}/audit?limit=50`)
  assert.ok(
    items.some(({ action, subject }) => action === 'queue.bounce' && subject === `message ${returned}`),
  )
  assert.ok(items.some(({ action, subject }) => action === 'queue.discard' && subject === 'everything held'))
})

test('a paused route keeps its mail through a kill, and delivers when it is resumed', { skip }, async () => {
  type Routes = { readonly items: readonly { readonly id: string; readonly name: string }[] }
  const { items: routes } = await acme.api.call<Routes>('GET', `${acme.base}/routes`)
  const routeId = routes.find(({ name }) => name === 'Exchange')?.id ?? ''
  await acme.api.call('PUT', `${acme.base}/queue/pause`, { routeId, paused: true })
  await live(acme.api, acme.base)
  const id = await send('while paused')
  const paused = await eventually(
    () => recipientOf(id),
    (one) => one?.paused === true,
  )
  assert.deepEqual([paused?.attempts, paused?.nextAttemptAt], [0, null])
  assert.equal(paused?.lastReply, 'delivery by Exchange is paused')
  await whyOnce(id, ({ verdict }) => verdict === 'Accepted; it waits: delivery by Exchange is paused.')
  // Every process but the supervisor and control: the edges come back by themselves.
  const [, , ...edges] = acme.gateway.pids()
  for (const pid of edges) process.kill(pid, 'SIGKILL')
  await eventually(
    () => list().catch(() => null),
    (page) => page?.unreachable.length === 0 && page.items.some((item) => item.id === id),
    30_000,
  )
  assert.equal((await recipientOf(id))?.attempts, 0)
  assert.equal(hasArrived(acme.world.acme, 'while paused'), false)
  const pause = await acme.api.call<Page['pause']>('PUT', `${acme.base}/queue/pause`, {
    routeId,
    paused: false,
  })
  assert.ok(pause.routes.every((route) => !route.paused))
  await arrived(acme.world.acme, 'while paused')
  await isEmpty()
})

test('all delivery of an organisation is paused, in and out', { skip }, async () => {
  await acme.api.call('PUT', `${acme.base}/queue/pause`, { routeId: null, paused: true })
  await live(acme.api, acme.base)
  await send('inbound in a pause')
  await eventually(
    () => list(),
    ({ items, pause }) => pause.delivery && items.length === 1 && items[0]?.recipients[0]?.paused === true,
  )
  await acme.api.call('PUT', `${acme.base}/queue/pause`, { routeId: null, paused: false })
  await arrived(acme.world.acme, 'inbound in a pause')
})
