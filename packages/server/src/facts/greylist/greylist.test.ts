// Tests of the greylist over a real file: a campaign, two workers, retries, memory, limits, tenants, a kill.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Clock } from '#platform/clock.ts'
import { known } from '#policy/facts.ts'
import { judgeMemory } from '#policy/greylisting.ts'
import { openGreylistReader } from './file.ts'
import { Greylist, type GreylistQuestion } from './greylist.ts'
import { listWaiting } from './listing.ts'
import { GreylistStore, openGreylistDatabase } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-greylist-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Time that only passes when a test says so; waits end at once. */
class TestClock implements Clock {
  at = Date.UTC(2026, 10, 22)
  now = (): number => this.at
  sleep = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
}

function place(name: string, limits?: { attempts: number; passes: number }) {
  const path = join(folder, `${name}.db`)
  const database = openGreylistDatabase(path)
  const store = new GreylistStore(database, limits)
  const clock = new TestClock()
  const worker = () =>
    new Greylist({
      clock,
      reader: openGreylistReader(path),
      passElsewhere: () => null,
      write: async (changes) => store.apply(changes),
    })
  return { path, database, store, clock, worker }
}

function question(part: Partial<GreylistQuestion> & { to?: string; from?: string }): GreylistQuestion {
  const { to = 'ann', from = 'bob', ...rest } = part
  return {
    tenantId: 'acme',
    clientIp: '192.0.2.7',
    clientName: null,
    helo: 'mx.sender.example',
    reversePath: { localPart: from, domain: 'sender.example' },
    forwardPath: { localPart: to, domain: 'acme.example' },
    spf: () => known({ result: 'pass', domain: 'sender.example', explanation: null }),
    clientNames: () => known([]),
    ...rest,
  }
}

/** A view of the file is 20 ms old at most; its timer was set before this one. */
function viewEnds(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}

const noSpf = {
  spf: () => known({ result: 'none', domain: 'sender.example', explanation: null } as const),
}

/** What an edge does at RCPT: look, judge, note. */
async function attempt(greylist: Greylist, asked: GreylistQuestion): Promise<string> {
  const fact = await greylist.look(asked)
  assert.ok(fact.kind === 'known', 'the greylist could not be read')
  const { because, kind } = judgeMemory(fact.value)
  const outcome =
    kind === 'defer' ? 'deferred' : because === 'greylist-retried' ? 'retried' : ('passed' as const)
  greylist.note(asked, fact.value, outcome)
  return because.replace('greylist-', '')
}

test('a campaign to 400 recipients is one deferral of its sender; the delay of each message is counted', async () => {
  const { store, clock, worker } = place('campaign')
  const greylist = worker()
  for (let n = 0; n < 400; n++) {
    assert.match(await attempt(greylist, question({ to: `user${n}` })), /first-contact|too-soon/)
  }
  await greylist.flush()
  clock.at += 5 * MINUTE_MS
  assert.equal(await attempt(greylist, question({ to: 'user0' })), 'retried')
  for (let n = 1; n < 400; n++) {
    assert.equal(await attempt(greylist, question({ to: `user${n}` })), 'passed-before')
  }
  assert.equal(await attempt(greylist, question({ to: 'later', from: 'carol' })), 'passed-before')
  await greylist.flush()
  const [tally] = store.takeTallies()
  assert.equal(tally?.deferred, 400)
  assert.equal(tally?.accepted.length, 400)
  const senders = new Set(tally?.accepted.map(({ identity }) => identity))
  assert.deepEqual([...senders], ['spf:sender.example'])
  for (const { firstAt, endedAt } of tally?.accepted ?? []) assert.equal(endedAt - firstAt, 5 * MINUTE_MS)
})

test('two workers agree on first attempts and on passes', async () => {
  const { clock, worker } = place('workers')
  const [one, two] = [worker(), worker()]
  assert.equal(await attempt(one, question({})), 'first-contact')
  await one.flush()
  clock.at += 30_000
  assert.equal(await attempt(two, question({})), 'retried-too-soon')
  await two.flush()
  clock.at += 31_000
  assert.equal(await attempt(two, question({})), 'retried')
  await two.flush()
  await viewEnds()
  assert.equal(await attempt(one, question({ to: 'bob' })), 'passed-before')
})

test('a change is seen by its own worker before it is on file', async () => {
  const { clock, worker } = place('overlay')
  const greylist = worker()
  assert.equal(await attempt(greylist, question(noSpf)), 'first-contact')
  clock.at += 2 * MINUTE_MS
  assert.equal(await attempt(greylist, question(noSpf)), 'retried')
  assert.equal(await attempt(greylist, question({ ...noSpf, to: 'bob' })), 'passed-before')
})

test('passes are forgotten 36 days after their last use, and use renews them', async () => {
  const { store, clock, worker } = place('memory')
  const greylist = worker()
  await attempt(greylist, question({}))
  clock.at += 2 * MINUTE_MS
  assert.equal(await attempt(greylist, question({})), 'retried')
  await greylist.flush()
  clock.at += 30 * DAY_MS
  assert.equal(await attempt(greylist, question({})), 'passed-before')
  await greylist.flush()
  clock.at += 30 * DAY_MS
  store.sweep(clock.at)
  assert.equal(await attempt(greylist, question({})), 'passed-before')
  await greylist.flush()
  clock.at += 37 * DAY_MS
  assert.equal(await attempt(greylist, question({})), 'first-contact')
})

test('case 57: what one tenant learned means nothing to another', async () => {
  const { clock, worker } = place('tenants')
  const greylist = worker()
  await attempt(greylist, question({}))
  clock.at += 2 * MINUTE_MS
  assert.equal(await attempt(greylist, question({})), 'retried')
  assert.equal(await attempt(greylist, question({ tenantId: 'blue' })), 'first-contact')
})

test('case 44: a clock that jumps an hour back and forth delays nobody for ever', async () => {
  const { clock, worker } = place('clock')
  const greylist = worker()
  await attempt(greylist, question({}))
  clock.at -= 3_600_000
  assert.equal(await attempt(greylist, question({})), 'retried-too-soon')
  clock.at += 2 * 3_600_000
  assert.equal(await attempt(greylist, question({})), 'retried')
  clock.at -= 3_600_000
  assert.equal(await attempt(greylist, question({})), 'passed-before')
})

test('case 11: the file stays bounded under a flood, and the flood of one tenant leaves the others alone', async () => {
  const { database, clock, worker } = place('flood', { attempts: 1_000, passes: 2_000 })
  const greylist = worker()
  await attempt(greylist, question({ tenantId: 'quiet' }))
  for (let n = 0; n < 5_000; n++) {
    const clientIp = `10.${n >> 8}.${n & 255}.1`
    await attempt(greylist, question({ ...noSpf, clientIp, from: `x${n}` }))
  }
  await greylist.flush()
  const count = (table: string): number =>
    Number((database.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n)
  assert.ok(count('attempt') <= 1_000, `${count('attempt')} attempts`)
  assert.ok(count('identity') <= 2_000, `${count('identity')} identities`)
  clock.at += 2 * MINUTE_MS
  assert.equal(await attempt(greylist, question({ tenantId: 'quiet' })), 'retried')
})

test('what is never retried is told as such, and the list shows what waits', async () => {
  const { database, store, clock, worker } = place('lost')
  const greylist = worker()
  for (const from of ['one', 'two', 'three']) await attempt(greylist, question({ ...noSpf, from }))
  await greylist.flush()
  const ask = { tenantId: 'acme', search: null, before: null, limit: 2 }
  const first = listWaiting(database, ask)
  assert.equal(first.waiting, 3)
  assert.equal(first.items.length, 2)
  const rest = listWaiting(database, { ...ask, before: first.next })
  assert.equal(rest.items.length, 1)
  assert.equal(rest.next, null)
  assert.equal(listWaiting(database, { ...ask, search: 'TWO@' }).items.length, 1)
  assert.equal(listWaiting(database, { ...ask, tenantId: 'blue' }).waiting, 0)
  clock.at += 13 * 3_600_000
  store.sweep(clock.at)
  assert.equal(listWaiting(database, ask).waiting, 0)
  const [tally] = store.takeTallies()
  assert.equal(tally?.lost, 3)
  assert.equal(tally?.lostListed.length, 3)
})

test('an identity that is released passes at once, also for what waits from its networks', async () => {
  const { clock, worker } = place('release')
  const greylist = worker()
  await attempt(greylist, question({}))
  const identity = 'spf:sender.example'
  const at = clock.now()
  await greylist.decide({
    ...{ kind: 'passed', tenantId: 'acme', keys: [identity], at, how: 'released', message: null },
  })
  await viewEnds()
  assert.equal(await attempt(greylist, question({})), 'passed-before')
  await greylist.decide({ kind: 'forgotten', tenantId: 'acme', identity })
  await greylist.decide({ kind: 'forgotten', tenantId: 'acme', identity: 'net:192.0.2.0/24 sender.example' })
  await viewEnds()
  assert.equal(await attempt(greylist, question({})), 'first-contact')
})

test('kill -9 of the writer loses nothing that it acknowledged', { timeout: 240_000 }, async () => {
  const path = join(folder, 'killed.db')
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./kill-child.fixture.ts', import.meta.url)), path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let acknowledged = 0
  child.stdout.on('data', (text: Buffer) => {
    const lines = text.toString().trim().split('\n')
    acknowledged = Math.max(acknowledged, Number(lines.at(-1)))
    if (acknowledged > 2_000) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('exit', resolve))
  const database = openGreylistDatabase(path)
  const rows = database.prepare('select count(*) as n from attempt').get() as { n: number }
  database.close()
  assert.ok(acknowledged > 2_000)
  assert.ok(rows.n >= acknowledged, `${rows.n} rows of ${acknowledged} acknowledged`)
})
