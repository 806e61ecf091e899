// From a next hop to addresses: MX look-up with preferences, null MX, both families, and the guard against
// private targets.
import { normalizeIp } from '@gatepost/mail/ip.ts'
import type { Dns, TlsaRecord } from '#platform/dns-types.ts'
import type { TargetGuard, TargetRefusal } from '#platform/target-guard.ts'
import type { RouteTls } from '#policy/settings.ts'
import type { Login } from './login/log-in.ts'
import type { StsAnswer } from './tls/mta-sts.ts'
import { NO_NEED, type TlsNeed } from './tls/need.ts'
import { type FoundTarget, type Published, secureTargets } from './tls/secure-targets.ts'

/** An address to connect to. `host` names it in reports, in SNI and in certificates. */
export type Target = {
  readonly host: string
  readonly ip: string
  readonly port: number
  /** Of its MX record; left out for all other hosts. */
  readonly preference?: number
  readonly tls: RouteTls
  /** Names the certificate may be for, instead of the host's; a leading dot stands for any name below. */
  readonly names?: readonly string[]
  /**
   * TLSA records that the certificate must meet, instead of being signed by a public authority (RFC 7672).
   */
  readonly dane?: readonly TlsaRecord[]
  /** What asks for more than TLS where it is offered; left out for the route's own setting. */
  readonly by?: 'dane' | 'mta-sts' | 'policy'
  /** The domain tests an MTA-STS policy: nothing is refused for it, and what would have been is noted. */
  readonly stsTest?: { readonly isNamed: boolean }
  /** A host of a route, with the login it has; left out for exchangers of domains outside. */
  readonly route?: { readonly login: Login | null }
}

export type Resolution =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  /** Cannot be delivered: `status` is 5.y.z (RFC 3463). */
  | { readonly kind: 'permanent'; readonly status: string; readonly text: string }
  /** Unknown for now: a failed look-up is never a "no" (law 4). */
  | { readonly kind: 'transient'; readonly status: string; readonly text: string }

/** Domains with more exchangers exist to make us work; the first in order of preference are enough. */
const EXCHANGES_MAX = 10
const TARGETS_MAX = 20

export type ResolveDeps = {
  readonly dns: Dns
  readonly guard: TargetGuard
  /** Our own name: exchangers of our preference and behind are us again (RFC 5321 §5.1). */
  readonly hostname: string
  readonly random: () => number
  readonly signal?: AbortSignal
  /** The MTA-STS policy of a recipient's domain; left out where none is asked for. */
  readonly stsOf?: (domain: string) => Promise<StsAnswer>
}

const NO_STS: StsAnswer = { kind: 'none', why: null }

/** The addresses of a route's host, which may be an address itself. */
export async function resolveHost(
  host: string,
  { port, tls, need = NO_NEED }: { readonly port: number; readonly tls: RouteTls; readonly need?: TlsNeed },
  deps: ResolveDeps,
): Promise<Resolution> {
  const literal = normalizeIp(host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1'))
  const found: Addresses =
    literal === null ? await addressesOf(host, deps) : { kind: 'found', ips: [literal], isSecure: false }
  if (found.kind === 'failed') return { kind: 'transient', status: '4.4.3', text: found.why }
  if (found.kind === 'none') {
    // A wrong name in a route is for the tenant's administrator to mend: the mail waits for that.
    return { kind: 'transient', status: '4.4.4', text: `the name ${host} has no address` }
  }
  const { targets, refusal } = guarded(host, found, { port, deps })
  if (targets.length === 0) return { kind: 'transient', status: '4.4.4', text: refusalText(host, refusal) }
  // A host that the tenant named needs no look-up that could be forged.
  const published = { domain: null, isSecure: true, sts: NO_STS }
  return secured(targets, { need, route: tls, published }, deps)
}

/** What TLS each address must have; addresses that cannot have it are left out. */
async function secured(
  found: readonly FoundTarget[],
  wishes: { readonly need: TlsNeed; readonly route: RouteTls; readonly published: Published },
  deps: ResolveDeps,
): Promise<Resolution> {
  const { targets, refusal } = await secureTargets(found, wishes, deps.dns)
  if (targets.length > 0 || refusal === null)
    return { kind: 'targets', targets: targets.slice(0, TARGETS_MAX) }
  return { kind: 'transient', status: refusal.status, text: refusal.text }
}

/** The addresses of a domain's mail exchangers in the order to try them. RFC 5321 §5.1, RFC 7505. */
export async function resolveMx(
  domain: string,
  { port, need = NO_NEED }: { readonly port: number; readonly need?: TlsNeed },
  deps: ResolveDeps,
): Promise<Resolution> {
  if (domain.startsWith('[')) return resolveHost(domain, { port, tls: 'opportunistic', need }, deps)
  const { stsOf } = deps
  const [answer, sts] = await Promise.all([
    deps.dns.query({ name: domain, type: 'MX', ...signalOf(deps) }),
    stsOf === undefined || need.ignorePublished ? NO_STS : stsOf(domain),
  ])
  if (answer.kind === 'failed') return failedLookup(`MX of ${domain}`, answer.why)
  if (answer.kind === 'absent') {
    return { kind: 'permanent', status: '5.1.2', text: `the domain ${domain} does not exist` }
  }
  const records = answer.kind === 'found' ? answer.records : [{ preference: 0, exchange: domain }]
  if (records.length > 0 && records.every(({ exchange }) => exchange === '.' || exchange === '')) {
    return { kind: 'permanent', status: '5.1.10', text: `the domain ${domain} takes no mail (null MX)` }
  }
  const published = { domain, isSecure: answer.authenticated, sts }
  return resolveExchanges(inOrder(records, deps.random), { domain, port, need, published, deps })
}

async function resolveExchanges(
  records: readonly { readonly preference: number; readonly exchange: string }[],
  asked: {
    readonly domain: string
    readonly port: number
    readonly need: TlsNeed
    readonly published: Published
    readonly deps: ResolveDeps
  },
): Promise<Resolution> {
  const { domain, port, need, published, deps } = asked
  const hosts = records.slice(0, EXCHANGES_MAX)
  const answers = await Promise.all(hosts.map(({ exchange }) => addressesOf(exchange, deps)))
  const targets: FoundTarget[] = []
  let refused: { readonly host: string; readonly refusal: TargetRefusal } | null = null
  let failure: string | null = null
  let ownPreference = Number.POSITIVE_INFINITY
  for (const [i, { preference, exchange }] of hosts.entries()) {
    if (preference >= ownPreference) break
    const answer = answers[i]!
    if (answer.kind === 'failed') failure = answer.why
    if (answer.kind !== 'found') continue
    const found = guarded(exchange, answer, { port, deps })
    if (found.refusal === 'own-listener' || exchange === deps.hostname) {
      ownPreference = preference
      // Equal ones may have come before by chance of the shuffle.
      const kept = targets.filter((target) => (target.preference ?? 0) < preference)
      targets.splice(0, targets.length, ...kept)
      continue
    }
    if (found.refusal !== null) refused = { host: exchange, refusal: found.refusal }
    targets.push(...found.targets.map((target) => ({ ...target, preference })))
  }
  if (targets.length > 0) return secured(targets, { need, route: 'opportunistic', published }, deps)
  if (failure !== null) return { kind: 'transient', status: '4.4.3', text: failure }
  if (ownPreference !== Number.POSITIVE_INFINITY) {
    return { kind: 'permanent', status: '5.4.6', text: `mail for ${domain} loops back to this gateway` }
  }
  const text =
    refused === null ? `no mail host of ${domain} has an address` : refusalText(refused.host, refused.refusal)
  return { kind: 'permanent', status: '5.4.4', text }
}

type Addresses =
  | { readonly kind: 'found'; readonly ips: readonly string[]; readonly isSecure: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly why: string }

async function addressesOf(name: string, deps: ResolveDeps): Promise<Addresses> {
  const [four, six] = await Promise.all([
    deps.dns.query({ name, type: 'A', ...signalOf(deps) }),
    deps.dns.query({ name, type: 'AAAA', ...signalOf(deps) }),
  ])
  const found = [four, six].filter((answer) => answer.kind === 'found')
  const ips = found.flatMap(({ records }) => records)
  // Whoever makes one look-up fail must not get rid of DANE by it: the addresses found count (RFC 7672
  // §2.2.2).
  const isSecure = found.every(({ authenticated }) => authenticated)
  if (ips.length > 0) return { kind: 'found', ips, isSecure }
  const failed = [four, six].find((answer) => answer.kind === 'failed')
  if (failed?.kind === 'failed')
    return { kind: 'failed', why: `the look-up of ${name} failed: ${failed.why}` }
  return { kind: 'none' }
}

function guarded(
  host: string,
  { ips, isSecure }: { readonly ips: readonly string[]; readonly isSecure: boolean },
  { port, deps }: { readonly port: number; readonly deps: ResolveDeps },
): { readonly targets: readonly FoundTarget[]; readonly refusal: TargetRefusal | null } {
  const targets: FoundTarget[] = []
  let refusal: TargetRefusal | null = null
  for (const ip of ips) {
    const why = deps.guard.refusalOf(ip, port)
    if (why === null) targets.push({ host, ip, port, isSecure })
    else if (refusal !== 'own-listener') refusal = why
  }
  return { targets, refusal }
}

function refusalText(host: string, refusal: TargetRefusal | null): string {
  switch (refusal) {
    case 'own-listener':
      return `${host} is this gateway itself`
    case 'link-local':
      return `${host} has only link-local or metadata addresses, which are never connected to`
    case 'private':
      return `${host} has only private addresses; the operator allows them with network.private_targets`
    default:
      return `${host} has no usable address`
  }
}

/** By preference; equal ones in random order (RFC 5321 §5.1). */
function inOrder<Row extends { readonly preference: number }>(
  records: readonly Row[],
  random: () => number,
): Row[] {
  return records
    .map((record) => ({ record, draw: random() }))
    .sort((a, b) => a.record.preference - b.record.preference || a.draw - b.draw)
    .map(({ record }) => record)
}

function failedLookup(what: string, why: string): Resolution {
  return { kind: 'transient', status: '4.4.3', text: `the look-up of the ${what} failed: ${why}` }
}

function signalOf({ signal }: ResolveDeps): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
