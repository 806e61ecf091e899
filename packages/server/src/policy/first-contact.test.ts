// First contact: who counts as known, what nobody can tell, learning, and what signs of impersonation add.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { decide, type Gather } from './decide.ts'
import { type FactName, type Facts, type FirstContactFact, known, unknown } from './facts.ts'
import { firstContact, learningSince } from './first-contact.ts'
import type { Policy } from './policy.ts'
import type { PolicyRule, RuleOptions } from './rule.ts'
import type { TenantSettings } from './settings.ts'

const DAY = 86_400_000
const NOW = 100 * DAY
const OPTION = { action: 'tag', measure: 'recipient', learnDays: 14, language: 'de' } as const

function ruleOf(option: Partial<RuleOptions['first-contact']>, change: Partial<PolicyRule> = {}): PolicyRule {
  return {
    id: 'pol_1',
    type: 'first-contact',
    name: 'first contact',
    from: { kind: 'external' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 0,
    option: { ...OPTION, ...option },
    ...change,
  } as PolicyRule
}

function settingsWith(rules: readonly PolicyRule[]): TenantSettings {
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [
      {
        id: 'd',
        name: 'acme.example',
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

const STRANGER: FirstContactFact = { author: 'eve@far.example', wroteTo: 'nobody', isStale: false }

async function ask(rules: readonly PolicyRule[], facts: Partial<{ [Name in FactName]: unknown }> = {}) {
  const author = facts.author ?? {
    domains: ['far.example'],
    tenants: [null],
    people: [{ displayName: 'Eve', address: 'eve@far.example', written: '' }],
    replyTo: [],
  }
  const all: { [Name in FactName]?: unknown } = {
    firstContact: known(STRANGER),
    managedSender: known({ permit: null, block: null } satisfies Facts['managedSender']),
    impersonation: known([]),
    ...facts,
    author: known(author),
  }
  const asked: FactName[] = []
  const gather = ((name: FactName) => {
    asked.push(name)
    return all[name] ?? unknown('not here')
  }) as Gather
  const transaction = {
    clientIp: '192.0.2.1',
    helo: 'far.example',
    reversePath: mailboxOf('eve@far.example'),
    forwardPath: mailboxOf('ann@acme.example'),
    tenantId: 'acme',
    direction: 'inbound' as const,
    now: NOW,
  }
  const verdict = await decide([firstContact as unknown as Policy], {
    transaction,
    settings: settingsWith(rules),
    gather,
  })
  const [step] = verdict.explanation
  return { because: step!.because, saw: step!.saw, effects: verdict.effects, asked, kind: verdict.kind }
}

test('a stranger is marked, and whoever is known is not', async () => {
  const permit = { id: 'x', sender: 'far.example', source: 'auto-allow', onlyIfAuthenticated: false } as const
  const cases = [
    [{}, {}, 'first-contact-tagged'],
    [{ action: 'banner' }, {}, 'first-contact-banner'],
    [{ action: 'none' }, {}, 'first-contact-exempt'],
    [{}, { firstContact: known({ ...STRANGER, wroteTo: 'recipient' }) }, 'contact-known'],
    [{}, { firstContact: known({ ...STRANGER, wroteTo: 'organisation' }) }, 'first-contact-tagged'],
    [
      { measure: 'organisation' },
      { firstContact: known({ ...STRANGER, wroteTo: 'organisation' }) },
      'contact-known',
    ],
    [{}, { managedSender: known({ permit, block: null }) }, 'contact-known'],
    [{ learnDays: 90 }, {}, 'first-contact-tagged'],
    // Law 4: what nobody can tell is not said.
    [{}, { firstContact: unknown('the list cannot be read') }, 'contact-not-told'],
    [{}, { managedSender: unknown('the list cannot be read') }, 'contact-not-told'],
  ] as const
  for (const [option, facts, because] of cases) {
    const found = await ask([ruleOf(option)], facts)
    assert.equal(found.because, because, JSON.stringify([option, facts]))
    assert.equal(found.kind, 'accept')
    assert.equal(
      found.effects !== undefined,
      because.startsWith('first-contact-') && because !== 'first-contact-exempt',
    )
  }
})

test('without a rule nothing is asked, and an exemption asks nobody', async () => {
  assert.deepEqual((await ask([])).asked, [])
  assert.deepEqual((await ask([ruleOf({ action: 'none' })])).asked, ['author'])
})

test('nothing is marked while it learns; the oldest rule that marks counts', async () => {
  const young = ruleOf({}, { createdAt: NOW - 13 * DAY })
  const found = await ask([young])
  assert.equal(found.because, 'contacts-learning')
  assert.match(found.saw, /^marks from 1970-/)
  assert.equal(
    (await ask([young, ruleOf({}, { id: 'pol_2', createdAt: NOW - 15 * DAY })])).because,
    'first-contact-tagged',
  )
  assert.equal((await ask([ruleOf({ learnDays: 0 }, { createdAt: NOW })])).because, 'first-contact-tagged')
  assert.equal(learningSince({ rules: [ruleOf({ action: 'none' })] }), Number.POSITIVE_INFINITY)
})

test('signs of impersonation are added, and our own domains are nobody new', async () => {
  const signal = { kind: 'internal-name', saw: '“Ann” is the name of ann@acme.example' } as const
  const found = await ask([ruleOf({ action: 'banner' })], { impersonation: known([signal, signal]) })
  assert.deepEqual(found.effects, [{ kind: 'first-contact', banner: 'de', warns: ['internal-name'] }])
  assert.match(found.saw, /never wrote here; “Ann”/)
  const author = { domains: ['mail.acme.example'], tenants: [null], people: [], replyTo: [] }
  // A rule for everybody, since the other is about mail from outside.
  const own = await ask([ruleOf({}, { from: { kind: 'everyone' } })], { author })
  assert.equal(own.because, 'contact-known')
})
