// Each policy that refuses or defers: what would have helped, found by asking again, the narrowest first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known } from '#policy/facts.ts'
import type { ExplanationStep, GatheredFacts } from '#policy/policy.ts'
import type { PolicyRule } from '#policy/rule.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { remediesOf, todayOf } from './remedies.ts'
import { decisionOf, type Record } from './replay.ts'

const TENANT = 'ten_acme'
const NOW = Date.UTC(2026, 10, 22)

const settings: TenantSettings = {
  tenantId: TENANT,
  slug: 'acme',
  revision: 7,
  domains: [
    { id: 'dom_1', name: 'acme.example', recipientMode: 'known', unknownRecipient: 'reject', routeId: null },
  ],
  authorizedOutbounds: [],
  routes: [],
  defaultRouteId: null,
  smartHostRouteId: null,
  postmaster: null,
}

const rule = (type: string, option: object, change: object = {}): PolicyRule =>
  ({
    id: 'rul_1',
    type,
    name: 'Rule one',
    from: { kind: 'everyone' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 1,
    option,
    ...change,
  }) as unknown as PolicyRule

const toUs = known({ authorizedFor: [], reversePathTenant: null, forwardPathTenant: TENANT })
const listed = known({ listed: true, source: 'manual' })

type Refused = {
  readonly policy: string
  readonly kind?: string
  readonly facts: GatheredFacts
  readonly reversePath?: string
  readonly forwardPath?: string
  readonly clientName?: string | null
}

function recordOf({ policy, kind = 'reject', facts, clientName = null, ...paths }: Refused): Record {
  const step = { policy, stage: 'rcpt', kind, because: 'recipient-unknown', saw: '' } as ExplanationStep
  const { reversePath = 'bob@sender.example', forwardPath = 'ann@acme.example' } = paths
  return {
    tenantId: TENANT,
    at: NOW,
    direction: 'inbound',
    reversePath,
    forwardPath,
    body: {
      client: { ip: '198.51.100.7', name: clientName, helo: 'mail.sender.example', tls: null },
      explanation: [step],
      facts,
      messageIdField: null,
      origin: 'smtp',
      reply: { code: 550, status: '5.1.1', text: 'no' },
      settingsRevision: 7,
      recipients: [{ forwardPath, explanation: [], facts: {} }],
    },
  }
}

const textsOf = (record: Record, now: TenantSettings): readonly string[] => {
  const decision = decisionOf(record)
  assert.ok(decision)
  return remediesOf(decision, now).map(({ text }) => text)
}

test('an unknown recipient: add it; letting everybody in is the wider change', () => {
  const facts = { relay: toUs, recipient: known({ listed: false, source: null }) }
  const record = recordOf({ policy: 'recipient-validation', facts })
  const [first, second] = textsOf(record, settings)
  assert.equal(first, 'Add ann@acme.example as a user or alias.')
  assert.match(second ?? '', /accept all recipients/)
  const open = { ...settings, domains: [{ ...settings.domains[0]!, recipientMode: 'accept-all' as const }] }
  const decision = decisionOf(record)!
  assert.equal(todayOf(decision, settings).changed, false)
  assert.deepEqual(
    [todayOf(decision, open).changed, todayOf(decision, open).outcome, remediesOf(decision, open)],
    [true, 'accept', []],
  )
})

test('an own host that is not authorised: authorise it, and only it', () => {
  const relay = known({ authorizedFor: [], reversePathTenant: TENANT, forwardPathTenant: null })
  const record = recordOf({
    policy: 'relay',
    kind: 'defer',
    facts: { relay },
    reversePath: 'ann@acme.example',
    forwardPath: 'bob@far.example',
  })
  const remedies = remediesOf(decisionOf(record)!, settings)
  assert.deepEqual(remedies[0]?.act, { kind: 'authorize-address', address: '198.51.100.7' })
})

test('a spoofed sender: the exemption by verified host comes before that by address, and works', () => {
  const refusing = rule('anti-spoofing', {
    action: 'refuse',
    acceptAligned: false,
    spfDomains: [],
    dkimDomains: [],
  })
  const record = recordOf({
    policy: 'anti-spoofing',
    facts: { relay: toUs, recipient: listed },
    reversePath: 'hr@acme.example',
    clientName: 'ms1.ssmx.example',
  })
  const texts = textsOf(record, { ...settings, rules: [refusing] })
  assert.equal(
    texts[0],
    'Exempt hr@acme.example from anti-spoofing when it comes from the verified host ms1.ssmx.example.',
  )
  assert.match(texts[1] ?? '', /when it comes from 198\.51\.100\.7/)
})

test('a blocked sender: the exemption from the block, as specific as it can be', () => {
  const block = rule(
    'blocked-senders',
    { action: 'block' },
    { from: { kind: 'domain', domain: 'sender.example' } },
  )
  const facts = { relay: toUs, recipient: listed, managedSender: known({ permit: null, block: null }) }
  const record = recordOf({ policy: 'blocked-senders', facts })
  const remedies = remediesOf(decisionOf(record)!, { ...settings, rules: [block] })
  assert.equal(remedies[0]?.act?.kind, 'create-policy')
  assert.equal(remedies[0]?.leadsTo, 'accept')
})

test('a record without the facts to ask again has no remedy, and no guess', () => {
  assert.deepEqual(textsOf(recordOf({ policy: 'relay', kind: 'defer', facts: {} }), settings), [])
  assert.equal(decisionOf({ ...recordOf({ policy: 'relay', facts: {}, kind: 'continue' }) }), null)
})
