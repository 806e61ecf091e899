// What a rule makes of authentication results (F2): a table a postmaster can read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { authentication, authenticationOutcome, vouchingSealer } from './authentication.ts'
import type { AuthenticationFact, Facts } from './facts.ts'
import type { Direction, PolicyTransaction } from './policy.ts'
import type { PolicyRule, RuleOptions } from './rule.ts'
import type { TenantSettings } from './settings.ts'

type Option = RuleOptions['authentication']

const STRICT: Option = { spfFail: 'reject', dkimFail: 'reject', dmarcFail: 'honour', noneFound: 'hold' }
const LOOSE: Option = { spfFail: 'none', dkimFail: 'none', dmarcFail: 'none', noneFound: 'none' }

/** `spf=fail dkim=pass,fail dmarc=fail p=reject`. */
function found(text: string): AuthenticationFact {
  const words = new Map(text.split(' ').map((word) => word.split('=') as [string, string]))
  return {
    spf: (words.get('spf') ?? 'none') as AuthenticationFact['spf'],
    spfDomain: 'sender.example',
    spfAligned: false,
    dkim: (words.get('dkim')?.split(',') ?? []).map((result) => ({
      domain: 'sender.example',
      selector: 's1',
      result: result as AuthenticationFact['dkim'][number]['result'],
      aligned: false,
    })),
    dmarc: {
      result: (words.get('dmarc') ?? 'none') as AuthenticationFact['dmarc']['result'],
      policy: (words.get('p') ?? null) as AuthenticationFact['dmarc']['policy'],
      domain: 'sender.example',
    },
    arc: (words.get('arc') ?? 'none') as AuthenticationFact['arc'],
  }
}

test('what each result leads to; the strongest counts', () => {
  const cases: readonly [string, Partial<Option>, string][] = [
    ['spf=pass dkim=pass dmarc=pass p=reject', {}, 'none authentication-not-acted-on'],
    ['dmarc=fail p=reject', {}, 'reject dmarc-failed'],
    ['dmarc=fail p=quarantine', {}, 'hold dmarc-failed'],
    ['dmarc=fail p=none', {}, 'none authentication-not-acted-on'],
    ['dmarc=fail p=none', { dmarcFail: 'hold' }, 'hold dmarc-failed'],
    ['dmarc=fail p=reject', { dmarcFail: 'cancel-permits' }, 'cancel-permits dmarc-failed'],
    ['spf=fail dmarc=pass', {}, 'reject spf-failed'],
    ['spf=fail dmarc=pass', { spfFail: 'hold' }, 'hold spf-failed'],
    ['spf=fail dmarc=fail p=reject', {}, 'reject dmarc-failed'],
    ['spf=fail dmarc=fail p=quarantine', { spfFail: 'cancel-permits' }, 'hold dmarc-failed'],
    ['spf=pass dkim=fail', {}, 'reject dkim-failed'],
    ['spf=pass dkim=fail,pass', {}, 'none authentication-not-acted-on'],
    ['spf=pass dkim=policy,neutral', {}, 'none authentication-not-acted-on'],
    // The key that could not be had may be the one that verifies.
    ['spf=pass dkim=fail,temperror', {}, 'none authentication-unavailable'],
    ['spf=softfail', {}, 'none authentication-not-acted-on'],
    ['spf=none', {}, 'hold no-authentication-found'],
    ['spf=none', { noneFound: 'reject' }, 'reject no-authentication-found'],
    ['spf=none dkim=pass', {}, 'none authentication-not-acted-on'],
    ['spf=fail dkim=fail dmarc=fail p=reject', LOOSE, 'none authentication-not-acted-on'],
    ['spf=none arc=pass dmarc=fail p=reject', {}, 'reject dmarc-failed'],
  ]
  for (const [results, change, wanted] of cases) {
    const { action, because } = authenticationOutcome(found(results), { ...STRICT, ...change })
    assert.equal(`${action} ${because}`, wanted, results)
  }
})

test('a look-up that failed never leads to anything (law 4)', () => {
  for (const results of [
    'spf=temperror',
    'spf=temperror dmarc=temperror',
    'spf=temperror dkim=temperror dmarc=temperror p=reject',
    'spf=pass dmarc=temperror p=reject',
  ]) {
    const outcome = authenticationOutcome(found(results), { ...STRICT, noneFound: 'reject' })
    assert.deepEqual(outcome, { action: 'none', because: 'authentication-unavailable' }, results)
  }
  assert.equal(authentication.whenBlind(null), 'continue')
})

const AUTHOR: Facts['author'] = {
  domains: ['sender.example'],
  tenants: [null],
  people: [{ displayName: '', address: 'bob@sender.example', written: '' }],
  replyTo: [],
}

function transaction(direction: Direction = 'inbound'): PolicyTransaction {
  return {
    clientIp: '192.0.2.1',
    helo: 'mx.sender.example',
    reversePath: mailboxOf('bounce@sender.example'),
    forwardPath: mailboxOf('ann@acme.example'),
    tenantId: 'acme',
    direction,
    now: 1_000,
  }
}

function rule(change: Partial<PolicyRule<'authentication'>>): PolicyRule {
  return {
    id: 'pol_1',
    type: 'authentication',
    name: 'Default authentication',
    from: { kind: 'everyone' },
    to: { kind: 'internal' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 1,
    option: STRICT,
    ...change,
  } as PolicyRule
}

function settings(...rules: PolicyRule[]): TenantSettings {
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [
      {
        id: 'dom_1',
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

test('the rule that applies decides, and an exemption for a sender is more specific', () => {
  const failed = found('spf=fail dmarc=fail p=reject')
  const judge = (...rules: PolicyRule[]) =>
    authentication.judge(transaction(), { authentication: failed, author: AUTHOR }, settings(...rules))
  assert.equal(judge().because, 'authentication-evaluated')
  const refused = judge(rule({}))
  assert.ok(refused.kind === 'reject')
  assert.deepEqual(refused.reply, {
    code: 550,
    status: '5.7.1',
    lines: ['DMARC Sender Invalid - envelope rejected'],
  })
  assert.deepEqual(refused.rule, { id: 'pol_1', name: 'Default authentication' })
  const exempt = rule({ id: 'pol_2', from: { kind: 'domain', domain: 'sender.example' }, option: LOOSE })
  assert.equal(judge(rule({}), exempt).kind, 'continue')
  const cancel = judge(rule({ option: { ...LOOSE, dmarcFail: 'cancel-permits' } }))
  assert.ok(cancel.kind === 'waive')
  assert.deepEqual(cancel.policies, ['permitted-senders', 'permitted-senders-header'])
})

test('a look-up that may still prove the author: the client comes again', () => {
  const judge = (results: string, change: Partial<Option> = {}) => {
    const facts = { authentication: found(results), author: AUTHOR }
    const { kind, because } = authentication.judge(
      transaction(),
      facts,
      settings(rule({ option: { ...LOOSE, dmarcFail: 'honour', ...change } })),
    )
    return `${kind} ${because}`
  }
  assert.equal(judge('dkim=temperror dmarc=temperror p=reject'), 'defer dmarc-undecided')
  assert.equal(judge('dkim=temperror dmarc=temperror p=quarantine'), 'defer dmarc-undecided')
  assert.equal(judge('spf=temperror dmarc=temperror p=none'), 'continue authentication-unavailable')
  assert.equal(judge('dmarc=temperror'), 'continue authentication-unavailable')
  assert.equal(
    judge('dmarc=temperror p=reject', { dmarcFail: 'none' }),
    'continue authentication-unavailable',
  )
  assert.equal(judge('spf=fail dmarc=temperror p=reject', { spfFail: 'reject' }), 'reject spf-failed')
})

test('an exemption that rests on a host name nobody could look up is no refusal for good', () => {
  const exempt = rule({
    id: 'pol_2',
    hostNames: ['ms*.survey.example'],
    from: { kind: 'domain', domain: 'sender.example' },
    option: LOOSE,
  })
  const facts = { authentication: found('dmarc=fail p=reject'), author: AUTHOR }
  const judge = (
    clientNames:
      | { readonly kind: 'known'; readonly value: readonly string[] }
      | { readonly kind: 'unknown'; readonly why: string },
  ) => authentication.judge(transaction(), facts, settings(rule({}), exempt), { clientNames })
  assert.equal(judge({ kind: 'known', value: ['ms4.survey.example'] }).kind, 'continue')
  assert.equal(judge({ kind: 'known', value: ['other.example'] }).kind, 'reject')
  const deferred = judge({ kind: 'unknown', why: 'time-out' })
  assert.ok(deferred.kind === 'defer')
  assert.equal(deferred.reply.code, 451)
})

test('outbound mail is not judged', () => {
  const opinion = authentication.judge(
    transaction('outbound'),
    { authentication: found('dmarc=fail p=reject'), author: AUTHOR },
    settings(rule({})),
  )
  assert.equal(opinion.because, 'outbound-not-authenticated')
})

test('only seals that are believed change a verdict, and nobody may have sealed after them (case 31)', () => {
  type Sealers = NonNullable<AuthenticationFact['sealers']>
  const seal = (domain: string, dmarcPassFor: string | null) => ({ domain, dmarcPassFor })
  const good = seal('lists.example', 'sender.example')
  const cases: readonly [Sealers, AuthenticationFact['arc'], string | null][] = [
    [[good], 'pass', 'lists.example'],
    [[seal('a.lists.example', 'sender.example')], 'pass', 'a.lists.example'],
    [[seal('evil.example', 'sender.example')], 'pass', null],
    [[seal('notlists.example', 'sender.example')], 'pass', null],
    [[seal('lists.example', 'other.example')], 'pass', null],
    [[seal('lists.example', null)], 'pass', null],
    // Whoever is not believed could have changed what the believed one saw.
    [[good, seal('evil.example', null)], 'pass', null],
    [[good, seal('lists.example', null)], 'pass', 'lists.example'],
    [[good], 'fail', null],
    [[], 'pass', null],
  ]
  for (const [sealers, arc, wanted] of cases) {
    const fact = { ...found('dmarc=fail p=reject'), arc, sealers }
    assert.equal(vouchingSealer(fact, ['lists.example']), wanted, JSON.stringify(sealers))
    assert.equal(vouchingSealer(fact, []), null)
  }
  // A chain that could not be looked up may still vouch: refused for good by nobody's time-out.
  const judge = (change: Partial<AuthenticationFact>, believed: readonly string[] = ['lists.example']) => {
    const fact = { ...found('dmarc=fail p=reject'), arc: 'fail' as const, sealers: [good], ...change }
    const own = { ...settings(rule({ option: { ...LOOSE, dmarcFail: 'honour' } })), arcSealers: believed }
    return authentication.judge(transaction(), { authentication: fact, author: AUTHOR }, own).kind
  }
  assert.equal(judge({ isArcUnsure: true }), 'defer')
  assert.equal(judge({}), 'reject')
  assert.equal(judge({ isArcUnsure: true }, ['other.example']), 'reject')
  assert.equal(judge({ isArcUnsure: true, sealers: [seal('evil.example', 'sender.example')] }), 'reject')
  const outcome = authenticationOutcome(found('spf=fail dmarc=fail p=reject'), STRICT, true)
  assert.deepEqual(outcome, { action: 'reject', because: 'spf-failed' })
  const loose = authenticationOutcome(
    found('spf=fail dmarc=fail p=reject'),
    { ...LOOSE, dmarcFail: 'honour' },
    true,
  )
  assert.deepEqual(loose, { action: 'none', because: 'dmarc-vouched-by-seal' })
})
