// Where a recipient's mail goes next: a pure function of the tenant's settings and the recipient's domain.
import type { Direction } from '#policy/policy.ts'
import type { RouteSettings, TenantSettings } from '#policy/settings.ts'
import { loginKey } from './login/logins.ts'
import { NO_NEED, needKey, type TlsNeed } from './tls/need.ts'

/** The next hop of a recipient. */
export type NextHop =
  /** The tenant's own host or smart host; `alternates` are tried in order when it cannot be reached. */
  | {
      readonly kind: 'route'
      /** Whose route it is: its login opens for nobody else. */
      readonly tenantId: string
      readonly route: RouteSettings
      readonly alternates: readonly RouteSettings[]
      readonly need: TlsNeed
    }
  /** The mail exchangers of a domain outside (RFC 5321 §5.1). */
  | { readonly kind: 'mx'; readonly domain: string; readonly need: TlsNeed }
  /**
   * A domain of another tenant here: our own listener, as a transaction of that tenant (decisions 6). Each
   * tenant has its own, since one transaction is for one tenant.
   */
  | { readonly kind: 'gateway'; readonly domain: string; readonly to: string }
  /** Nothing is set up; `why` is for the administrator. */
  | { readonly kind: 'none'; readonly why: string }

/** Where a recipient's mail goes, or that it waits until somebody resumes delivery. */
export type Way = NextHop | { readonly kind: 'paused'; readonly why: string }

/** An alternate of an alternate and so on: more is a circle. */
const ALTERNATES_MAX = 3

export type RouteQuestion = {
  readonly settings: TenantSettings
  readonly direction: Direction
  /**
   * The recipient's domain: A-label in lower case; `[…]` for an address literal, '' for bare `postmaster`.
   */
  readonly domain: string
  /** Which tenant of this gateway a domain belongs to. */
  readonly tenantOfDomain: (domain: string) => string | null
  /** When the message was accepted, Unix milliseconds; left out, now. */
  readonly acceptedAt?: number | undefined
  /** The route a person chose for this recipient; one that is gone counts no more. */
  readonly chosenRouteId?: string | undefined
  /** What TLS the delivery must have beyond the route's own. */
  readonly need?: TlsNeed | undefined
}

/** Decides the next hop. Own domains take the tenant's route in both directions (decisions 1). */
export function routeOf(question: RouteQuestion): Way {
  const { settings, direction, domain, tenantOfDomain, chosenRouteId, need = NO_NEED } = question
  if (settings.deliveryPaused === true) return { kind: 'paused', why: 'delivery is paused' }
  if (chosenRouteId !== undefined && settings.routes.some(({ id }) => id === chosenRouteId)) {
    return routeNamed(settings, chosenRouteId, need)
  }
  const own = settings.domains.find(({ name }) => name === domain)
  if (own !== undefined || direction === 'inbound' || wasOwn(settings, domain, question.acceptedAt)) {
    const routeId = own?.routeId ?? settings.defaultRouteId
    if (routeId === null) return { kind: 'none', why: `no delivery route is set for ${domain}` }
    return routeNamed(settings, routeId, need)
  }
  const other = tenantOfDomain(domain)
  if (other !== null && other !== settings.tenantId) return { kind: 'gateway', domain, to: other }
  if (settings.smartHostRouteId !== null) return routeNamed(settings, settings.smartHostRouteId, need)
  return { kind: 'mx', domain, need }
}

/**
 * Whether mail accepted then was written to the tenant's own domain, which another organisation holds by now:
 * it stays with the tenant (law 5, decision 0032).
 */
export function wasOwn({ lostDomains }: TenantSettings, domain: string, acceptedAt = Infinity): boolean {
  return lostDomains?.some(({ name, lostAt }) => name === domain && acceptedAt < lostAt) === true
}

/** What messages that may share a connection have in common. */
export function destinationKey(tenantId: string, hop: NextHop): string {
  switch (hop.kind) {
    case 'route':
      return routeKeys.get(hop) ?? routeKey(tenantId, hop)
    case 'mx':
      return `${tenantId} mx ${hop.domain}${needKey(hop.need)}`
    case 'gateway':
      return `${tenantId} gateway ${hop.to}`
    case 'none':
      return `${tenantId} none ${hop.why}`
  }
}

type RouteHop = Extract<NextHop, { kind: 'route' }>

function routeKey(tenantId: string, { route, alternates, need }: RouteHop): string {
  return `${tenantId} ${[route, ...alternates].map(hostsKey).join(' ')}${needKey(need)}`
}

function hostsKey({ host, moreHosts = [], port, tls, login }: RouteSettings): string {
  const as = login === undefined ? '' : `/${loginKey(login)}`
  return `${[host, ...moreHosts].join('+')}:${port}/${tls}${as}`
}

/** What recipients of one message that go together have in common. */
export function wayKey(tenantId: string, way: Way): string {
  return way.kind === 'paused' ? `${tenantId} paused ${way.why}` : destinationKey(tenantId, way)
}

/** Ways that most of a tenant's mail goes, and their keys: the same as long as its settings are. */
const plainWays = new WeakMap<TenantSettings, Map<string, Way>>()
const routeKeys = new WeakMap<NextHop, string>()

function routeNamed(settings: TenantSettings, routeId: string, need: TlsNeed): Way {
  if (need !== NO_NEED) return wayBy(settings, routeId, need)
  const ways = plainWays.get(settings) ?? new Map<string, Way>()
  let way = ways.get(routeId)
  if (way === undefined) {
    way = wayBy(settings, routeId, need)
    if (way.kind === 'route') routeKeys.set(way, routeKey(settings.tenantId, way))
    plainWays.set(settings, ways.set(routeId, way))
  }
  return way
}

function wayBy(settings: TenantSettings, routeId: string, need: TlsNeed): Way {
  const route = settings.routes.find(({ id }) => id === routeId)
  if (route === undefined)
    return { kind: 'none', why: `the delivery route ${routeId} does not exist any more` }
  if (route.paused === true) return { kind: 'paused', why: `delivery by ${route.name} is paused` }
  const alternates: RouteSettings[] = []
  const seen = new Set([route.id])
  let next = route.alternateId
  while (next !== null && alternates.length < ALTERNATES_MAX) {
    const alternate = settings.routes.find(({ id }) => id === next)
    if (alternate === undefined || seen.has(alternate.id)) break
    seen.add(alternate.id)
    if (alternate.paused !== true) alternates.push(alternate)
    next = alternate.alternateId
  }
  return { kind: 'route', tenantId: settings.tenantId, route, alternates, need }
}
