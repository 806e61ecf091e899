// Reports and the search: figures by hour and day, nothing of another organisation, nothing one may not read;
// the same on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissions } from '@gatepost/contract/permission.ts'
import { reportCsv } from '@gatepost/server/control/report/csv.ts'
import { readReport, readSystemReport } from '@gatepost/server/control/report/report.ts'
import { searchTenant } from '@gatepost/server/control/search/search.ts'
import { DAY_MS } from '@gatepost/server/control/tracking/days.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import { addUser } from '@gatepost/server/control/user/user.ts'
import type { Report } from '@gatepost/server/link/reports.ts'
import { withControl } from '../control.ts'
import { testOnBoth } from './databases.ts'
import { accepted, addOrganisation, batchOf, delivery, refused, START, withStore } from './fixtures.ts'

const HOUR_MS = 3_600_000

async function take(tracking: Tracking, ...reports: readonly Report[]): Promise<void> {
  await tracking.take(batchOf(reports))
}

testOnBoth('a report counts outcomes by hour and by day, and names who writes most', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const tracking = await openTracking({ ...deps, ...place })
    try {
      tracking.domainsChanged(new Map([['acme.example', acme.tenantId]]))
      const now = [30, 400_000].map((delay) => ({ message: accepted(acme.tenantId), delay }))
      const before = accepted(acme.tenantId, { at: START - 3 * HOUR_MS })
      const lastWeek = accepted(acme.tenantId, { at: START - 5 * DAY_MS })
      await take(
        tracking,
        lastWeek,
        before,
        delivery(before, { at: before.at + 100 }),
        refused({ count: 3 }),
        ...now.flatMap(({ message, delay }) => [message, delivery(message, { at: message.at + delay })]),
      )
      const all = { ...deps, tracking }
      const day = await readReport(acme, '24h', all)
      assert.equal(day.series.length, 24)
      assert.equal(day.series.at(-1)?.at, START)
      assert.deepEqual(
        day.series.flatMap(({ at, delivered }) => (delivered > 0 ? [[at, delivered]] : [])),
        [
          [START - 3 * HOUR_MS, 1],
          [START, 2],
        ],
      )
      assert.deepEqual([day.totals.delivered, day.totals.deferred, day.lost], [3, 3, 0])
      assert.deepEqual(
        day.delay.bands.map(({ count }) => count),
        [2, 0, 0, 1, 0],
      )
      assert.ok(day.senders.length > 0)
      assert.equal(day.reasons[0]?.status, 'deferred')

      const week = await readReport(acme, '7d', all)
      assert.equal(week.series.length, 7)
      assert.equal(week.series[1]?.queued, 1)
      assert.equal(week.totals.delivered, 3)
      const theirs = await readReport(other, '30d', all)
      assert.deepEqual(Object.values(theirs.totals), [0, 0, 0, 0, 0, 0, 0])
      assert.deepEqual([theirs.senders, theirs.people, theirs.reasons], [[], [], []])

      const system = await readSystemReport([acme.tenantId, other.tenantId], '24h', all)
      assert.deepEqual(
        system.organizations.map(({ name, delivered }) => [name, delivered]),
        [
          ['Acme', 3],
          ['Other', 0],
        ],
      )
      assert.equal((await readSystemReport([], '24h', all)).totals.delivered, 0)
      const csv = (await Array.fromAsync(reportCsv(day))).join('')
      assert.match(csv, /^\uFEFFfigure,name,delivered,/)
      assert.match(csv, /\r\ntotal,24h,3,3,0,0,0,0,0\r\n/)
      assert.match(csv, /\r\nlost,,0\r\n/)
    } finally {
      await tracking.close()
    }
  }),
)

testOnBoth('what is past its last retry without an end is overdue, and lost unless it waits', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const tracking = await openTracking({ ...deps, ...place })
    try {
      const old = accepted(acme.tenantId, { at: START - 8 * DAY_MS })
      const held = accepted(acme.tenantId, { at: START - 8 * DAY_MS })
      const delivered = accepted(acme.tenantId, { at: START - 8 * DAY_MS })
      await take(
        tracking,
        old,
        held,
        delivered,
        delivery(held, { outcome: 'held' }),
        delivery(delivered),
        accepted(acme.tenantId),
      )
      assert.equal(await tracking.countOverdue(acme), 1)
    } finally {
      await tracking.close()
    }
  }),
)

test('the search finds what may be read, and nothing of another organisation', () =>
  withControl(async ({ deps }) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    await addUser(acme, { email: 'anna@acme.example', name: 'Anna Alder', aliases: [] }, deps)
    await take(
      deps.tracking,
      accepted(acme.tenantId, { at: Date.now(), subject: 'Acme quarterly figures' }),
      accepted(other.tenantId, { at: Date.now(), subject: 'Acme is their rival' }),
    )
    const found = async (q: string, held: readonly (typeof permissions)[number][] = permissions) => {
      const { items } = await searchTenant(acme, { q, held }, deps)
      return items.map(({ kind, label }) => `${kind} ${label}`)
    }
    assert.deepEqual(await found('Anna Al'), ['user Anna Alder'])
    assert.deepEqual(await found('quarterly'), ['message Acme quarterly figures'])
    assert.ok((await found('acme.ex')).includes('domain acme.example'))
    assert.deepEqual(await found('rival'), [])
    assert.deepEqual(await found('a'), [], 'one letter finds half of everything')
    assert.deepEqual(await found('Anna', ['messages:read']), ['message Acme quarterly figures'])
    assert.deepEqual(await found('acme', ['portal:use']), [])
    const { items } = await searchTenant(other, { q: 'quarterly', held: permissions }, deps)
    assert.deepEqual(items, [])
  }))
