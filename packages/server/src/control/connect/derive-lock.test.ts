// The steps that lock the mail host: what the probe saw turns them, and the lockdown comes last.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BypassLook } from './bypass.ts'
import { deriveLockdown, deriveSecure } from './derive-lock.ts'
import type { Observed } from './observed.ts'

const NOW = 1_800_000_000_000

/** A mail host as the bypass probe saw it. */
function doors(verdict: BypassLook['verdict'], change: Partial<BypassLook> = {}): Observed {
  const from = { kind: 'address', name: '203.0.113.9' } as const
  const seen = { from, sender: 'outside', stage: 'rcpt', reply: '250 ok', isInside: false } as const
  const knocks = verdict === 'no-vantage' ? [] : [{ ...seen, kind: verdict }]
  const closedAt = verdict === 'closed' ? NOW : null
  const host = { host: 'mail.acme.example', port: 25 }
  const look: BypassLook = { ...host, knocks, verdict, closedAt, misses: 0, ...change }
  // Nothing else of what is observed matters to these two.
  return { doors: [{ ...host, look, checkedAt: NOW, nextCheckAt: NOW }] } as Partial<Observed> as Observed
}

const cases: readonly (readonly [string, Observed, string, string])[] = [
  ['no vantage', doors('no-vantage'), 'waiting: Not verified: there is no vantage point', 'not-verified'],
  ['puts off', doors('unknown'), 'waiting: Not verified: the answer proves nothing yet', 'not-verified'],
  ['open', doors('open'), 'in-progress: mail.acme.example takes mail from everybody', 'failed'],
  ['closed', doors('closed'), 'done: Closed to strangers, seen from 203.0.113.9', 'passed'],
  [
    'one look that got in',
    doors('open', { closedAt: NOW, misses: 1 }),
    'done: Closed to strangers, seen from before',
    'passed',
  ],
  [
    'two looks that got in',
    doors('open', { closedAt: NOW, misses: 2 }),
    'needs-attention: mail.acme.example takes mail from strangers again',
    'failed',
  ],
]
for (const [title, observed, wanted, check] of cases) {
  test(`secure-inbound, ${title}`, () => {
    const { state, detail, checks, isSatisfied } = deriveSecure(observed)
    assert.equal(`${state}: ${detail}`, wanted)
    assert.deepEqual(
      checks.map((one) => one.state),
      [check],
    )
    assert.equal(isSatisfied, check === 'passed')
    assert.equal(checks[0]?.remedy === null, check === 'passed', 'what is not right says what to do')
  })
}

test('the lockdown says since when, and that it goes on', () => {
  const { state, detail } = deriveLockdown(doors('closed', { closedAt: 0 }))
  assert.equal(`${state}: ${detail}`, 'done: Closed since 1970-01-01, asked again every hour')
  assert.equal(deriveLockdown(doors('open', { closedAt: 0, misses: 2 })).state, 'needs-attention')
})
