// The client's names: forward-confirmed reverse names of its address (RFC 5321 §4.4, P3), looked up once for
// many messages.
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { type Fact, known, unknown } from '#policy/facts.ts'

/** Addresses remembered: a busy edge sees some thousand clients in five minutes. */
const NAMES_MAX = 10_000
/** Names, or the lack of one, are believed no longer than this, whatever their records say. */
const NAME_TTL_MS_MAX = 300_000
/** Records with a lifetime of nothing must not cost a look-up a message. */
const NAME_TTL_MS_MIN = 5_000
/** A look-up that failed is tried again soon: DNS may be back before the client comes again. */
export const FAILURE_TTL_MS = 2_000
/** A Received field waits this long for the name, then says that it is unknown. */
export const NAME_WAIT_MS = 1_000
/** A policy that needs the names waits longer: a dead server costs two tries of three seconds. */
export const FACT_WAIT_MS = 10_000
/** Look-ups at one time; beyond it names are unknown, so that slow DNS cannot fill the memory. */
const LOOKUPS_MAX = 2_000

export type ClientNamesFact = Fact<readonly string[]>

/** Finds and remembers client names. */
export class ClientNames {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #known = new BoundedCache<ClientNamesFact>(NAMES_MAX)
  readonly #underWay = new Map<string, Promise<ClientNamesFact>>()

  constructor(dns: Dns, clock: Clock) {
    this.#dns = dns
    this.#clock = clock
  }

  /** The first name as far as known now. */
  knownName(ip: string): string | null {
    const remembered = this.peek(ip)
    return remembered === undefined ? null : firstOf(remembered)
  }

  /** The names as far as known now: undefined when nobody has finished looking. */
  peek(ip: string): ClientNamesFact | undefined {
    return this.#known.get(ip, this.#clock.now())
  }

  /** Begins to look, so that the answer is there when the content is. */
  start(ip: string): void {
    if (this.peek(ip) === undefined) void this.#look(ip)
  }

  /** The first name, or null when there is none or it does not come within `NAME_WAIT_MS`. */
  name(ip: string): string | null | Promise<string | null> {
    const remembered = this.peek(ip)
    if (remembered !== undefined) return firstOf(remembered)
    return this.#within(ip, NAME_WAIT_MS).then(firstOf)
  }

  /** All confirmed names. Unknown when a look-up fails or takes longer than `FACT_WAIT_MS`: never "none". */
  names(ip: string): ClientNamesFact | Promise<ClientNamesFact> {
    return this.peek(ip) ?? this.#within(ip, FACT_WAIT_MS)
  }

  #within(ip: string, ms: number): Promise<ClientNamesFact> {
    const waited = new AbortController()
    const late = this.#clock.sleep(ms, waited.signal).then(() => unknown('the names did not come in time'))
    return Promise.race([this.#look(ip), late]).finally(() => waited.abort())
  }

  #look(ip: string): Promise<ClientNamesFact> {
    const underWay = this.#underWay.get(ip)
    if (underWay !== undefined) return underWay
    if (this.#underWay.size >= LOOKUPS_MAX) return Promise.resolve(unknown('too many look-ups at once'))
    const look = this.#ask(ip).finally(() => this.#underWay.delete(ip))
    this.#underWay.set(ip, look)
    return look
  }

  async #ask(ip: string): Promise<ClientNamesFact> {
    const answer = await this.#dns
      .confirmedName(ip)
      .catch((error: unknown) => ({ kind: 'failed' as const, why: String(error) }))
    const fact =
      answer.kind === 'failed' ? unknown(answer.why) : known(answer.kind === 'found' ? answer.names : [])
    let ttl = answer.kind === 'failed' ? FAILURE_TTL_MS : NAME_TTL_MS_MAX
    if (answer.kind === 'found') ttl = Math.max(NAME_TTL_MS_MIN, Math.min(ttl, answer.ttl * 1_000))
    this.#known.set(ip, fact, this.#clock.now() + ttl)
    return fact
  }
}

function firstOf(fact: ClientNamesFact): string | null {
  return fact.kind === 'known' ? (fact.value[0] ?? null) : null
}
