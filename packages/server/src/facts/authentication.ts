// Authentication of the client by SPF (RFC 7208). The one file that knows mailauth.
import { isIP } from 'node:net'
import type { Mailbox } from '@gatepost/mail/address.ts'
import { formatMailbox } from '@gatepost/mail/address.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import { spf as evaluate } from 'mailauth/lib/spf/index.js'
import type { Clock } from '#platform/clock.ts'
import type { Dns, DnsRecordType, MxRecord } from '#platform/dns-types.ts'
import { type Fact, type Facts, known, type SpfResult } from '#policy/facts.ts'
import { BoundedCache } from './bounded-cache.ts'

export type SpfFact = Fact<Facts['spf']>

export type SpfQuery = { readonly clientIp: string; readonly helo: string; readonly reversePath: ReversePath }

/** RFC 7208 §4.6.4 asks for a limit of at least 20 seconds on one evaluation. */
const EVALUATION_MS_MAX = 20_000
/** Results remembered: one for each pair of client and domain that mail came from in the last minute. */
const RESULTS_MAX = 10_000
/**
 * Short, because a result is made of many records and we take none of their lifetimes into account above
 * this.
 */
const RESULT_TTL_MS_MAX = 60_000
/** Evaluations at one time; beyond it the answer is temperror, so that slow DNS cannot fill the memory. */
const EVALUATIONS_MAX = 2_000

type Outcome = { readonly fact: SpfFact; readonly ttlMs: number; readonly usedLocalPart: boolean }

/**
 * Evaluates SPF with our resolver; one evaluation serves all messages of a client and domain for a minute.
 */
export class SpfChecker {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #hostname: string
  readonly #results = new BoundedCache<SpfFact>(RESULTS_MAX)
  readonly #underWay = new Map<string, Promise<Outcome>>()

  constructor(options: { readonly dns: Dns; readonly clock: Clock; readonly hostname: string }) {
    this.#dns = options.dns
    this.#clock = options.clock
    this.#hostname = options.hostname
  }

  /** The result for a transaction; at once when it is remembered. Never rejects: trouble is `temperror`. */
  check(query: SpfQuery): SpfFact | Promise<SpfFact> {
    const domain = query.reversePath?.domain ?? query.helo.toLowerCase()
    // RFC 7208 §4.3: a name that is no multi-label domain has no policy.
    const name = parseDomain(domain, { allowUnderscore: true, fullyQualified: true })
    if (!name.ok || isIP(domain) !== 0) return spfFact('none', domain, null)
    const key = `${query.clientIp} ${domain} ${query.helo}`
    const remembered = this.#results.get(key, this.#clock.now())
    if (remembered !== undefined) return remembered
    return this.#share(key, domain, query)
  }

  async #share(key: string, domain: string, query: SpfQuery): Promise<SpfFact> {
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) {
      const outcome = await underWay
      // The record looks at the local part, and ours may be another one.
      return outcome.usedLocalPart ? (await this.#evaluate(domain, query)).fact : outcome.fact
    }
    if (this.#underWay.size >= EVALUATIONS_MAX)
      return spfFact('temperror', domain, 'too many evaluations at once')
    const evaluation = this.#evaluate(domain, query)
    this.#underWay.set(key, evaluation)
    const outcome = await evaluation.finally(() => this.#underWay.delete(key))
    if (!outcome.usedLocalPart && outcome.ttlMs > 0) {
      this.#results.set(key, outcome.fact, this.#clock.now() + outcome.ttlMs)
    }
    return outcome.fact
  }

  async #evaluate(domain: string, query: SpfQuery): Promise<Outcome> {
    const lifetime = { ms: RESULT_TTL_MS_MAX }
    const hasNoRecord = await this.#hasNoRecord(domain, lifetime)
    if (hasNoRecord) return { fact: spfFact('none', domain, null), ttlMs: lifetime.ms, usedLocalPart: false }
    const sender = senderOf(query.reversePath)
    const found = await evaluate({
      sender,
      ip: query.clientIp,
      helo: query.helo,
      mta: this.#hostname,
      resolver: resolverOf(this.#dns, lifetime) as never,
      strict: true,
      maxElapsedTime: EVALUATION_MS_MAX,
    }).catch((error: unknown) => ({ status: { result: 'temperror', comment: String(error) } }))
    const result = resultOf(found.status.result)
    const comment = typeof found.status.comment === 'string' ? found.status.comment : null
    return {
      fact: spfFact(result, domain, comment),
      ttlMs: result === 'temperror' ? 0 : lifetime.ms,
      // In strict mode mailauth names the whole mailbox only if the record looked at the local part.
      usedLocalPart: usesLocalPart(found.status),
    }
  }

  /** Most names without a record are found out by one look-up, without the machinery behind it. */
  async #hasNoRecord(domain: string, lifetime: { ms: number }): Promise<boolean> {
    const answer = await this.#dns.query({ name: domain, type: 'TXT' }).catch(() => null)
    if (answer === null || answer.kind === 'failed') return false
    lifetime.ms = Math.min(lifetime.ms, answer.ttl * 1000)
    return answer.kind !== 'found' || !answer.records.some((text) => /^v=spf1(?: |$)/i.test(text))
  }
}

function spfFact(result: SpfResult, domain: string, explanation: string | null): SpfFact {
  return known({ result, domain, explanation })
}

/** The null reverse-path checks the HELO identity (RFC 7208 §2.4); mailauth takes an absent sender for it. */
function senderOf(reversePath: Mailbox | null): string {
  return reversePath === null ? '' : formatMailbox(reversePath)
}

const RESULTS = new Set<string>(['none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror'])

function resultOf(text: string): SpfResult {
  return RESULTS.has(text) ? (text as SpfResult) : 'temperror'
}

function usesLocalPart(status: object): boolean {
  if (!('smtp' in status)) return false
  const { mailfrom } = status.smtp as { readonly mailfrom?: string }
  return mailfrom?.includes('@') ?? false
}

/**
 * What mailauth asks for names: `dns.promises.resolve` by shape. Keeps "no such name" and "no answer" apart
 * (law 4).
 */
function resolverOf(dns: Dns, lifetime: { ms: number }): (name: string, type: string) => Promise<unknown[]> {
  return async (name, type) => {
    const answer = await dns.query({ name: name.replace(/\.$/, ''), type: type as DnsRecordType })
    if (answer.kind === 'failed') throw dnsError('ETIMEOUT', answer.why)
    lifetime.ms = Math.min(lifetime.ms, answer.ttl * 1000)
    if (answer.kind === 'absent') throw dnsError('ENOTFOUND', `${name} does not exist`)
    if (answer.kind === 'none') throw dnsError('ENODATA', `${name} has no ${type}`)
    return recordsOf('records' in answer ? answer.records : [], type)
  }
}

function recordsOf(records: readonly unknown[], type: string): unknown[] {
  if (type === 'TXT') return records.map((text) => [text])
  if (type !== 'MX') return [...records]
  return (records as readonly MxRecord[]).map(({ preference, exchange }) => ({
    priority: preference,
    exchange,
  }))
}

function dnsError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
