// Property: whatever permits there are, by rule or by list, forged mail stays refused (S1, reliability §3
// case 72).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { decide } from './decide.ts'
import { type FactName, known, unknown } from './facts.ts'
import { messagePolicies, rcptPolicies } from './order.ts'
import type { PolicyTransaction } from './policy.ts'
import type { PolicyRule, Scope } from './rule.ts'
import type { TenantSettings } from './settings.ts'

const ROUNDS = 300

/** Seeded, so that a failure can be looked at again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const SCOPES: readonly Scope[] = [
  { kind: 'everyone' },
  { kind: 'internal' },
  { kind: 'external' },
  { kind: 'domain', domain: 'ours.example' },
  { kind: 'domain', domain: 'sender.example' },
  { kind: 'address', address: 'ceo@ours.example' },
  { kind: 'address', address: 'bob@sender.example' },
]

function rule(id: string, from: Scope, random: (below: number) => number) {
  const basis = (['envelope', 'header', 'both'] as const)[random(3)]!
  return {
    id,
    name: id,
    from,
    to: ([{ kind: 'everyone' }, { kind: 'internal' }] as const)[random(2)]!,
    addressesBasedOn: basis,
    bidirectional: random(2) === 1,
    sourceIps: random(4) === 0 ? ['203.0.113.0/24'] : [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: random(2) === 1,
    createdAt: random(1_000),
  } as const
}

function permits(random: (below: number) => number): readonly PolicyRule[] {
  return Array.from({ length: 1 + random(6) }, (_, at) => ({
    ...rule(`permit_${at}`, SCOPES[random(SCOPES.length)]!, random),
    type: 'permitted-senders' as const,
    option: { action: 'permit' as const, onlyIfAuthenticated: random(3) === 0 },
  }))
}

const spoofing: PolicyRule = {
  ...rule('spoofing', { kind: 'domain', domain: 'ours.example' }, () => 0),
  to: { kind: 'internal' },
  addressesBasedOn: 'both',
  sourceIps: [],
  override: false,
  type: 'anti-spoofing',
  option: { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [] },
}

const authentication: PolicyRule = {
  ...rule('authentication', { kind: 'everyone' }, () => 0),
  addressesBasedOn: 'both',
  sourceIps: [],
  override: false,
  type: 'authentication',
  option: { spfFail: 'none', dkimFail: 'none', dmarcFail: 'honour', noneFound: 'none' },
}

function settingsWith(rules: readonly PolicyRule[]): TenantSettings {
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [
      {
        id: 'dom_1',
        name: 'ours.example',
        recipientMode: 'accept-all',
        unknownRecipient: 'reject',
        routeId: null,
      },
    ],
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules,
  }
}

async function outcome(settings: TenantSettings, from: string, author: string) {
  const authorDomain = author.slice(author.lastIndexOf('@') + 1)
  const own = { id: 'x', sender: author, source: 'managed', onlyIfAuthenticated: false } as const
  const facts: { readonly [Name in FactName]?: unknown } = {
    relay: { authorizedFor: [], reversePathTenant: null, forwardPathTenant: 'acme' },
    recipient: { listed: true, source: 'manual' },
    clientNames: ['mail.sender.example'],
    spf: { result: 'pass', domain: 'sender.example', explanation: null },
    managedSender: { permit: own, block: null },
    hops: { received: 1, ownLoops: 0 },
    relayProof: { isReversePathForeign: false, resent: null, kind: 'not-needed' },
    author: {
      domains: [authorDomain],
      tenants: [null],
      people: [{ displayName: '', address: author, written: '' }],
      replyTo: [],
    },
    listedSpf: [],
    impersonation: [],
    authentication: {
      spf: 'pass',
      spfDomain: 'sender.example',
      spfAligned: false,
      dkim: [],
      dmarc: { result: 'fail', policy: 'reject', domain: authorDomain },
      arc: 'none',
    },
  }
  const transaction: PolicyTransaction = {
    clientIp: '203.0.113.5',
    helo: 'mail.sender.example',
    reversePath: mailboxOf(from),
    forwardPath: mailboxOf('ann@ours.example'),
    tenantId: 'acme',
    direction: 'inbound',
    now: 5_000,
  }
  const gather = (name: FactName) => (name in facts ? known(facts[name]) : unknown('not in this test'))
  for (const policies of [rcptPolicies, messagePolicies]) {
    const verdict = await decide(policies, { transaction, settings, gather: gather as never })
    if (verdict.kind === 'reject') return verdict.by
  }
  return 'taken'
}

test('no permit, by rule or by list, ever skips anti-spoofing or a DMARC refusal', async () => {
  const random = randomOf(3)
  for (let round = 0; round < ROUNDS; round += 1) {
    const rules = permits(random)
    const spoofed = settingsWith([spoofing, ...rules])
    assert.equal(
      await outcome(spoofed, 'bob@sender.example', 'ceo@ours.example'),
      'anti-spoofing-header',
      `round ${round}`,
    )
    assert.equal(
      await outcome(spoofed, 'ceo@ours.example', 'ceo@ours.example'),
      'anti-spoofing-header',
      `round ${round}`,
    )
    const judged = settingsWith([authentication, ...rules])
    assert.equal(
      await outcome(judged, 'bob@sender.example', 'eve@bank.example'),
      'authentication',
      `round ${round}`,
    )
  }
})
