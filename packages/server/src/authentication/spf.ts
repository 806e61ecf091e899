// SPF of the client (RFC 7208): one evaluation serves all messages of a client and domain for a while.
import { isIP } from 'node:net'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { evaluateSpf } from './mailauth.ts'
import { type Lifetime, resolverOf } from './resolver.ts'
import type { SpfFinding, SpfQuery, SpfResult } from './results.ts'

/** Results remembered: one for each pair of client and domain that mail came from in the last minute. */
const RESULTS_MAX = 10_000
/**
 * Short, because a result is made of many records and we take none of their lifetimes into account above
 * this.
 */
const RESULT_TTL_MS_MAX = 60_000
/** Evaluations at one time; beyond it the answer is temperror, so that slow DNS cannot fill the memory. */
const EVALUATIONS_MAX = 2_000

type Outcome = { readonly finding: SpfFinding; readonly ttlMs: number; readonly usedLocalPart: boolean }

/** Evaluates SPF with our resolver, and remembers. */
export class SpfChecker {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #hostname: string
  readonly #results = new BoundedCache<SpfFinding>(RESULTS_MAX)
  readonly #underWay = new Map<string, Promise<Outcome>>()

  constructor(options: { readonly dns: Dns; readonly clock: Clock; readonly hostname: string }) {
    this.#dns = options.dns
    this.#clock = options.clock
    this.#hostname = options.hostname
  }

  /** The result for a transaction; at once when it is remembered. Never rejects: trouble is `temperror`. */
  check(query: SpfQuery): SpfFinding | Promise<SpfFinding> {
    const domain = query.reversePath?.domain ?? query.helo.toLowerCase()
    // A line end can stand in none of them, so that no two questions share a key.
    const key = `${query.clientIp}\n${domain}\n${query.helo}`
    const remembered = this.#results.get(key, this.#clock.now())
    if (remembered !== undefined) return remembered
    // RFC 7208 §4.3: a name that is no multi-label domain has no policy.
    const name = parseDomain(domain, { allowUnderscore: true, fullyQualified: true })
    if (!name.ok || isIP(domain) !== 0) return finding('none', domain, null)
    return this.#share(key, domain, query)
  }

  async #share(key: string, domain: string, query: SpfQuery): Promise<SpfFinding> {
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) {
      const outcome = await underWay
      // The record looks at the local part, and ours may be another one.
      return outcome.usedLocalPart ? (await this.#evaluate(domain, query)).finding : outcome.finding
    }
    if (this.#underWay.size >= EVALUATIONS_MAX)
      return finding('temperror', domain, 'too many evaluations at once')
    const evaluation = this.#evaluate(domain, query)
    this.#underWay.set(key, evaluation)
    const outcome = await evaluation.finally(() => this.#underWay.delete(key))
    if (!outcome.usedLocalPart && outcome.ttlMs > 0) {
      this.#results.set(key, outcome.finding, this.#clock.now() + outcome.ttlMs)
    }
    return outcome.finding
  }

  async #evaluate(domain: string, query: SpfQuery): Promise<Outcome> {
    const lifetime = { ms: RESULT_TTL_MS_MAX }
    const early = await this.#withoutRecord(domain, lifetime)
    if (early !== null) {
      const ttlMs = early.result === 'none' ? lifetime.ms : 0
      return { finding: early, ttlMs, usedLocalPart: false }
    }
    const resolver = resolverOf(this.#dns, this.#clock, lifetime)
    const found = await evaluateSpf(query, { resolver, hostname: this.#hostname })
    return {
      finding: finding(found.result, domain, found.comment),
      ttlMs: found.result === 'temperror' ? 0 : lifetime.ms,
      usedLocalPart: found.usedLocalPart,
    }
  }

  /** Most names have no record: one look-up tells, without the machinery behind it (RFC 7208 §4.4, §4.5). */
  async #withoutRecord(domain: string, lifetime: Lifetime): Promise<SpfFinding | null> {
    const answer = await this.#dns
      .query({ name: domain, type: 'TXT' })
      .catch((error: unknown) => ({ kind: 'failed' as const, why: String(error) }))
    if (answer.kind === 'failed') return finding('temperror', domain, answer.why)
    lifetime.ms = Math.min(lifetime.ms, answer.ttl * 1_000)
    if (answer.kind === 'found' && answer.records.some((text) => /^v=spf1(?: |$)/i.test(text))) return null
    return finding('none', domain, null)
  }
}

function finding(result: SpfResult, domain: string, explanation: string | null): SpfFinding {
  return { result, domain, explanation }
}
