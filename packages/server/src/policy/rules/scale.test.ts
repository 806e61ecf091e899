// What rules cost: memory and look-ups of one large tenant and of many small ones. Times are printed: how
// fast this machine is today proves nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known } from '../facts.ts'
import type { PolicyRule } from '../rule.ts'
import type { TenantSettings } from '../settings.ts'
import { rulesOf } from './index.ts'
import { type RuleSubject, recipientClass, selectRule } from './select.ts'

const TENANTS = 5_000
const RULES = 10_000

const common = {
  type: 'permitted-senders',
  to: { kind: 'internal' },
  addressesBasedOn: 'both',
  bidirectional: false,
  sourceIps: [],
  hostNames: [],
  validFrom: null,
  validUntil: null,
  override: false,
  option: { action: 'permit', onlyIfAuthenticated: true },
} as const

function tenant(tenantId: string, domain: string, rules: readonly PolicyRule[]): TenantSettings {
  return {
    tenantId,
    slug: tenantId,
    revision: 1,
    domains: [{ id: 'd', name: domain, recipientMode: 'known', unknownRecipient: 'reject', routeId: null }],
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules,
  }
}

function ruleFor(sender: string, at: number): PolicyRule {
  return {
    ...common,
    id: `pol_${at}`,
    name: sender,
    from: { kind: 'address', address: sender },
    createdAt: at,
  }
}

function subject(from: string, to: string): RuleSubject {
  return {
    clientIp: '192.0.2.1',
    clientNames: known([]),
    envelopeFrom: from,
    headerFrom: [from],
    to,
    now: 1,
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function timeOf(ask: (i: number) => void, times = 20_000): number {
  for (let i = 0; i < 2_000; i++) ask(i)
  const start = process.hrtime.bigint()
  for (let i = 0; i < times; i++) ask(i)
  return Number(process.hrtime.bigint() - start) / times / 1_000
}

test('one tenant with 10,000 rules of a type', (t) => {
  const rules = Array.from({ length: RULES }, (_, i) => ruleFor(`u${i}@s${i % 997}.example`, i))
  const settings = tenant('acme', 'acme.example', rules)
  const before = heapBytes()
  const start = process.hrtime.bigint()
  const index = rulesOf(settings)
  assert.equal(index.ofType('permitted-senders')?.size, RULES)
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const bytes = (heapBytes() - before) / RULES
  const hit = timeOf((i) => {
    const at = i % RULES
    selectRule(index, 'permitted-senders', subject(`u${at}@s${at % 997}.example`, 'ann@acme.example'))
  })
  const miss = timeOf(() =>
    selectRule(index, 'permitted-senders', subject('nobody@nowhere.example', 'ann@acme.example')),
  )
  const group = timeOf(() => recipientClass(index, ['permitted-senders'], 'ann@acme.example'))
  t.diagnostic(
    `index made in ${ms.toFixed(0)} ms, ${bytes.toFixed(0)} bytes a rule (heap, without forced gc)`,
  )
  t.diagnostic(
    `select ${hit.toFixed(2)} µs, without a rule ${miss.toFixed(2)} µs, class ${group.toFixed(2)} µs`,
  )
})

test('5,000 tenants with ten rules each: made when mail comes, and one changes alone', (t) => {
  const all = Array.from({ length: TENANTS }, (_, n) =>
    tenant(
      `t${n}`,
      `t${n}.example`,
      Array.from({ length: 10 }, (_, i) => ruleFor(`u${i}@sender.example`, i)),
    ),
  )
  const before = heapBytes()
  const start = process.hrtime.bigint()
  for (const settings of all) rulesOf(settings).ofType('permitted-senders')
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const bytes = (heapBytes() - before) / TENANTS
  const select = timeOf((i) => {
    const n = i % TENANTS
    const at = subject(`u${i % 10}@sender.example`, `ann@t${n}.example`)
    selectRule(rulesOf(all[n]!), 'permitted-senders', at)
  })
  t.diagnostic(`${TENANTS} indexes in ${ms.toFixed(0)} ms, ${bytes.toFixed(0)} bytes a tenant`)
  t.diagnostic(`select ${select.toFixed(2)} µs, tenant after tenant`)
  // The same settings keep their index; new ones of one tenant leave the others alone.
  const kept = rulesOf(all[1]!)
  rulesOf({ ...all[0]! })
  assert.equal(rulesOf(all[1]!), kept)
})
