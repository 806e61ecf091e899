// What an edge saw of a partner's TLS becomes checks with remedies, and the strongest level that all its
// hosts can bear. Pure.
import type { Check } from '@gatepost/contract/common.ts'
import type { DeliveryLevel, TlsTest } from '@gatepost/contract/tls.ts'
import type { TlsProbed, TlsProbedHost } from '#link/tls-orders.ts'

/** A test that takes longer was lost with its edge or with us. */
export const TLS_TEST_MS_MAX = 120_000

/** Levels by strength; DANE and MTA-STS vouch by what the domain itself publishes. */
const LEVELS: readonly DeliveryLevel[] = [
  'opportunistic',
  'enforced-relaxed',
  'enforced-strict',
  'verified',
  'mta-sts',
  'dane',
]

export function runningTlsTest(now: number): TlsTest {
  return { state: 'running', startedAt: now, checks: [], strongest: null }
}

/** The test when nobody could carry it out: what was not looked at is not a "no". */
export function abandonedTlsTest(test: TlsTest, why: string, now: number): TlsTest {
  const check = checkOf(
    'hosts',
    'Mail hosts',
    { state: 'not-verified', saw: why, remedy: 'Run the test again.' },
    now,
  )
  return { ...test, state: 'done', checks: [check], strongest: null }
}

/** One that was interrupted does not run for ever. */
export function shownTlsTest(test: TlsTest | null, now: number): TlsTest | null {
  if (test?.state !== 'running' || now - test.startedAt < TLS_TEST_MS_MAX) return test
  return abandonedTlsTest(test, 'The test was cut off.', test.startedAt)
}

export function finishedTlsTest(test: TlsTest, probed: TlsProbed, now: number): TlsTest {
  const checks = [
    checkOf('mx', 'Mail exchangers', mxFinding(probed), now),
    ...probed.hosts.map((host) => checkOf(`host ${host.host}`, host.host, hostFinding(host), now)),
    checkOf('mta-sts', 'MTA-STS', stsFinding(probed), now),
    checkOf('dane', 'DANE', daneFinding(probed), now),
  ]
  return { ...test, state: 'done', checks, strongest: strongestOf(probed) }
}

/** The strongest level under which mail would go to every host that was seen. */
export function strongestOf({ hosts, sts }: TlsProbed): DeliveryLevel | null {
  const seen = hosts.filter(({ state }) => state !== 'unreachable')
  if (seen.length === 0) return null
  const all = (holds: (host: TlsProbedHost) => boolean): boolean => seen.every(holds)
  if (!all(({ state }) => state === 'encrypted')) return 'opportunistic'
  if (all(({ dane }) => dane === 'met')) return 'dane'
  const isNamed = all(({ isVerified, isNamedBySts }) => isVerified && isNamedBySts === true)
  if (sts.state === 'enforce' && isNamed) return 'mta-sts'
  if (all(({ isVerified, isForDomain }) => isVerified && isForDomain)) return 'verified'
  return all(({ isVerified }) => isVerified) ? 'enforced-strict' : 'enforced-relaxed'
}

/** Whether mail that must have `asked` would wait at a partner that can bear `strongest`. */
export function asksForMore(asked: DeliveryLevel, strongest: DeliveryLevel): boolean {
  if (asked === 'dane' || asked === 'mta-sts')
    return strongest !== asked && !(asked === 'mta-sts' && strongest === 'dane')
  if (strongest === 'dane' || strongest === 'mta-sts') return asked === 'verified'
  return LEVELS.indexOf(asked) > LEVELS.indexOf(strongest)
}

type Finding = Pick<Check, 'state' | 'saw' | 'remedy'>

function mxFinding({ mx }: TlsProbed): Finding {
  if (mx.state === 'found') return { state: 'passed', saw: mx.saw, remedy: null }
  const remedy = 'Check the spelling of the domain; mail to it would not be delivered either.'
  return { state: mx.state === 'none' ? 'failed' : 'not-verified', saw: mx.saw, remedy }
}

function hostFinding({ state, saw, isVerified, dane }: TlsProbedHost): Finding {
  switch (state) {
    case 'unreachable':
      return { state: 'not-verified', saw, remedy: 'Run the test again; the host may be down for now.' }
    case 'clear':
      return {
        state: 'failed',
        saw,
        remedy: 'Ask the partner to turn STARTTLS on. Until then TLS cannot be enforced.',
      }
    case 'failed':
      return { state: 'failed', saw, remedy: 'Ask the partner to look at the TLS settings of this host.' }
    case 'encrypted':
      if (isVerified || dane === 'met') return { state: 'passed', saw, remedy: null }
      return {
        state: 'warning',
        saw,
        remedy:
          'Relaxed TLS works. For strict TLS the host needs a certificate of a public authority for its name.',
      }
  }
}

function stsFinding({ sts, hosts }: TlsProbed): Finding {
  const missed = hosts.filter(({ isNamedBySts }) => isNamedBySts === false).map(({ host }) => host)
  switch (sts.state) {
    case 'none':
      return { state: 'not-required', saw: sts.saw, remedy: null }
    case 'failed':
      return {
        state: 'warning',
        saw: sts.saw,
        remedy: 'Tell the partner: the policy is announced and cannot be had.',
      }
    default:
      if (missed.length === 0) return { state: 'passed', saw: sts.saw, remedy: null }
      return {
        state: sts.state === 'enforce' ? 'failed' : 'warning',
        saw: `${sts.saw} It does not name ${missed.join(', ')}.`,
        remedy: 'Tell the partner: mail is not delivered to a host that the policy leaves out.',
      }
  }
}

function daneFinding({ hosts }: TlsProbed): Finding {
  const of = (wanted: TlsProbedHost['dane']): string[] =>
    hosts.filter(({ dane }) => dane === wanted).map(({ host }) => host)
  const [broken, failed, met, unavailable] = [of('not-met'), of('failed'), of('met'), of('unavailable')]
  if (broken.length > 0)
    return {
      state: 'failed',
      saw: `${broken.join(', ')} shows another certificate than its TLSA records name.`,
      remedy: 'Tell the partner: whoever validates DANE does not deliver there.',
    }
  if (failed.length > 0)
    return {
      state: 'warning',
      saw: `The TLSA records of ${failed.join(', ')} could not be looked up.`,
      remedy: 'Run the test again.',
    }
  if (met.length > 0)
    return { state: 'passed', saw: `The TLSA records of ${met.join(', ')} are met.`, remedy: null }
  if (unavailable.length > 0)
    return {
      state: 'not-verified',
      saw: 'TLSA records exist, and DNSSEC does not vouch for them here.',
      remedy:
        'DANE needs a signed zone and a validating resolver on the gateway’s own machine (dns.resolver).',
    }
  return { state: 'not-required', saw: 'No TLSA records are published.', remedy: null }
}

function checkOf(name: string, title: string, finding: Finding, checkedAt: number): Check {
  return { name, title, ...finding, checkedAt, nextCheckAt: null }
}
