// The tests of a connector to Entra ID: every refusal becomes a plain next step at the right test.
import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { type GraphServer, startGraph } from '@gatepost/sandbox/graph.ts'
import { checkEntra } from './entra-checks.ts'
import { credentialOf, type EntraSettings, expiryWarning } from './entra-settings.ts'
import { makeCertificate, type TestWeb, testWeb } from './web.fixture.ts'

let graph: GraphServer
let web: TestWeb
const started: GraphServer[] = []

beforeEach(async () => {
  web = testWeb()
  graph = await startGraph({ now: () => web.clockMs })
  started.push(graph)
  graph.objects.put('users', {
    id: 'ann',
    displayName: 'Ann',
    mail: 'ann@acme.example',
    accountEnabled: true,
  })
})
after(async () => {
  for (const server of started) await server.stop()
})

async function check(changes: Partial<EntraSettings> = {}, address: string | null = null) {
  const settings: EntraSettings = {
    endpoints: { login: graph.url, graph: graph.url },
    tenant: graph.domain,
    clientId: graph.app.clientId,
    credential: { kind: 'secret', secret: graph.app.secret, expiresAt: null },
    guests: false,
    attributes: [],
    ...changes,
  }
  const checks = await checkEntra(settings, web, { address, signal: new AbortController().signal })
  assert.deepEqual(
    checks.map(({ step }) => step),
    ['resolve', 'connect', 'tls', 'sign-in', 'permission', 'list', 'look-up'],
  )
  return checks
}

const failedOf = (checks: Awaited<ReturnType<typeof check>>) => {
  const failed = checks.find(({ state }) => state === 'failed')
  return `${failed?.step}: ${failed?.saw} ${failed?.remedy}`
}

const secret = (text: string, expiresAt: number | null = null) =>
  ({ kind: 'secret', secret: text, expiresAt }) as const

describe('tests of a connector to Entra ID', () => {
  it('pass, name the tenant, and look an address up', async () => {
    const checks = await check({}, 'ann@acme.example')
    assert.deepEqual(
      checks.map(({ state }) => state),
      ['passed', 'passed', 'warning', 'passed', 'passed', 'passed', 'passed'],
    )
    assert.match(checks[1]?.saw ?? '', new RegExp(graph.tenantId))
    assert.match(checks[6]?.saw ?? '', /Ann \(user\)/)
  })

  it('recognise a secret id before anybody is asked', async () => {
    const checks = await check({ credential: secret('0f8fad5b-d9cb-469f-a165-70867728950e') })
    assert.match(failedOf(checks), /^sign-in: This is the ID of the secret.*“Value”/)
    assert.equal(graph.requests.length, 0)
    assert.equal(checks.filter(({ state }) => state === 'not-run').length, 6)
  })

  const refusals: readonly [string, () => Partial<EntraSettings>, RegExp][] = [
    ['a wrong secret', () => ({ credential: secret('wrong') }), /^sign-in: .*AADSTS7000215.*“Value”/],
    [
      'an expired secret',
      () => state('secret-expired'),
      /^sign-in: .*expired.*AADSTS7000222.*new client secret/,
    ],
    ['a disabled app', () => state('disabled'), /^sign-in: .*AADSTS7000112.*Enabled for users/],
    ['conditional access', () => state('blocked-by-policy'), /^sign-in: .*AADSTS53003.*sign-in log/],
    ['another tenant', () => ({ tenant: 'wrong.onmicrosoft.com' }), /^sign-in: .*AADSTS90002.*chosen cloud/],
    [
      'an unknown app',
      () => ({ clientId: '00000000-0000-4000-8000-000000000000' }),
      /^sign-in: .*AADSTS700016.*not the object id/,
    ],
    ['an app id that is none', () => ({ clientId: 'Gatepost' }), /^sign-in: .*application id.*client\) ID/],
    ['a tenant that is none', () => ({ tenant: 'acme' }), /^sign-in: “acme” is neither/],
  ]
  const state = (to: GraphServer['app']['state']) => {
    graph.app.state = to
    return {}
  }
  for (const [name, changes, expected] of refusals)
    it(`say what to do about ${name}`, async () => {
      assert.match(failedOf(await check(changes())), expected)
    })

  it('name the permissions that are missing', async () => {
    graph.app.roles = ['User.Read.All']
    assert.match(
      failedOf(await check()),
      /^permission: .*User\.Read\.All.*groups.*GroupMember\.Read\.All.*admin consent/,
    )
    graph.app.roles = []
    assert.match(failedOf(await check()), /^permission: The token holds no permissions/)
  })

  it('warn of an app that may write', async () => {
    graph.app.roles.push('User.ReadWrite.All')
    const checks = await check()
    assert.equal(checks[4]?.state, 'warning')
    assert.match(checks[4]?.saw ?? '', /User\.ReadWrite\.All/)
  })

  it('warn before the secret ends, by what was entered or what Graph tells', async () => {
    const entered = await check({ credential: secret(graph.app.secret, Date.parse('2026-12-10')) })
    assert.match(entered[3]?.saw ?? '', /ends on 2026-12-10, in 18 days/)
    assert.equal(entered[3]?.state, 'warning')
    graph.app.roles.push('Application.Read.All')
    const told = await check({ credential: secret(graph.app.secret, Date.parse('2026-12-10')) })
    assert.match(told[3]?.saw ?? '', /good until 2027-06-01/)
  })

  it('sign in by certificate, and see a key that does not belong', async () => {
    const pair = makeCertificate()
    graph.app.certificates = [pair.certificatePem]
    web.clockMs = Date.now()
    const pem = `${pair.privateKeyPem}\n${pair.certificatePem}`
    const checks = await check({ credential: credentialOf('certificate', pem, null) })
    assert.equal(checks[3]?.state, 'passed')
    assert.match(checks[3]?.saw ?? '', /good until/)
    const mixed = `${makeCertificate().privateKeyPem}\n${pair.certificatePem}`
    assert.match(
      failedOf(await check({ credential: credentialOf('certificate', mixed, null) })),
      /another certificate/,
    )
    assert.match(
      failedOf(await check({ credential: credentialOf('certificate', 'x', null) })),
      /certificate cannot be read/,
    )
  })

  it('say which host has no address, and which cannot be reached', async () => {
    const nowhere = { login: 'https://login.invalid', graph: graph.url }
    assert.match(failedOf(await check({ endpoints: nowhere })), /^resolve: login\.invalid/)
    const closed = { login: 'http://127.0.0.1:9', graph: graph.url }
    assert.match(failedOf(await check({ endpoints: closed })), /^connect: 127\.0\.0\.1:9.*443/)
  })

  it('say that an address is unknown', async () => {
    assert.match(failedOf(await check({}, 'nobody@acme.example')), /^look-up: Nobody/)
  })

  it('never show the secret', async () => {
    const shown = JSON.stringify(await check({ credential: secret('s3cret~value') }))
    assert.equal(shown.includes('s3cret~value'), false)
  })
})

describe('the end of a credential', () => {
  const now = Date.parse('2026-11-22')
  const cases: readonly [string, RegExp | null][] = [
    ['2027-02-01', null],
    ['2026-11-23', /in 1 day\./],
    ['2026-11-20', /ended on 2026-11-20/],
  ]
  for (const [date, expected] of cases)
    it(`on ${date}`, () => {
      const warning = expiryWarning(Date.parse(date), now)
      if (expected === null) assert.equal(warning, null)
      else assert.match(warning ?? '', expected)
    })
})
