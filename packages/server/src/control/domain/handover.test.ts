// A claimed domain over both databases: who may prove it anew and when, what each side is told, what the
// operator sees, and what is left to the organisation that had it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTenant } from '#link/compile.ts'
import { TenantShard } from '#link/snapshot.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { type Place, testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, START, type steadyClock, withStore } from '../../../../../test/store/fixtures.ts'
import { type MadeUpDns, madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import { mailTargets } from '../alert/send.ts'
import { claimSource } from '../alert/sources/claim.ts'
import type { SourceDeps } from '../alert/sources/source.ts'
import { channelOf, organisationOf } from '../alert/store.ts'
import { findCandidate } from '../auth/candidate.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { createTenant } from '../tenant/tenant.ts'
import { LOST_MS, NOTICE_MS } from './claim.ts'
import { namesGoingWith } from './claim-store.ts'
import { addDomain, checkDomain, getDomain, listDomains } from './domain.ts'
import { handDomainOver, listDomainClaims } from './handover.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NAME = 'sold.example'
const operator = { actor: { kind: 'person', id: 'per_1', name: 'Olga' }, from: '192.0.2.9' } as const

const ANN = {
  id: 'ann',
  name: 'Ann',
  password: 'x',
  operator: 0,
  created_at: START,
  updated_at: START,
} as const

type World = {
  readonly deps: ControlDeps
  readonly dns: MadeUpDns
  readonly clock: ReturnType<typeof steadyClock>
  /** Holds the domain. */
  readonly acme: Scope
  /** Claims it. */
  readonly other: Scope
}

testOnBoth('what is held is taken; a claim is pending and tells nobody until its record is there', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme, other } = world
    await assert.rejects(addDomain(other, { name: NAME }, deps), (error: Error) => {
      assert.match(error.message, /claim it/)
      assert.doesNotMatch(error.message, /acme/i)
      return true
    })
    const claimed = await claim(world)
    assert.deepEqual([claimed.state, claimed.claim?.gone.state], ['pending', 'unknown'])
    await assert.rejects(claim(world), { problemName: 'domain-exists' })
    assert.equal((await getDomain(acme, NAME, deps)).contested, null)
    assert.deepEqual(await alerts(world), [])
    assert.deepEqual((await listDomainClaims(deps)).items, [])
    // Nobody else's record proves it, and what rests on a domain above is not claimed by itself.
    await publish(world, acme)
    assert.equal((await look(world, other)).claim?.proof.since, null)
    await addDomain(acme, { name: `www.${NAME}` }, deps)
    const below = addDomain(other, { name: `www.${NAME}`, claim: true }, deps)
    await assert.rejects(below, { problemName: 'domain-taken', message: /above it/ })
    const free = await addDomain(other, { name: 'free.example', claim: true }, deps)
    assert.deepEqual([free.state, free.claim], ['pending', null], 'what nobody holds is simply added')
  }),
)

testOnBoth(
  'the holder is told once the claim is proven, and keeps the domain while its record is there',
  (place) =>
    inWorld(place, async (world) => {
      const { deps, dns, acme, other } = world
      await claim(world)
      dns.set(`TXT ${NAME}`, [await recordOf(world, acme), await recordOf(world, other)])
      const shown = await look(world, other)
      assert.equal(shown.ownership[0]?.state, 'found')
      assert.deepEqual([shown.claim?.gone.state, shown.claim?.consent], ['there', 'too-early'])
      assert.deepEqual(await alerts(world), [`warning ${acme.tenantId} ${NAME}`])
      const held = await getDomain(acme, NAME, deps)
      assert.equal(held.contested?.gone.state, 'there')
      assert.doesNotMatch(JSON.stringify(held), /Other"|other\.example/)
      assert.doesNotMatch(JSON.stringify(shown), /acme/i)
      assert.deepEqual(await auditOf(world, acme), ['domain.contested by domain checks'])
      assert.equal((await auditOf(world, other)).at(-1), 'domain.claim-proven by Anna')
      await pass(world, LOST_MS + NOTICE_MS)
      await assert.rejects(handOver(world), { problemName: 'claim-not-ready', message: /Acme is there/ })
      assert.equal((await getDomain(acme, NAME, deps)).state, 'validated')
      // The claimant's record goes: the alert ends by itself.
      await publish(world, acme)
      assert.equal((await look(world, other)).claim?.proof.since, null)
      assert.deepEqual(await alerts(world), [])
    }),
)

testOnBoth(
  'a lost domain goes to who proves it, after three days of looks and by the operator’s word',
  (place) =>
    inWorld(place, async (world) => {
      const { deps, clock, acme, other } = world
      await addDomain(acme, { name: `www.${NAME}` }, deps)
      await addDomain(other, { name: `new.${NAME}`, claim: true }, deps).catch(() => undefined)
      await claim(world)
      await publish(world, other)
      await pass(world, LOST_MS - 2 * HOUR)
      await assert.rejects(handOver(world), {
        problemName: 'claim-not-ready',
        message: /missing for \d+ of 72/,
      })
      await pass(world, 3 * HOUR)
      const [waiting] = (await listDomainClaims(deps)).items
      assert.deepEqual(
        [waiting?.holder.name, waiting?.claimant.name, waiting?.claim.consent, waiting?.names],
        ['Acme', 'Other', 'awaited', [NAME, `www.${NAME}`]],
      )
      assert.match(waiting!.claimant.seen.weSee, /Found at 2 of 2/)
      assert.deepEqual(await alerts(world), [`warning null ${NAME}`, `warning ${acme.tenantId} ${NAME}`])
      await handOver(world)
      const now = await getDomain(other, NAME, deps)
      assert.deepEqual([now.state, now.validatedBy, now.claim], ['validated', 'txt', null])
      for (const name of [NAME, `www.${NAME}`]) {
        const lost = await getDomain(acme, name, deps)
        assert.deepEqual([lost.state, lost.lostAt, lost.validatedAt], ['lost', clock.now(), null], name)
      }
      const { items } = await listDomains(acme, deps)
      assert.deepEqual(
        items.filter(({ primary }) => primary).map(({ name }) => name),
        ['acme.example'],
      )
      assert.deepEqual((await listDomainClaims(deps)).items, [])
      assert.equal((await addDomain(other, { name: `www.${NAME}` }, deps)).validatedBy, 'parent')
      assert.ok((await auditOf(world, acme)).includes('domain.lost by Olga'))
      assert.ok((await auditOf(world, other)).includes('domain.validated by Olga'))
      assert.doesNotMatch(JSON.stringify(await auditRows(world, acme)), /Other|other\.example/)
      assert.deepEqual(await alerts(world), [
        `critical ${acme.tenantId} ${NAME}`,
        `critical ${acme.tenantId} www.${NAME}`,
      ])
      await assert.rejects(handOver(world, waiting!.id), { problemName: 'not-found' })
      // It may be claimed back in the same way, and is looked at no more until then.
      await assert.rejects(addDomain(acme, { name: NAME }, deps), { problemName: 'domain-taken' })
      assert.equal((await addDomain(acme, { name: NAME, claim: true }, deps)).state, 'pending')
      // Mail that was written to it before waits on, and edges know until when it was ours.
      const rows = (await createPublishingStore(deps.store).rowsOf(acme.tenantId))!
      const lost = [NAME, `www.${NAME}`].map((name) => ({ name, lostAt: clock.now() }))
      assert.deepEqual(TenantShard.parse(compileTenant(rows)).lostDomains, lost)
    }),
)

testOnBoth('a record that is back, or that nobody can look for, keeps the domain', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, acme, other } = world
    await claim(world)
    await publish(world, other)
    await pass(world, HOUR)
    // Failed look-ups for a week count neither way.
    dns.set(`TXT ${NAME}`, 'failed')
    await pass(world, 7 * 24 * HOUR)
    assert.ok((await getDomain(other, NAME, deps)).claim!.gone.hours < 2)
    await publish(world, other)
    await pass(world, LOST_MS)
    dns.set(`TXT ${NAME}`, 'failed')
    await assert.rejects(handOver(world), { problemName: 'claim-not-ready', message: /Nobody could tell/ })
    dns.set(`TXT ${NAME}`, [await recordOf(world, acme), await recordOf(world, other)])
    await assert.rejects(handOver(world), { problemName: 'claim-not-ready', message: /Acme is back/ })
    // What the operator's look saw counts at once.
    assert.equal((await getDomain(other, NAME, deps)).claim?.gone.state, 'there')
    await publish(world, other)
    await assert.rejects(handOver(world), { problemName: 'claim-not-ready', message: /Acme is there/ })
  }),
)

testOnBoth('claims end by themselves; of several the one with the operator’s word wins', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme, other } = world
    const third = await addOrganisation(deps.store, 'Third', 'third.example')
    await claim(world)
    await addDomain(third, { name: NAME, claim: true }, deps)
    dns.set(`TXT ${NAME}`, [await recordOf(world, other), await recordOf(world, third)])
    await pass(world, LOST_MS + HOUR, [acme, other, third])
    const { items } = await listDomainClaims(deps)
    assert.deepEqual(items.map(({ claimant }) => claimant.name).toSorted(), ['Other', 'Third'])
    const theirs = items.find(({ claimant }) => claimant.name === 'Third')!
    await handOver(world, theirs.id)
    assert.equal((await getDomain(third, NAME, deps)).state, 'validated')
    // The other claim goes on, against the new holder, whose record is there.
    const rest = await look(world, other)
    assert.deepEqual([rest.state, rest.claim?.gone.state], ['pending', 'there'])
    clock.add(14 * 24 * HOUR)
    const over = await getDomain(other, NAME, deps)
    assert.deepEqual([over.state, over.claim], ['expired', null])
    assert.deepEqual((await listDomainClaims(deps)).items, [])
    const again = await claim(world)
    assert.deepEqual([again.state, again.claim?.proof.since], ['pending', null])
  }),
)

testOnBoth(
  'accounts of the lost addresses end, so that nobody inherits their roles; operators are in the way',
  (place) =>
    inWorld(place, async (world) => {
      const { deps, acme, other } = world
      const { store } = deps
      const person = (id: string, isOperator: 0 | 1 = 0) => {
        const email = `${id}@${NAME}`
        return { ...ANN, id, email, email_key: email, operator: isOperator }
      }
      await store.db
        .insertInto('person')
        .values([person('ann'), person('bob'), person('olga', 1)])
        .execute()
      const bind = (scope: Scope, id: string) => ({
        tenant_id: scope.tenantId,
        person_id: id,
        role: 'super',
        created_at: START,
      })
      await store.db
        .insertInto('role_binding')
        .values([bind(acme, 'ann'), bind(acme, 'bob'), bind(other, 'bob')])
        .execute()
      await acrossTenants(store.db)
        .updateTable('tenant')
        .set({ postmaster: `post@${NAME}`, contact_email: `boss@${NAME}` })
        .where('id', '=', acme.tenantId)
        .execute()
      const readers = async (kind: string) => {
        const organisation = await organisationOf(store.db, acme.tenantId)
        const channel = await channelOf(store.db, acme.tenantId)
        return mailTargets(channel, organisation, { event: 'raised', kind, db: store.db })
      }
      const usual = `boss@${NAME}`
      assert.deepEqual(await readers('disk'), [usual])
      assert.deepEqual(await readers('domain-claimed'), [
        usual,
        'anna@acme.example',
        `ann@${NAME}`,
        `bob@${NAME}`,
      ])
      await claim(world)
      await publish(world, other)
      await pass(world, LOST_MS + HOUR)
      assert.deepEqual(
        (await listDomainClaims(deps)).items.map(({ accounts, operators }) => [accounts, operators]),
        [[3, 1]],
      )
      await assert.rejects(handOver(world), {
        problemName: 'claim-not-ready',
        message: /An operator signs in by olga@/,
      })
      await store.db.deleteFrom('person').where('id', '=', 'olga').execute()
      await handOver(world)
      const left = await acrossTenants(store.db)
        .selectFrom('role_binding')
        .select(['person_id', 'tenant_id'])
        .execute()
      assert.deepEqual(
        left.filter(({ person_id }) => person_id === 'ann' || person_id === 'bob'),
        [{ person_id: 'bob', tenant_id: other.tenantId }],
      )
      assert.equal(await findCandidate(store.db, `ann@${NAME}`), null)
      assert.equal((await findCandidate(store.db, `bob@${NAME}`))?.tenantId, other.tenantId)
      // Nothing of the old organisation is mailed to the new one.
      assert.deepEqual(await readers('disk'), ['anna@acme.example'], 'the operators')
      const tenant = await store.db
        .selectFrom('tenant')
        .select('postmaster')
        .where('id', '=', acme.tenantId)
        .executeTakeFirst()
      assert.equal(tenant?.postmaster, null)
    }),
)

testOnBoth('an organisation that begins with a held domain begins with a claim', (place) =>
  inWorld(place, async ({ deps }) => {
    const { actor } = operator
    const by = { actor, from: operator.from }
    const contact = { name: 'Nina', email: 'nina@new.example', phone: '' }
    const input = {
      name: 'New',
      primaryDomain: NAME,
      environment: 'other',
      emergencyContact: contact,
    } as const
    await deps.store.db
      .insertInto('person')
      .values({ ...ANN, id: 'per_1', email: 'olga@msp.example', email_key: 'olga@msp.example' })
      .execute()
    await assert.rejects(createTenant(by, input, deps), { problemName: 'domain-taken' })
    const { id } = await createTenant(by, { ...input, claim: true }, deps)
    const { items } = await listDomains({ tenantId: id, ...by }, deps)
    assert.deepEqual(
      items.map(({ name, state, primary, claim: its }) => [name, state, primary, its?.consent]),
      [[NAME, 'pending', true, 'too-early']],
    )
  }),
)

test('sub-domains go with the proof they rest on, those with one of their own stay', () => {
  const row = (name: string, validated_by: 'txt' | 'parent') => ({ name, validated_by, validated_at: 1 })
  const rows = [
    row('a.example', 'txt'),
    row('x.a.example', 'parent'),
    row('own.a.example', 'txt'),
    row('y.own.a.example', 'parent'),
    row('b.example', 'txt'),
    { ...row('later.a.example', 'parent'), validated_at: null },
  ]
  assert.deepEqual(namesGoingWith('a.example', rows), ['a.example', 'x.a.example'])
  assert.deepEqual(namesGoingWith('own.a.example', rows), ['own.a.example', 'y.own.a.example'])
})

function inWorld(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (base, clock) => {
    const dns = madeUpDns()
    const config = { ...base.config, dns: { resolver: null, authoritative: [], public: [] } }
    const deps: ControlDeps = { ...base, config, dns: dns.dns }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    const world = { deps, dns, clock, acme, other }
    await addDomain(acme, { name: NAME }, deps)
    await publish(world, acme)
    await checkDomain(acme, NAME, deps)
    await work(world)
  })
}

const claim = ({ deps, other }: World) => addDomain(other, { name: NAME, claim: true }, deps)

/** Looks at the domain as one organisation has it, a while after the last look. */
async function look({ deps, clock }: World, scope: Scope) {
  clock.add(MINUTE)
  return checkDomain(scope, NAME, deps)
}

/** Time passes, with a look at both records each half hour. */
async function pass(world: World, ms: number, scopes = [world.acme, world.other]): Promise<void> {
  for (let left = ms; left > 0; left -= 30 * MINUTE) {
    world.clock.add(30 * MINUTE)
    for (const scope of scopes) await checkDomain(scope, NAME, world.deps)
  }
}

async function handOver({ deps }: World, id?: string): Promise<void> {
  const [first] = (await listDomainClaims(deps)).items
  await handDomainOver(operator, id ?? first?.id ?? '', deps)
}

async function publish(world: World, scope: Scope): Promise<void> {
  world.dns.set(`TXT ${NAME}`, [await recordOf(world, scope)])
}

async function recordOf({ deps }: World, scope: Scope): Promise<string> {
  return (await getDomain(scope, NAME, deps)).ownership[0]!.value
}

async function alerts({ deps, clock }: World): Promise<readonly string[]> {
  const { wrong } = await claimSource.look(deps as SourceDeps, clock.now())
  return wrong.map(({ severity, tenantId, subject }) => `${severity} ${tenantId} ${subject}`).toSorted()
}

function auditRows({ deps }: World, { tenantId }: Scope) {
  return deps.store.db
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('action', 'like', 'domain.%')
    .orderBy('id')
    .execute()
}

/** Since the claim: what came before is of the set-up. */
async function auditOf(world: World, scope: Scope): Promise<readonly string[]> {
  const rows = await auditRows(world, scope)
  const own = rows.filter(({ action }) => !['domain.added', 'domain.claimed'].includes(action))
  const from = own.findIndex(({ action }) => action === 'domain.validated')
  return (scope === world.acme ? own.slice(from + 1) : own).map(
    ({ action, actor }) => `${action} by ${actor}`,
  )
}
