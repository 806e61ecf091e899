// The operator's application at Microsoft over both databases, against the sandbox's Entra ID: consent by a
// link, and the wall between organisations: what a browser brings back proves nothing.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ConnectorSettings } from '@gatepost/contract/directory.ts'
import { createEntraReader } from '@gatepost/directory/entra.ts'
import { type GraphServer, startGraph } from '@gatepost/sandbox/graph.ts'
import { fetchJson } from '#platform/fetch-json.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, anna, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { answerEntraConsent, getEntraConsent, revokeEntraConsent, startEntraConsent } from './consent.ts'
import { webOf } from './kinds/web.ts'
import { getProviderApp, removeProviderApp, setProviderApp, withProviderApp } from './provider-app.ts'

let graph: GraphServer

before(async () => {
  graph = await startGraph()
  graph.objects.put('users', {
    id: 'entra-carla',
    displayName: 'Carla',
    mail: 'carla@acme.example',
    userPrincipalName: 'carla@acme.example',
    proxyAddresses: ['SMTP:carla@acme.example'],
    accountEnabled: true,
    userType: 'Member',
  })
})
after(() => graph.stop())

const operator = { tenantId: null, actor: anna, from: 'internal' } as const
const PROVIDED = ConnectorSettings.parse({ kind: 'entra', app: 'provider' })

function reaching(base: Deps) {
  const directories = { entraLogin: graph.url, entraGraph: graph.url, googleToken: null, googleApi: null }
  const config = { ...base.config, directories } as ControlDeps['config']
  return { ...base, config, url: 'http://localhost:8080/', fetchJson }
}

type Reaching = ReturnType<typeof reaching>

const application = () => ({
  clientId: graph.app.clientId.toUpperCase(),
  cloud: 'global' as const,
  credential: 'secret' as const,
  secret: graph.app.secret,
  secretExpiresAt: null,
})

/** What an administrator's browser does: follows the link, and is sent back with Microsoft's answer. */
async function followed(scope: Scope, deps: Reaching): Promise<URLSearchParams> {
  const { url } = await startEntraConsent(scope, deps)
  const response = await fetch(url, { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '')
  assert.equal(`${back.origin}${back.pathname}`, 'http://localhost:8080/entra/consent')
  return back.searchParams
}

const outcomeOf = async (query: URLSearchParams, deps: Reaching): Promise<string> => {
  const { outcome, slug } = await answerEntraConsent(query, '192.0.2.7', deps)
  return `${slug ?? 'nobody'}: ${outcome}`
}

const lend = (scope: Scope, deps: Reaching) =>
  withProviderApp(scope.tenantId, { settings: PROVIDED, secret: null }, deps)

testOnBoth('one application serves each organisation for its own tenant, and none for another', (place) =>
  withStore(place, async (base) => {
    const deps = reaching(base)
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const rival = await addOrganisation(deps.store, 'Rival', 'rival.example')
    await assert.rejects(startEntraConsent(acme, deps), { problemName: 'invalid-input' })
    await assert.rejects(lend(acme, deps), { code: 'no-provider-app' })
    await assert.rejects(
      setProviderApp(operator, { ...application(), secret: graph.app.clientId }, deps),
      { problemName: 'invalid-input' },
      'the id of a secret is not the secret',
    )
    const { app, redirectUri } = await setProviderApp(operator, application(), deps)
    assert.equal(redirectUri, 'http://localhost:8080/entra/consent')
    assert.equal(JSON.stringify(app).includes(graph.app.secret), false)
    await assert.rejects(lend(acme, deps), { code: 'no-consent' })

    // A rival's administrator names Acme's tenant in a call-back of his own link.
    const { url } = await startEntraConsent(rival, deps)
    const forged = new URLSearchParams({
      state: new URL(url).searchParams.get('state') ?? '',
      tenant: graph.tenantId,
      admin_consent: 'True',
    })
    assert.equal(await outcomeOf(forged, deps), 'rival: unproven')
    // Or has Acme's own administrator follow it: the consent is real, and still not the rival's.
    assert.equal(await outcomeOf(await followed(rival, deps), deps), 'rival: unproven')
    await assert.rejects(lend(rival, deps), { code: 'no-consent' })

    const query = await followed(acme, deps)
    assert.equal(await outcomeOf(query, deps), 'acme: granted')
    assert.equal(await outcomeOf(query, deps), 'nobody: expired', 'a state counts once')
    assert.equal(await outcomeOf(new URLSearchParams({ admin_consent: 'True' }), deps), 'nobody: expired')
    const { consent } = await getEntraConsent(acme, deps)
    assert.deepEqual([consent?.entraTenant, consent?.domain], [graph.tenantId, 'acme.example'])
    assert.equal((await getEntraConsent(rival, deps)).consent, null)

    // The connector reads Acme's people with it; the rival's has nothing to read with.
    const { settings, secret } = await lend(acme, deps)
    assert.ok(settings.kind === 'entra' && secret !== null)
    const endpoints = { login: graph.url, graph: graph.url }
    const credential = { kind: 'secret', secret, expiresAt: null } as const
    const { tenantDomain, clientId, guests } = settings
    const reader = createEntraReader(
      { endpoints, tenant: tenantDomain, clientId, credential, guests, attributes: [] },
      webOf(deps as unknown as ControlDeps),
    )
    const names: string[] = []
    for await (const event of reader.read({ cursor: null, signal: AbortSignal.timeout(30_000) }))
      if (event.kind === 'entry') names.push(event.entry.name)
    assert.deepEqual(names, ['Carla'])
    await assert.rejects(lend(rival, deps), { code: 'no-consent' })
  }),
)

testOnBoth(
  'a consent is one organisation’s, can be declined and taken back, and ends with its application',
  (place) =>
    withStore(place, async (base) => {
      const deps = reaching(base)
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      // Another organisation with another domain of the same tenant.
      const twin = await addOrganisation(deps.store, 'Twin', 'acme.onmicrosoft.com')
      await setProviderApp(operator, application(), deps)
      graph.app.state = 'disabled'
      assert.equal(await outcomeOf(await followed(acme, deps), deps), 'acme: declined')
      graph.app.state = 'fine'
      assert.equal(await outcomeOf(await followed(acme, deps), deps), 'acme: granted')
      assert.equal(await outcomeOf(await followed(twin, deps), deps), 'twin: taken')
      await revokeEntraConsent(acme, deps)
      await assert.rejects(lend(acme, deps), { code: 'no-consent' })
      assert.equal(await outcomeOf(await followed(twin, deps), deps), 'twin: granted')

      // The same application with its next secret keeps consents; another application has none.
      await setProviderApp(
        operator,
        { ...application(), secret: 'next8Q~value-of-a-secret-of-Microsoft' },
        deps,
      )
      assert.equal((await getProviderApp(deps)).consents, 1)
      assert.equal((await lend(twin, deps)).secret, 'next8Q~value-of-a-secret-of-Microsoft')
      const other = '00000000-0000-4000-8000-000000000001'
      await setProviderApp(operator, { ...application(), clientId: other }, deps)
      assert.equal((await getProviderApp(deps)).consents, 0)
      await assert.rejects(lend(twin, deps), { code: 'no-consent' })
      await removeProviderApp(operator, deps)
      assert.equal((await getProviderApp(deps)).app, null)
      const { secret } = await withProviderApp(
        acme.tenantId,
        { settings: { ...PROVIDED, app: 'own' } as typeof PROVIDED, secret: 'mine' },
        deps,
      )
      assert.equal(secret, 'mine', 'an application of its own is left alone')
    }),
)
