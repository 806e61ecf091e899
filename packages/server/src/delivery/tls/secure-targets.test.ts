// What TLS a host must have, by what its domain publishes and what the sender's organisation asks.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dns } from '#platform/dns-types.ts'
import { createTargetGuard } from '#platform/target-guard.ts'
import { fakeDns } from '../delivery.fixture.ts'
import { type Resolution, resolveHost, resolveMx } from '../mx.ts'
import type { StsAnswer } from './mta-sts.ts'
import { NO_NEED, type TlsNeed } from './need.ts'

const guard = createTargetGuard({ privateTargets: [], ownListeners: () => [], localAddresses: () => [] })
const TLSA = { usage: 3, selector: 1, matchingType: 1, certificate: new Uint8Array(32).fill(1) }
const PKIX = { ...TLSA, usage: 1 }

const zone = {
  'far.example': { MX: [{ preference: 1, exchange: 'mx.far.example' }] },
  'mx.far.example': { A: ['203.0.113.1'] },
  '_25._tcp.mx.far.example': { TLSA: [TLSA] },
} as const
const everything = () => true
const none: StsAnswer = { kind: 'none', why: null }
const sts = (mode: 'enforce' | 'testing', mx = ['mx.far.example']): StsAnswer => ({
  kind: 'policy',
  policy: { mode, mx, maxAgeSeconds: 1 },
  expiresAt: 1,
})
const asks = (level: TlsNeed['level'], more: Partial<TlsNeed> = {}): TlsNeed => ({
  ...NO_NEED,
  level,
  ...more,
})

type Case = {
  readonly zone?: Parameters<typeof fakeDns>[0]
  readonly isSecure?: (name: string) => boolean
  readonly sts?: StsAnswer
  readonly need?: TlsNeed
  /** TLS, who asks, and what vouches; or the refusal. */
  readonly expected: string
}

const plain = { ...zone, '_25._tcp.mx.far.example': {} }
const cases: readonly (readonly [string, Case])[] = [
  ['nothing published, nothing asked', { zone: plain, expected: 'opportunistic' }],
  ['TLSA without DNSSEC is nothing', { expected: 'opportunistic' }],
  ['TLSA with DNSSEC', { isSecure: everything, expected: 'enforced-relaxed dane' }],
  [
    'an MX record that nobody vouches for leads nowhere safe',
    { isSecure: (name) => name !== 'far.example', expected: 'opportunistic' },
  ],
  [
    'addresses that nobody vouches for',
    { isSecure: (name) => name !== 'mx.far.example', expected: 'opportunistic' },
  ],
  [
    'TLSA records that cannot be used ask for TLS',
    {
      zone: { ...zone, '_25._tcp.mx.far.example': { TLSA: [PKIX] } },
      isSecure: everything,
      expected: 'enforced-relaxed',
    },
  ],
  [
    'TLSA records that cannot be looked up',
    {
      zone: { ...zone, '_25._tcp.mx.far.example': 'failed' },
      isSecure: everything,
      expected: 'transient 4.7.5',
    },
  ],
  ['MTA-STS enforced', { zone: plain, sts: sts('enforce'), expected: 'enforced-strict mta-sts' }],
  [
    'MTA-STS that names others',
    { zone: plain, sts: sts('enforce', ['other.example']), expected: 'transient 4.7.5' },
  ],
  ['MTA-STS in testing', { zone: plain, sts: sts('testing'), expected: 'opportunistic test' }],
  [
    'MTA-STS in testing that names others',
    { zone: plain, sts: sts('testing', ['other.example']), expected: 'opportunistic test-failed' },
  ],
  [
    'DANE goes before MTA-STS, whose names still count',
    { isSecure: everything, sts: sts('enforce', ['other.example']), expected: 'transient 4.7.5' },
  ],
  ['both', { isSecure: everything, sts: sts('enforce'), expected: 'enforced-relaxed dane' }],
  ['a policy asks for TLS', { zone: plain, need: asks('enforced-relaxed'), expected: 'enforced-relaxed' }],
  [
    'a policy that asks for nothing',
    {
      zone: plain,
      need: asks('opportunistic', { policy: { id: 'pol_1', name: 'Any' } }),
      expected: 'opportunistic',
    },
  ],
  [
    'a policy asks for a name',
    { zone: plain, need: asks('verified'), expected: 'enforced-strict far.example,.far.example' },
  ],
  [
    'a policy asks for given names',
    {
      zone: plain,
      need: asks('verified', { names: ['.partner.example'] }),
      expected: 'enforced-strict .partner.example',
    },
  ],
  [
    'a policy asks for DANE where there is none',
    { zone: plain, need: asks('dane'), expected: 'transient 4.7.5' },
  ],
  ['a policy asks for DANE where DNSSEC is not', { need: asks('dane'), expected: 'transient 4.7.5' }],
  ['a policy asks for DANE', { isSecure: everything, need: asks('dane'), expected: 'enforced-relaxed dane' }],
  [
    'a policy asks for MTA-STS where there is none',
    { zone: plain, need: asks('mta-sts'), expected: 'transient 4.7.5' },
  ],
  [
    'a policy asks for MTA-STS and it is in testing',
    { zone: plain, sts: sts('testing'), need: asks('mta-sts'), expected: 'enforced-strict mta-sts' },
  ],
  [
    'a policy never asks for less than is published',
    { zone: plain, sts: sts('enforce'), need: asks('enforced-relaxed'), expected: 'enforced-strict mta-sts' },
  ],
  [
    'REQUIRETLS',
    { zone: plain, need: asks('opportunistic', { requireTls: true }), expected: 'enforced-strict' },
  ],
  [
    'TLS-Required: No passes by what is published (RFC 8689 §5)',
    {
      isSecure: everything,
      sts: sts('enforce', ['other.example']),
      need: asks('opportunistic', { ignorePublished: true }),
      expected: 'opportunistic',
    },
  ],
]

describe('TLS of a domain outside', () => {
  for (const [name, given] of cases) {
    it(`${name}: ${given.expected}`, async () => {
      const dns = fakeDns(given.zone ?? zone, given.isSecure)
      const deps = {
        dns,
        guard,
        hostname: 'gate.example',
        random: () => 0,
        stsOf: async () => given.sts ?? none,
      }
      const found = await resolveMx('far.example', { port: 25, need: given.need ?? NO_NEED }, deps)
      assert.equal(wordsFor(found, given.need?.level === 'verified'), given.expected)
    })
  }

  it('a look-up of further addresses that fails does not do away with DANE', async () => {
    const whole = fakeDns(zone, everything)
    const dns: Dns = {
      ...whole,
      query: async (query) =>
        query.type === 'AAAA' ? { kind: 'failed', why: 'SERVFAIL', server: 'test' } : whole.query(query),
    }
    const deps = { dns, guard, hostname: 'gate.example', random: () => 0 }
    const found = await resolveMx('far.example', { port: 25, need: NO_NEED }, deps)
    assert.equal(wordsFor(found, false), 'enforced-relaxed dane')
  })

  it('the refusal says what is missing', async () => {
    const need = asks('dane', { policy: { id: 'pol_1', name: 'Bank' } })
    const deps = { dns: fakeDns(plain), guard, hostname: 'gate.example', random: () => 0 }
    const found = await resolveMx('far.example', { port: 25, need }, deps)
    assert.match(found.kind === 'transient' ? found.text : '', /policy “Bank”.*mx\.far\.example/)
  })
})

describe('TLS of a route', () => {
  const deps = { dns: fakeDns(plain), guard, hostname: 'gate.example', random: () => 0 }
  const rows = [
    ['opportunistic', asks('enforced-strict'), 'enforced-strict'],
    ['enforced-strict', asks('enforced-relaxed'), 'enforced-strict'],
    ['none', NO_NEED, 'none'],
    ['none', asks('enforced-relaxed'), 'enforced-relaxed'],
  ] as const
  for (const [tls, need, expected] of rows) {
    it(`${tls} with a policy for ${need.level} is ${expected}`, async () => {
      const found = await resolveHost('mx.far.example', { port: 25, tls, need }, deps)
      assert.equal(wordsFor(found, false), expected)
    })
  }
})

function wordsFor(found: Resolution, withNames: boolean): string {
  if (found.kind !== 'targets') return `${found.kind} ${found.status}`
  const [target] = found.targets
  assert.equal(target?.dane === undefined, target?.by !== 'dane')
  const tested = target?.stsTest === undefined ? null : target.stsTest.isNamed ? 'test' : 'test-failed'
  return [target?.tls, target?.by, tested, withNames ? target?.names?.join(',') : null]
    .filter(Boolean)
    .join(' ')
}
