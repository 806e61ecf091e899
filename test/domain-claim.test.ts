// A domain that changed hands, from the outside (C1): over the API, with the sandbox's name server and the
// checks of the background, while days pass. Mail for it is the new holder's in the settings that edges get.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClaimCase, Domain } from '@gatepost/contract/domain.ts'
import { startDns } from '@gatepost/sandbox/dns.ts'
import { Checker } from '@gatepost/server/control/connect/checker.ts'
import { createPublishingStore } from '@gatepost/server/control/publishing/store.ts'
import { compileTenant } from '@gatepost/server/link/compile.ts'
import { createDns } from '@gatepost/server/platform/dns.ts'
import { type TestControl, withControl } from './control.ts'
import { steadyClock } from './store/fixtures.ts'

const HOUR = 3_600_000
const NAME = 'sold.example'
/** Nobody but the zone's own server is asked. */
const NO_PUBLIC = { resolver: null, authoritative: [], public: [] }

type Zones = Awaited<ReturnType<typeof startDns>>['zones']
type SteadyClock = ReturnType<typeof steadyClock>

test('a domain that changed hands goes over by three conditions, and is told of on both sides', async () => {
  const clock = steadyClock(Date.now())
  const server = await startDns()
  const authoritative = [server.address]
  const dns = createDns({ clock, resolver: server.address, authoritative })
  try {
    const { zones } = server
    await withControl(async (control) => story(await worldOf(control, { clock, zones })), { clock, dns })
  } finally {
    await server.stop()
  }
})

async function story(world: World): Promise<void> {
  const { old, fresh } = world
  await proveAndClaim(world)
  // The domain was sold: its zone has the new record alone.
  await world.publish(fresh)
  await world.days(1)
  assert.equal((await world.show(fresh)).claim?.gone.state, 'gone')
  assert.notEqual((await world.show(old)).contested, null)
  const [early] = await world.claims()
  const soon = await world.handOver(await world.operator(), early!.id)
  assert.deepEqual([soon.status, soon.body?.name], [409, 'claim-not-ready'])
  await world.days(3)
  const [ready] = await world.claims()
  assert.deepEqual([ready?.claim.consent, ready?.claim.gone.met, ready?.names], ['awaited', true, [NAME]])
  // Not by an administrator of either side.
  for (const tenantId of [old, fresh]) {
    const own = await world.handOver(await world.as(tenantId), ready!.id)
    assert.deepEqual([own.status, own.body?.name], [403, 'not-allowed'])
  }
  assert.deepEqual(await world.holders(), [old])
  assert.equal((await world.handOver(await world.operator(), ready!.id)).status, 204)
  assert.deepEqual(await world.holders(), [fresh])
  // Days later nothing has turned back.
  await world.days(1)
  assert.deepEqual(await world.holders(), [fresh])
  assert.deepEqual([(await world.show(fresh)).state, (await world.show(old)).state], ['validated', 'lost'])
  await compareLogs(world)
}

/** The old holder proves it; the new one is refused without a word about whose it is, and claims it. */
async function proveAndClaim(world: World): Promise<void> {
  const { old, fresh, ask, as } = world
  await world.publish(old)
  await world.days(0.25)
  assert.equal((await world.show(old)).state, 'validated')
  assert.deepEqual(await world.holders(), [old])
  const domains = `/tenants/${fresh}/domains`
  const refused = await ask<{ name: string }>(await as(fresh), 'POST', domains, { name: NAME })
  assert.deepEqual([refused.status, refused.body.name], [409, 'domain-taken'])
  assert.doesNotMatch(JSON.stringify(refused.body), /Old|nina/)
  const claimed = await ask<Domain>(await as(fresh), 'POST', domains, { name: NAME, claim: true })
  assert.equal(claimed.status, 201)
  assert.deepEqual(await world.claims(), [])
}

/** Both logs tell it, neither names the other. */
async function compareLogs({ old, fresh, ask, as }: World): Promise<void> {
  type Log = { readonly items: readonly { readonly action: string }[] }
  const log = async (tenantId: string) =>
    (await ask<Log>(await as(tenantId), 'GET', `/tenants/${tenantId}/audit?limit=100`)).body
  const [theirs, ours] = [await log(old), await log(fresh)]
  const actions = ({ items }: Log) => new Set(items.map(({ action }) => action))
  for (const action of ['domain.contested', 'domain.lost']) assert.ok(actions(theirs).has(action), action)
  for (const action of ['domain.claimed', 'domain.claim-proven', 'domain.validated'])
    assert.ok(actions(ours).has(action), action)
  assert.doesNotMatch(JSON.stringify(theirs), /Fresh|fresh\.example/)
  assert.doesNotMatch(JSON.stringify(ours), /"Old"|nina@sold/)
}

type World = Awaited<ReturnType<typeof worldOf>>

async function worldOf(
  control: TestControl,
  { clock, zones }: { readonly clock: SteadyClock; readonly zones: Zones },
) {
  const deps = { ...control.deps, config: { ...control.deps.config, dns: NO_PUBLIC } }
  const checker = new Checker(deps)
  const operator = () => control.person({ tenantId: '', role: null, operator: true })
  const as = (tenantId: string) => control.person({ tenantId, role: 'super' })
  const ask = async <Body>(cookie: string, method: string, path: string, body?: unknown) => {
    const headers = { host: 'localhost', cookie, 'content-type': 'application/json' }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const at = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
    const response = await control.app().request(`http://localhost/v1${path}`, init, at)
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }
  const organisation = async (name: string, primaryDomain: string): Promise<string> => {
    const emergencyContact = { name: 'Nina', email: `nina@${primaryDomain}`, phone: '' }
    const body = { name, primaryDomain, environment: 'other', emergencyContact }
    const made = await ask<{ id: string }>(await operator(), 'POST', '/tenants', body)
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body.id
  }
  const [old, fresh] = [await organisation('Old', NAME), await organisation('Fresh', 'fresh.example')]
  const show = async (tenantId: string) =>
    (await ask<Domain>(await as(tenantId), 'GET', `/tenants/${tenantId}/domains/${NAME}`)).body
  return {
    old,
    fresh,
    operator,
    as,
    ask,
    show,
    /** Time passes, with a round of the checks each half hour. */
    async days(count: number): Promise<void> {
      for (let left = count * 48; left > 0; left -= 1) {
        clock.add(HOUR / 2)
        await checker.round()
      }
    },
    publish: async (tenantId: string) => zones.set(NAME, 'TXT', [(await show(tenantId)).ownership[0]!.value]),
    claims: async () =>
      (await ask<{ items: ClaimCase[] }>(await operator(), 'GET', '/system/domain-claims')).body.items,
    handOver: (cookie: string, id: string) =>
      ask<{ name: string } | null>(cookie, 'POST', `/system/domain-claims/${id}/hand-over`),
    /** Whose settings, as edges get them, take mail for the domain. */
    async holders(): Promise<readonly string[]> {
      const store = createPublishingStore(deps.store)
      const settings = await Promise.all(
        [old, fresh].map(async (id) => compileTenant((await store.rowsOf(id))!)),
      )
      return settings
        .filter(({ domains }) => domains.some(({ name }) => name === NAME))
        .map(({ tenantId }) => tenantId)
    },
  }
}
