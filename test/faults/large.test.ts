// Large messages, many of them at once, and thousands of idle sessions: memory stays bounded and the loop
// stays free (reliability §3, cases 10, 12, 50).
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { eventually } from '../journeys/lib/api.ts'
import { bigLetter, type Client, letter, OUTSIDE_IP, outsider } from './lib/client.ts'
import { nothingDied, type Place, residentMiB, startPlace, watchMemory } from './lib/place.ts'
import { probeMissing, startProbe } from './lib/probe.ts'
import { type Sink, startSink } from './lib/sink.ts'

const IS_FULL = process.env.GATEPOST_FULL === '1'
const BIG_OCTETS = 200_000_000
/**
 * Large enough for a file of its own and for everything that looks into such content to be loaded, which
 * stays and is no cost of a message: the baseline is a gateway that has worked.
 */
const WARM_OCTETS = 5_000_000
const CROWD = IS_FULL ? { messages: 100, octets: 50_000_000 } : { messages: 40, octets: 20_000_000 }
/** Each of the crowd sends 128 KiB in this time: lines of 30 Mbit/s, all at once more than a gigabit. */
const PIECE_MS = 32
const IDLE_SESSIONS = 5_000
const TO_ANN = { from: 'ben@bright.example', to: ['ann@acme.example'] }
/** What one process may cost beside its content: promised per message, measured for the whole. */
const BIG_MIB_MAX = 64
const BIG_ROUNDS_MAX = 3
const IDLE_MIB_MAX = 300
const LOOP_MS_MAX = 50

let place: Place
let sink: Sink
let endProbe: Awaited<ReturnType<typeof startProbe>>
before(
  async () => {
    place = await startPlace({ GATEPOST_WORKERS: '1', GATEPOST_LOG_LEVEL: 'warn' })
    sink = await startSink()
    await place.routeTo(sink.port)
    const client = await outsider(place.port)
    for (let i = 0; i < 50; i++) await client.send(TO_ANN, letter(`warm ${i}`))
    assert.match(await client.begin(TO_ANN), /^354/)
    assert.match(await client.stream(bigLetter('warm and large', WARM_OCTETS)), /^250 2\.0\.0/)
    client.end()
    await eventually(sink.taken, ({ messages }) => messages === 51, 120_000)
    if (!probeMissing()) endProbe = await startProbe(place.port, edge())
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  await sink?.stop()
})

const edge = (): number => place.edges[0] ?? 0

test('a message of 200 MB costs less than 64 MiB of memory and goes out whole', async (t) => {
  // Peaks hold garbage that was not collected yet (17 to 22 MiB in most runs, twice that in some); what a
  // message needs shows in the lowest of a few, and a program that kept it whole would be above each time.
  const base = residentMiB(edge())
  let cost = Number.POSITIVE_INFINITY
  for (let round = 1; round <= BIG_ROUNDS_MAX && cost >= BIG_MIB_MAX; round++) {
    cost = Math.min(cost, await costOfBig(t, base))
  }
  assert.ok(cost < BIG_MIB_MAX, `${cost} MiB over the baseline`)
})

/** MiB over what the edge held before the first, while one message came in and went out whole. */
async function costOfBig(t: TestContext, base: number): Promise<number> {
  const most = watchMemory(edge())
  const octetsBefore = sink.taken().octets
  const client = await outsider(place.port)
  assert.match(await client.begin(TO_ANN), /^354/)
  assert.match(await client.stream(bigLetter('two hundred', BIG_OCTETS)), /^250 2\.0\.0/)
  client.end()
  const { octets } = await eventually(
    sink.taken,
    (taken) => taken.octets - octetsBefore > BIG_OCTETS - 100,
    60_000,
  )
  const cost = most() - base
  t.diagnostic(
    `${octets - octetsBefore} octets out; ${cost.toFixed(1)} MiB over a baseline of ${base.toFixed(0)}`,
  )
  return cost
}

test(`${IDLE_SESSIONS} idle sessions fit into 300 MiB, and mail goes on`, async (t) => {
  const idle: Client[] = []
  for (let i = 0; i < IDLE_SESSIONS; i += 100) {
    const some = Array.from({ length: 100 }, () => outsider(place.port, { clientIp: OUTSIDE_IP }))
    idle.push(...(await Promise.all(some)))
  }
  const resident = residentMiB(edge())
  const client = await outsider(place.port)
  const startedAt = Date.now()
  assert.match(await client.send(TO_ANN, letter('among the idle')), /^250 2\.0\.0/)
  t.diagnostic(`${resident.toFixed(0)} MiB resident; a message among them took ${Date.now() - startedAt} ms`)
  for (const one of [...idle, client]) one.end()
  assert.ok(resident < IDLE_MIB_MAX, `${resident} MiB`)
})

test(`${CROWD.messages} messages of ${CROWD.octets / 1e6} MB at once: accepted or deferred, never a crash`, async (t) => {
  const { messages: messagesBefore } = sink.taken()
  const most = watchMemory(edge())
  const replies = await Promise.all(
    Array.from({ length: CROWD.messages }, async (_, i) => {
      const client = await outsider(place.port, { timeoutMs: 300_000 })
      const begun = await client.begin(TO_ANN)
      const reply = begun.startsWith('354')
        ? await client.stream(bigLetter(`crowd ${i}`, CROWD.octets), PIECE_MS)
        : begun
      client.end()
      return reply
    }),
  )
  const accepted = replies.filter((reply) => reply.startsWith('250 2.0.0')).length
  const deferred = replies.filter((reply) => /^4\d\d/.test(reply)).length
  assert.equal(accepted + deferred, CROWD.messages, replies.join('\n'))
  await eventually(sink.taken, ({ messages }) => messages - messagesBefore >= accepted, 240_000)
  nothingDied(place)
  t.diagnostic(`${accepted} accepted, ${deferred} deferred; at most ${most().toFixed(0)} MiB resident`)
})

test('the loop of the edge was late by less than 50 ms at its 99th percentile during all of this', {
  skip: probeMissing(),
}, async (t) => {
  const { p99, wallP99, machineP99, samples } = await endProbe()
  const beside = `by the wall ${wallP99.toFixed(1)} ms, the machine ${machineP99.toFixed(1)} ms`
  t.diagnostic(`p99 ${p99.toFixed(1)} ms (${beside}), ${samples} samples`)
  assert.ok(samples > 100, `only ${samples} samples`)
  // On a machine that others use, part of the delay is theirs.
  assert.ok(p99 < LOOP_MS_MAX + machineP99, `${p99} ms`)
})
