// Acme of the sandbox, connected by the API alone: domain proven, route tested, people listed, address
// authorised.
import assert from 'node:assert/strict'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { type Api, eventually, setUp } from './api.ts'
import { type Gateway, startGateway } from './gateway.ts'

export type Acme = {
  readonly world: World
  readonly gateway: Gateway
  readonly api: Api
  /** `/v1/tenants/acme-ltd`. */
  readonly base: string
  stop(): Promise<void>
}

/** The address that Acme's mail host has on the internet. */
export const ACME_IP = '198.51.100.25'

type Domain = {
  readonly id: string
  readonly state: string
  readonly ownership: readonly { type: string; name: string; value: string }[]
}

/** Starts the small internet and a gateway in it, and takes Acme to where mail flows both ways. */
export async function startAcme(
  env: Readonly<Record<string, string>> = {},
  beforeSetUp: (gateway: Gateway, world: World) => Promise<void> = async () => {},
): Promise<Acme> {
  const world = await startWorld()
  let gateway: Gateway | null = null
  const stop = async (): Promise<void> => {
    await gateway?.stop()
    await world.stop()
  }
  try {
    gateway = await startGateway({ env: { ...world.gatewayEnvironment(), ...env } })
    world.setGateway({ host: '127.0.0.1', port: gateway.mxPort })
    await beforeSetUp(gateway, world)
    const { api, slug } = await setUp(gateway)
    const base = `/v1/tenants/${slug}`
    await connect(world, api, base)
    return { world, gateway, api, base, stop }
  } catch (error) {
    // What still listens would keep the test's process alive for ever.
    await stop()
    throw error
  }
}

/** Domain, route, people, recipients and the address that may send: what mail needs to flow both ways. */
export async function connect(world: World, api: Api, base: string): Promise<void> {
  await proveDomain(world, api, base)
  await api.call('POST', `${base}/routes`, {
    name: 'Exchange',
    host: '127.0.0.1',
    port: world.acme.port,
    tls: 'opportunistic',
    defaultFor: 'inbound',
  })
  await api.call('POST', `${base}/users`, { email: 'ann@acme.example', name: 'Ann Archer' })
  await api.call('POST', `${base}/users`, { email: 'bob@acme.example', name: 'Bob Brown' })
  await api.call('PATCH', `${base}/domains/acme.example`, { recipientMode: 'known' })
  await api.call('POST', `${base}/outbound/addresses`, { address: ACME_IP, comment: 'Exchange' })
  await live(api, base)
}

/** Publishes the TXT record that Connect asks for and waits until the domain is validated. */
export async function proveDomain(world: World, api: Api, base: string): Promise<void> {
  const { items } = await api.call<{ items: readonly Domain[] }>('GET', `${base}/domains`)
  const record = items[0]?.ownership.find(({ type }) => type === 'TXT')
  assert.ok(record, 'no TXT record is asked for')
  assert.ok(world.publish(`${record.name}. 60 IN TXT "${record.value}"`).ok)
  await eventually(
    async () => (await api.raw('POST', `${base}/domains/acme.example/check`)).body as Domain,
    ({ state }) => state === 'validated',
    20_000,
  )
}

/** Waits until every edge works with the newest settings and recipients. */
export async function live(api: Api, base: string): Promise<void> {
  type Live = { readonly live: number; readonly total: number }
  await eventually(
    () => api.call<Live>('GET', `${base}/live`),
    ({ live, total }) => total > 0 && live === total,
  )
}
