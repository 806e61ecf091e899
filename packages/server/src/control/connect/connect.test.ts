// Connect over both databases: records turn steps green by themselves, drift shows, restarts forget nothing.
import assert from 'node:assert/strict'
import type { StepName } from '@gatepost/contract/connect.ts'
import { type Place, testOnBoth } from '../../../../../test/store/databases.ts'
import { accepted, addOrganisation, type steadyClock, withStore } from '../../../../../test/store/fixtures.ts'
import { type MadeUpDns, madeUpDns, NAME_SERVERS } from '../../../../../test/store/made-up-dns.ts'
import { listAlerts } from '../alert/desk.ts'
import { addDomain, getDomain, updateDomain } from '../domain/domain.ts'
import { checkMx, mxViewOf, requireValidated } from '../domain/mx.ts'
import { authorizeOutbound } from '../outbound/outbound.ts'
import { keepSeen } from '../recipient/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { keepMailNotes } from '../tracking/mail-observations.ts'
import { addUser } from '../user/user.ts'
import { Checker, watchConnect } from './checker.ts'
import { checkStep, getConnect, skipStep } from './connect.ts'
import { mxGatesOf } from './gates.ts'
import { observe } from './observe.ts'
import { takeLease } from './store.ts'

type World = {
  readonly deps: ControlDeps
  readonly dns: MadeUpDns
  readonly clock: ReturnType<typeof steadyClock>
  readonly acme: Scope
}

const PUBLIC = '192.0.2.99:53'

function inWorld(place: Place, work: (world: World) => Promise<void>): Promise<void> {
  return withStore(place, async (base, clock) => {
    const dns = madeUpDns()
    const config = {
      ...base.config,
      dns: { resolver: null, authoritative: [], public: [PUBLIC] },
      network: { privateTargets: [] },
    }
    const deps: ControlDeps = { ...base, config, dns: dns.dns }
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await work({ deps, dns, clock, acme })
  })
}

async function stateOf({ deps, acme }: World, name: StepName): Promise<string> {
  const { steps } = await getConnect(acme, deps)
  const step = steps.find((candidate) => candidate.name === name)!
  return `${step.state}: ${step.detail}`
}

async function sentences({ deps, acme }: World): Promise<readonly string[]> {
  return (await getConnect(acme, deps)).activity.map(({ text }) => text)
}

testOnBoth('a published record turns the step green without anybody pressing anything', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme } = world
    const checker = new Checker(deps)
    const { ownership } = await addDomain(acme, { name: 'neu.example' }, deps)
    await checker.round()
    assert.equal(await stateOf(world, 'validate-domains'), 'waiting: 1 of 2, one record to come')
    dns.set('TXT neu.example', [ownership[0]!.value])
    await checker.round()
    assert.equal((await getDomain(acme, 'neu.example', deps)).state, 'pending', 'not due before 5 s')
    clock.add(5_000)
    // Another process goes on where this one stopped: nothing is kept in memory.
    await new Checker(deps).round()
    assert.equal(await stateOf(world, 'validate-domains'), 'done: 2 domains')
    assert.deepEqual((await sentences(world)).toSorted(), [
      'neu.example is validated',
      '“Validate your domains” is now done. 2 domains.',
    ])
  }),
)

testOnBoth('MX: leftovers, resolvers that keep the old answer, green, drift, and the way back', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme } = world
    const domain = await requireValidated(acme, 'acme.example', deps)
    const view = async () => {
      const gates = mxGatesOf(await observe(acme.tenantId, deps), domain.id)
      return mxViewOf(acme, domain.id, gates, deps)
    }
    const look = async (values: readonly string[], old?: readonly string[]) => {
      clock.add(5_000)
      dns.set('MX acme.example', values)
      dns.set('MX acme.example', old ?? values, PUBLIC)
      await checkMx(domain, deps)
      return view()
    }
    assert.equal((await view()).weSee, 'We have not looked yet.')
    const before = await look(['20 mx2.old.example', '10 mx.old.example'])
    assert.equal(before.weSee, 'MX names mx.old.example, mx2.old.example.')
    assert.equal(before.complete, false)
    await assert.rejects(checkMx(domain, deps), { problemName: 'check-too-soon' })
    // Whoever was taken without being listed would be refused, or is a mistake: known before the change.
    const unlisted = async () =>
      (await view()).gates.find(({ step, saw }) => step !== null && /listed/.test(saw))
    assert.equal(await unlisted(), undefined)
    const note = { tenantId: acme.tenantId, address: 'shop@acme.example', at: clock.now(), messages: 3 }
    const seen = { ...note, delivered: 3, refused: 0 }
    await deps.store.transaction((trx) => keepSeen(trx, seen, 'acme.example'))
    const gate = await unlisted()
    assert.deepEqual([gate?.passed, gate?.step], [false, 'recipient-validation'])
    assert.match(gate?.saw ?? '', /^1 recipient took mail/)

    const beside = await look(['10 mx.gate.example', '20 mx.old.example'])
    assert.equal(beside.expected[0]!.state, 'conflict')
    assert.deepEqual(beside.leftovers, [{ exchange: 'mx.old.example', preference: 20 }])
    assert.deepEqual(
      beside.before.map(({ exchange }) => exchange),
      ['mx.old.example', 'mx2.old.example'],
    )
    const kept = await look(['10 MX.gate.example.'], ['10 mx.old.example'])
    assert.match(
      kept.weSee,
      /^Only our MX at 2 of 2 name servers\. 1 public resolver keeps the old answer, at most 5 min\.$/,
    )
    assert.equal(kept.complete, false)

    assert.equal((await look(['10 mx.gate.example'])).complete, true)
    assert.equal(await stateOf(world, 'modify-mx'), 'waiting: Waiting for the first message')
    const { id: messageId, tenantId } = accepted(acme.tenantId)
    const inbound = [{ tenantId, domain: 'acme.example', at: clock.now(), messageId }]
    await keepMailNotes(deps.store, { outbound: [], inbound, refused: [] })
    assert.equal(await stateOf(world, 'modify-mx'), 'done: 1 domain, mail seen')

    await look(['10 mx.old.example'])
    assert.equal(await stateOf(world, 'modify-mx'), 'done: 1 domain, mail seen')
    dns.set('MX acme.example', 'failed', NAME_SERVERS[0].address)
    await look(['10 mx.old.example'])
    assert.equal(
      await stateOf(world, 'modify-mx'),
      'needs-attention: The MX of acme.example is no longer ours',
    )
  }),
)

testOnBoth('an SPF record that drifts is an alert, and its return ends it', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, clock, acme } = world
    const checker = new Checker(deps)
    dns.set('A mx.gate.example', ['203.0.113.5'])
    dns.set('TXT spf.mx.gate.example', ['v=spf1 ip4:203.0.113.5 -all'])
    await authorizeOutbound(
      acme,
      { address: '198.51.100.7', comment: 'Exchange' },
      { ...deps, listening: [] },
    )
    const { id: messageId, tenantId } = accepted(acme.tenantId)
    await keepMailNotes(deps.store, {
      outbound: [{ tenantId, ip: '198.51.100.7', at: clock.now(), messageId }],
      inbound: [],
      refused: [],
    })
    const rounds = async (times: number, passMs: number): Promise<void> => {
      for (let round = 0; round < times; round += 1) {
        clock.add(passMs)
        await checker.round()
      }
    }
    const alerts = async () =>
      (await listAlerts(acme, { state: 'open', limit: 10 }, deps)).items
        .filter(({ text }) => text.includes('SPF'))
        .map(({ kind, text }) => `${kind}: ${text}`)
    const check = async () => {
      const { steps } = await getConnect(acme, deps)
      return steps
        .find(({ name }) => name === 'outbound')!
        .checks.find(({ name }) => name.startsWith('spf '))!
    }
    await rounds(3, 5_000)
    assert.equal((await check()).state, 'warning', 'not published yet: said, and no alert')
    assert.match(await stateOf(world, 'outbound'), /^done/)
    dns.set('TXT acme.example', ['v=spf1 include:spf.mx.gate.example -all'])
    await rounds(2, 600_000)
    assert.equal((await check()).state, 'passed')
    // Nobody answers: unknown, and nothing has drifted.
    dns.set('TXT acme.example', 'failed')
    await rounds(2, 3_600_000)
    assert.equal((await check()).state, 'not-verified')
    assert.deepEqual(await alerts(), [])

    dns.set('TXT acme.example', ['v=spf1 ip4:192.0.2.1 -all'])
    await rounds(3, 3_600_000)
    assert.match(
      await stateOf(world, 'outbound'),
      /^needs-attention: The SPF record of acme\.example no longer/,
    )
    const [drift] = await alerts()
    assert.match(
      drift ?? '',
      /^dns-drift: The SPF record .*“v=spf1 ip4:192\.0\.2\.1 -all” gives fail for 203\.0\.113\.5/,
    )
    dns.set('TXT acme.example', ['v=spf1 include:spf.mx.gate.example -all'])
    await rounds(2, 600_000)
    assert.match(await stateOf(world, 'outbound'), /^done/)
    assert.deepEqual(await alerts(), [])
  }),
)

testOnBoth('steps turn green wherever they were configured, and their changes are told once', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme } = world
    const checker = new Checker(deps)
    await checker.round()
    assert.match(await stateOf(world, 'recipient-validation'), /^locked/)
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: [] }, deps)
    const change = { recipientMode: 'known' } as const
    await updateDomain(acme, { domain: 'acme.example', change, expected: null }, deps)
    for (let round = 0; round < 3; round += 1) await checker.round()
    assert.equal(await stateOf(world, 'recipient-validation'), 'done: Known recipients, 1 domain')
    assert.deepEqual((await sentences(world)).toSorted(), [
      '“Add users manually” is now done. 1 user.',
      '“Set up recipient validation” is now done. Known recipients, 1 domain.',
    ])
  }),
)

testOnBoth('check now runs the looks, and not again at once', (place) =>
  inWorld(place, async (world) => {
    const { deps, dns, acme, clock } = world
    const { ownership } = await addDomain(acme, { name: 'neu.example' }, deps)
    dns.set('TXT neu.example', [ownership[0]!.value])
    const { steps } = await checkStep(acme, 'validate-domains', deps)
    assert.equal(steps[1]!.state, 'done')
    await assert.rejects(checkStep(acme, 'validate-domains', deps), { problemName: 'check-too-soon' })
    clock.add(5_000)
    await checkStep(acme, 'modify-mx', deps)
    assert.ok(dns.asked.includes('MX acme.example'))
  }),
)

testOnBoth('optional steps are skipped and taken up again; mandatory ones stay', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme } = world
    await skipStep(acme, { step: 'journaling', skipped: true }, deps)
    assert.match(await stateOf(world, 'journaling'), /^skipped/)
    await skipStep(acme, { step: 'journaling', skipped: false }, deps)
    assert.match(await stateOf(world, 'journaling'), /^not-started/)
    await assert.rejects(skipStep(acme, { step: 'modify-mx', skipped: true }, deps), {
      problemName: 'step-mandatory',
    })
  }),
)

testOnBoth('what was set aside and is set up nevertheless is watched like the rest', (place) =>
  inWorld(place, async (world) => {
    const { deps, acme } = world
    const checker = new Checker(deps)
    await skipStep(acme, { step: 'add-users', skipped: true }, deps)
    await checker.round()
    assert.match(await stateOf(world, 'add-users'), /^skipped/)
    const { id } = await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: [] }, deps)
    for (let round = 0; round < 2; round += 1) await checker.round()
    assert.match(await stateOf(world, 'add-users'), /^done/)
    await deps.store.db.deleteFrom('user_address').where('tenant_id', '=', acme.tenantId).execute()
    await deps.store.db
      .deleteFrom('user')
      .where('tenant_id', '=', acme.tenantId)
      .where('id', '=', id)
      .execute()
    assert.match(await stateOf(world, 'add-users'), /^not-started/)
  }),
)

testOnBoth('one process holds the lease until it is over', (place) =>
  inWorld(place, async ({ deps, clock }) => {
    const take = (holder: string) =>
      takeLease(deps.store.db, { holder, now: clock.now(), until: clock.now() + 15_000 })
    assert.deepEqual([await take('a'), await take('b'), await take('a')], [true, false, true])
    clock.add(15_000)
    assert.deepEqual([await take('b'), await take('a')], [true, false])
  }),
)

testOnBoth('the loop ends with its signal', (place) =>
  inWorld(place, async ({ deps, dns }) => {
    const stopped = new AbortController()
    const watching = watchConnect(deps, stopped.signal)
    while (!dns.asked.includes('TXT acme.example')) await new Promise((resolve) => setTimeout(resolve, 20))
    stopped.abort()
    await watching
  }),
)
