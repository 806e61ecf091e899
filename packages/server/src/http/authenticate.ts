// Who is asking: the session cookie, the client's address behind trusted proxies, and the origin of unsafe
// requests.
import { SESSION_HOURS_MAX } from '@gatepost/contract/sign-in-settings.ts'
import { compileIpSet, type IpSet, normalizeIp } from '@gatepost/mail/ip.ts'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { problem } from '#control/problem.ts'

const SECURE_COOKIE = '__Host-gatepost'
/** Plain http exists on loopback only; browsers refuse the `__Host-` prefix there. */
const LOOPBACK_COOKIE = 'gatepost'
/** The longest life that a sign-in profile may give a session; the server ends each when its own is over. */
const SESSION_SECONDS = SESSION_HOURS_MAX * 3_600

/**
 * The client's address, and whether it came by TLS, ours or a proxy's. Proxies are believed only when
 * trusted.
 */
export function clientAddressOf(
  context: Context,
  trustedProxies: readonly string[],
): { readonly address: string; readonly secure: boolean } {
  const { incoming } = context.env as HttpBindings
  const peer = normalizeIp(incoming.socket.remoteAddress ?? '') ?? 'unknown'
  const trusted = compileIpSet([...trustedProxies])
  if (trustedProxies.length === 0 || !trusted.has(peer)) {
    return { address: peer, secure: 'encrypted' in incoming.socket }
  }
  const chain = (context.req.header('x-forwarded-for') ?? '').split(',')
  const secure = context.req.header('x-forwarded-proto') === 'https'
  return { address: firstUntrusted(chain, peer, trusted), secure }
}

/** Each proxy adds whom it heard from at the end: what stands before a stranger is that stranger's word. */
function firstUntrusted(chain: readonly string[], peer: string, trusted: IpSet): string {
  let address = peer
  for (const text of chain.toReversed()) {
    const heard = normalizeIp(text.trim())
    if (heard === null) return address
    address = heard
    if (!trusted.has(heard)) return address
  }
  return address
}

/** Headers by which a proxy says for whom it asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** Whether the request began on this machine: over our socket or loopback, and not on behalf of another. */
export function isLocal(context: Context): boolean {
  if (FORWARDED.some((name) => context.req.header(name) !== undefined)) return false
  const { incoming } = context.env as Partial<HttpBindings>
  if (incoming === undefined) return false
  const address = incoming.socket.remoteAddress
  if (address === undefined) return true // A unix socket has none, and ours opens for its owner alone.
  return compileIpSet(['127.0.0.0/8', '::1']).has(normalizeIp(address) ?? '')
}

/**
 * The secret in the session cookie, or null. Over TLS only the name with the `__Host-` prefix counts: another
 * host of the same domain cannot set that one, and so cannot plant a session of its own.
 */
export function sessionSecretOf(context: Context, secure: boolean): string | null {
  return cookieOf(context, secure ? SECURE_COOKIE : LOOPBACK_COOKIE)
}

/** The value of a cookie of ours, or null. */
export function cookieOf(context: Context, wanted: string): string | null {
  for (const part of (context.req.header('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === wanted && value && value.length < 200) return value
  }
  return null
}

/** The token of `Authorization: Bearer TOKEN` (RFC 6750 §2.1), or null. Such requests bring no cookie. */
export function bearerOf(context: Context): string | null {
  const [, token] = /^bearer +([\w.~+/-]{1,400}=*)$/i.exec(context.req.header('authorization') ?? '') ?? []
  return token ?? null
}

/** A `Set-Cookie` value that keeps or removes the session. */
export function sessionCookie(secret: string | null, secure: boolean): string {
  const name = secure ? SECURE_COOKIE : LOOPBACK_COOKIE
  const life = secret === null ? 0 : SESSION_SECONDS
  return `${name}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${life}${secure ? '; Secure' : ''}`
}

/**
 * Refuses requests that another site's page made (CSRF), and names that are not ours (DNS rebinding).
 * Browsers send Origin and Sec-Fetch-Site with every unsafe request; other clients send neither and hold no
 * cookie.
 */
export function checkOrigin(
  context: Context,
  hosts: ReadonlySet<string>,
  { foreignPost = false }: { readonly foreignPost?: boolean } = {},
): void {
  const host = context.req.header('host') ?? ''
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (!hosts.has(name)) {
    throw problem(
      'foreign-origin',
      `This console does not answer to "${name}". Set GATEPOST_URL to its outward address.`,
    )
  }
  // An identity provider's answer carries its own proof, and no cookie of ours counts with it.
  if (foreignPost || context.req.method === 'GET' || context.req.method === 'HEAD') return
  const site = context.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw problem('foreign-origin')
  const origin = context.req.header('origin')
  if (origin === undefined) return
  if (!URL.canParse(origin) || !hosts.has(new URL(origin).hostname)) throw problem('foreign-origin')
}
