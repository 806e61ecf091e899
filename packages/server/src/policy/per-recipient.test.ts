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
