// What TLS each address of a recipient's domain must have: DANE and MTA-STS as the domain publishes them, and
// what the sender's organisation asks besides (RFC 7672, RFC 8461, RFC 8689).
import type { Dns, TlsaRecord } from '#platform/dns-types.ts'
import type { RouteTls } from '#policy/settings.ts'
import type { Target } from '../mx.ts'
import { tlsaUseOf } from './dane.ts'
import type { StsAnswer } from './mta-sts.ts'
import { isNamedBy } from './mta-sts-policy.ts'
import { strongerOf, type TlsNeed } from './need.ts'

/** An address as it was found, before TLS is thought of. */
export type FoundTarget = {
  readonly host: string
  readonly ip: string
  readonly port: number
  /** Of its MX record. */
  readonly preference?: number
  /** Its address records were validated by DNSSEC. */
  readonly isSecure: boolean
}

export type Published = {
  /** The recipient's domain; null for a route, whose host the tenant named itself. */
  readonly domain: string | null
  /** The look-up that led to the hosts was validated by DNSSEC, or there was none. */
  readonly isSecure: boolean
  readonly sts: StsAnswer
}

export type Secured = {
  readonly targets: readonly Target[]
  /** Why the first host that was left out cannot be used; null when none was. */
  readonly refusal: { readonly status: string; readonly text: string } | null
}

/** Decides for each host, and leaves out those that cannot have the TLS they must have. */
export async function secureTargets(
  found: readonly FoundTarget[],
  {
    need,
    route,
    published,
  }: { readonly need: TlsNeed; readonly route: RouteTls; readonly published: Published },
  dns: Dns,
): Promise<Secured> {
  const plans = new Map<string, Plan>()
  for (const target of found) {
    const key = `${target.host} ${target.port}`
    if (plans.has(key)) continue
    const dane = await daneOf(target, { need, published, dns })
    plans.set(key, planOf(target, { need, route, published, dane }))
  }
  const targets: Target[] = []
  let refusal: Secured['refusal'] = null
  for (const { host, ip, port, preference } of found) {
    const plan = plans.get(`${host} ${port}`)!
    const ranked = preference === undefined ? {} : { preference }
    if (plan.kind === 'use') targets.push({ host, ip, port, ...ranked, ...plan.tls })
    else refusal ??= plan
  }
  return { targets, refusal }
}

type Plan =
  | { readonly kind: 'use'; readonly tls: Omit<Target, 'host' | 'ip' | 'port' | 'preference'> }
  | { readonly kind: 'leave'; readonly status: string; readonly text: string }

type DaneAnswer =
  | { readonly kind: 'authenticate'; readonly records: readonly TlsaRecord[] }
  | { readonly kind: 'encrypt' }
  | { readonly kind: 'none' }
  /** Not known: a host whose records cannot be looked up must not be used (RFC 7672 §2.1.1). */
  | { readonly kind: 'failed'; readonly why: string }

const NO_DANE: DaneAnswer = { kind: 'none' }

async function daneOf(
  { host, port, isSecure }: FoundTarget,
  { need, published, dns }: { readonly need: TlsNeed; readonly published: Published; readonly dns: Dns },
): Promise<DaneAnswer> {
  // Without DNSSEC on the way to the host its records prove nothing, and there is no failure either.
  if (!isSecure || !published.isSecure || need.ignorePublished) return NO_DANE
  const answer = await dns.query({ name: `_${port}._tcp.${host}`, type: 'TLSA' })
  if (answer.kind === 'failed') return { kind: 'failed', why: answer.why }
  return answer.kind === 'found' && answer.authenticated ? tlsaUseOf(answer.records) : NO_DANE
}

function planOf(
  { host }: FoundTarget,
  decided: {
    readonly need: TlsNeed
    readonly route: RouteTls
    readonly published: Published
    readonly dane: DaneAnswer
  },
): Plan {
  const { need, route, published, dane } = decided
  const { domain, sts } = published
  if (dane.kind === 'failed')
    return leave('4.7.5', `the TLSA records of ${host} could not be looked up: ${dane.why}`)
  const asks = asksOf(need, { host, dane, sts })
  if (asks !== null) return asks
  const isNamed = sts.kind !== 'policy' || isNamedBy(sts.policy, host)
  const isStsMust = sts.kind === 'policy' && (sts.policy.mode === 'enforce' || need.level === 'mta-sts')
  if (isStsMust && !need.ignorePublished && !isNamed)
    return leave('4.7.5', `the MTA-STS policy of ${domain} does not name ${host}`)
  // A host with TLSA records is judged by them: public authorities are not asked (RFC 7672 §3.1.3).
  if (dane.kind === 'authenticate') {
    const names = domain === null ? [host] : [host, domain]
    return { kind: 'use', tls: { tls: 'enforced-relaxed', dane: dane.records, names, by: 'dane' } }
  }
  // Without a wish the route's own word counts, also where it wants none.
  const isWished = need.level !== 'opportunistic' || need.requireTls
  let tls: RouteTls = isWished ? strongerOf(route, levelTls(need)) : route
  if (dane.kind === 'encrypt') tls = strongerOf(tls, 'enforced-relaxed')
  const isSts = isStsMust && !need.ignorePublished
  if (isSts) tls = 'enforced-strict'
  const names = need.level === 'verified' ? namesOf(need, domain ?? host) : undefined
  // A policy that leaves it to the host asks for nothing.
  const isByPolicy = need.policy !== null && need.level !== 'opportunistic'
  const isTested = sts.kind === 'policy' && sts.policy.mode === 'testing' && !isSts
  return {
    kind: 'use',
    tls: {
      tls,
      ...(names === undefined ? {} : { names }),
      ...(isSts ? { by: 'mta-sts' as const } : isByPolicy ? { by: 'policy' as const } : {}),
      ...(isTested ? { stsTest: { isNamed } } : {}),
    },
  }
}

/** What the sender or its organisation asks and this host cannot give. */
function asksOf(
  need: TlsNeed,
  { host, dane, sts }: { readonly host: string; readonly dane: DaneAnswer; readonly sts: StsAnswer },
): Plan | null {
  const named = need.policy === null ? '' : ` (policy “${need.policy.name}”)`
  if (need.level === 'dane' && dane.kind !== 'authenticate')
    return leave(
      '4.7.5',
      `DANE is asked for${named}, and ${host} has no usable TLSA record that DNSSEC vouches for`,
    )
  if (need.level === 'mta-sts' && sts.kind !== 'policy')
    return leave(
      '4.7.5',
      `MTA-STS is asked for${named}, and there is no policy: ${sts.why ?? 'none is published'}`,
    )
  return null
}

function levelTls({ level, requireTls }: TlsNeed): RouteTls {
  if (requireTls) return 'enforced-strict'
  switch (level) {
    case 'opportunistic':
      return 'opportunistic'
    case 'enforced-relaxed':
      return 'enforced-relaxed'
    default:
      return 'enforced-strict'
  }
}

/** A leading dot stands for any name below. */
function namesOf(need: TlsNeed, domain: string): readonly string[] {
  return need.names.length > 0 ? need.names : [domain, `.${domain}`]
}

function leave(status: string, text: string): Plan {
  return { kind: 'leave', status, text }
}
