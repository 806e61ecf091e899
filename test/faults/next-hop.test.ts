// Next hops that misbehave: cut, drip, refuse at every stage, or are dead; and a DNS that answers nothing
// (reliability §3, cases 38, 45, 49).
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import type { AnswerVerb } from '@gatepost/sandbox/answers.ts'
import { ACME_IP } from '../journeys/lib/acme.ts'
import { eventually } from '../journeys/lib/api.ts'
import { letter, letterOfAnn, outsider } from './lib/client.ts'
import { type Place, type Row, startPlace } from './lib/place.ts'

const TO_ANN = { from: 'ben@bright.example', to: ['ann@acme.example'] }
/** Listens and never says a word. */
const HOLE_IP = '127.0.0.211'
/** Far below the minutes that a host gets for its greeting. */
const FLOWS_WITHIN_MS = 30_000
const HOLE_MESSAGES = 100

const DNS_FAULTS = ['servfail', 'refused', 'timeout'] as const

let place: Place
let hole: Server
before(
  async () => {
    place = await startPlace()
    hole = createServer(() => {})
    await new Promise<void>((resolve) => hole.listen(place.world.mxPort, HOLE_IP, resolve))
    const read = place.world.dns.zones.importZone(`
hole.example. SOA ns1.sandbox.example. root.hole.example. 1 3600 600 86400 5
hole.example. MX 10 mx.hole.example.
mx.hole.example. A ${HOLE_IP}
${DNS_FAULTS.map(zoneOf).join('')}`)
    assert.ok(read.ok)
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  hole?.close()
})
afterEach(() => {
  place.world.acme.script()
  place.world.dns.faults.clear()
})

/** A message from outside for Ann; fails unless it is taken. */
async function send(subject: string): Promise<void> {
  const client = await outsider(place.port)
  assert.match(await client.send(TO_ANN, letter(subject)), /^250 2\.0\.0/)
  client.end()
}

/** Messages from Acme's own host to outside. */
async function sendOut(to: string, subjects: readonly string[]): Promise<void> {
  const client = await outsider(place.port, { clientIp: ACME_IP })
  for (const subject of subjects) {
    const envelope = { from: 'ann@acme.example', to: [to] }
    assert.match(await client.send(envelope, letterOfAnn(subject)), /^250 2\.0\.0/)
  }
  client.end()
}

const arrivals = (subject: string): number =>
  place.world.acme.messages().filter((message) => message.subject === subject).length

async function deferred(subject: string): Promise<Row> {
  return place.row(subject, ['deferred'])
}

test('cut after the final dot: the outcome is ambiguous, it is tried again, and that is the only double', async () => {
  place.world.acme.script({ verb: 'CONTENT', match: 'cutafterdot', cut: true, times: 1 })
  await send('cutafterdot')
  const row = await deferred('cutafterdot')
  assert.equal((await place.message(row.id)).attempts.at(-1)?.outcome, 'ambiguous')
  assert.equal(arrivals('cutafterdot'), 1)
  await place.retry(row.id)
  await place.row('cutafterdot', ['delivered'])
  assert.equal(arrivals('cutafterdot'), 2)
})

test('a host that drips every reply gets its mail all the same', async () => {
  const verbs: readonly AnswerVerb[] = ['EHLO', 'MAIL', 'RCPT', 'DATA', 'CONTENT']
  place.world.acme.script(...verbs.map((verb) => ({ verb, dripMs: 5 })))
  await send('dripped')
  await place.row('dripped', ['delivered'])
  assert.equal(arrivals('dripped'), 1)
})

describe('a temporary refusal', () => {
  const stages: readonly AnswerVerb[] = ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'CONTENT']
  for (const verb of stages) {
    test(`at ${verb} defers; the next attempt delivers once`, async () => {
      await freshConnections()
      const subject = `tempfail${verb.toLowerCase()}`
      // Every connection is refused: a slow one is helped by a second, which would deliver.
      const isOfHost = verb === 'CONNECT' || verb === 'EHLO'
      const rule = { verb, reply: '451 4.3.9 Not now' } as const
      place.world.acme.script(isOfHost ? rule : { ...rule, times: 1 })
      await send(subject)
      const row = await deferred(subject)
      place.world.acme.script()
      const { reply, outcome } = (await place.message(row.id)).attempts.at(-1)!
      assert.deepEqual([reply.code, reply.status, outcome], [451, '4.3.9', 'deferred'])
      await place.retry(row.id)
      await place.row(subject, ['delivered'])
      assert.equal(arrivals(subject), 1)
    })
  }
})

describe('a permanent refusal', () => {
  const stages: readonly AnswerVerb[] = ['MAIL', 'RCPT', 'DATA', 'CONTENT']
  for (const verb of stages) {
    test(`at ${verb} is final, and the sender is told in the host's own words`, async () => {
      const subject = `permfail${verb.toLowerCase()}`
      place.world.acme.script({ verb, reply: `554 5.7.9 Never at ${verb}`, times: 1 })
      await send(subject)
      await place.row(subject, ['bounced'])
      const { content } = await place.world.outside.waitFor(
        (message) => message.reversePath === '' && String(message.content).includes(subject),
        30_000,
      )
      assert.match(String(content), new RegExp(`Diagnostic-Code: smtp; ?554 5\\.7\\.9 Never at ${verb}`, 'i'))
      assert.match(String(content), /Status: 5\.7\.9/)
      assert.equal(arrivals(subject), 0)
    })
  }
  for (const verb of ['CONNECT', 'EHLO'] as const) {
    test(`at ${verb} speaks of the host and not of the message, which waits`, async () => {
      await freshConnections()
      const subject = `hostfail${verb.toLowerCase()}`
      place.world.acme.script({ verb, reply: '554 5.3.2 No mail here' })
      await send(subject)
      const row = await deferred(subject)
      place.world.acme.script()
      await place.retry(row.id)
      await place.row(subject, ['delivered'])
    })
  }
})

test('a cut at every stage before the final dot defers and doubles nothing', async () => {
  const stages: readonly AnswerVerb[] = ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA']
  for (const verb of stages) {
    await freshConnections()
    const subject = `cut${verb.toLowerCase()}`
    place.world.acme.script({ verb, cut: true, times: 1 })
    await send(subject)
    const row = await place.row(subject, ['deferred', 'delivered'])
    if (row.status === 'deferred') await place.retry(row.id)
    await place.row(subject, ['delivered'])
    assert.equal(arrivals(subject), 1, verb)
  }
})

test('a host that never greets holds up nobody else', async () => {
  const stuck = Array.from({ length: HOLE_MESSAGES }, (_, i) => `stuck${i}`)
  await sendOut('x@hole.example', stuck)
  await sendOut('ben@bright.example', ['flowing'])
  await place.world.outside.waitFor(({ subject }) => subject === 'flowing', FLOWS_WITHIN_MS)
  await send('flowing too')
  await eventually(
    () => arrivals('flowing too'),
    (count) => count === 1,
    FLOWS_WITHIN_MS,
  )
})

describe('a DNS that is dead', () => {
  test(`${DNS_FAULTS.join(', ')}: outbound mail waits and is not bounced`, async () => {
    for (const kind of DNS_FAULTS) {
      place.world.dns.faults.set(`${kind}.example`, { kind }, { below: true })
      await sendOut(`info@${kind}.example`, [`dns${kind}`])
    }
    const ids: string[] = []
    for (const kind of DNS_FAULTS) {
      const row = await place.row(`dns${kind}`, ['deferred'], 120_000)
      const { reply } = (await place.message(row.id)).attempts.at(-1)!
      assert.deepEqual([kind, reply.code, reply.status], [kind, 451, '4.4.3'])
      ids.push(row.id)
    }
    place.world.dns.faults.clear()
    const subjects = new Set<string>(DNS_FAULTS.map((kind) => `dns${kind}`))
    // The resolver remembers a failure for five seconds, so one retry may come too early.
    const again = setInterval(() => {
      for (const id of ids) void place.retry(id).catch(() => undefined)
    }, 1_000)
    await eventually(
      () => place.world.outside.messages().filter(({ subject }) => subjects.has(subject)).length,
      (count) => count === DNS_FAULTS.length,
      60_000,
    ).finally(() => clearInterval(again))
  })

  test('inbound mail is taken or deferred, never refused for good', async () => {
    place.world.dns.faults.set('', { kind: 'servfail' }, { below: true })
    const client = await outsider(place.port)
    const reply = await client.send(TO_ANN, letter('no names'))
    client.end()
    assert.match(reply, /^(?:250|4\d\d) /)
  })
})

function zoneOf(name: string): string {
  return `${name}.example. SOA ns1.sandbox.example. root.${name}.example. 1 3600 600 86400 5
${name}.example. MX 10 mx.bright.example.
`
}

/** Ends the connections that delivery keeps open, so that the next message begins with a greeting. */
async function freshConnections(): Promise<void> {
  await place.world.acme.setDown(true)
  // The ends have to reach the gateway; a connection that it takes for open would be tried first.
  await new Promise((resolve) => setTimeout(resolve, 500))
  await place.world.acme.setDown(false)
}
