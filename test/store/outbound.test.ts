// Logins, shared clouds, forwarding addresses and sender warnings: what is kept, refused, sealed, and what
// edges get of it.
import assert from 'node:assert/strict'
import {
  listClouds,
  makeCloudSecret,
  proveCloud,
  setCloud,
} from '@gatepost/server/control/outbound/clouds.ts'
import {
  addCredential,
  listCredentials,
  removeCredential,
  renewCredential,
} from '@gatepost/server/control/outbound/credentials.ts'
import {
  addForwarding,
  listForwardings,
  removeForwarding,
  updateForwarding,
} from '@gatepost/server/control/outbound/forwarding.ts'
import { refreshRanges } from '@gatepost/server/control/outbound/ranges.ts'
import { outboundRows } from '@gatepost/server/control/outbound/shard-rows.ts'
import { keepVolumes } from '@gatepost/server/control/outbound/volumes.ts'
import {
  listSenderWarnings,
  releaseSender,
  setSenderLimit,
} from '@gatepost/server/control/outbound/warnings.ts'
import { Problem } from '@gatepost/server/control/problem.ts'
import { openKeys } from '@gatepost/server/edge/credential.ts'
import { compileTenant } from '@gatepost/server/link/compile.ts'
import type { FetchedJson } from '@gatepost/server/platform/fetch-json.ts'
import { isPasswordOf } from '@gatepost/server/platform/scram-keys.ts'
import { createSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { FakeDns } from '../dialogs/fakes.ts'
import { type Place, testOnBoth } from './databases.ts'
import { addOrganisation, START, withStore } from './fixtures.ts'

const HOUR = 3_600_000
const GUID = 'c0ffee00-0000-4000-8000-000000000001'

function withWorld(
  place: Place,
  work: (world: Awaited<ReturnType<typeof worldOf>>) => Promise<void>,
): Promise<void> {
  return withStore(place, async (base) => work(await worldOf(base)))
}

async function worldOf(base: Parameters<Parameters<typeof withStore>[1]>[0]) {
  const acme = await addOrganisation(base.store, 'Acme', 'acme.example')
  const other = await addOrganisation(base.store, 'Other', 'other.example')
  const asked: string[] = []
  const world = { answer: { kind: 'failed', why: 'nobody' } as FetchedJson }
  const fetchJson = (url: string): Promise<FetchedJson> => {
    asked.push(url)
    return Promise.resolve(world.answer)
  }
  const clouds = { microsoftEndpoints: 'https://endpoints.example/list', googleSpf: '_spf.google.example' }
  const directories = {
    entraLogin: 'https://login.example',
    entraGraph: null,
    googleToken: null,
    googleApi: null,
  }
  const config = { ...base.config, hostname: 'mx.gate.example', clouds, directories }
  const dns = new FakeDns()
  return {
    acme,
    other,
    asked,
    world,
    dns,
    deps: { ...base, secrets: createSecretBox(), fetchJson, config, dns },
  }
}

testOnBoth('a login is shown once, kept as sealed SCRAM keys, renewed and revoked', (place) =>
  withWorld(place, async ({ acme, other, deps }) => {
    const { credential, password } = await addCredential(acme, { name: 'Exchange' }, deps)
    assert.match(password, /^[a-z2-9]{32}$/)
    assert.match(credential.username, /^acme-[0-9a-f]{10}$/)
    const [kept] = (await outboundRows(deps.store.db, acme.tenantId)).credentials
    assert.ok(kept)
    assert.ok(!JSON.stringify(kept).includes(password))
    const stored = { ...kept, tenantId: acme.tenantId, tenants: [] }
    const keys = openKeys(deps.secrets, stored)
    assert.ok(keys && (await isPasswordOf(keys, password)))
    assert.equal(
      openKeys(deps.secrets, { ...stored, tenantId: other.tenantId }),
      null,
      'opens in its place only',
    )
    await refused(renewCredential(other, credential.id, deps), 'not-found')
    const renewed = await renewCredential(acme, credential.id, deps)
    assert.equal(renewed.credential.username, credential.username)
    const [after] = (await outboundRows(deps.store.db, acme.tenantId)).credentials
    const newKeys = openKeys(deps.secrets, { ...after!, tenantId: acme.tenantId, tenants: [] })
    assert.equal(await isPasswordOf(newKeys!, password), false)
    await refused(removeCredential(other, credential.id, deps), 'not-found')
    await removeCredential(acme, credential.id, deps)
    assert.deepEqual((await listCredentials(acme, deps)).items, [])
  }),
)

testOnBoth('an id at Microsoft is proven by a validated domain and stays with who proved it', (place) =>
  withWorld(place, async ({ acme, other, world, asked, deps }) => {
    world.answer = answer({ issuer: `https://login.microsoftonline.com/${GUID}/v2.0` })
    const { items } = await setCloud(acme, { provider: 'microsoft-365', enabled: true }, deps)
    assert.deepEqual(asked, ['https://login.example/acme.example/v2.0/.well-known/openid-configuration'])
    assert.deepEqual(
      items[0]?.ids.map(({ id, domain }) => [id, domain]),
      [[GUID, 'acme.example']],
    )
    const theirs = await setCloud(other, { provider: 'microsoft-365', enabled: true }, deps)
    assert.deepEqual(theirs.items[0]?.ids, [], 'one id is one organisation’s')
    await refused(proveCloud(acme, 'microsoft-365', deps), 'check-too-soon')
    const { header, value } = await makeCloudSecret(acme, 'microsoft-365', deps)
    assert.equal(header, 'X-Gatepost-Tenant')
    const shard = compileTenant({
      tenant: { id: acme.tenantId, slug: 'acme', settings_revision: 1, postmaster: null, delivery_paused: 0 },
      domains: [],
      routes: [],
      authorizedOutbounds: [],
      outbound: await outboundRows(deps.store.db, acme.tenantId),
    })
    assert.deepEqual(shard.clouds?.[0]?.tenantIds, [GUID])
    assert.match(shard.clouds?.[0]?.secretDigest ?? '', /^[0-9a-f]{64}$/)
    assert.ok(!JSON.stringify(await listClouds(acme, deps)).includes(value))
    await refused(makeCloudSecret(acme, 'google-workspace', deps), 'invalid-input')
    await setCloud(acme, { provider: 'microsoft-365', enabled: false }, deps)
    assert.deepEqual((await outboundRows(deps.store.db, acme.tenantId)).clouds, [])
  }),
)

testOnBoth('an id goes over with the domain that proved it, and a look is not repeated at once', (place) =>
  withWorld(place, async ({ acme, other, world, deps }) => {
    const enabled = { provider: 'microsoft-365', enabled: true } as const
    const ids = async (scope: typeof acme) =>
      (await listClouds(scope, deps)).items[0]?.ids.map(({ id }) => id)
    world.answer = { kind: 'answered', status: 400, body: { error: 'invalid_tenant' } }
    await setCloud(other, enabled, deps)
    await refused(proveCloud(other, 'microsoft-365', deps), 'check-too-soon')
    world.answer = answer({ issuer: `https://login.microsoftonline.com/${GUID}/v2.0` })
    await setCloud(acme, enabled, deps)
    const { db } = deps.store
    const lost = { validated_at: null, lost_at: START }
    await db.updateTable('domain').set(lost).where('tenant_id', '=', acme.tenantId).execute()
    assert.deepEqual(await ids(acme), [GUID], 'until somebody proves it anew')
    await setCloud(other, { ...enabled, enabled: false }, deps)
    await db.deleteFrom('observation').where('tenant_id', '=', other.tenantId).execute()
    await setCloud(other, enabled, deps)
    assert.deepEqual([await ids(acme), await ids(other)], [[], [GUID]])
  }),
)

testOnBoth('an id whose domain cannot be asked about stays proven; one that is gone goes', (place) =>
  withStore(place, async (base, clock) => {
    const { acme, deps } = await worldOf(base)
    const second = '22222222-2222-4222-8222-222222222222'
    const issuers = new Map([
      ['acme.example', GUID],
      ['second.example', second],
    ])
    const { store } = deps
    const row = await store.db
      .selectFrom('domain')
      .selectAll()
      .where('tenant_id', '=', acme.tenantId)
      .executeTakeFirstOrThrow()
    const more = { ...row, id: 'dom_second', name: 'second.example' }
    await store.db.insertInto('domain').values(more).execute()
    const fetchJson = async (url: string): Promise<FetchedJson> => {
      const id = issuers.get(url.split('/')[3] ?? '')
      if (id === 'silent') return { kind: 'failed', why: 'no answer' }
      if (id === 'busy') return { kind: 'answered', status: 503, body: null }
      return id === undefined
        ? { kind: 'answered', status: 400, body: { error: 'invalid_tenant' } }
        : answer({ issuer: `https://login.microsoftonline.com/${id}/v2.0` })
    }
    const ids = async () => {
      const { items } = await listClouds(acme, deps)
      return items[0]?.ids.map(({ domain }) => domain)
    }
    await setCloud(acme, { provider: 'microsoft-365', enabled: true }, { ...deps, fetchJson })
    assert.deepEqual(await ids(), ['acme.example', 'second.example'])
    for (const trouble of ['silent', 'busy']) {
      issuers.set('second.example', trouble)
      clock.add(60_000)
      await proveCloud(acme, 'microsoft-365', { ...deps, fetchJson })
      assert.deepEqual(await ids(), ['acme.example', 'second.example'], trouble)
    }
    issuers.delete('second.example')
    clock.add(60_000)
    await proveCloud(acme, 'microsoft-365', { ...deps, fetchJson })
    assert.deepEqual(await ids(), ['acme.example'])
    issuers.delete('acme.example')
    clock.add(60_000)
    const odd = async (): Promise<FetchedJson> => ({ kind: 'answered', status: 403, body: null })
    await proveCloud(acme, 'microsoft-365', { ...deps, fetchJson: odd })
    assert.deepEqual(await ids(), ['acme.example'], 'a proxy’s refusal is no answer of Microsoft’s')
    clock.add(60_000)
    await proveCloud(acme, 'microsoft-365', { ...deps, fetchJson })
    assert.deepEqual(await ids(), [])
  }),
)

testOnBoth('ranges are read from the provider, and no failure empties them', (place) =>
  withWorld(place, async ({ acme, world, deps }) => {
    const ranges = async () => (await listClouds(acme, deps)).items[0]!.ranges
    const builtIn = (await ranges()).count
    assert.ok(builtIn > 5)
    const faults: readonly (readonly [FetchedJson, RegExp])[] = [
      [{ kind: 'failed', why: 'no answer' }, /no answer/],
      [{ kind: 'answered', status: 503, body: null }, /503/],
      [answer({ nonsense: true }), /else than a list/],
      [answer([]), /names no address/],
      [answer([{ serviceArea: 'Exchange', tcpPorts: '25', ips: ['40.92.0.0/15'] }]), /only 1 networks/],
      [answer([{ serviceArea: 'Exchange', tcpPorts: '25', ips: many(20, 4) }]), /one family/],
    ]
    for (const [said, why] of faults) {
      world.answer = said
      assert.equal(await refreshRanges('microsoft-365', deps), false)
      const now = await ranges()
      assert.equal(now.count, builtIn)
      assert.match(now.why ?? '', why)
    }
    world.answer = answer([
      { serviceArea: 'Exchange', tcpPorts: '25,587', ips: [...many(20, 4), ...many(4, 6), 'nonsense'] },
      { serviceArea: 'Exchange', tcpPorts: '443', ips: ['203.0.113.0/24'] },
      { serviceArea: 'Skype', tcpPorts: '25', ips: ['203.0.113.0/24'] },
    ])
    assert.equal(await refreshRanges('microsoft-365', deps), true)
    assert.equal((await ranges()).count, 24)
    assert.equal((await ranges()).readAt, START)
    world.answer = { kind: 'failed', why: 'gone' }
    await refreshRanges('microsoft-365', deps)
    assert.deepEqual([(await ranges()).count, (await ranges()).failures], [24, 1])
  }),
)

testOnBoth('Google’s addresses are read from its SPF record, with what that includes', (place) =>
  withWorld(place, async ({ acme, dns, deps }) => {
    const ranges = async () => (await listClouds(acme, deps)).items[1]!.ranges
    assert.equal(await refreshRanges('google-workspace', deps), false)
    assert.match((await ranges()).why ?? '', /no SPF record to be seen/)
    const includes = ['_one.google.example', '_two.google.example']
    dns.add(
      '_spf.google.example',
      'TXT',
      `v=spf1 ${includes.map((name) => `include:${name}`).join(' ')} ~all`,
    )
    const terms = (family: 4 | 6) => many(20, family).map((range) => `ip${family}:${range}`)
    dns.add('_one.google.example', 'TXT', `v=spf1 ${terms(4).join(' ')} ~all`)
    dns.add('_two.google.example', 'TXT', `v=spf1 ${terms(6).join(' ')} ~all`)
    assert.equal(await refreshRanges('google-workspace', deps), true)
    assert.equal((await ranges()).count, 40)
    dns.fail('_two.google.example')
    assert.equal(await refreshRanges('google-workspace', deps), false)
    assert.equal((await ranges()).count, 40)
  }),
)

testOnBoth('forwarding addresses: own addresses only, no loops, a key for SRS', (place) =>
  withWorld(place, async ({ acme, other, deps }) => {
    const add = (address: string, target: string) =>
      addForwarding(acme, { address, target, keepCopy: false, comment: '' }, deps)
    const sales = await add('Sales@Acme.example', 'ann@home.example')
    assert.deepEqual([sales.address, sales.isExternal], ['sales@acme.example', true])
    await refused(add('sales@acme.example', 'x@y.example'), 'address-exists')
    await refused(add('sales@other.example', 'x@y.example'), 'address-not-in-domain')
    await refused(add('nonsense', 'x@y.example'), 'invalid-input')
    await refused(add('one@acme.example', 'one@acme.example'), 'invalid-input')
    await add('two@acme.example', 'one@acme.example')
    await add('three@acme.example', 'two@acme.example')
    await refused(add('one@acme.example', 'three@acme.example'), 'invalid-input')
    await addForwarding(
      other,
      { address: 'far@other.example', target: 'four@acme.example', keepCopy: false, comment: '' },
      deps,
    )
    await refused(add('four@acme.example', 'far@other.example'), 'invalid-input')
    const changed = await updateForwarding(acme, sales.id, { keepCopy: true }, deps)
    assert.equal(changed.keepCopy, true)
    await refused(updateForwarding(other, sales.id, { keepCopy: true }, deps), 'not-found')
    const found = await listForwardings(acme, { limit: 2, search: 'o' }, deps)
    assert.deepEqual([found.items.length, found.next], [2, found.items[1]?.address])
    const { setting, forwardings } = await outboundRows(deps.store.db, acme.tenantId)
    assert.equal(forwardings.length, 3)
    assert.match(setting?.srs_key ?? '', /^v1\./)
    await removeForwarding(acme, sales.id, deps)
    assert.equal((await listForwardings(acme, { limit: 50 }, deps)).total, 2)
  }),
)

testOnBoth(
  'a sender far above its usual is slowed down, then held, told, and released by a person',
  (place) =>
    withWorld(place, async ({ acme, deps }) => {
      const { tenantId } = acme
      const send = (identity: string, recipients: number, at: number) =>
        keepVolumes(deps.store, [
          { tenantId, kind: 'author', identity, at, messages: 1, recipients, subjects: ['Urgent'] },
        ])
      const suspects = async () => (await outboundRows(deps.store.db, tenantId)).suspects
      // The newsletter's usual is high; nothing happens.
      await send('news@acme.example', 190, START - 24 * HOUR)
      for (let at = 0; at < 4; at += 1) await send('news@acme.example', 200, START + at)
      assert.deepEqual(await suspects(), [])
      await send('ann@acme.example', 20, START - 48 * HOUR)
      await send('ann@acme.example', 150, START)
      assert.deepEqual(await suspects(), [])
      await send('ann@acme.example', 60, START + 1)
      assert.deepEqual(await suspects(), [
        { kind: 'author', identity: 'ann@acme.example', action: 'throttle' },
      ])
      await send('ann@acme.example', 900, START + 2)
      assert.deepEqual(await suspects(), [{ kind: 'author', identity: 'ann@acme.example', action: 'hold' }])
      const { items } = await listSenderWarnings(acme, deps)
      assert.deepEqual([items.length, items[0]?.recipients, items[0]?.usual], [1, 210, 20])
      const told = await deps.store.db
        .selectFrom('activity')
        .select('text')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', 'mail')
        .execute()
      assert.match(
        told.map(({ text }) => text).join(),
        /ann@acme\.example wrote to 210 recipients within an hour/,
      )
      await releaseSender(acme, items[0]!.id, deps)
      assert.deepEqual(await suspects(), [])
      await send('ann@acme.example', 10, START + 3)
      const limited = await setSenderLimit(acme, 300, deps)
      assert.deepEqual([limited.hourlyRecipients, limited.isDefault], [300, false])
      assert.equal((await setSenderLimit(acme, null, deps)).isDefault, true)
    }),
)

function answer(body: unknown): FetchedJson {
  return { kind: 'answered', status: 200, body }
}

function many(count: number, family: 4 | 6): string[] {
  return Array.from({ length: count }, (_, at) => (family === 4 ? `40.${at}.0.0/16` : `2a01:${at + 1}::/32`))
}

async function refused(work: Promise<unknown>, name: string): Promise<void> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected ${name}, got ${String(error)}`)
  assert.equal(error.problemName, name)
}
