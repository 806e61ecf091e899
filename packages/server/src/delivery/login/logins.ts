// Logins of routes as one worker has them: opened when they are said, and left alone for a while after the
// host refused one, since hosts lock accounts that are tried too often.
import { createHash } from 'node:crypto'
import type { TrackedReply } from '#link/reports.ts'
import { ROUTE_PASSWORD_COLUMN } from '#link/route-login.ts'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import { LOGIN_MECHANISMS, type RouteLogin, type RouteSettings } from '#policy/settings.ts'
import { type Login, WRONG_LOGIN } from './log-in.ts'

export type Secrets = Pick<SecretBox, 'open'> | null

/** A refused login is not said again for this time, unless somebody asks to try now. */
const REST_MS = 300_000
const REFUSALS_MAX = 1_000

/** What connections that may be shared have in common of a login. */
export function loginKey({ username, mechanisms = LOGIN_MECHANISMS, sealed }: RouteLogin): string {
  // A password that is set anew is sealed anew, so this tells it apart without saying anything of it.
  return createHash('sha256').update([username, mechanisms.join(), sealed].join('\n')).digest('base64url')
}

export class Logins {
  readonly #secrets: Secrets
  readonly #clock: Pick<Clock, 'now'>
  #refusals = new BoundedCache<TrackedReply>(REFUSALS_MAX)

  constructor({ secrets, clock }: { readonly secrets: Secrets; readonly clock: Pick<Clock, 'now'> }) {
    this.#secrets = secrets
    this.#clock = clock
  }

  /** The login of a route, or null where it has none. */
  of(tenantId: string, { id, login }: Pick<RouteSettings, 'id' | 'login'>): Login | null {
    return login === undefined ? null : readyLogin({ tenantId, id }, login, this.#secrets)
  }

  /** The login of a route that is tested, as the order has it. */
  ofOrder(tenantId: string, { routeId: id, ...login }: { readonly routeId: string } & RouteLogin): Login {
    return readyLogin({ tenantId, id }, login, this.#secrets)
  }

  /** What a host said to this login a moment ago; null when it may be tried. */
  refusalOf({ key }: Login, host: string): TrackedReply | null {
    return this.#refusals.get(`${key} ${host}`, this.#clock.now()) ?? null
  }

  /** Notes why a login failed. Only a host that knows neither name nor password is left alone for it. */
  failed({ key }: Login, host: string, reply: TrackedReply): void {
    if (reply.status !== WRONG_LOGIN) return
    this.#refusals.set(`${key} ${host}`, reply, this.#clock.now() + REST_MS)
  }

  /** Somebody asked to try now. */
  forget(): void {
    this.#refusals = new BoundedCache<TrackedReply>(REFUSALS_MAX)
  }
}

function readyLogin(
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  login: RouteLogin,
  secrets: Secrets,
): Login {
  const { username, mechanisms = LOGIN_MECHANISMS, sealed } = login
  const password = (): string => {
    if (secrets === null) throw new Error('there is no master key here')
    return secrets.open(sealed, { tenantId, column: ROUTE_PASSWORD_COLUMN, id })
  }
  return { key: `${tenantId} ${id} ${loginKey(login)}`, username, mechanisms, password }
}
