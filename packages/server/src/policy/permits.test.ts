// Permits, whatever the rules: they waive strict screening and nothing else, and never stop a refusal (S1).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { blockedSenders } from './blocked-senders.ts'
import { decide, type Gather } from './decide.ts'
import { type AuthenticationFact, type Fact, type FactName, type Facts, known, unknown } from './facts.ts'
import { messagePolicies, rcptPolicies, unprovenMessagePolicies } from './order.ts'
import { permittedSenders, permittedSendersHeader } from './permitted-senders.ts'
import type { PolicyTransaction, Verdict } from './policy.ts'
import { ruleOf, settingsWith } from './rule.fixture.ts'
import type { Scope } from './rule.ts'
import type { TenantSettings } from './settings.ts'

/** The only ones that a permit may waive, now or with the parts to come. */
const SKIPPABLE = new Set(['greylisting', 'spam', 'reputation'])
const SENDERS = ['bob@sender.example', 'eve@eu.sender.example', 'boss@acme.example', null]
const SEEDS = 400

const FAILED: AuthenticationFact = {
  spf: 'fail',
  spfDomain: 'sender.example',
  spfAligned: false,
  dkim: [],
  dmarc: { result: 'fail', policy: 'reject', domain: 'sender.example' },
  arc: 'none',
}

type Mail = {
  readonly from: string | null
  readonly author: string
  readonly authentication: AuthenticationFact
}

/** Judges both stages as an edge does; the second only where the first accepts. */
async function judged(
  settings: TenantSettings,
  mail: Mail,
  lists: Facts['managedSender'],
): Promise<Verdict[]> {
  const transaction: PolicyTransaction = {
    clientIp: '192.0.2.1',
    helo: 'mx.sender.example',
    reversePath: mail.from === null ? null : mailboxOf(mail.from),
    forwardPath: mailboxOf('ann@acme.example'),
    tenantId: 'acme',
    direction: 'inbound',
    now: 100,
  }
  const domain = mail.author.split('@')[1]!
  const facts: { readonly [Name in FactName]?: unknown } = {
    relay: { authorizedFor: [], reversePathTenant: null, forwardPathTenant: 'acme' },
    recipient: { listed: true, source: 'form' },
    clientNames: [],
    spf: { result: mail.authentication.spf, domain: 'sender.example', explanation: null },
    authentication: mail.authentication,
    managedSender: lists,
    hops: { received: 1, ownLoops: 0 },
    listedSpf: [],
    impersonation: [],
    author: {
      domains: [domain],
      tenants: [domain === 'acme.example' ? 'acme' : null],
      people: [{ displayName: '', address: mail.author, written: mail.author }],
      replyTo: [],
    },
  }
  const gather = ((name: FactName) =>
    name in facts ? known(facts[name]) : unknown('not in this test')) as unknown as Gather
  const question = { transaction, settings, gather }
  const first = await decide(rcptPolicies, question)
  return first.reply === null ? [first, await decide(messagePolicies, question)] : [first]
}

function refusalOf(verdicts: readonly Verdict[]): string | null {
  const last = verdicts.at(-1)!
  return last.kind === 'reject' ? `${last.by} ${last.reply?.lines[0]}` : null
}

test('no permit skips anti-spoofing, a DMARC refusal or an administrator’s block', async () => {
  const strict = [
    ruleOf(
      'anti-spoofing',
      { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [] },
      {
        id: 'pol_spoof',
        from: { kind: 'domain', domain: 'acme.example' },
      },
    ),
    ruleOf(
      'authentication',
      { spfFail: 'none', dkimFail: 'none', dmarcFail: 'honour', noneFound: 'none' },
      {
        id: 'pol_dmarc',
      },
    ),
    ruleOf(
      'blocked-senders',
      { action: 'block' },
      {
        id: 'pol_block',
        from: { kind: 'domain', domain: 'eu.sender.example' },
      },
    ),
  ]
  let refused = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = randomOf(seed)
    const pick = <Value>(values: readonly Value[]): Value => values[random(values.length)]!
    const from = pick(SENDERS)
    const mail = { from, author: pick(SENDERS) ?? 'bob@sender.example', authentication: FAILED }
    const scopes: readonly Scope[] = [
      { kind: 'everyone' },
      { kind: 'external' },
      { kind: 'domain', domain: 'sender.example' },
      { kind: 'address', address: pick(SENDERS) ?? mail.author },
    ]
    const permits = Array.from({ length: 1 + random(4) }, (_, i) =>
      ruleOf(
        'permitted-senders',
        { action: 'permit', onlyIfAuthenticated: random(2) === 0 },
        {
          id: `pol_permit${i}`,
          from: pick(scopes),
          override: random(2) === 0,
          createdAt: random(9),
        },
      ),
    )
    const entry = { id: 'snd', sender: pick(['sender.example', mail.author]), onlyIfAuthenticated: false }
    const source = pick(['managed', 'imported', 'auto-allow'] as const)
    const lists = { permit: pick([null, { ...entry, source }]), block: null }
    const without = await judged(settingsWith(strict), mail, { permit: null, block: null })
    const having = await judged(settingsWith([...strict, ...permits]), mail, lists)
    assert.equal(refusalOf(having), refusalOf(without), `seed ${seed}`)
    if (refusalOf(without) !== null) refused += 1
    for (const step of having.flatMap(({ explanation }) => explanation)) {
      if (step.kind !== 'waived' || !String(step.because).startsWith('by-permitted')) continue
      assert.ok(SKIPPABLE.has(step.policy), `seed ${seed}: ${step.policy} was skipped`)
    }
  }
  assert.equal(refused, SEEDS, 'every message of this test has something that refuses it')
})

test('a permit names only what it may skip', () => {
  const settings = settingsWith([
    ruleOf('permitted-senders', { action: 'permit', onlyIfAuthenticated: false }, {}),
  ])
  const transaction: PolicyTransaction = {
    clientIp: '192.0.2.1',
    helo: '',
    reversePath: mailboxOf('bob@sender.example'),
    forwardPath: mailboxOf('ann@acme.example'),
    tenantId: 'acme',
    direction: 'inbound',
    now: 0,
  }
  const author = {
    domains: ['sender.example'],
    tenants: [null],
    people: [{ displayName: '', address: 'bob@sender.example', written: 'bob@sender.example' }],
    replyTo: [],
  }
  for (const opinion of [
    permittedSenders.judge(transaction, {}, settings),
    permittedSendersHeader.judge(transaction, { author }, settings),
  ]) {
    assert.equal(opinion.kind, 'waive')
    if (opinion.kind === 'waive') assert.ok(opinion.policies.every((name) => SKIPPABLE.has(name)))
  }
  const two = {
    ...author,
    people: [...author.people, { displayName: '', address: 'eve@x.example', written: '' }],
  }
  const header = settingsWith([
    ruleOf(
      'permitted-senders',
      { action: 'permit', onlyIfAuthenticated: false },
      { addressesBasedOn: 'header' },
    ),
  ])
  // What is decided for several recipients names none of them.
  const told = permittedSendersHeader.judge(transaction, { author }, settings).saw
  assert.equal(told, 'bob@sender.example, author bob@sender.example')
  // Anybody may name a second author.
  assert.equal(permittedSendersHeader.judge(transaction, { author }, header).kind, 'waive')
  assert.equal(permittedSendersHeader.judge(transaction, { author: two }, header).kind, 'continue')
  assert.equal(permittedSenders.judge(transaction, {}, header).kind, 'continue')
})

test('what is put off until the content names no recipient either', async () => {
  const settings = settingsWith([])
  const of = (to: string) => ({
    clientIp: '192.0.2.1',
    helo: '',
    reversePath: mailboxOf('bob@sender.example'),
    forwardPath: mailboxOf(to),
    tenantId: 'acme',
    direction: 'inbound' as const,
    now: 0,
  })
  const gather = (() => unknown('not in this test')) as unknown as Gather
  const question = { transaction: of('ann@acme.example'), settings, gather }
  const { explanation } = await decide(unprovenMessagePolicies, question)
  for (const { policy, saw } of explanation) assert.ok(!saw.includes('ann@'), `${policy}: ${saw}`)
  const names = explanation.map(({ policy, stage }) => `${policy} ${stage}`)
  assert.ok(['blocked-senders message', 'permitted-senders message'].every((one) => names.includes(one)))
})

test('what could not be asked blocks nobody, and is told', () => {
  const block = ruleOf('blocked-senders', { action: 'block' }, { hostNames: ['.spam.example'] })
  const transaction: PolicyTransaction = {
    clientIp: '192.0.2.1',
    helo: '',
    reversePath: mailboxOf('bob@sender.example'),
    forwardPath: mailboxOf('ann@acme.example'),
    tenantId: 'acme',
    direction: 'inbound',
    now: 0,
  }
  const judged = (clientNames: Fact<readonly string[]>, settings = settingsWith([block])) =>
    blockedSenders.judge(transaction, {}, settings, {
      clientNames,
      managedSender: { kind: 'unknown', why: 'the list cannot be read' },
    })
  const blind = judged({ kind: 'unknown', why: 'time-out' })
  assert.deepEqual(
    [blind.kind, blind.because, blind.rule?.id],
    ['continue', 'client-names-unknown', block.id],
  )
  assert.match(blind.saw, /the list cannot be read/)
  const known = judged({ kind: 'known', value: ['mail.sender.example'] })
  assert.deepEqual([known.kind, known.because, known.rule], ['continue', 'not-blocked', undefined])
})

/** mulberry32: the seed is printed with a failure. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
