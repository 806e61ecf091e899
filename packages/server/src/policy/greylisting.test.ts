// Tests of the greylist's own rule, as a table: what is known of a sender, and what follows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GreylistMemory } from './facts.ts'
import { GREYLIST_DELAY_MS, GREYLIST_WINDOW_MS, greylisting, judgeMemory } from './greylisting.ts'
import type { PolicyTransaction } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import type { TenantSettings } from './settings.ts'

const NOW = Date.UTC(2026, 10, 22)
const DAY_MS = 86_400_000

function memory(part: Partial<GreylistMemory>): GreylistMemory {
  return {
    identity: 'spf:sender.example',
    keys: ['spf:sender.example'],
    isProven: true,
    passedAt: null,
    firstAttemptAt: null,
    sameMessageAt: null,
    sameMessageAs: null,
    isObserved: false,
    at: NOW,
    ...part,
  }
}

const ago = (ms: number): number => NOW - ms

const cases: readonly (readonly [string, Partial<GreylistMemory>, string])[] = [
  ['never seen', {}, 'greylist-first-contact'],
  ['59 s after the first attempt', { firstAttemptAt: ago(59_000) }, 'greylist-retried-too-soon'],
  ['60 s after', { firstAttemptAt: ago(GREYLIST_DELAY_MS) }, 'greylist-retried'],
  ['12 h after', { firstAttemptAt: ago(GREYLIST_WINDOW_MS) }, 'greylist-retried'],
  [
    'a moment more than 12 h after',
    { firstAttemptAt: ago(GREYLIST_WINDOW_MS + 1) },
    'greylist-first-contact',
  ],
  ['passed 36 days ago', { passedAt: ago(36 * DAY_MS) }, 'greylist-passed-before'],
  [
    'unproven, another message after an hour',
    { isProven: false, firstAttemptAt: ago(3_600_000) },
    'greylist-first-contact',
  ],
  [
    'unproven, the same message after an hour',
    { isProven: false, sameMessageAt: ago(3_600_000) },
    'greylist-retried',
  ],
  [
    'the same message first, the identity later',
    { firstAttemptAt: ago(10_000), sameMessageAt: ago(70_000) },
    'greylist-retried',
  ],
  ['the clock went back an hour', { firstAttemptAt: NOW + 3_600_000 }, 'greylist-retried-too-soon'],
  ['observed before, now applied', { isObserved: true }, 'greylist-first-contact'],
]

for (const [name, part, because] of cases) {
  test(`greylisting: ${name}`, () => {
    const opinion = judgeMemory(memory(part))
    assert.equal(opinion.because, because)
    const isDeferred = because === 'greylist-first-contact' || because === 'greylist-retried-too-soon'
    assert.equal(opinion.kind, isDeferred ? 'defer' : 'continue')
    if (opinion.kind === 'defer') {
      assert.equal(opinion.reply.code, 451)
      assert.equal(opinion.reply.status, '4.2.0')
    }
  })
}

function rule(part: Partial<PolicyRule<'greylisting'>>): PolicyRule<'greylisting'> {
  return {
    id: 'pol_1',
    type: 'greylisting',
    name: 'everybody',
    from: { kind: 'everyone' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'envelope',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 0,
    option: { action: 'apply' },
    ...part,
  }
}

function settings(rules: readonly PolicyRule[]): TenantSettings {
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [],
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules,
  }
}

const transaction: PolicyTransaction = {
  clientIp: '192.0.2.7',
  helo: 'mx.sender.example',
  reversePath: { localPart: 'bob', domain: 'sender.example' },
  forwardPath: { localPart: 'ann', domain: 'acme.example' },
  tenantId: 'acme',
  direction: 'inbound',
  now: NOW,
}

test('nothing is looked up where no rule applies greylisting, and for mail of the tenant', () => {
  const off = rule({ option: { action: 'none' } })
  assert.deepEqual(greylisting.wants?.(transaction, settings([])), [])
  assert.deepEqual(greylisting.wants?.(transaction, settings([off])), [])
  assert.deepEqual(greylisting.wants?.({ ...transaction, direction: 'outbound' }, settings([rule({})])), [])
  assert.deepEqual(greylisting.wants?.(transaction, settings([rule({})])), ['greylist'])
})

test('an exemption by host name holds where the names are not known', () => {
  const exempt = rule({
    id: 'pol_2',
    name: 'mailer',
    hostNames: ['.mailer.example'],
    option: { action: 'none' },
    createdAt: 1,
  })
  const tenant = settings([rule({}), exempt])
  assert.deepEqual(greylisting.wants?.(transaction, tenant), ['clientNames', 'greylist'])
  const fact = { kind: 'known', value: memory({}) } as const
  const judged = (clientNames: { kind: 'known'; value: string[] } | { kind: 'unknown'; why: string }) =>
    greylisting.judge(transaction, {}, tenant, { greylist: fact, clientNames }).because
  assert.equal(judged({ kind: 'unknown', why: 'time-out' }), 'greylist-not-applied')
  assert.equal(judged({ kind: 'known', value: ['out1.mailer.example'] }), 'greylist-not-applied')
  assert.equal(judged({ kind: 'known', value: [] }), 'greylist-first-contact')
})

test('a greylist that cannot be read delays nobody', () => {
  const greylist = { kind: 'unknown', why: 'the disk refuses' } as const
  const opinion = greylisting.judge(transaction, {}, settings([rule({})]), { greylist })
  assert.equal(opinion.because, 'greylist-unknown')
})
