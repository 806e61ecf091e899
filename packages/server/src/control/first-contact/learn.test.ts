// Learning who writes to whom over both databases: what of a report counts, what edges are told, what is
// forgotten, and what an edge gets that starts over.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownAuthorKey } from '#link/known-author.ts'
import type { AcceptedReport } from '#link/reports.ts'
import type { FirstContactFact } from '#policy/facts.ts'
import { changesIn } from '#store/feed.ts'
import type { Store } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, START, withStore } from '../../../../../test/store/fixtures.ts'
import { fillLists } from '../publishing/fill.ts'
import { addUser } from '../user/user.ts'
import { keepAuthorsSeen } from './learn.ts'
import { authorsSeenIn } from './seen.ts'
import { eraseKnownAuthors, KNOWN_AUTHOR_DAYS, sweepAuthors } from './store.ts'

const DAY_MS = 86_400_000
const STRANGER: FirstContactFact = { author: 'eve@far.example', wroteTo: 'nobody', isStale: false }

function reportOf(tenantId: string, fact: FirstContactFact | null, change: Partial<AcceptedReport> = {}) {
  const facts = fact === null ? {} : { firstContact: { kind: 'known', value: fact } as const }
  return accepted(tenantId, { at: START, facts, ...change })
}

/** Keys of the list that the feed tells of, in order; `-` before those it takes away. */
async function told(store: Store): Promise<readonly string[]> {
  const rows = await acrossTenants(store.db)
    .selectFrom('feed')
    .select(['tenant_id', 'list', 'key', 'value'])
    .where('list', '=', 'known-author')
    .orderBy('position')
    .execute()
  return rows.flatMap((row) => changesIn(row).map(({ key, value }) => (value === null ? `-${key}` : key)))
}

test('only what was let in for somebody, and is news, is remembered', () => {
  const held = [
    { index: 0, forwardPath: 'anna@acme.example', explanation: [], facts: {}, held: 'by-policy' },
  ] as const
  const cases = [
    [reportOf('ten_1', STRANGER), 1],
    [reportOf('ten_1', { ...STRANGER, wroteTo: 'organisation' }), 1],
    [reportOf('ten_1', { ...STRANGER, wroteTo: 'recipient' }), 0],
    [reportOf('ten_1', { ...STRANGER, wroteTo: 'recipient', isStale: true }), 1],
    [reportOf('ten_1', null), 0],
    [reportOf('ten_1', STRANGER, { direction: 'outbound' }), 0],
    [reportOf('ten_1', STRANGER, { origin: 'control' }), 0],
    [reportOf('ten_1', STRANGER, { recipients: held }), 0],
  ] as const
  for (const [report, count] of cases)
    assert.equal(authorsSeenIn(report).length, count, JSON.stringify(report.facts))
})

testOnBoth('pairs are kept, told to edges, filled for one that starts over, and forgotten', (place) =>
  withStore(place, async (deps) => {
    const { store } = deps
    const { dialect } = store
    const acme = await addOrganisation(store, 'Acme', 'acme.example')
    const { tenantId } = acme
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] }, deps)
    const recipients = ['a@acme.example', 'bert@acme.example'].map((forwardPath, index) => ({
      index,
      forwardPath,
      explanation: [],
      facts: {},
    }))
    const seen = authorsSeenIn(reportOf(tenantId, STRANGER, { recipients }))
    assert.equal(await keepAuthorsSeen(seen, { store }), true)
    assert.equal(await keepAuthorsSeen([], { store }), false)
    // The alias stands for its user, and one key for anybody.
    const keys = ['ann@acme.example', '', 'bert@acme.example'].map((to) =>
      knownAuthorKey(to, 'eve@far.example'),
    )
    assert.deepEqual([...(await told(store))].sort(), [...keys].sort())

    const filled: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof fillLists>> = await fillLists(acrossTenants(store.db), {
        cursor,
        limit: 2,
      })
      filled.push(...page.items.flatMap(({ list, key }) => (list === 'known-author' ? key : [])))
      cursor = page.next
    }
    assert.deepEqual(filled, [...keys].sort())

    const later = { dialect, now: START + (KNOWN_AUTHOR_DAYS - 1) * DAY_MS }
    assert.equal(await store.transaction((trx) => sweepAuthors(trx, later)), false)
    assert.equal((await told(store)).length, 3, 'nothing is forgotten yet')
    const end = { dialect, now: START + (KNOWN_AUTHOR_DAYS + 1) * DAY_MS }
    await store.transaction((trx) => sweepAuthors(trx, end))
    assert.deepEqual((await told(store)).slice(3).sort(), keys.map((key) => `-${key}`).sort())
    assert.equal(await store.transaction((trx) => eraseKnownAuthors(trx, tenantId, end)), 0)
  }),
)
