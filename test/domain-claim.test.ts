// A domain that changed hands, from the outside (C1): over the API, with the sandbox's name server and the
// checks of the background, while days pass. Mail for it is the new holder's in the settings that edges get.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClaimCase, Domain } from '@gatepost/contract/domain.ts'
import { startDns } from '@gatepost/sandbox/dns.ts'
import { Checker } from '@gatepost/server/control/connect/checker.ts'
import { createPublishingStore } from '@gatepost/server/control/publishing/store.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { compileTenant } from '@gatepost/server/link/compile.ts'
import { createDns } from '@gatepost/server/platform/dns.ts'
import { type TestControl, withControl } from './control.ts'
import { steadyClock } from './store/fixtures.ts'

const HOUR = 3_600_000
const NAME = 'sold.example'
/** Nobody but the zone's own server is asked. */
const NO_PUBLIC = { resolver: null, authoritative: [], public: [] }

type Zones = Awaited<ReturnType<typeof startDns>>['zones']

test('a domain that changed hands goes over by three conditions, and is told of on both sides', async () => {
  const clock = steadyClock(Date.now())
  const server = await startDns()
  const authoritative = [server.address]
  // Answers are kept for their TTL by real time; the story takes no longer than one.
  const dns = createDns({ clock, resolver: server.address, authoritative })
  try {
    await withControl((control) => story(control, { clock, zones: server.zones }), { clock, dns })
  } finally {
    await server.stop()
  }
})

async function story(
  control: TestControl,
  { clock, zones }: { readonly clock: ReturnType<typeof steadyClock>; readonly zones: Zones },
): Promise<void> {
  const deps = { ...control.deps, config: { ...control.deps.config, dns: NO_PUBLIC }, emit: silentEmit }
  const checker = new Checker(deps)
  const days = async (count: number): Promise<void> => {
    for (let left = count * 48; left > 0; left -= 1) {
      clock.add(HOUR / 2)
      await checker.round()
    }
  }
  const operator = () => control.person({ tenantId: '', role: null, operator: true })
  const ask = async <Body>(cookie: string, method: string, path: string, body?: unknown) => {
    const init = {
      method,
      headers: { host: 'localhost', cookie, 'content-type': 'application/json', origin: 'http://localhost' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    const at = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
    const response = await control.app().request(`http://localhost/v1${path}`, init, at)
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }
  const organisation = async (name: string, primaryDomain: string): Promise<string> => {
    const contact = { name: 'Nina', email: `nina@${primaryDomain}`, phone: '' }
    const body = { name, primaryDomain, environment: 'other', emergencyContact: contact }
    const made = await ask<{ id: string }>(await operator(), 'POST', '/tenants', body)
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body.id
  }
  const old = await organisation('Old', NAME)
  const fresh = await organisation('Fresh', 'fresh.example')
  const as = (tenantId: string) => control.person({ tenantId, role: 'super' })
  const show = async (tenantId: string): Promise<Domain> =>
    (await ask<Domain>(await as(tenantId), 'GET', `/tenants/${tenantId}/domains/${NAME}`)).body
  const publish = async (tenantId: string): Promise<void> =>
    zones.set(NAME, 'TXT', [(await show(tenantId)).ownership[0]!.value])
  const holders = async (): Promise<readonly string[]> => {
    const store = createPublishingStore(deps.store)
    const held = async (id: string) =>
      compileTenant((await store.rowsOf(id))!).domains.map(({ name }) => name)
    return [
      ...((await held(old)).includes(NAME) ? ['old'] : []),
      ...((await held(fresh)).includes(NAME) ? ['fresh'] : []),
    ]
  }

  // The old holder proves it; the new one is refused without a word about whose it is, and claims it.
  await publish(old)
  await days(0.25)
  assert.equal((await show(old)).state, 'validated')
  assert.deepEqual(await holders(), ['old'])
  const domains = `/tenants/${fresh}/domains`
  const refused = await ask<{ name: string }>(await as(fresh), 'POST', domains, { name: NAME })
  assert.deepEqual([refused.status, refused.body.name], [409, 'domain-taken'])
  assert.doesNotMatch(JSON.stringify(refused.body), /Old|nina/)
  const claimed = await ask<Domain>(await as(fresh), 'POST', domains, { name: NAME, claim: true })
  assert.equal(claimed.status, 201)
  const claims = async (): Promise<readonly ClaimCase[]> =>
    (await ask<{ items: ClaimCase[] }>(await operator(), 'GET', '/system/domain-claims')).body.items
  assert.deepEqual(await claims(), [])

  // The domain was sold: its zone has the new record alone.
  await publish(fresh)
  await days(1)
  assert.equal((await show(fresh)).claim?.gone.state, 'gone')
  assert.notEqual((await show(old)).contested, null)
  const [early] = await claims()
  const handOver = async (cookie: string, id: string) =>
    ask<{ name: string } | null>(cookie, 'POST', `/system/domain-claims/${id}/hand-over`)
  const soon = await handOver(await operator(), early!.id)
  assert.deepEqual([soon.status, soon.body?.name], [409, 'claim-not-ready'])
  await days(3)
  const [ready] = await claims()
  assert.deepEqual([ready?.claim.consent, ready?.claim.gone.met, ready?.names], ['awaited', true, [NAME]])
  // Not by an administrator of either side.
  for (const tenantId of [old, fresh]) {
    const own = await handOver(await as(tenantId), ready!.id)
    assert.deepEqual([own.status, own.body?.name], [403, 'not-allowed'])
  }
  assert.deepEqual(await holders(), ['old'])
  assert.equal((await handOver(await operator(), ready!.id)).status, 204)
  assert.deepEqual(await holders(), ['fresh'])
  assert.deepEqual([(await show(fresh)).state, (await show(old)).state], ['validated', 'lost'])

  // Days later nothing has turned back, and both logs tell it without the name of the other.
  await days(1)
  assert.deepEqual([(await show(fresh)).state, (await show(old)).state], ['validated', 'lost'])
  const log = async (tenantId: string) =>
    (
      await ask<{ items: { action: string }[] }>(
        await as(tenantId),
        'GET',
        `/tenants/${tenantId}/audit?limit=100`,
      )
    ).body
  const [theirs, ours] = [await log(old), await log(fresh)]
  const actions = ({ items }: typeof theirs) => items.map(({ action }) => action)
  for (const action of ['domain.contested', 'domain.lost'])
    assert.ok(actions(theirs).includes(action), action)
  for (const action of ['domain.claimed', 'domain.claim-proven', 'domain.validated'])
    assert.ok(actions(ours).includes(action), action)
  assert.doesNotMatch(JSON.stringify(theirs), /Fresh|fresh\.example/)
  assert.doesNotMatch(JSON.stringify(ours), /"Old"|nina@sold/)
}
