// The engine: order, strength of opinions, waivers, blindness, and facts asked for once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replies } from '@gatepost/mail/replies.ts'
import { decide, type Gather } from './decide.ts'
import { type Fact, known, unknown } from './facts.ts'
import type { Opinion, Policy, PolicyName } from './policy.ts'

const transaction = {
  clientIp: '192.0.2.1',
  helo: 'mx.sender.example',
  reversePath: null,
  forwardPath: null,
  tenantId: null,
  direction: null,
  now: 0,
}

const opinions = {
  continue: { kind: 'continue', because: 'accept-all', saw: '' },
  hold: { kind: 'hold', because: 'accept-all', saw: '' },
  defer: { kind: 'defer', because: 'recipient-unknown', saw: '', reply: replies.unknownRecipientDefer },
  reject: { kind: 'reject', because: 'recipient-unknown', saw: '', reply: replies.unknownRecipient },
  waiveHops: { kind: 'waive', because: 'accept-all', saw: '', policies: ['hops'] },
} as const satisfies Record<string, Opinion>

function policy(name: PolicyName, opinion: Opinion, needs: Policy['needs'] = []): Policy {
  return { name, stage: 'rcpt', needs, whenBlind: () => 'continue', judge: () => opinion }
}

const none: Gather = () => unknown('not in this test')

test('strength: reject and defer end the asking, hold does not, waived ones are not asked', async () => {
  const cases: readonly [readonly Opinion[], string, PolicyName | null, string][] = [
    [[opinions.continue, opinions.continue], 'accept', null, 'continue continue'],
    [[opinions.hold, opinions.continue], 'hold', 'relay', 'hold continue'],
    [[opinions.hold, opinions.reject], 'reject', 'hops', 'hold reject'],
    [[opinions.hold, opinions.hold], 'hold', 'relay', 'hold hold'],
    [[opinions.defer, opinions.reject], 'defer', 'relay', 'defer not-asked'],
    [[opinions.waiveHops, opinions.reject], 'accept', null, 'waive waived'],
  ]
  for (const [[first, second], kind, by, steps] of cases) {
    const verdict = await decide([policy('relay', first!), policy('hops', second!)], {
      transaction,
      settings: null,
      gather: none,
    })
    assert.equal(verdict.kind, kind)
    assert.equal(verdict.by, by)
    assert.equal(verdict.explanation.map((step) => step.kind).join(' '), steps)
    assert.equal(verdict.reply === null, kind === 'accept' || kind === 'hold')
  }
})

test('answers at once when every fact is at hand, and waits only where one is not', async () => {
  const relay = known({ authorizedFor: [], reversePathTenant: null, forwardPathTenant: null })
  const asking = [
    policy('relay', opinions.continue, ['relay']),
    policy('hops', opinions.hold, ['relay', 'spf']),
  ]
  let asked = ''
  const gatherWith = (spf: Fact<never> | Promise<Fact<never>>): Gather =>
    ((name: string) => {
      asked += `${name} `
      return name === 'relay' ? relay : spf
    }) as Gather
  const atOnce = decide(asking, { transaction, settings: null, gather: gatherWith(unknown('dns')) })
  assert.ok(!(atOnce instanceof Promise))
  assert.equal(atOnce.explanation[1]?.kind, 'blind-continue')
  assert.equal(atOnce.explanation[1]?.saw, 'spf: dns')
  assert.equal(asked, 'relay spf ')
  const spf = known({ result: 'pass', domain: 'sender.example', explanation: null }) as Fact<never>
  const later = decide(asking, { transaction, settings: null, gather: gatherWith(Promise.resolve(spf)) })
  assert.ok(later instanceof Promise)
  const verdict = await later
  assert.equal(verdict.kind, 'hold')
  assert.deepEqual(verdict.facts, { relay, spf })
})

test('an unknown fact means what the policy says it means', async () => {
  const blind: Policy = { ...policy('relay', opinions.continue, ['relay']), whenBlind: () => 'defer' }
  const verdict = await decide([blind, policy('hops', opinions.continue)], {
    transaction,
    settings: null,
    gather: none,
  })
  assert.equal(verdict.kind, 'defer')
  assert.equal(verdict.reply, replies.factUnavailable)
  assert.deepEqual(
    verdict.explanation.map((step) => step.kind),
    ['blind-defer', 'not-asked'],
  )
})
