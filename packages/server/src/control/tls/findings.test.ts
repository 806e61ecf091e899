// What a partner can bear, and whether a policy asks for more.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TlsProbed, TlsProbedHost } from '#link/tls-orders.ts'
import {
  abandonedTlsTest,
  asksForMore,
  finishedTlsTest,
  runningTlsTest,
  shownTlsTest,
  strongestOf,
} from './findings.ts'

const good: TlsProbedHost = {
  host: 'mx.far.example',
  ip: '203.0.113.1',
  state: 'encrypted',
  saw: 'TLSv1.3.',
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  certificate: null,
  isVerified: true,
  isForDomain: false,
  dane: 'none',
  isNamedBySts: null,
}
const probed = (hosts: readonly TlsProbedHost[], sts: TlsProbed['sts']['state'] = 'none'): TlsProbed => ({
  kind: 'probe-tls',
  mx: { state: 'found', saw: 'There.' },
  sts: { state: sts, saw: 'So.', expiresAt: null },
  hosts: [...hosts],
})

const levels: readonly (readonly [string, TlsProbed, ReturnType<typeof strongestOf>])[] = [
  ['nobody could look', probed([{ ...good, state: 'unreachable' }]), null],
  ['no host at all', probed([]), null],
  ['one host in clear', probed([good, { ...good, state: 'clear' }]), 'opportunistic'],
  ['one certificate of nobody', probed([good, { ...good, isVerified: false }]), 'enforced-relaxed'],
  ['all verified', probed([good, good]), 'enforced-strict'],
  ['all for the domain', probed([{ ...good, isForDomain: true }]), 'verified'],
  ['a policy that names all', probed([{ ...good, isNamedBySts: true }], 'enforce'), 'mta-sts'],
  [
    'a policy that leaves one out',
    probed([good, { ...good, isNamedBySts: false }], 'enforce'),
    'enforced-strict',
  ],
  ['a policy in testing', probed([{ ...good, isNamedBySts: true }], 'testing'), 'enforced-strict'],
  ['DANE everywhere', probed([{ ...good, isVerified: false, dane: 'met' }]), 'dane'],
  ['DANE at one of two', probed([{ ...good, dane: 'met' }, good]), 'enforced-strict'],
  [
    'a host that is away does not count',
    probed([good, { ...good, state: 'unreachable' }]),
    'enforced-strict',
  ],
]
for (const [name, seen, expected] of levels)
  test(`${name}: ${expected}`, () => assert.equal(strongestOf(seen), expected))

const asks = [
  ['enforced-strict', 'enforced-relaxed', true],
  ['enforced-relaxed', 'enforced-strict', false],
  ['opportunistic', 'opportunistic', false],
  ['verified', 'enforced-strict', true],
  ['dane', 'mta-sts', true],
  ['mta-sts', 'dane', false],
  ['enforced-strict', 'dane', false],
  ['mta-sts', 'verified', true],
] as const
for (const [asked, strongest, expected] of asks)
  test(`${asked} of a host that bears ${strongest} is ${expected ? 'too much' : 'fine'}`, () =>
    assert.equal(asksForMore(asked, strongest), expected))

test('each failed or doubtful check says what to do', () => {
  const worst = probed(
    [
      { ...good, state: 'clear' },
      { ...good, host: 'b', state: 'failed' },
      { ...good, host: 'c', isVerified: false, dane: 'not-met', isNamedBySts: false },
      { ...good, host: 'd', state: 'unreachable' },
    ],
    'enforce',
  )
  const { checks, state } = finishedTlsTest(runningTlsTest(1), worst, 2)
  assert.equal(state, 'done')
  const doubtful = checks.filter((check) => check.state !== 'passed' && check.state !== 'not-required')
  assert.ok(doubtful.length >= 6)
  for (const check of doubtful) assert.ok(check.remedy, check.name)
})

test('a test that was lost does not run for ever, and is no “no”', () => {
  const running = runningTlsTest(0)
  assert.equal(shownTlsTest(running, 60_000), running)
  const cut = shownTlsTest(running, 600_000)
  assert.deepEqual([cut?.state, cut?.strongest, cut?.checks[0]?.state], ['done', null, 'not-verified'])
  assert.equal(abandonedTlsTest(running, 'No edge.', 5).checks[0]?.saw, 'No edge.')
})
