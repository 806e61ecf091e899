// Greylisting's rows on both databases: figures that add up, reports that count once, passes for other nodes.
import assert from 'node:assert/strict'
import {
  decideIdentity,
  listDeferredNow,
  listEnded,
  readGreylisting,
} from '@gatepost/server/control/greylist/greylist.ts'
import { keepGreylistReports } from '@gatepost/server/control/greylist/reports.ts'
import { sweepGreylist } from '@gatepost/server/control/greylist/store.ts'
import type { GreylistReport } from '@gatepost/server/link/reports.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { testOnBoth } from './databases.ts'
import { addOrganisation, quietLink, START, withStore } from './fixtures.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

function report(tenantId: string, part: Partial<GreylistReport>, at = START): GreylistReport {
  const nothing = { deferred: 0, observed: 0, lost: 0, lostListed: [], accepted: [], passes: [] }
  return { kind: 'greylist', id: newId('gre', at), at, tenantId, ...nothing, ...part }
}

function ended(sender: string, waitedMs: number, endedAt = START) {
  return {
    reversePath: `x@${sender}`,
    forwardPath: 'ann@acme.example',
    clientIp: '192.0.2.7',
    identity: `spf:${sender}`,
    firstAt: endedAt - waitedMs,
    endedAt,
    attempts: 2,
  }
}

testOnBoth('figures add up, and a report that comes twice counts once', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const blue = await addOrganisation(deps.store, 'Blue', 'blue.example')
    const waits = Array.from({ length: 99 }, () => 2 * MINUTE_MS)
    const accepted = [...waits, 10 * MINUTE_MS].map((ms, n) => ended(`s${n % 4}.example`, ms))
    const first = report(acme.tenantId, { deferred: 103, accepted })
    const second = report(acme.tenantId, { lost: 3, lostListed: [ended('spam.example', 12 * 3_600_000)] })
    await keepGreylistReports(deps.store, [first, second], START)
    await keepGreylistReports(deps.store, [first, second], START)
    const { figures, perDay } = await readGreylisting(acme, { days: 7 }, deps)
    assert.equal(figures.deferred, 103)
    assert.equal(figures.accepted, 100)
    assert.equal(figures.neverRetried, 3)
    assert.equal(figures.sendersDelayed, 4)
    assert.equal(figures.delayMs, 99 * 2 * MINUTE_MS + 10 * MINUTE_MS)
    assert.ok(figures.delayP50Ms !== null && figures.delayP50Ms <= 2 * MINUTE_MS)
    assert.ok(figures.delayP95Ms !== null && figures.delayP95Ms <= 2 * MINUTE_MS)
    assert.equal(perDay.length, 1)
    assert.equal((await readGreylisting(blue, { days: 7 }, deps)).figures.deferred, 0)
  }),
)

testOnBoth('ended deferrals are listed by outcome and search, newest first, in pages', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    for (let n = 0; n < 5; n++) {
      const at = START + n * 1_000
      await keepGreylistReports(
        deps.store,
        [report(acme.tenantId, { accepted: [ended(`s${n}.example`, MINUTE_MS, at)] }, at)],
        at,
      )
    }
    const lost = report(acme.tenantId, { lost: 1, lostListed: [ended('50%_off.example', MINUTE_MS)] })
    await keepGreylistReports(deps.store, [lost], START)
    const first = await listEnded(acme, { limit: 3, outcome: 'accepted' }, deps)
    assert.deepEqual(
      first.items.map(({ identity }) => identity),
      ['spf:s4.example', 'spf:s3.example', 'spf:s2.example'],
    )
    const rest = await listEnded(acme, { limit: 3, outcome: 'accepted', after: first.next ?? '' }, deps)
    assert.equal(rest.items.length, 2)
    assert.equal(rest.next, null)
    const found = await listEnded(acme, { limit: 50, search: '50%_OFF' }, deps)
    assert.deepEqual(
      found.items.map(({ outcome }) => outcome),
      ['never-retried'],
    )
  }),
)

testOnBoth('passes go into the feed, leave it after 36 days, and a forgotten one leaves at once', (place) =>
  withStore(place, async (deps, clock) => {
    const { store } = deps
    const acme = await addOrganisation(store, 'Acme', 'acme.example')
    const passes = ['spf:a.example', 'spf:b.example'].map((identity) => ({ identity, at: START }))
    await keepGreylistReports(store, [report(acme.tenantId, { passes })], START)
    assert.equal((await readGreylisting(acme, { days: 7 }, deps)).passing, 2)
    const link = {
      ...quietLink,
      orderAll: async () => ({
        answers: [{ node: 'n', slot: 0, result: { kind: 'greylist-decide' as const } }],
        unreachable: [],
      }),
    }
    await decideIdentity(acme, { identity: 'spf:a.example', decision: 'forget' }, { ...deps, link })
    assert.equal((await readGreylisting(acme, { days: 7 }, deps)).passing, 1)
    clock.add(37 * DAY_MS)
    await store.transaction((trx) => sweepGreylist(trx, { dialect: store.dialect, now: clock.now() }))
    assert.equal((await readGreylisting(acme, { days: 90 }, deps)).passing, 0)
    const rows = await acrossTenants(store.db)
      .selectFrom('feed')
      .select(['key', 'value'])
      .where('list', '=', 'greylist-pass')
      .orderBy('position')
      .execute()
    const last = new Map(rows.map(({ key, value }) => [key, value]))
    assert.deepEqual([...last.values()], [null, null])
  }),
)

testOnBoth('without an edge that answers nothing is claimed about what is deferred', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await assert.rejects(listDeferredNow(acme, { limit: 10 }, deps), { problemName: 'edge-unreachable' })
  }),
)
