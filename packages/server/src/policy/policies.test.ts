// The policies of part 1, as tables: what they are shown and what they say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { replyText } from '@gatepost/mail/reply.ts'
import { authorRelay } from './author-relay.ts'
import type { RelayFact } from './facts.ts'
import { hops } from './hops.ts'
import { messagePolicies, rcptPolicies } from './order.ts'
import type { Direction, Opinion, PolicyTransaction } from './policy.ts'
import { reasons } from './reasons.ts'
import { recipientValidation } from './recipient-validation.ts'
import { relay, relayOf } from './relay.ts'
import type { DomainSettings, TenantSettings } from './settings.ts'

function transaction(
  from: string | null,
  to: string | null,
  direction: Direction | null = null,
): PolicyTransaction {
  return {
    clientIp: '192.0.2.1',
    helo: 'mx.sender.example',
    reversePath: from === null ? null : mailboxOf(from),
    forwardPath: to === null ? null : mailboxOf(to),
    tenantId: 'acme',
    direction,
    now: 0,
  }
}

function settingsWith(domain: Partial<DomainSettings>): TenantSettings {
  const whole: DomainSettings = {
    id: 'dom_1',
    name: 'acme.example',
    recipientMode: 'known',
    unknownRecipient: 'reject',
    routeId: null,
    ...domain,
  }
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [whole],
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
  }
}

function shown(opinion: Opinion): string {
  const reply = 'reply' in opinion ? ` ${replyText(opinion.reply)}` : ''
  return `${opinion.kind} ${opinion.because}${reply}`
}

test('relay: who may send where', () => {
  const notAuthorized =
    'defer address-not-authorized 451 4.7.1 Open relay not allowed (address 192.0.2.1 is not authorized)'
  const passedOn = 'continue forward-pending'
  const cases: readonly [
    RelayFact['authorizedFor'],
    string | null,
    string | null,
    string | null,
    string,
    string | null,
  ][] = [
    // authorised for, tenant of the reverse-path, tenant of the forward-path, reverse-path, opinion, tenant
    [[], null, null, 'a@b.example', notAuthorized, null],
    [[], 'acme', null, 'a@b.example', notAuthorized, null],
    [[], null, 'acme', 'a@b.example', 'continue for-validated-domain', 'acme'],
    [[], 'acme', 'acme', 'a@b.example', 'continue for-validated-domain', 'acme'],
    [['acme'], 'acme', null, 'a@b.example', 'continue sent-by-tenant', 'acme'],
    [['acme'], 'acme', 'blue', 'a@b.example', 'continue sent-by-tenant', 'acme'],
    [['acme'], null, null, 'a@b.example', passedOn, 'acme'],
    [['acme'], 'blue', null, 'a@b.example', passedOn, 'acme'],
    [['acme'], 'blue', 'acme', 'a@b.example', 'continue for-validated-domain', 'acme'],
    [['acme', 'blue'], 'blue', null, 'a@b.example', 'continue sent-by-tenant', 'blue'],
    [['acme'], null, null, null, 'continue null-reverse-path-of-host', 'acme'],
    [['acme'], null, 'blue', null, 'continue for-validated-domain', 'blue'],
    [[], null, null, null, notAuthorized, null],
  ]
  for (const [authorizedFor, reversePathTenant, forwardPathTenant, from, expected, tenantId] of cases) {
    const fact = { authorizedFor, reversePathTenant, forwardPathTenant }
    const opinion = relay.judge(transaction(from, 'x@y.example'), { relay: fact }, null)
    assert.equal(shown(opinion), expected, JSON.stringify(fact))
    assert.equal(relayOf(fact, from === null)?.tenantId ?? null, tenantId)
    assert.match(opinion.saw, /client 192\.0\.2\.1/)
  }
})

test('recipient validation: by mode, list and choice', () => {
  const cases: readonly [Partial<DomainSettings>, string, boolean, string][] = [
    [{}, 'ann@acme.example', true, 'continue recipient-known'],
    [{}, 'ann@acme.example', false, 'reject recipient-unknown 550 5.1.1 Invalid Recipient'],
    [
      { unknownRecipient: 'defer' },
      'ann@acme.example',
      false,
      'defer recipient-unknown 451 4.1.1 Recipient temporarily unavailable',
    ],
    [{ recipientMode: 'accept-all' }, 'ann@acme.example', false, 'continue accept-all'],
    [{}, 'PostMaster@acme.example', false, 'continue postmaster-always'],
    [{}, 'abuse@acme.example', false, 'continue postmaster-always'],
    [{}, 'ann@elsewhere.example', false, 'continue outbound-not-validated'],
    [{}, 'ann@sub.acme.example', false, 'continue outbound-not-validated'],
  ]
  for (const [domain, to, listed, expected] of cases) {
    const recipient = { listed, source: listed ? 'csv' : null }
    const opinion = recipientValidation.judge(
      transaction('bob@sender.example', to),
      { recipient },
      settingsWith(domain),
    )
    assert.equal(shown(opinion), expected, to)
  }
  assert.equal(recipientValidation.whenBlind(null), 'defer')
})

test('hops: a hundred is allowed, and three of our own', () => {
  const cases: readonly [number, number, string][] = [
    [0, 0, 'hops-within-limit'],
    [100, 3, 'hops-within-limit'],
    [101, 0, 'too-many-hops'],
    [50, 4, 'own-loop'],
  ]
  for (const [received, ownLoops, because] of cases) {
    const opinion = hops.judge(transaction(null, null), { hops: { received, ownLoops } }, null)
    assert.equal(opinion.because, because)
    assert.equal(opinion.kind, because === 'hops-within-limit' ? 'continue' : 'reject')
  }
})

test('author relay: the author of all outbound mail is the tenant, or it was passed on', () => {
  const foreign = 'defer author-domain-not-validated 451 4.7.1 Open relay not allowed (author domain'
  const cases: readonly [string | null, Direction, readonly (readonly [string, string | null])[], string][] =
    [
      ['a@acme.example', 'outbound', [['evil.example', null]], `${foreign} evil.example is not validated)`],
      ['a@acme.example', 'outbound', [], 'continue not-relayed'],
      ['a@acme.example', 'outbound', [['blue.example', 'blue']], 'reject author-of-other-tenant 550 5.7.1'],
      [null, 'inbound', [['evil.example', null]], 'continue not-relayed'],
      [null, 'outbound', [['acme.example', 'acme']], 'continue author-is-tenant'],
      [null, 'outbound', [['evil.example', null]], `${foreign} evil.example is not validated)`],
      [
        null,
        'outbound',
        [
          ['acme.example', 'acme'],
          ['evil.example', null],
        ],
        `${foreign} evil.example is not validated)`,
      ],
      [null, 'outbound', [], `${foreign} - is not validated)`],
      [null, 'outbound', [['', null]], `${foreign} - is not validated)`],
      [
        null,
        'outbound',
        [
          ['acme.example', 'acme'],
          ['blue.example', 'blue'],
        ],
        'reject author-of-other-tenant 550 5.7.1',
      ],
    ]
  for (const [from, direction, authors, expected] of cases) {
    const author = {
      domains: authors.map(([domain]) => domain),
      tenants: authors.map(([, tenant]) => tenant),
      people: [],
      replyTo: [],
    }
    const relayProof = { kind: 'not-needed', isReversePathForeign: false, resent: null } as const
    const opinion = authorRelay.judge(transaction(from, null, direction), { author, relayProof }, null)
    assert.ok(shown(opinion).startsWith(expected), `${shown(opinion)} is not ${expected}`)
  }
})

test('the order is the documented one, and every reason has a sentence', () => {
  assert.deepEqual(
    [rcptPolicies, messagePolicies].map((list) => list.map(({ name }) => name)),
    [
      [
        'relay',
        'secure-receipt',
        'recipient-validation',
        'anti-spoofing',
        'blocked-senders',
        'permitted-senders',
        'greylisting',
      ],
      [
        'hops',
        'authentication',
        'author-relay',
        'sender-rate',
        'anti-spoofing-header',
        'display-name',
        'blocked-senders-header',
        'permitted-senders-header',
        'greylisting',
        'virus',
        'attachments',
        'spam',
        'first-contact',
      ],
    ],
  )
  for (const sentence of Object.values(reasons)) assert.match(sentence, /^[A-Zp].*\.$/)
})
