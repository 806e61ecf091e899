// Domains over both databases: names, proof seen at the name servers, rights that stay, and one owner for
// each name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Place, testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, type steadyClock, withStore } from '../../../../../test/store/fixtures.ts'
import { type MadeUpDns, madeUpDns, NAME_SERVERS } from '../../../../../test/store/made-up-dns.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { addDomain, checkDomain, getDomain, listDomains, removeDomain, updateDomain } from './domain.ts'
import { readDomainName, requireDomainName } from './name.ts'
import { relativeNameOf } from './present.ts'
import { nextOnceRight, nextWhilePending } from './schedule.ts'

const names: readonly (readonly [string, string])[] = [
  ['Acme.Example', 'acme.example'],
  [' @acme.example. ', 'acme.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['mail.acme.co.uk', 'mail.acme.co.uk'],
  ['co.uk', 'domain-public-suffix'],
  ['github.io', 'domain-public-suffix'],
  ['https://acme.example/', 'domain-is-url'],
  ['ann@acme.example', 'domain-is-address'],
  ['acme', 'domain-not-qualified'],
  ['192.0.2.1', 'domain-not-qualified'],
  ['-acme.example', 'domain-hyphen'],
  ['acme..example', 'domain-label-empty'],
  ['', 'domain-empty'],
]
for (const [text, wanted] of names) {
  test(`a domain typed as “${text}”`, () => {
    const parsed = readDomainName(text)
    assert.equal(parsed.ok ? parsed.value : parsed.fault, wanted)
  })
}

test('an address typed as a domain is told so', () => {
  assert.throws(() => requireDomainName('192.0.2.1', '/name'), /“192\.0\.2\.1” is an address/)
  assert.throws(() => requireDomainName('acme', '/name'), /one word only/)
})

test('names as providers want them', () => {
  assert.equal(relativeNameOf('acme.co.uk'), '@')
  assert.equal(relativeNameOf('gp-1.mail.acme.co.uk'), 'gp-1.mail')
})

test('looks come soon while pending, hourly once right, sooner when it drifts', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 99].map((misses) => nextWhilePending(0, misses) / 1000)
  assert.deepEqual(waits, [5, 10, 20, 30, 60, 120, 300, 600, 600])
  assert.equal(nextOnceRight(0, { misses: 0, known: true }), 3_600_000)
  assert.equal(nextOnceRight(0, { misses: 1, known: true }), 60_000)
  assert.equal(nextOnceRight(0, { misses: 0, known: false }), 300_000)
})

type World = {
  readonly deps: ControlDeps
  readonly dns: MadeUpDns
  readonly clock: ReturnType<typeof steadyClock>
  readonly acme: Scope
  readonly other: Scope
}

function inWorld(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (base, clock) => {
    const dns = madeUpDns()
    const config = { ...base.config, dns: { resolver: null, authoritative: [], public: [] } }
    const deps: ControlDeps = { ...base, config, dns: dns.dns }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Other', 'other.example')
    await work({ deps, dns, clock, acme, other })
  })
}

/** Publishes the TXT that a domain asks for. */
async function publish({ deps, dns }: World, scope: Scope, name: string, server?: string): Promise<void> {
  const domain = await getDomain(scope, name, deps)
  dns.set(`TXT ${name}`, ['v=spf1 -all', domain.ownership[0]!.value], server)
}

testOnBoth('a domain is pending until its TXT is seen at one of its name servers', (place) =>
  inWorld(place, async (world) => {
    const { deps, clock, acme } = world
    const added = await addDomain(acme, { name: 'Neu.example' }, deps)
    assert.equal(added.state, 'pending')
    assert.equal(added.expiresAt, clock.now() + 14 * 24 * 3_600_000)
    assert.deepEqual(
      added.ownership.map(({ type, relativeName, state, weSee }) => [type, relativeName, state, weSee]),
      [
        ['TXT', '@', 'not-found-yet', 'We have not looked yet.'],
        ['CNAME', added.ownership[1]!.name.split('.')[0], 'not-found-yet', 'We have not looked yet.'],
      ],
    )
    assert.equal(added.ownership[1]!.value, 'validate.mx.gate.example')

    const waiting = await checkDomain(acme, 'neu.example', deps)
    assert.equal(waiting.ownership[0]!.weSee, 'No such TXT at 2 of 2 name servers.')
    assert.equal(waiting.nextCheckAt, clock.now() + 5_000)
    await assert.rejects(checkDomain(acme, 'neu.example', deps), {
      problemName: 'check-too-soon',
      retryAfterSeconds: 5,
    })

    clock.add(5_000)
    await publish(world, acme, 'neu.example', NAME_SERVERS[1].address)
    const validated = await checkDomain(acme, added.id, deps)
    assert.deepEqual(
      [validated.state, validated.validatedBy, validated.expiresAt],
      ['validated', 'txt', null],
    )
    assert.equal(validated.ownership[0]!.weSee, 'Found at 1 of 2 name servers.')
    assert.equal(validated.ownership[1]!.state, 'not-required')
    assert.equal(validated.nextCheckAt, clock.now() + 3_600_000)
  }),
)

testOnBoth('a CNAME proves it too, and mistakes are named', (place) =>
  inWorld(place, async ({ deps, dns, clock, acme }) => {
    const { ownership } = await addDomain(acme, { name: 'neu.example' }, deps)
    dns.set('TXT neu.example', [`"${ownership[0]!.value}"`])
    const quoted = await checkDomain(acme, 'neu.example', deps)
    assert.equal(quoted.ownership[0]!.state, 'different-value')
    assert.match(quoted.ownership[0]!.weExpect, /quotes around it/)

    clock.add(5_000)
    dns.remove('TXT neu.example')
    dns.set('TXT neu.example.neu.example', [ownership[0]!.value])
    const doubled = await checkDomain(acme, 'neu.example', deps)
    assert.match(doubled.ownership[0]!.weExpect, /your provider appends the domain/)

    clock.add(5_000)
    dns.set(`CNAME ${ownership[1]!.name}`, ['Validate.mx.gate.example.'])
    const validated = await checkDomain(acme, 'neu.example', deps)
    assert.deepEqual([validated.state, validated.validatedBy], ['validated', 'cname'])
  }),
)

testOnBoth('a failed look-up is not a no, and one lost look changes nothing', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme } = world
    await addDomain(acme, { name: 'neu.example' }, deps)
    await publish(world, acme, 'neu.example')
    await checkDomain(acme, 'neu.example', deps)

    const states: string[] = []
    for (const answer of ['failed', 'failed', 'failed', [], []] as const) {
      clock.add(3_600_000)
      dns.set('TXT neu.example', answer)
      const { state, ownership } = await checkDomain(acme, 'neu.example', deps)
      states.push(`${state} ${ownership[0]!.state}`)
    }
    assert.deepEqual(states, [
      'validated temporary-failure',
      'validated temporary-failure',
      'validated temporary-failure',
      'validated not-found-yet',
      'temporarily-failing not-found-yet',
    ])
    clock.add(3_600_000)
    await publish(world, acme, 'neu.example')
    assert.equal((await checkDomain(acme, 'neu.example', deps)).state, 'validated')
  }),
)

testOnBoth('a domain has one owner, and so has what lies below it', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme, other } = world
    await assert.rejects(addDomain(other, { name: 'acme.example' }, deps), { problemName: 'domain-taken' })
    await assert.rejects(addDomain(other, { name: 'a.b.acme.example' }, deps), {
      problemName: 'domain-taken',
    })
    await assert.rejects(addDomain(acme, { name: 'acme.example' }, deps), { problemName: 'domain-exists' })
    const below = await addDomain(acme, { name: 'mail.acme.example' }, deps)
    assert.deepEqual([below.state, below.validatedBy], ['validated', 'parent'])

    // Both ask for the same name; the first proof wins, and the second sees a conflict.
    for (const scope of [acme, other]) await addDomain(scope, { name: 'both.example' }, deps)
    const values = await Promise.all(
      [acme, other].map(async (scope) => (await getDomain(scope, 'both.example', deps)).ownership[0]!.value),
    )
    assert.notEqual(values[0], values[1])
    dns.set('TXT both.example', values)
    const results = await Promise.allSettled(
      [acme, other].map((scope) => checkDomain(scope, 'both.example', deps)),
    )
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const loser = results[0]!.status === 'rejected' ? acme : other
    const shown = await getDomain(loser, 'both.example', deps)
    assert.deepEqual([shown.state, shown.ownership[0]!.state], ['pending', 'conflict'])

    // A sub-domain that waits is validated with its parent.
    await addDomain(acme, { name: 'sub.late.example' }, deps)
    await addDomain(acme, { name: 'late.example' }, deps)
    await publish(world, acme, 'late.example')
    clock.add(5_000)
    await checkDomain(acme, 'late.example', deps)
    assert.equal((await getDomain(acme, 'sub.late.example', deps)).validatedBy, 'parent')
  }),
)

testOnBoth(
  'case 55: a domain of another organisation, in whatever spelling, and its proof stay theirs',
  (place) =>
    inWorld(place, async (world) => {
      const { deps, acme, other, clock } = world
      await addDomain(acme, { name: 'bücher.example' }, deps)
      await publish(world, acme, 'xn--bcher-kva.example')
      clock.add(5_000)
      await checkDomain(acme, 'xn--bcher-kva.example', deps)
      const theirs = [
        'ACME.example',
        'acme.example.',
        '@Acme.Example',
        'mail.ACME.example',
        'xn--bcher-kva.example',
        'BÜCHER.example',
        'bu\u0308cher.example',
      ]
      for (const name of theirs) {
        await assert.rejects(addDomain(other, { name }, deps), { problemName: 'domain-taken' }, name)
      }
      // Spellings that only look like it are refused as names, or are other domains with a proof of their
      // own.
      for (const name of ['acme\uff0eexample', 'ac\u00adme.example', 'ａcme.example']) {
        await assert.rejects(addDomain(other, { name }, deps), { problemName: 'invalid-input' }, name)
      }
      const twin = await addDomain(other, { name: 'аcme.example' }, deps)
      assert.deepEqual([twin.name, twin.state], ['xn--cme-5cd.example', 'pending'])

      // The record that proves a domain for one organisation proves it for no other.
      await addDomain(acme, { name: 'replayed.example' }, deps)
      await publish(world, acme, 'replayed.example')
      await addDomain(other, { name: 'replayed.example' }, deps)
      clock.add(5_000)
      await checkDomain(other, 'replayed.example', deps).catch(() => undefined)
      assert.equal((await getDomain(other, 'replayed.example', deps)).state, 'pending')
      assert.equal((await checkDomain(acme, 'replayed.example', deps)).state, 'validated')
    }),
)

testOnBoth('recipients and routes are set on validated domains only, and not over a newer change', (place) =>
  inWorld(place, async ({ deps, acme, other }) => {
    const domain = await getDomain(acme, 'acme.example', deps)
    const change = { recipientMode: 'known', unknownRecipient: 'defer' } as const
    const set = await updateDomain(acme, { domain: domain.id, change, expected: domain.revision }, deps)
    assert.deepEqual([set.recipientMode, set.unknownRecipient], ['known', 'defer'])
    const stale = updateDomain(acme, { domain: domain.id, change: {}, expected: domain.revision }, deps)
    await assert.rejects(stale, { problemName: 'changed-meanwhile' })
    const foreign = updateDomain(
      acme,
      { domain: domain.id, change: { routeId: 'rte_x' }, expected: null },
      deps,
    )
    await assert.rejects(foreign, { problemName: 'invalid-input' })
    await assert.rejects(getDomain(other, domain.id, deps), { problemName: 'not-found' })
    await addDomain(acme, { name: 'neu.example' }, deps)
    const early = updateDomain(acme, { domain: 'neu.example', change, expected: null }, deps)
    await assert.rejects(early, { problemName: 'domain-not-validated' })
  }),
)

testOnBoth('a pending domain expires, and adding it again renews its token', (place) =>
  inWorld(place, async (world) => {
    const { deps, clock, acme } = world
    const first = await addDomain(acme, { name: 'neu.example' }, deps)
    clock.add(14 * 24 * 3_600_000)
    assert.equal((await getDomain(acme, 'neu.example', deps)).state, 'expired')
    await publish(world, acme, 'neu.example')
    assert.equal((await checkDomain(acme, 'neu.example', deps)).state, 'expired')
    const again = await addDomain(acme, { name: 'neu.example' }, deps)
    assert.deepEqual([again.id, again.state], [first.id, 'pending'])
    assert.notEqual(again.ownership[0]!.value, first.ownership[0]!.value)
  }),
)

testOnBoth('a domain is removed once nothing rests on it; another one becomes primary', (place) =>
  inWorld(place, async ({ deps, acme }) => {
    await assert.rejects(removeDomain(acme, 'acme.example', deps), /only domain/)
    await addDomain(acme, { name: 'mail.acme.example' }, deps)
    await assert.rejects(removeDomain(acme, 'acme.example', deps), /validated through/)
    await addDomain(acme, { name: 'neu.example' }, deps)
    await removeDomain(acme, 'mail.acme.example', deps)
    await removeDomain(acme, 'acme.example', deps)
    const { items } = await listDomains(acme, deps)
    assert.deepEqual(
      items.map(({ name, primary }) => [name, primary]),
      [['neu.example', true]],
    )
  }),
)
