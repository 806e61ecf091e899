// A lost domain over both databases: who may prove it anew and when, what the operator sees, and what is left
// to the organisation that had it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Place, testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type steadyClock, withStore } from '../../../../../test/store/fixtures.ts'
import { type MadeUpDns, madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { addDomain, checkDomain, getDomain } from './domain.ts'
import { handDomainOver, listLostDomains } from './handover.ts'
import { LOST_MS } from './lost.ts'

const HOUR = 3_600_000
const operator = { actor: { kind: 'person', id: 'per_1', name: 'Olga' }, from: '192.0.2.9' } as const

type World = {
  readonly deps: ControlDeps
  readonly dns: MadeUpDns
  readonly clock: ReturnType<typeof steadyClock>
  readonly acme: Scope
  readonly other: Scope
}

testOnBoth('a lost domain goes to who proves it, after days and by the operator’s word', (place) =>
  inWorld(place, async (world) => {
    const { deps, clock, acme, other } = world
    await addDomain(acme, { name: 'www.sold.example' }, deps)
    await lose(world)
    await assert.rejects(addDomain(other, { name: 'sold.example' }, deps), { problemName: 'domain-taken' })
    clock.add(LOST_MS)
    await assert.rejects(addDomain(other, { name: 'www.sold.example' }, deps), {
      problemName: 'domain-taken',
    })
    const claim = await addDomain(other, { name: 'sold.example' }, deps)
    assert.equal(claim.state, 'pending')
    assert.deepEqual((await listLostDomains(deps)).items, [], 'nothing is proven yet')
    await publish(world, other)
    await assert.rejects(checkDomain(other, 'sold.example', deps), {
      problemName: 'domain-taken',
      message: /Ask your operator to hand it over/,
    })
    const { items } = await listLostDomains(deps)
    assert.deepEqual(
      items.map(({ name, holder, claimant }) => [name, holder.name, claimant.name]),
      [['sold.example', 'Acme', 'Other']],
    )
    await handDomainOver(operator, items[0]!.id, deps)
    assert.equal((await getDomain(other, 'sold.example', deps)).state, 'validated')
    for (const name of ['sold.example', 'www.sold.example']) {
      assert.equal((await getDomain(acme, name, deps)).state, 'pending', name)
    }
    assert.equal((await getDomain(acme, 'acme.example', deps)).state, 'validated')
    assert.deepEqual((await listLostDomains(deps)).items, [])
    await assert.rejects(handDomainOver(operator, items[0]!.id, deps), { problemName: 'not-found' })
    const reasons = await deps.store.db
      .selectFrom('revision')
      .select('reason')
      .where('tenant_id', '=', acme.tenantId)
      .where('reason', 'like', 'its record was gone%')
      .execute()
    assert.equal(reasons.length, 2)
  }),
)

testOnBoth('a record that is back, or that nobody can look for, keeps the domain', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme, other } = world
    await lose(world)
    clock.add(LOST_MS)
    await addDomain(other, { name: 'sold.example' }, deps)
    await publish(world, other)
    await assert.rejects(checkDomain(other, 'sold.example', deps), { problemName: 'domain-taken' })
    const [{ id } = { id: '' }] = (await listLostDomains(deps)).items
    dns.set('TXT sold.example', 'failed')
    await assert.rejects(handDomainOver(operator, id, deps), { problemName: 'domain-taken' })
    const both = await Promise.all([acme, other].map((scope) => recordOf(scope, deps)))
    dns.set('TXT sold.example', both)
    await assert.rejects(handDomainOver(operator, id, deps), {
      problemName: 'domain-taken',
      message: /Acme is back/,
    })
    // Its owner's own look ends the loss, and the claim with it.
    clock.add(HOUR)
    assert.equal((await checkDomain(acme, 'sold.example', deps)).state, 'validated')
    assert.deepEqual((await listLostDomains(deps)).items, [])
    clock.add(HOUR)
    await assert.rejects(checkDomain(other, 'sold.example', deps), { problemName: 'domain-taken' })
    assert.equal((await getDomain(acme, 'sold.example', deps)).state, 'validated')
  }),
)

test('three days are more than a weekend’s mistake', () => assert.equal(LOST_MS, 72 * HOUR))

function inWorld(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (base, clock) => {
    const dns = madeUpDns()
    const config = { ...base.config, dns: { resolver: null, authoritative: [], public: [] } }
    const deps: ControlDeps = { ...base, config, dns: dns.dns }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const world = { deps, dns, clock, acme, other }
    await addDomain(acme, { name: 'sold.example' }, deps)
    await publish(world, acme)
    await checkDomain(acme, 'sold.example', deps)
    await work(world)
  })
}

/** Two looks in a row find no record. */
async function lose({ deps, dns, clock, acme }: World): Promise<void> {
  dns.set('TXT sold.example', [])
  for (const wanted of ['validated', 'temporarily-failing']) {
    clock.add(HOUR)
    assert.equal((await checkDomain(acme, 'sold.example', deps)).state, wanted)
  }
}

async function publish({ deps, dns }: World, scope: Scope): Promise<void> {
  dns.set('TXT sold.example', [await recordOf(scope, deps)])
}

async function recordOf(scope: Scope, deps: ControlDeps): Promise<string> {
  return (await getDomain(scope, 'sold.example', deps)).ownership[0]!.value
}
