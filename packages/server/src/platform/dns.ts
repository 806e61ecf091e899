// The one resolver (decisions 39): typed answers with TTL and AD, cached, shared between askers, bounded in
// time.
import { getServers } from 'node:dns'
import { normalizeIp, parseIp } from '@gatepost/mail/ip.ts'
import type { Answer } from 'dns-packet'
import type { Clock } from './clock.ts'
import { confirmedNameOf, zoneServersOf } from './dns-lookups.ts'
import type { Dns, DnsAnswer, DnsQuery, DnsRecordType, DnsValue } from './dns-types.ts'
import { exchange } from './dns-wire.ts'

/** One try; a second follows, so a dead server costs 6 s and stays under SMTP's patience. */
const TIMEOUT_MS = 3_000
const TRIES = 2
const CNAME_HOPS_MAX = 8 // Longer chains are broken or hostile.
const CACHE_ENTRIES_MAX = 50_000 // About 20 MB at worst.
const TTL_MAX_S = 86_400 // RFC 8767 §4: a week is allowed, a day is enough.
/** A record that appears must be seen within a quarter of an hour (RFC 2308 §5). */
const NEGATIVE_TTL_MAX_S = 900
/**
 * RFC 2308 §7: failures may be remembered shortly; never as a "no". Long enough for the questions of one
 * message, so that who comes again a few seconds after DNS is back meets its answers.
 */
const FAILED_TTL_S = 1

type Options = {
  readonly clock: Clock
  /** `ip:port`; null takes the system's first server. */
  readonly resolver: string | null
  /** Asked instead of a zone's own servers. */
  readonly authoritative: readonly string[]
}

type Entry = { readonly until: number; readonly answer: DnsAnswer<DnsRecordType> }

/** Builds the resolver. */
export function createDns({ clock, resolver, authoritative }: Options): Dns {
  const server = resolver ?? systemResolver()
  const trusted = isLoopbackServer(server)
  const cache = new Map<string, Entry>()
  const inFlight = new Map<string, Promise<DnsAnswer<DnsRecordType>>>()

  async function ask(query: DnsQuery<DnsRecordType>, name: string): Promise<DnsAnswer<DnsRecordType>> {
    const servers = query.servers ?? [server]
    let last: DnsAnswer<DnsRecordType> = { kind: 'failed', why: 'no server to ask', server: '' }
    for (let at = 0; at < Math.max(TRIES, servers.length); at++) {
      if (query.signal?.aborted) return { kind: 'failed', why: 'stopped', server: '' }
      const one = servers[at % servers.length]!
      last = await askServer({ ...query, name }, one, trusted)
      if (last.kind !== 'failed') return last
    }
    return last
  }

  async function cached(query: DnsQuery<DnsRecordType>): Promise<DnsAnswer<DnsRecordType>> {
    const name = query.name.replace(/\.$/, '').toLowerCase()
    if (query.servers) return ask(query, name)
    const key = `${query.type} ${name}`
    const hit = cache.get(key)
    if (hit && hit.until > clock.now() && !query.fresh) return hit.answer
    const running = inFlight.get(key)
    if (running) return running
    // A name that cannot be written as a question (a label too long) is nobody's "no" either.
    const failing = (error: unknown) => ({ kind: 'failed' as const, why: String(error), server })
    const asked = ask(query, name)
      .catch(failing)
      .then((answer) => {
        inFlight.delete(key)
        if (cache.size >= CACHE_ENTRIES_MAX) cache.delete(cache.keys().next().value ?? key)
        cache.delete(key)
        cache.set(key, { answer, until: clock.now() + keepSeconds(answer) * 1_000 })
        return answer
      })
    inFlight.set(key, asked)
    return asked
  }

  const dns: Dns = {
    query: (query) => cached(query) as Promise<DnsAnswer<typeof query.type>>,
    authoritativeServers: (name) => zoneServersOf(dns, name, authoritative),
    confirmedName: (ip) => confirmedNameOf(dns, ip),
  }
  return dns
}

async function askServer(
  query: DnsQuery<DnsRecordType>,
  server: string,
  trusted: boolean,
): Promise<DnsAnswer<DnsRecordType>> {
  let name = query.name
  for (let hop = 0; hop <= CNAME_HOPS_MAX; hop++) {
    const reply = await exchange({
      name,
      type: query.type,
      server,
      recursive: query.recursive ?? true,
      timeoutMs: TIMEOUT_MS,
    })
    if (reply.kind === 'failed') return { kind: 'failed', why: reply.why, server }
    if (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN') {
      return { kind: 'failed', why: `${server} answered ${reply.rcode}`, server }
    }
    const answers = reply.packet.answers ?? []
    const authenticated = reply.authenticated && trusted
    const { target, ttl } = followAliases(name, query.type, answers)
    const records = answers.filter((answer) => answer.type === query.type && sameName(answer.name, target))
    if (records.length > 0) {
      const least = Math.min(ttl, ...records.map((record) => ttlOf(record)))
      return { kind: 'found', records: records.map(readValue), ttl: least, authenticated, server }
    }
    if (target !== name && query.type !== 'CNAME' && reply.rcode === 'NOERROR') {
      name = target // The server did not follow the alias for us.
      continue
    }
    const negative = negativeTtl(reply.packet.authorities ?? [])
    return { kind: reply.rcode === 'NXDOMAIN' ? 'absent' : 'none', ttl: negative, authenticated, server }
  }
  return { kind: 'failed', why: `more than ${CNAME_HOPS_MAX} aliases`, server }
}

function followAliases(
  name: string,
  type: DnsRecordType,
  answers: readonly Answer[],
): { target: string; ttl: number } {
  let target = name
  let ttl = TTL_MAX_S
  for (let hop = 0; type !== 'CNAME' && hop < CNAME_HOPS_MAX; hop++) {
    const alias = answers.find((answer) => answer.type === 'CNAME' && sameName(answer.name, target))
    if (alias?.type !== 'CNAME') break
    target = String(alias.data).toLowerCase()
    ttl = Math.min(ttl, ttlOf(alias))
  }
  return { target, ttl }
}

/** The value of a record as the house knows it; text for types that it does not ask for. */
export function readValue(answer: Answer): DnsValue<DnsRecordType> {
  switch (answer.type) {
    case 'MX':
      return { preference: answer.data.preference ?? 0, exchange: answer.data.exchange.toLowerCase() }
    case 'TXT':
      return Buffer.concat([answer.data].flat().map((part) => Buffer.from(part))).toString('utf8')
    case 'TLSA':
      return {
        usage: answer.data.usage,
        selector: answer.data.selector,
        matchingType: answer.data.matchingType,
        certificate: answer.data.certificate,
      }
    case 'SOA':
      return answer.data.mname.toLowerCase()
    case 'A':
    case 'AAAA':
      return normalizeIp(answer.data) ?? answer.data
    default:
      return 'data' in answer ? String(answer.data).toLowerCase() : ''
  }
}

function ttlOf(answer: Answer): number {
  return 'ttl' in answer && typeof answer.ttl === 'number' ? answer.ttl : 0
}

function negativeTtl(authorities: readonly Answer[]): number {
  const soa = authorities.find((answer) => answer.type === 'SOA')
  return soa?.type === 'SOA' ? Math.min(ttlOf(soa), soa.data.minimum ?? 0) : 60
}

function keepSeconds(answer: DnsAnswer<DnsRecordType>): number {
  if (answer.kind === 'failed') return FAILED_TTL_S
  return Math.min(answer.ttl, answer.kind === 'found' ? TTL_MAX_S : NEGATIVE_TTL_MAX_S)
}

function sameName(left: string, right: string): boolean {
  return left.replace(/\.$/, '').toLowerCase() === right.replace(/\.$/, '').toLowerCase()
}

function systemResolver(): string {
  const [first] = getServers()
  if (first === undefined) return '127.0.0.1:53'
  const bare = parseIp(first)
  if (!bare.ok) return first // Node prints a port only when it is not 53.
  return bare.value.family === 6 ? `[${first}]:53` : `${first}:53`
}

function isLoopbackServer(server: string): boolean {
  return server.startsWith('127.') || server.startsWith('[::1]')
}
