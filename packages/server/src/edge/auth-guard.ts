// Failed sign-ins of SMTP clients, counted by address and by credential: guessing gets slow and ends, and
// nobody is locked out who was seen to know the password (reliability §3, case 16).
import { COUNTED_CLIENTS_MAX, WindowCounter } from './limits.ts'

/** Failures of one address in a minute before its answers wait, and before it is closed. */
const SLOW_FAILURES = 3
const CLOSE_FAILURES = 10
/** Failures under one name in a minute, from wherever, before strangers to it have to wait. */
const NAME_FAILURES = 20
/** How long such an answer waits. */
export const SLOW_AUTH_MS = 2_000
/** Failures of one session before it is closed. */
export const SESSION_FAILURES_MAX = 3

export class AuthGuard {
  readonly #byClient = new WindowCounter()
  readonly #byName = new WindowCounter()
  /** `name client` of those that knew the password, newest last. */
  readonly #known = new Set<string>()

  /** What one more failure leads to. */
  failed(client: string, username: string, now: number): 'answer' | 'slow' | 'close' {
    const count = this.#byClient.add(client, now)
    this.#byName.add(username, now)
    if (count > CLOSE_FAILURES) return 'close'
    return count > SLOW_FAILURES ? 'slow' : 'answer'
  }

  /** Whether an attempt has to wait before it is looked at. Hosts that used the name before never do. */
  mustWait(client: string, username: string, now: number): boolean {
    if (this.#known.has(`${username} ${client}`)) return false
    return this.#byName.count(username, now) > NAME_FAILURES || this.isClosed(client, now)
  }

  /** Too many failures of an address: it has to come again later. */
  isClosed(client: string, now: number): boolean {
    return this.#byClient.count(client, now) > CLOSE_FAILURES
  }

  /** The address is forgiven; the name stays watched for others. */
  succeeded(client: string, username: string): void {
    this.#byClient.reset(client)
    const key = `${username} ${client}`
    this.#known.delete(key)
    if (this.#known.size >= COUNTED_CLIENTS_MAX) this.#known.delete(this.#known.values().next().value ?? '')
    this.#known.add(key)
  }

  sweep(now: number): void {
    this.#byClient.sweep(now)
    this.#byName.sweep(now)
  }
}
