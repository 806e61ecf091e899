// TLS sessions by host, so that the next connection resumes instead of paying for a full handshake.
import type { Target } from './mx.ts'
import type { TlsSession } from './smtp-connection.ts'

const SESSIONS_MAX = 1000

/** Remembers the newest session of each host; the one unused for longest leaves first. */
export class TlsSessions {
  readonly #sessions = new Map<string, TlsSession>()

  get(target: Target): TlsSession | undefined {
    return this.#sessions.get(keyOf(target))
  }

  set(target: Target, session: TlsSession): void {
    const key = keyOf(target)
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    if (this.#sessions.size > SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value ?? '')
  }
}

/** The wish for verification is part of the key: a resumed session is as verified as its first handshake. */
function keyOf({ host, ip, port, tls }: Target): string {
  return `${host} ${ip} ${port} ${tls}`
}
