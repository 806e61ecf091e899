// The login of a delivery route (RFC 4954): sealed when it is entered, never shown again, and kept only for
// the host that it was entered for.
import type { LoginMechanism, Route, RouteLogin } from '@gatepost/contract/route.ts'
import { ROUTE_PASSWORD_COLUMN } from '#link/route-login.ts'
import { LOGIN_MECHANISMS } from '#policy/settings.ts'
import { invalidInput } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import type { RouteRow } from './store.ts'

export type LoginInput = {
  readonly username: string
  readonly password?: string | undefined
  readonly mechanisms?: readonly LoginMechanism[] | undefined
}

export type LoginColumns = Pick<RouteRow, 'login_user' | 'login_password' | 'login_mechanisms'>

/** Where a login goes: who may change this must not have the kept password sent there. */
export type LoginPlace = Pick<Route, 'host' | 'port' | 'tls'> & { readonly moreHosts: readonly string[] }

export const NO_LOGIN: LoginColumns = { login_user: null, login_password: null, login_mechanisms: '[]' }

/** The login as it is shown; null where there is none. */
export function shownLogin({
  login_user: username,
  login_mechanisms: json,
}: LoginColumns): RouteLogin | null {
  if (username === null) return null
  const mechanisms = JSON.parse(json) as LoginMechanism[]
  return { username, mechanisms: mechanisms.length === 0 ? [...LOGIN_MECHANISMS] : mechanisms }
}

/**
 * The columns after a change; `input` undefined leaves the login as it is, null removes it. Throws
 * `invalid-input` where the password is missing, or is kept for another host, port or user name.
 */
export function loginColumns(
  input: LoginInput | null | undefined,
  at: {
    readonly tenantId: string
    readonly id: string
    readonly place: LoginPlace
    /** What is kept, and for where; null for a new route. */
    readonly kept: { readonly login: LoginColumns; readonly place: LoginPlace } | null
    readonly secrets: ControlDeps['secrets']
  },
): LoginColumns {
  const { tenantId, id, place, kept, secrets } = at
  const before = kept?.login ?? NO_LOGIN
  if (input === null || (input === undefined && before.login_user === null)) return NO_LOGIN
  if (place.tls === 'none') {
    const message = 'A login is said inside TLS only: let the route use TLS, or remove the login.'
    throw invalidInput([{ path: '/tls', message }])
  }
  const username = input?.username ?? before.login_user
  const login_mechanisms =
    input?.mechanisms === undefined ? before.login_mechanisms : JSON.stringify([...new Set(input.mechanisms)])
  if (input?.password !== undefined) {
    const login_password = secrets.seal(input.password, { tenantId, column: ROUTE_PASSWORD_COLUMN, id })
    return { login_user: username, login_password, login_mechanisms }
  }
  if (kept === null || before.login_user === null) {
    throw invalidInput([{ path: '/login/password', message: 'Write the password of this user name.' }])
  }
  if (username !== before.login_user || goesElsewhere(kept.place, place)) {
    const message = 'Write it again: the one that is kept is for the host, port and user name named so far.'
    throw invalidInput([{ path: '/login/password', message }])
  }
  return { ...before, login_mechanisms }
}

/** Whether a host or port would get the password that has not had it. */
function goesElsewhere(before: LoginPlace, after: LoginPlace): boolean {
  const known = new Set([before.host, ...before.moreHosts])
  return after.port !== before.port || [after.host, ...after.moreHosts].some((host) => !known.has(host))
}
