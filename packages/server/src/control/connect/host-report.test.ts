// Reports of the check script: what each setting of Exchange Online leads to, and whose report is taken.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostReport } from '@gatepost/contract/host-check.ts'
import { withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { madeUpDns } from '../../../../../test/store/made-up-dns.ts'
import { domain, empty, NOW, passed, route } from './derive.fixture.ts'
import { deriveConnect } from './derive.ts'
import { hostChecksOf } from './derive-host.ts'
import { dropHostReport, getHostCheck } from './host-check.ts'
import { hostReportChecks } from './host-report.ts'
import { getLock } from './lock.ts'

const connector = {
  name: 'Gatepost in',
  enabled: true,
  type: 'Partner',
  addresses: ['192.0.2.1', '192.0.2.2/32'],
  restricted: false,
  skipLast: true,
  skip: [],
  users: [],
}
const good: HostReport = {
  format: 'gatepost-host-check-1',
  at: '2026-10-21T00:00:00Z',
  domains: ['acme.example', 'acme.onmicrosoft.com'],
  directSendRefused: false,
  sealers: ['acme.example, other.example'],
  inbound: [{ ...connector, name: 'Partner', addresses: ['198.51.100.0/24'] }, connector],
  outbound: [{ name: 'Gatepost out', enabled: true, hosts: ['mx.gate.example'], validated: true }],
  rules: [{ name: 'Old rule', state: 'Disabled', level: '-1' }],
}
const expected = {
  addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
  hostname: 'mx.gate.example',
  domains: ['acme.example'],
  at: NOW,
}
const statesOf = (change: Partial<HostReport>): Record<string, string> =>
  Object.fromEntries(
    hostReportChecks({ ...good, ...change }, expected).map(({ name, state }) => [name.slice(5), state]),
  )
const all = {
  connector: 'passed',
  filtering: 'passed',
  sealer: 'passed',
  rules: 'passed',
  outbound: 'passed',
}

test('what the settings of Exchange Online lead to', () => {
  assert.deepEqual(statesOf({}), all)
  const none = { connector: 'failed', filtering: 'not-run' }
  assert.deepEqual(statesOf({ inbound: [] }), { ...all, ...none })
  assert.deepEqual(statesOf({ inbound: [{ ...connector, enabled: false }] }), { ...all, ...none })
  const inbound = (change: object) => statesOf({ inbound: [{ ...connector, ...change }] })
  assert.deepEqual(inbound({ addresses: ['192.0.2.1'] }), { ...all, connector: 'warning' })
  assert.deepEqual(inbound({ type: 'OnPremises' }), { ...all, connector: 'failed' })
  assert.deepEqual(inbound({ skipLast: false }), { ...all, filtering: 'failed' })
  assert.deepEqual(inbound({ skipLast: false, skip: ['192.0.2.0/24'] }), all)
  assert.deepEqual(inbound({ users: ['ann@acme.example'] }), { ...all, filtering: 'warning' })
  assert.deepEqual(statesOf({ sealers: [] }), { ...all, sealer: 'failed' })
  const sealing = { ...expected, domains: ['acme.example', 'shop.example'] }
  const seal = hostReportChecks(good, sealing).find(({ name }) => name === 'host-sealer')
  assert.deepEqual(
    [seal?.state, seal?.saw],
    ['failed', 'Trusted are acme.example, other.example, but not shop.example.'],
  )
  const rules = [{ name: 'All', state: 'Enabled', level: '-1' }]
  assert.deepEqual(statesOf({ rules }), { ...all, rules: 'warning' })
  assert.deepEqual(statesOf({ outbound: [] }), { ...all, outbound: 'not-run' })
  const outbound = good.outbound.map((one) => ({ ...one, validated: false }))
  assert.deepEqual(statesOf({ outbound }), { ...all, outbound: 'warning' })
})

test('the step asks for the report, turns amber by it, and believes what was right for a while only', () => {
  const confirmed = { domains: [domain()], routes: [route({ ...passed, arrivedAt: NOW })], now: NOW }
  const stepOf = (checks: ReturnType<typeof hostReportChecks> | null, now = NOW) => {
    const host = checks === null ? null : { ranAt: NOW, checks }
    const { steps } = deriveConnect({ ...empty, ...confirmed, now, host })
    const { state, checks: shown } = steps.find(({ name }) => name === 'prepare-inbound')!
    return [state, ...shown.filter(({ name }) => name.startsWith('host-')).map((one) => one.state)]
  }
  const bad = hostReportChecks({ ...good, sealers: [] }, expected)
  assert.deepEqual(stepOf(null), ['done', 'not-verified'])
  assert.deepEqual(stepOf(bad), ['needs-attention', 'passed', 'passed', 'failed', 'passed', 'passed'])
  const old = Array(5).fill('not-verified')
  // What was wrong does not mend itself by growing old.
  assert.deepEqual(stepOf(bad, NOW + 91 * 86_400_000), ['needs-attention', ...old.with(2, 'failed')])
  assert.deepEqual(stepOf(hostReportChecks(good, expected), NOW + 91 * 86_400_000), ['done', ...old])
  const premises = {
    ...empty,
    ...confirmed,
    tenant: { ...empty.tenant, environment: 'on-premises' } as const,
  }
  assert.deepEqual(hostChecksOf(premises).checks, [])
  const hybrid = { ...empty, tenant: { ...empty.tenant, environment: 'hybrid' } as const }
  assert.deepEqual(hostChecksOf({ ...hybrid, routes: [route(null)] }).checks, [])
  const online = route(null, { host: 'acme-example.mail.protection.outlook.com' })
  assert.equal(hostChecksOf({ ...hybrid, routes: [online] }).checks.length, 1)
})

test('a report is kept with its date; one of another organisation is refused', () =>
  withFolder((dataFolder) =>
    withStore({ dataFolder, database: null }, async (base, clock) => {
      const { dns } = madeUpDns()
      const machine = { addresses: () => ['192.0.2.1'] } as never
      const deps = { ...base, dns, machine }
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const { tenantId } = acme
      await deps.store.db
        .updateTable('tenant')
        .set({ environment: 'microsoft-365' })
        .where('id', '=', tenantId)
        .execute()
      assert.match((await getHostCheck(acme, deps)).script ?? '', /Get-InboundConnector/)
      const at = new Date(clock.now()).toISOString()
      const foreign = { ...good, at, domains: ['other.example'] }
      await assert.rejects(dropHostReport(acme, foreign, deps), { problemName: 'invalid-input' })
      const ahead = { ...good, at: new Date(clock.now() + 86_400_000).toISOString() }
      await assert.rejects(dropHostReport(acme, ahead, deps), { problemName: 'invalid-input' })
      const kept = await dropHostReport(acme, { ...good, at }, deps)
      assert.deepEqual([kept.ranAt, kept.checks.length], [Date.parse(at), 5])
      assert.deepEqual((await getHostCheck(acme, deps)).checks, kept.checks)
      const more = ['acme.example', 'Shop.example', 'acme.onmicrosoft.com', 'no domain']
      await dropHostReport(acme, { ...good, at, domains: more }, deps)
      const knock = { vantage: { addresses: [] }, network: { privateTargets: [] } }
      const config = { ...deps.config, ...knock } as unknown as typeof deps.config
      const agents = { isWaiting: () => false, probe: async () => null }
      const { stops } = await getLock(acme, { ...deps, config, agents, listening: [] })
      assert.deepEqual(
        stops.map(({ domain, saw }) => `${domain}: ${saw.slice(0, 32)}`),
        ['acme.example: We have not looked yet.', 'shop.example: Exchange Online took mail for it'],
      )
    }),
  ))

test('a report as PowerShell writes it is read, and other files are not', () => {
  assert.equal(HostReport.safeParse(good).success, true)
  assert.equal(HostReport.safeParse({ ...good, format: 'x' }).success, false)
  assert.equal(HostReport.safeParse({ ...good, at: 'yesterday' }).success, false)
})
