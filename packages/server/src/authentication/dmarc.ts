// DMARC of author domains (RFC 9989), remembered: most mail of a domain asks the same question.
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'
import { type DmarcEvaluation, evaluateDmarc } from './mailauth.ts'
import { resolverOf } from './resolver.ts'

/** Answers remembered: one for each author domain and set of identities that passed. */
const RESULTS_MAX = 10_000
/** No record is believed longer than this here; the resolver's own cache goes by the records. */
const RESULT_TTL_MS_MAX = 300_000
/** Evaluations at one time; beyond it the answer is temperror. */
const EVALUATIONS_MAX = 2_000
/**
 * A message with several author domains is judged for each (RFC 9989 §11.5 calls it suspicious). Of more than
 * these, which is nobody's letter, the first are judged: they are what a reader is shown.
 */
const AUTHOR_DOMAINS_MAX = 4

export type DmarcQuery = {
  /** Lower-case domains of all authors; '' for one that cannot be read. */
  readonly authorDomains: readonly string[]
  /** The domain that SPF passed for, or null. */
  readonly spfDomain: string | null
  /** Domains of valid signatures. */
  readonly dkimDomains: readonly string[]
}

export class DmarcChecker {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #results = new BoundedCache<DmarcEvaluation>(RESULTS_MAX)
  readonly #underWay = new Map<string, Promise<DmarcEvaluation>>()

  constructor(options: { readonly dns: Dns; readonly clock: Clock }) {
    this.#dns = options.dns
    this.#clock = options.clock
  }

  /** Never rejects: DNS trouble is `temperror`. */
  check(query: DmarcQuery): DmarcEvaluation | Promise<DmarcEvaluation> {
    const { authorDomains } = query
    const [only] = authorDomains
    if (authorDomains.length === 1 && only) return this.#one(only, query)
    if (only === undefined) return noAuthor('none')
    return this.#several(authorDomains, query)
  }

  /** With several author domains the message fails when one of them fails, by the strictest wish. */
  async #several(domains: readonly string[], query: DmarcQuery): Promise<DmarcEvaluation> {
    const judged = domains.filter((domain) => domain !== '').slice(0, AUTHOR_DOMAINS_MAX)
    const all = await Promise.all(judged.map((domain) => this.#one(domain, query)))
    const failed = all.filter(({ dmarc }) => dmarc.result === 'fail')
    if (failed.length > 0) {
      const wishes = failed.map(({ dmarc }) => dmarc.policy)
      const policy = (['reject', 'quarantine', 'none'] as const).find((wish) => wishes.includes(wish)) ?? null
      return { ...noAuthor('fail'), dmarc: { result: 'fail', policy, domain: null } }
    }
    const isUnknown = all.some(({ dmarc }) => dmarc.result === 'temperror')
    return noAuthor(isUnknown ? 'temperror' : 'permerror')
  }

  #one(authorDomain: string, query: DmarcQuery): DmarcEvaluation | Promise<DmarcEvaluation> {
    const { spfDomain, dkimDomains } = query
    const signers = dkimDomains.length === 0 ? '' : ` ${[...new Set(dkimDomains)].join(' ')}`
    const key = `${authorDomain} ${spfDomain ?? ''}${signers}`
    const remembered = this.#results.get(key, this.#clock.now())
    return remembered ?? this.#underWay.get(key) ?? this.#evaluate(key, authorDomain, query)
  }

  #evaluate(key: string, authorDomain: string, query: DmarcQuery): Promise<DmarcEvaluation> {
    if (this.#underWay.size >= EVALUATIONS_MAX) return Promise.resolve(noAuthor('temperror'))
    const lifetime = { ms: RESULT_TTL_MS_MAX }
    const resolver = resolverOf(this.#dns, this.#clock, lifetime)
    const evaluation = evaluateDmarc({ ...query, authorDomain, resolver }).then((evaluated) => {
      const found =
        evaluated.dmarc.result === 'none' ? alignedByName(evaluated, authorDomain, query) : evaluated
      this.#underWay.delete(key)
      if (found.dmarc.result !== 'temperror' && lifetime.ms > 0) {
        this.#results.set(key, found, this.#clock.now() + lifetime.ms)
      }
      return found
    })
    this.#underWay.set(key, evaluation)
    return evaluation
  }
}

/** Without a record no tree tells what belongs together: the registrable domain does (RFC 9989 §4.10). */
function alignedByName(
  evaluated: DmarcEvaluation,
  authorDomain: string,
  { spfDomain, dkimDomains }: DmarcQuery,
): DmarcEvaluation {
  const own = registrableDomainOf(authorDomain)
  const isAligned = (name: string): boolean => registrableDomainOf(name) === own
  return {
    ...evaluated,
    spfAligned: spfDomain !== null && isAligned(spfDomain),
    dkimAligned: new Set(dkimDomains.filter(isAligned)),
  }
}

function noAuthor(result: DmarcEvaluation['dmarc']['result']): DmarcEvaluation {
  return { dmarc: { result, policy: null, domain: null }, spfAligned: false, dkimAligned: new Set() }
}
