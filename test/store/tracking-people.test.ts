// The message centre finds mail to everybody in a group, and tells how often a greylisted message came: the
// same on both databases.
import assert from 'node:assert/strict'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { openTracking, type Tracking } from '@gatepost/server/control/tracking/tracking.ts'
import { addMembers } from '@gatepost/server/control/user/group-store.ts'
import type { Report } from '@gatepost/server/link/reports.ts'
import type { Store } from '@gatepost/server/store/open.ts'
import { type Place, testOnBoth } from './databases.ts'
import { accepted, addOrganisation, batchOf, refused, START, withStore } from './fixtures.ts'

const MINUTE_MS = 60_000

type World = { readonly store: Store; readonly tracking: Tracking; readonly acme: Scope }

function withTracking(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const tracking = await openTracking({ ...deps, ...place })
    tracking.domainsChanged(new Map([['acme.example', acme.tenantId]]))
    try {
      await work({ store: deps.store, tracking, acme })
    } finally {
      await tracking.close()
    }
  })
}

/** Sales: Anna with her alias, an address by hand, and a domain. */
async function addSales({ db }: Store, { tenantId }: Scope): Promise<void> {
  const times = { created_at: START, updated_at: START, revision: 1 }
  const user = {
    id: 'usr_1',
    tenant_id: tenantId,
    email: 'anna@acme.example',
    email_key: 'anna@acme.example',
  }
  await db
    .insertInto('user')
    .values({ ...user, name: 'Anna', name_key: 'anna', enabled: 1, ...times })
    .execute()
  for (const [at, address] of ['anna@acme.example', 'A.Smith@acme.example'].entries()) {
    const key = { address, address_key: address.toLowerCase(), domain: 'acme.example' }
    await db
      .insertInto('user_address')
      .values({
        ...key,
        tenant_id: tenantId,
        user_id: user.id,
        source: 'manual',
        created_at: START,
        is_primary: at === 0 ? 1 : 0,
      })
      .execute()
  }
  const entries = JSON.stringify({ addresses: ['shop@acme.example'], domains: ['partner.example'] })
  await db
    .insertInto('address_group')
    .values({
      id: 'grp_sales',
      tenant_id: tenantId,
      name: 'Sales',
      name_key: 'sales',
      description: '',
      search: 'sales',
      origin: 'person',
      entries,
      address_count: 1,
      domain_count: 1,
      ...times,
    })
    .execute()
  const empty = { address_count: 0, domain_count: 0, entries: '{"addresses":[],"domains":[]}' }
  await db
    .insertInto('address_group')
    .values({
      id: 'grp_empty',
      tenant_id: tenantId,
      name: 'Nobody',
      name_key: 'nobody',
      description: '',
      search: 'nobody',
      origin: 'person',
      ...empty,
      ...times,
    })
    .execute()
  await db.transaction().execute((trx) => addMembers(trx, tenantId, { id: 'grp_sales', users: ['usr_1'] }))
}

const to = (...addresses: readonly string[]) => ({
  recipients: addresses.map((forwardPath, index) => ({ index, forwardPath, explanation: [], facts: {} })),
})

testOnBoth('a group finds mail to everybody in it, by any of their addresses, and no other', (place) =>
  withTracking(place, async ({ store, tracking, acme }) => {
    await addSales(store, acme)
    const { tenantId } = acme
    const toAlias = accepted(tenantId, to('a.smith@acme.example'))
    const toSecond = accepted(tenantId, { at: START + 1, ...to('ben@acme.example', 'shop@acme.example') })
    const toDomain = accepted(tenantId, { at: START + 2, direction: 'outbound', ...to('x@partner.example') })
    // Members of the group wrote these, to others: alone, and to two.
    const fromMember = { direction: 'outbound', reversePath: 'anna@acme.example' } as const
    const byMember = accepted(tenantId, { at: START + 3, ...fromMember, ...to('y@far.example') })
    const byToTwo = accepted(tenantId, {
      at: START + 4,
      ...fromMember,
      ...to('y@far.example', 'z@far.example'),
    })
    await tracking.take(batchOf([toAlias, toSecond, toDomain, byMember, byToTwo]))
    const idsOf = async (query: object): Promise<readonly string[]> => {
      const { items } = await tracking.listMessages(acme, { limit: 50, ...query })
      return items.map(({ id }) => id)
    }
    const all = [toDomain.id, toSecond.id, toAlias.id]
    assert.deepEqual(await idsOf({ group: 'grp_sales' }), all)
    assert.deepEqual(await idsOf({ group: 'sales' }), all)
    assert.deepEqual(await idsOf({ group: 'Sales', direction: 'outbound' }), [toDomain.id])
    assert.deepEqual(await idsOf({ group: 'Nobody' }), [])
    await assert.rejects(idsOf({ group: 'Purchase' }), /There is no group “Purchase” here/)
  }),
)

testOnBoth('a group of thousands is found by its domains, and tells members from others', (place) =>
  withTracking(place, async ({ store, tracking, acme }) => {
    const { tenantId } = acme
    await addSales(store, acme)
    const addresses = Array.from({ length: 3_000 }, (_, at) => `person${at}@acme.example`)
    await store.db
      .updateTable('address_group')
      .set({ entries: JSON.stringify({ addresses, domains: ['partner.example'] }) })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', 'grp_sales')
      .execute()
    const toMember = accepted(tenantId, to('Person2999@acme.example'))
    const toOther = accepted(tenantId, { at: START + 1, ...to('person3000@acme.example') })
    const toTwo = accepted(tenantId, {
      at: START + 2,
      ...to('person3000@acme.example', 'person7@acme.example'),
    })
    const toDomain = accepted(tenantId, { at: START + 3, ...to('x@partner.example') })
    await tracking.take(batchOf([toMember, toOther, toTwo, toDomain]))
    const { items } = await tracking.listMessages(acme, { limit: 50, group: 'Sales' })
    assert.deepEqual(
      items.map(({ id }) => id),
      [toDomain.id, toTwo.id, toMember.id],
    )
  }),
)

const putOff = (tenantId: string, at: number, change: object = {}): Report => {
  const because = at === START ? 'greylist-first-contact' : 'greylist-retried-too-soon'
  return refused({
    tenantId,
    at,
    direction: 'inbound',
    reversePath: 'bob@sender.example',
    forwardPath: 'anna@acme.example',
    reply: { code: 451, status: '4.2.0', text: 'Try again' },
    explanation: [{ policy: 'greylisting', stage: 'rcpt', kind: 'defer', because, saw: '' }],
    ...change,
  } as Parameters<typeof refused>[0])
}

testOnBoth('a deferral and its later acceptance are one story from either side', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const { tenantId } = acme
    const first = putOff(tenantId, START)
    const tooSoon = putOff(tenantId, START + MINUTE_MS / 2)
    const toBen = putOff(tenantId, START, { forwardPath: 'ben@acme.example' })
    const taken = accepted(tenantId, {
      at: START + 15 * MINUTE_MS,
      ...to('anna@acme.example', 'ben@acme.example'),
    })
    const another = accepted(tenantId, { at: START + 20 * MINUTE_MS, ...to('anna@acme.example') })
    const ofOther = putOff(tenantId, START, { reversePath: 'eve@sender.example' })
    await tracking.take(batchOf([first, tooSoon, toBen, taken, another, ofOther]))
    const told = async ({ id }: { id: string }) => (await tracking.getMessage(acme, id)).comings
    const idsOf = async (one: { id: string }) => (await told(one))?.items.map(({ id }) => id)
    const row = (report: Report): { id: string } => report as { id: string } & Report

    for (const one of [row(first), row(tooSoon)]) {
      assert.deepEqual(await idsOf(one), [row(first).id, row(tooSoon).id, taken.id])
      assert.equal((await told(one))?.delayMs, 15 * MINUTE_MS)
    }
    const whole = await told(taken)
    assert.deepEqual(
      whole?.items.map(({ id, status, forwardPath }) => [id, status, forwardPath]).sort(),
      [
        [row(first).id, 'deferred', 'anna@acme.example'],
        [row(tooSoon).id, 'deferred', 'anna@acme.example'],
        [row(toBen).id, 'deferred', 'ben@acme.example'],
        [taken.id, 'queued', 'anna@acme.example'],
      ].sort(),
    )
    assert.deepEqual([whole?.delayMs, whole?.endedAt], [15 * MINUTE_MS, taken.at])
    assert.equal(await told(another), null, 'the deferrals belong to the message before')
    const waits = await told(row(ofOther))
    assert.deepEqual(
      [waits?.total, waits?.endedAt, waits?.delayMs, waits?.acceptedFrom],
      [1, null, null, START + MINUTE_MS],
    )
  }),
)

testOnBoth('a bounce and its deferrals are one story, told apart by the client', (place) =>
  withTracking(place, async ({ tracking, acme }) => {
    const { tenantId } = acme
    const client = (ip: string) => ({ client: { ip, name: null, helo: 'mail.far.example', tls: null } })
    const bounce = { reversePath: null, ...client('192.0.2.1') }
    const first = putOff(tenantId, START, bounce) as Report & { id: string }
    const ofOther = putOff(tenantId, START + 1, { reversePath: null, ...client('198.51.100.9') })
    const taken = accepted(tenantId, { at: START + 5 * MINUTE_MS, ...bounce, ...to('anna@acme.example') })
    await tracking.take(batchOf([first, ofOther, taken]))
    for (const { id } of [first, taken]) {
      const { comings } = await tracking.getMessage(acme, id)
      assert.deepEqual(
        comings?.items.map((item) => item.id),
        [first.id, taken.id],
      )
      assert.equal(comings?.delayMs, 5 * MINUTE_MS)
    }
  }),
)
