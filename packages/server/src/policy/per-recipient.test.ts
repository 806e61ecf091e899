// Many recipients, one reply: what is combined, and how seldom is decided.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Gather } from './decide.ts'
import { type FactName, known, unknown } from './facts.ts'
import { combine, decideEach } from './per-recipient.ts'
import type { Policy, Verdict } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import type { TenantSettings } from './settings.ts'

function verdict(kind: Verdict['kind']): Verdict {
  return { kind, by: null, reply: null, explanation: [], facts: {} }
}

test('one reply for all: refused only when nobody would get the message', () => {
  const cases = [
    ['accept', 'accept null'],
    ['hold', 'accept by-policy'],
    ['reject reject', 'refuse reject'],
    ['defer defer', 'refuse defer'],
    ['reject defer', 'refuse defer'],
    ['accept reject', 'accept null refused-for-this-recipient'],
    ['defer accept', 'accept deferred-for-this-recipient null'],
    ['reject hold defer', 'accept refused-for-this-recipient by-policy deferred-for-this-recipient'],
  ] as const
  for (const [kinds, expected] of cases) {
    const outcome = combine(kinds.split(' ').map((kind) => verdict(kind as Verdict['kind'])))
    const shown =
      outcome.kind === 'accept' ? outcome.held.join(' ').replace(/^$/, 'null') : outcome.verdict.kind
    const words = outcome.kind === 'accept' ? outcome.held.map(String).join(' ') : shown
    assert.equal(`${outcome.kind} ${words}`, expected)
  }
})

const rule: PolicyRule = {
  id: 'pol_ann',
  type: 'blocked-senders',
  name: 'not for Ann',
  from: { kind: 'everyone' },
  to: { kind: 'address', address: 'ann@acme.example' },
  addressesBasedOn: 'envelope',
  bidirectional: false,
  sourceIps: [],
  hostNames: [],
  validFrom: null,
  validUntil: null,
  override: false,
  createdAt: 1,
  option: { action: 'block' },
}

const settings: TenantSettings = {
  tenantId: 'acme',
  slug: 'acme',
  revision: 1,
  domains: [
    { id: 'd', name: 'acme.example', recipientMode: 'accept-all', unknownRecipient: 'reject', routeId: null },
  ],
  authorizedOutbounds: [],
  routes: [],
  defaultRouteId: null,
  smartHostRouteId: null,
  postmaster: null,
  rules: [rule],
}

const outward: PolicyRule = {
  ...rule,
  id: 'pol_partner',
  type: 'attachment-handling',
  name: 'what partners may get',
  to: { kind: 'domain', domain: 'partner.example' },
  option: {
    dangerous: 'none',
    script: 'none',
    macro: 'none',
    encrypted: 'none',
    disguised: 'none',
    unreadable: 'none',
  },
}

function questionTo(
  to: string,
  direction: 'inbound' | 'outbound',
  gather: (name: FactName) => unknown,
  rules: readonly PolicyRule[] = [rule],
): Parameters<typeof decideEach>[1][number] {
  const transaction = {
    clientIp: '192.0.2.1',
    helo: 'mx.sender.example',
    reversePath: mailboxOf('bob@sender.example'),
    forwardPath: mailboxOf(to),
    tenantId: 'acme',
    direction,
    now: 0,
  }
  return { key: to, question: { transaction, settings: { ...settings, rules }, gather: gather as Gather } }
}

test('outbound recipients whose rules differ are decided apart', async () => {
  const rules = [outward, { ...outward, id: 'pol_rest', to: { kind: 'everyone' } } as PolicyRule]
  const asked: string[] = []
  const policy: Policy<FactName> = {
    name: 'attachments',
    stage: 'message',
    needs: [],
    whenBlind: () => 'continue',
    judge({ forwardPath }) {
      asked.push(forwardPath!.domain)
      return { kind: 'continue', because: 'accept-all', saw: '' }
    },
  }
  const one = questionTo('a@partner.example', 'outbound', () => unknown('not in this test'), rules)
  const others = ['b@other.example', 'c@partner.example', 'd@third.example'].map((to) =>
    questionTo(to, 'outbound', () => unknown('not in this test'), rules),
  )
  const { settings: same } = one.question
  const all = [one, ...others].map(({ key, question }) => ({
    key,
    question: { ...question, settings: same },
  }))
  await decideEach([policy as Policy], all)
  assert.deepEqual(asked, ['partner.example', 'other.example'])
})

test('SPF that rules of one recipient ask for is no answer for another', async () => {
  const policy: Policy<FactName> = {
    name: 'anti-spoofing-header',
    stage: 'message',
    needs: ['listedSpf'],
    whenBlind: () => 'continue',
    judge(_transaction, { listedSpf }) {
      if (listedSpf?.length) return { kind: 'continue', because: 'spoofing-spf-listed', saw: '' }
      return { kind: 'reject', because: 'spoofing', saw: '', reply: replies.antiSpoofing }
    },
  }
  const results = { 'ann@acme.example': [], 'bob@acme.example': [{ domain: 'saas.example', result: 'pass' }] }
  const questions = Object.entries(results).map(([to, found]) =>
    questionTo(to, 'inbound', (name) => (name === 'listedSpf' ? known(found) : unknown('not in this test'))),
  )
  const verdicts = await decideEach([policy as Policy], questions)
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['reject', 'accept'],
  )
})

test('the work of a decision does not grow with the number of recipients before', async () => {
  let read = 0
  const policy: Policy<FactName> = {
    name: 'permitted-senders-header',
    stage: 'message',
    needs: ['managedSender', 'firstContact'],
    whenBlind: () => 'continue',
    judge: () => ({ kind: 'continue', because: 'not-permitted', saw: '' }),
  }
  const count = 400
  const questions = Array.from({ length: count }, (_, at) => {
    const toJSON = () => {
      read += 1
      return at
    }
    const fact = known({ permit: null, block: null, toJSON })
    return questionTo(`u${at}@acme.example`, 'inbound', (name) =>
      name === 'managedSender' ? fact : known({ author: 'bob@sender.example', wroteTo: 'nobody' }),
    )
  })
  const { settings: same } = questions[0]!.question
  await decideEach(
    [policy as Policy],
    questions.map(({ key, question }) => ({ key, question: { ...question, settings: same } })),
  )
  // Once to look for a decision, once to remember it.
  assert.ok(read <= 2 * count, `${read} facts were read for ${count} recipients`)
})

test('a decision is shared by recipients with the same rules and facts; facts of the message are found once', async () => {
  const gathered: string[] = []
  let asked = 0
  const policy: Policy<FactName> = {
    name: 'hops',
    stage: 'message',
    needs: ['hops', 'managedSender'],
    whenBlind: () => 'continue',
    judge({ forwardPath }) {
      asked += 1
      if (forwardPath?.localPart !== 'ann') return { kind: 'continue', because: 'accept-all', saw: '' }
      return { kind: 'reject', because: 'own-loop', saw: '', reply: replies.tooManyHops }
    },
  }
  const question = (to: string) => {
    const gather = (name: FactName) => {
      gathered.push(`${name} ${name === 'hops' ? '' : to}`.trim())
      if (name === 'hops') return Promise.resolve(known({ received: 1, ownLoops: 0 }))
      if (name !== 'managedSender') return unknown('not in this test')
      const entry = { id: 'x', sender: 's', source: 'managed', onlyIfAuthenticated: false } as const
      return known({ permit: to === 'cy@acme.example' ? entry : null, block: null })
    }
    const transaction = {
      clientIp: '192.0.2.1',
      helo: 'mx.sender.example',
      reversePath: mailboxOf('bob@sender.example'),
      forwardPath: mailboxOf(to),
      tenantId: 'acme',
      direction: 'inbound' as const,
      now: 0,
    }
    return { key: to, question: { transaction, settings, gather: gather as Gather } }
  }
  const names = ['bob', 'ann', 'cy', 'dee', 'eve']
  const verdicts = await decideEach(
    [policy as Policy],
    names.map((name) => question(`${name}@acme.example`)),
  )
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['accept', 'reject', 'accept', 'accept', 'accept'],
  )
  // Bob stands for Dee and Eve; Ann has a rule of her own, Cy a list of his own.
  assert.equal(asked, 3)
  assert.equal(verdicts[3], verdicts[0])
  assert.equal(gathered.filter((name) => name === 'hops').length, 1)
})
