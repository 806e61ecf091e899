// Story: what was right goes wrong outside, and everybody hears of it: a DNS record that is removed turns its
// step amber after the second look and back, a value changed in the console turns its step at once, a mail
// host that opens again is noticed from a second address, and each time word goes out by a signed webhook.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Connect, ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import type { Lock } from '@gatepost/contract/lock.ts'
import { type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'

const STORY_MS = 400_000
const WAIT_MS = 60_000
/** No mail leaves from it, so the mail host must not let it in. */
const VANTAGE = '127.0.0.77'

type Told = { readonly event: string; readonly alert: { readonly kind: string; readonly text: string } }

let acme: Acme
let receiver: Server
let secret = ''
const told: Told[] = []
const forged: string[] = []

/** Each waits out cool-downs of its own, so they run side by side. */
describe('drift', { concurrency: true }, () => {
  before(
    async () => {
      receiver = await listen()
      acme = await startAcme({ GATEPOST_NETWORK_VANTAGE_ADDRESSES: VANTAGE })
      const { port } = receiver.address() as AddressInfo
      const webhookUrl = `http://127.0.0.1:${port}/hook`
      const changed = await acme.api.call<{ secret: string }>('PATCH', `${acme.base}/alert-channel`, {
        webhookUrl,
      })
      secret = changed.secret
    },
    { timeout: STORY_MS },
  )

  after(async () => {
    await acme?.stop()
    receiver?.closeAllConnections()
    receiver?.close()
  })

  test('a test of the channel arrives with a signature that fits', { timeout: STORY_MS }, async () => {
    const { sends } = await acme.api.call<{ sends: readonly { channel: string; state: string }[] }>(
      'POST',
      `${acme.base}/alert-channel/test`,
    )
    assert.equal(sends.find(({ channel }) => channel === 'webhook')?.state, 'sent')
    await eventually(
      async () => told.map(({ event }) => event),
      (events) => events.includes('alert.test'),
      WAIT_MS,
    )
    assert.deepEqual(forged, [])
  })

  test('a record that is removed turns its step amber after two looks, and back', {
    timeout: STORY_MS,
  }, async (t) => {
    const first = await stepOf('validate-domains')
    assert.equal(first.state, 'done')
    const next = first.nextCheckAt ?? 0
    assert.ok(next - Date.now() <= 3_600_000, 'the page says when it looks again: within the hour')
    const record = await proofRecord()
    acme.world.dns.zones.remove(record.name, 'TXT')
    await look('validate-domains')
    const once = await stepOf('validate-domains')
    assert.equal(once.state, 'done', 'one look proves nothing')
    assert.ok((once.nextCheckAt ?? 0) - Date.now() <= 60_000, 'and the second comes within a minute')
    await look('validate-domains')
    const gone = await stepOf('validate-domains')
    assert.equal(gone.state, 'needs-attention')
    const alert = await toldOf('dns-drift')
    t.diagnostic(alert.alert.text)
    assert.ok(acme.world.publish(`${record.name}. 60 IN TXT "${record.value}"`).ok)
    await look('validate-domains')
    assert.equal((await stepOf('validate-domains')).state, 'done')
    const path = `${acme.base}/connect/validate-domains/history`
    const { items } = await acme.api.call<{ items: readonly { state: string }[] }>('GET', path)
    const states = items.map(({ state }) => state)
    assert.equal(states[0], 'passed')
    assert.ok(states.includes('failed') || states.includes('warning'), 'what happened is kept')
  })

  test('a value changed in the console turns its step', { timeout: STORY_MS }, async () => {
    const set = (recipientMode: string) =>
      acme.api.call('PATCH', `${acme.base}/domains/acme.example`, { recipientMode })
    assert.equal((await stepOf('recipient-validation')).state, 'done')
    await set('accept-all')
    assert.notEqual((await stepOf('recipient-validation')).state, 'done')
    await set('known')
    assert.equal((await stepOf('recipient-validation')).state, 'done')
  })

  test('strangers are let in, then refused, then let in again: seen from a second address', {
    timeout: STORY_MS,
  }, async (t) => {
    const open = await knock()
    assert.deepEqual(open.vantages, [{ kind: 'address', name: VANTAGE, isReady: true }])
    assert.equal(open.hosts[0]?.verdict, 'open', JSON.stringify(open.hosts))
    acme.world.setLocked(true)
    const closed = await knock()
    assert.equal(closed.hosts[0]?.verdict, 'closed', JSON.stringify(closed.hosts))
    assert.equal((await stepOf('secure-inbound')).state, 'done')
    t.diagnostic(closed.hosts[0]?.knocks[0]?.reply ?? '')
    acme.world.setLocked(false)
    await knock()
    assert.equal((await stepOf('secure-inbound')).state, 'done', 'one look proves nothing')
    const again = await knock()
    assert.equal(again.hosts[0]?.isOpenAgain, true)
    assert.equal((await stepOf('secure-inbound')).state, 'needs-attention')
    t.diagnostic((await toldOf('lock-drift')).alert.text)
    assert.deepEqual(forged, [])
  })
})

/** A receiver as a customer would write it: it checks the signature before it believes anything. */
async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8')
      const given = String(request.headers['gatepost-signature'])
      const seconds = /^t=(\d+)/.exec(given)?.[1] ?? ''
      const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
      if (given === `t=${seconds},v1=${hex}`) told.push(JSON.parse(body) as Told)
      else forged.push(given)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function stepOf(name: StepName): Promise<ConnectStep> {
  const { steps } = await acme.api.call<Connect>('GET', `${acme.base}/connect`)
  const step = steps.find((one) => one.name === name)
  assert.ok(step)
  return step
}

/** "Check again", as soon as the cool-down lets it. */
async function look(step: StepName): Promise<void> {
  await untilTaken(`${acme.base}/connect/${step}/check`)
}

async function knock(): Promise<Lock> {
  return (await untilTaken(`${acme.base}/lock/check`)) as Lock
}

async function untilTaken(path: string): Promise<unknown> {
  const taken = await eventually(
    () => acme.api.raw('POST', path),
    ({ status }) => status === 200,
    WAIT_MS,
  )
  return taken.body
}

function toldOf(kind: string): Promise<Told> {
  return eventually(
    async () => told.find(({ alert }) => alert?.kind === kind) as Told,
    (one) => one !== undefined,
    WAIT_MS,
  )
}

async function proofRecord(): Promise<{ readonly name: string; readonly value: string }> {
  type Domain = {
    readonly ownership: readonly { type: string; name: string; value: string; state: string }[]
  }
  const { ownership } = await acme.api.call<Domain>('GET', `${acme.base}/domains/acme.example`)
  const record = ownership.find(({ state }) => state === 'found')
  assert.ok(record)
  return record
}
