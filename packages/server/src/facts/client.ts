// The client's name: the forward-confirmed reverse name of its address (RFC 5321 §4.4), looked up once for
// many messages.
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { BoundedCache } from './bounded-cache.ts'

/** Addresses remembered: a busy edge sees some thousand clients in five minutes. */
const NAMES_MAX = 10_000
/** How long a name, or the lack of one, is believed. */
const NAME_TTL_MS = 300_000
/** A look-up that failed is tried again soon. */
const FAILURE_TTL_MS = 30_000
/** A Received field waits this long for the name, then says that it is unknown. */
export const NAME_WAIT_MS = 1_000

/** Finds and remembers client names. */
export class ClientNames {
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #known = new BoundedCache<string | null>(NAMES_MAX)
  readonly #underWay = new Map<string, Promise<string | null>>()

  constructor(dns: Dns, clock: Clock) {
    this.#dns = dns
    this.#clock = clock
  }

  /** The name as far as known now: undefined when nobody has finished looking. */
  peek(ip: string): string | null | undefined {
    return this.#known.get(ip, this.#clock.now())
  }

  /** Begins to look, so that the answer is there when the content is. */
  start(ip: string): void {
    if (this.peek(ip) === undefined) void this.#look(ip)
  }

  /** The name, or null when there is none or it does not come within `NAME_WAIT_MS`. */
  name(ip: string): string | null | Promise<string | null> {
    const known = this.peek(ip)
    if (known !== undefined) return known
    const waited = new AbortController()
    const late = this.#clock.sleep(NAME_WAIT_MS, waited.signal).then(() => null)
    return Promise.race([this.#look(ip), late]).finally(() => waited.abort())
  }

  #look(ip: string): Promise<string | null> {
    const underWay = this.#underWay.get(ip)
    if (underWay !== undefined) return underWay
    const look = this.#ask(ip).finally(() => this.#underWay.delete(ip))
    this.#underWay.set(ip, look)
    return look
  }

  async #ask(ip: string): Promise<string | null> {
    const answer = await this.#dns
      .confirmedName(ip)
      .catch((error: unknown) => ({ kind: 'failed' as const, why: String(error) }))
    const name = answer.kind === 'found' ? answer.name : null
    const ttl = answer.kind === 'failed' ? FAILURE_TTL_MS : NAME_TTL_MS
    this.#known.set(ip, name, this.#clock.now() + ttl)
    return name
  }
}
