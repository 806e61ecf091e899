// Tracking: what edges report is found again, once, by its own organisation alone; the same on both
// databases.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { DAY_MS, dayName, dayOf } from '@gatepost/server/control/tracking/days.ts'
import { filtered, type MessageQuery } from '@gatepost/server/control/tracking/filter-store.ts'
import { readMailObservations } from '@gatepost/server/control/tracking/mail-observations.ts'
import { openSqliteTracking } from '@gatepost/server/control/tracking/sqlite-store.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import type { Report } from '@gatepost/server/link/reports.ts'
import { type Place, testOnBoth, withFolder } from './databases.ts'
import {
  accepted,
  addOrganisation,
  batchOf,
  type Deps,
  delivery,
  longBatchOf,
  refused,
  START,
  type steadyClock,
  withStore,
} from './fixtures.ts'

type World = {
  readonly deps: Deps
  readonly clock: ReturnType<typeof steadyClock>
  readonly tracking: Tracking
  readonly acme: Scope
  readonly other: Scope
  take(...reports: readonly Report[]): Promise<void>
  ids(query: Partial<MessageQuery>, scope?: Scope): Promise<readonly string[]>
}

function withTracking(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const tracking = await openTracking({ ...deps, ...place })
    tracking.domainsChanged(
      new Map([
        ['acme.example', acme.tenantId],
        ['other.example', other.tenantId],
      ]),
    )
    try {
      await work({
        deps,
        clock,
        tracking,
        acme,
        other,
        take: async (...reports) => void (await tracking.take(batchOf(reports))),
        async ids(query, scope = acme) {
          const { items } = await tracking.listMessages(scope, { limit: 50, ...query })
          return items.map(({ id }) => id)
        },
      })
    } finally {
      await tracking.close()
    }
  })
}

testOnBoth('a message, its delivery and what each of them says', (place) =>
  withTracking(place, async ({ acme, tracking, take }) => {
    const message = accepted(acme.tenantId, {
      recipients: [
        { index: 0, forwardPath: 'anna@acme.example', explanation: [], facts: {} },
        { index: 1, forwardPath: 'ben@acme.example', explanation: [], facts: {} },
      ],
    })
    await take(message)
    const queued = await tracking.getMessage(acme, message.id)
    assert.equal(queued.status, 'queued')
    assert.match(queued.verdict, /waits for its first delivery attempt/)
    await take(
      delivery(message, { recipients: [0] }),
      delivery(message, {
        recipients: [1],
        at: START + 900,
        outcome: 'bounced',
        reply: { code: 550, status: '5.1.1', text: 'No such user' },
      }),
    )
    const shown = await tracking.getMessage(acme, message.id)
    assert.deepEqual(
      [shown.status, shown.reason, shown.recipientCount, shown.recipients.map(({ status }) => status)],
      ['bounced', '550 5.1.1 No such user', 2, ['delivered', 'bounced']],
    )
    assert.deepEqual(
      shown.attempts.map(({ recipients }) => recipients),
      [['anna@acme.example'], ['ben@acme.example']],
    )
    assert.match(shown.smallestChange ?? '', /exchange\.acme\.example refused it/)
  }),
)

testOnBoth('reports that come twice are stored and counted once', (place) =>
  withTracking(place, async ({ acme, tracking, take, deps }) => {
    const message = accepted(acme.tenantId)
    const refusal = refused()
    const reports = [message, delivery(message), refusal]
    await take(...reports)
    await take(...reports, reports[1]!)
    const { items } = await tracking.listMessages(acme, { limit: 50 })
    assert.equal(items.length, 2)
    assert.equal((await tracking.getMessage(acme, message.id)).attempts.length, 1)
    const { refusedRelays, firstInbound } = await readMailObservations(deps.store, acme.tenantId)
    assert.deepEqual(
      refusedRelays.map(({ count }) => count),
      [1],
    )
    assert.deepEqual([...firstInbound], [['acme.example', { at: START, messageId: message.id }]])
  }),
)

testOnBoth('a refused relay appears with the organisation whose domain it used, with the remedy', (place) =>
  withTracking(place, async ({ acme, other, tracking, take, ids, deps }) => {
    const relay = { authorizedFor: [], reversePathTenant: acme.tenantId, forwardPathTenant: null }
    const mine = refused({ facts: { relay: { kind: 'known', value: relay } } })
    const inbound = refused({ reversePath: 'x@nobody.example', forwardPath: 'ben@other.example' })
    const nobody = refused({ reversePath: 'x@nobody.example' })
    await take(mine, inbound, nobody, { ...mine, id: refused().id, count: 4 })
    assert.equal((await ids({})).length, 2)
    assert.deepEqual(await ids({}, other), [inbound.id])
    const shown = await tracking.getMessage(acme, mine.id)
    assert.equal(shown.smallestChange, 'Authorise 198.51.100.7 to send for acme.example (step “Outbound”).')
    assert.match(
      shown.verdict,
      /^Deferred with 451 4\.7\.1 Open relay not allowed\. The client address is not auth/,
    )
    assert.deepEqual(
      shown.explanation.map(({ deciding }) => deciding),
      [true, false],
    )
    assert.ok(!JSON.stringify(shown.facts).includes('ten_'))
    const { refusedRelays } = await readMailObservations(deps.store, acme.tenantId)
    assert.deepEqual(refusedRelays, [
      { address: '198.51.100.7', domain: 'acme.example', lastSeenAt: START, count: 5 },
    ])
  }),
)

testOnBoth('search finds addresses, domains, subject words, ids and addresses of clients', (place) =>
  withTracking(place, async ({ acme, take, ids }) => {
    const report = accepted(acme.tenantId, { subject: 'Überblick: Q3-Zahlen für München', at: START })
    const lunch = accepted(acme.tenantId, {
      at: START + 10,
      subject: 'Lunch at acme?',
      reversePath: 'carol@friends.example',
      author: 'carol@friends.example',
      messageIdField: '<Lunch.77@friends.example>',
      client: { ip: '2001:db8::7', name: null, helo: 'x', tls: null },
    })
    await take(report, lunch)
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['bob@sender.example', [report.id]],
      ['BOB@SENDER', [report.id]],
      ['sender.example', [report.id]],
      ['send', [report.id]],
      ['anna@acme.example', [lunch.id, report.id]],
      ['uberblick', [report.id]],
      ['ÜBERBL munch', [report.id]],
      ['q3-zahlen', [report.id]],
      ['zahlen lunch', []],
      ['<lunch.77@friends.example>', [lunch.id]],
      ['2001:db8::7', [lunch.id]],
      ['198.51.100', [report.id]],
      [report.id, [report.id]],
      ['ahlen', []],
      ['%', []],
      ["'; drop table", []],
    ]
    for (const [search, found] of cases) assert.deepEqual(await ids({ search }), found, search)
  }),
)

testOnBoth('pages run newest first over days, filters apply, and the tail follows arrival', (place) =>
  withTracking(place, async ({ acme, tracking, take, ids }) => {
    const messages = Array.from({ length: 9 }, (_, at) =>
      accepted(acme.tenantId, {
        at: START - at * DAY_MS * 0.4,
        direction: at % 2 === 0 ? 'inbound' : 'outbound',
      }),
    )
    await take(...messages)
    const expected = messages.map(({ id }) => id)
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await tracking.listMessages(acme, { limit: 2, after })
      seen.push(...page.items.map(({ id }) => id))
      after = page.next ?? undefined
    } while (after !== undefined)
    assert.deepEqual(seen, expected)
    assert.deepEqual(
      await ids({ direction: 'outbound' }),
      expected.filter((_, at) => at % 2 === 1),
    )
    const { at: from } = messages[4]!
    const { at: to } = messages[1]!
    assert.deepEqual(await ids({ from, to }), expected.slice(2, 5))
    await take(delivery(messages[3]!))
    assert.deepEqual(await ids({ status: 'delivered' }), [expected[3]])

    // The message that arrived later began earlier.
    const late = accepted(acme.tenantId, { at: START - 5_000 })
    const fresh = accepted(acme.tenantId, { at: START + 5_000 })
    await take(late, fresh)
    assert.ok((await ids({ since: expected[0]! })).includes(late.id))
    assert.deepEqual(await ids({ since: late.id }), [fresh.id])
  }),
)

testOnBoth('an organisation never sees the messages of another', (place) =>
  withTracking(place, async ({ acme, other, tracking, take, ids }) => {
    const mine = accepted(acme.tenantId)
    await take(mine, delivery(mine))
    for (const query of [{}, { search: 'anna@acme.example' }, { search: mine.id }, { since: mine.id }]) {
      assert.deepEqual(await ids(query, other), [])
    }
    await assert.rejects(tracking.getMessage(other, mine.id), { problemName: 'not-found' })
    await assert.rejects(tracking.getMessage(other, 'no-such-id'), { problemName: 'not-found' })
    assert.equal((await tracking.getMessageCounts(other)).delivered, 0)
  }),
)

testOnBoth('counts are of the last 24 hours, with delays', (place) =>
  withTracking(place, async ({ acme, tracking, take }) => {
    const messages = [100, 200, 400].map((delay) => ({ message: accepted(acme.tenantId), delay }))
    const old = accepted(acme.tenantId, { at: START - 2 * DAY_MS })
    await take(
      old,
      accepted(acme.tenantId),
      refused({ count: 3 }),
      ...messages.flatMap(({ message, delay }) => [message, delivery(message, { at: message.at + delay })]),
    )
    const {
      delivered,
      queued,
      deferred,
      refused: no,
      delayP50Ms,
      delayP95Ms,
    } = await tracking.getMessageCounts(acme)
    assert.deepEqual([delivered, queued, deferred, no, delayP50Ms, delayP95Ms], [3, 1, 3, 0, 200, 400])
  }),
)

testOnBoth('operators page through what was refused for no organisation, and see nothing else', (place) =>
  withTracking(place, async ({ tracking, acme, take, ids }) => {
    const nobody = [1, 2, 3].map((at) =>
      refused({ reversePath: `x${at}@nobody.example`, forwardPath: 'y@elsewhere.example' }),
    )
    await take(refused({ reversePath: 'x@nobody.example' }), accepted(acme.tenantId), ...nobody)
    const mine = await ids({})
    const first = await tracking.listRefusals({ limit: 2 })
    const rest = await tracking.listRefusals({ limit: 50, after: first.next! })
    const all = [...first.items, ...rest.items]
    assert.equal(first.items.length, 2)
    assert.equal(rest.next, null)
    assert.deepEqual(
      all.filter(({ id }) => mine.includes(id)),
      [],
      'nothing of an organisation',
    )
    const found = nobody.map(({ id }) => id).sort()
    assert.deepEqual(
      all
        .map(({ id }) => id)
        .filter((id) => found.includes(id))
        .sort(),
      found,
    )
    const { items } = await tracking.listRefusals({ limit: 50, search: 'x2@nobody.example' })
    assert.deepEqual(
      items.map(({ reversePath }) => reversePath),
      ['x2@nobody.example'],
    )
  }),
)

testOnBoth('a bad report does not stop the others; a bad batch is refused', (place) =>
  withTracking(place, async ({ acme, tracking, ids }) => {
    const good = accepted(acme.tenantId)
    const taken = await tracking.take(
      longBatchOf([{ kind: 'accepted', id: 'x' }, good, { ...good, id: 'msg_1' }, {}], 11),
    )
    assert.deepEqual(taken, { node: 'node-1', slot: 0, acknowledged: 14 })
    assert.deepEqual(await ids({}), [good.id])
    const other = accepted(acme.tenantId, { at: START + 1 })
    const lines = batchOf([other, { ...other, id: 'msg_1' }], 21)
      .toString()
      .replace('\n]}', ',\n[\n]}')
    await assert.rejects(tracking.take(Buffer.from(lines)), /not a batch/)
    const shorter = Buffer.from(lines.replace(',\n[\n]}', '\n]}'))
    assert.equal((await tracking.take(shorter)).acknowledged, 22)
    assert.deepEqual(await ids({}), [other.id, good.id])
    await assert.rejects(tracking.take(Buffer.from('{"node":')), /not a batch/)
    await assert.rejects(tracking.take(Buffer.from('[]')), /not a batch/)
  }),
)

testOnBoth('days before the retention are dropped whole', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const old = accepted(acme.tenantId, { at: START - 3 * DAY_MS })
    const kept = accepted(acme.tenantId, { at: START - DAY_MS })
    const first = await openTracking({ ...deps, ...place })
    await first.take(batchOf([old, kept]))
    assert.equal((await first.listMessages(acme, { limit: 9 })).items.length, 2)
    await first.close()
    const second = await openTracking({ ...deps, ...place, daysKept: 2 })
    await second.take(batchOf([delivery(old)]))
    const idsNow = async () => (await second.listMessages(acme, { limit: 9 })).items.map(({ id }) => id)
    // Retention looks by itself, soon after the start.
    for (let tries = 0; tries < 3_000 && (await idsNow()).length > 1; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(await idsNow(), [kept.id])
    await second.close()
  }),
)

testOnBoth('the first outbound message and the use of an address are noted', (place) =>
  withTracking(place, async ({ acme, take, deps }) => {
    const { store } = deps
    const row = {
      id: 'out_1',
      tenant_id: acme.tenantId,
      address: '198.51.100.7',
      comment: '',
      created_by: 'Anna',
    }
    await store.db
      .insertInto('authorized_outbound')
      .values({ ...row, created_at: START, last_seen_at: null, revision: 1 })
      .execute()
    const first = accepted(acme.tenantId, { direction: 'outbound' })
    await take(first, accepted(acme.tenantId, { direction: 'outbound', at: START + 5 }))
    const { firstOutbound } = await readMailObservations(store, acme.tenantId)
    assert.deepEqual(firstOutbound, { at: START, messageId: first.id })
    const [activity] = await store.db
      .selectFrom('activity')
      .selectAll()
      .where('tenant_id', '=', acme.tenantId)
      .execute()
    assert.deepEqual([activity?.text, activity?.message_id], ['First outbound message', first.id])
    const used = await store.db
      .selectFrom('authorized_outbound')
      .select('last_seen_at')
      .where('tenant_id', '=', acme.tenantId)
      .executeTakeFirst()
    assert.equal(used?.last_seen_at, START)
  }),
)

test('the lists of SQLite are read by their indexes', () =>
  withFolder(async (folder) => {
    const storage = openSqliteTracking(folder)
    const message = accepted('ten_a')
    await storage.take(batchOf([message]))
    const day = dayOf(START)
    const plans = (query: MessageQuery): string => {
      const { sql, parameters } = filtered(storage, day, { tenantId: 'ten_a', query })
        .select(['id', 'at'])
        .orderBy('id', 'desc')
        .limit(51)
        .compile()
      const database = new DatabaseSync(join(folder, `${dayName(day)}.db`), { readOnly: true })
      const rows = database.prepare(`explain query plan ${sql}`).all(...(parameters as string[]))
      database.close()
      return rows.map(({ detail }) => detail).join('\n')
    }
    const byId = /SEARCH tracking_message USING INDEX sqlite_autoindex_tracking_message_1 \(tenant_id=\?/
    assert.match(plans({ limit: 50 }), byId)
    assert.match(
      plans({ limit: 50, status: 'bounced' }),
      /USING INDEX tracking_message_by_status \(tenant_id=\? AND status=\?/,
    )
    assert.match(plans({ limit: 50, search: 'anna' }), /SCAN tracking_words VIRTUAL TABLE INDEX \d+:M/)
    for (const query of [{}, { status: 'bounced' }, { from: START }] as const) {
      assert.doesNotMatch(plans({ limit: 50, ...query }), /SCAN|TEMP B-TREE/)
    }
    await storage.close()
  }))
