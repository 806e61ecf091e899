// Opens a session to a next hop: its addresses in order, then those of its alternates, within the limits a
// host has.
import type { Endpoint } from '#boot/config-types.ts'
import type { TrackedReply } from '#link/reports.ts'
import type { RouteSettings } from '#policy/settings.ts'
import type { Hosts } from './hosts.ts'
import type { Logins } from './login/logins.ts'
import { type Resolution, type ResolveDeps, resolveHost, resolveMx, type Target } from './mx.ts'
import type { NextHop } from './route.ts'
import { openSession, type Session, type SessionDeps } from './smtp-session.ts'
import { strongerOf } from './tls/need.ts'

export type Opened =
  /** `release` gives the host's place back when the session has ended. */
  | { readonly kind: 'open'; readonly session: Session; readonly release: () => void }
  /** Every address has as many connections as it may: ask again when one ends. */
  | { readonly kind: 'busy' }
  | {
      readonly kind: 'failed'
      readonly isPermanent: boolean
      readonly reply: TrackedReply
      /** Who refused; null when no address was found. */
      readonly target: Target | null
      /** False when the reply is the host's own. */
      readonly isOurs: boolean
    }

export type ConnectorDeps = {
  readonly resolve: ResolveDeps
  readonly session: SessionDeps
  readonly hosts: Hosts
  readonly logins: Logins
  readonly mxPort: number
  /** Our own MX listener, for mail between tenants; null when there is none. */
  readonly ownListener: () => Endpoint | null
}

/**
 * Tries every target of a hop in turn. Told is the failure of the first, which is the one that should have
 * answered. Backups are for hosts that cannot be reached: one that is there and has all the connections it
 * may is waited for (RFC 5321 §5.1).
 */
export async function openHop(hop: NextHop, deps: ConnectorDeps): Promise<Opened> {
  let failure: Extract<Opened, { kind: 'failed' }> | null = null
  let isBusy = false
  /** The rank and preference of hosts that are there and full. */
  let full: readonly [rank: number, preference: number] | null = null
  for (const { rank, resolve } of resolversOf(hop, deps)) {
    if (full !== null && rank > full[0]) return BUSY
    const resolution = await resolve()
    if (resolution.kind !== 'targets') {
      failure ??= unresolved(resolution)
      continue
    }
    for (const target of resolution.targets) {
      const { preference = 0 } = target
      if (full !== null && preference > full[1]) return BUSY
      const login = target.route?.login ?? null
      const refusal = login && deps.logins.refusalOf(login, target.host)
      if (refusal) {
        failure ??= { kind: 'failed', isPermanent: false, reply: refusal, target, isOurs: true }
        continue
      }
      if (!deps.hosts.acquire(target)) {
        isBusy = true
        if (deps.hosts.hasOpen(target)) full ??= [rank, preference]
        continue
      }
      const opened = await sessionOf(target, deps)
      if (opened.kind === 'open') return opened
      failure ??= opened
    }
  }
  if (isBusy) return BUSY
  return failure ?? unresolved({ kind: 'transient', status: '4.4.4', text: 'no address to connect to' })
}

const BUSY: Opened = { kind: 'busy' }

/** A session in the place that was taken for it. */
async function sessionOf(target: Target, deps: ConnectorDeps): Promise<Exclude<Opened, { kind: 'busy' }>> {
  const { hosts, logins } = deps
  const opened = await openSession(target, deps.session).catch((error) => {
    hosts.release(target, false)
    throw error
  })
  if (opened.kind === 'open') {
    hosts.opened(target)
    return { kind: 'open', session: opened.session, release: () => hosts.release(target, true) }
  }
  hosts.release(target, false)
  const login = target.route?.login ?? null
  if (login && opened.stage === 'login') logins.failed(login, target.host, opened.reply)
  const { reply, isOurs } = opened
  return { kind: 'failed', isPermanent: false, reply, target, isOurs }
}

/** Hosts of one rank are as good as each other; those of the next are their backup. */
type Resolver = { readonly rank: number; readonly resolve: () => Promise<Resolution> }

function resolversOf(hop: NextHop, deps: ConnectorDeps): readonly Resolver[] {
  switch (hop.kind) {
    case 'route':
      return [hop.route, ...hop.alternates].flatMap((route, rank) =>
        sharingHosts(route, deps.resolve.random).map((host) => ({
          rank,
          resolve: () => routeTargets(host, { route, hop }, deps),
        })),
      )
    case 'mx':
      return only(() => resolveMx(hop.domain, { port: deps.mxPort, need: hop.need }, deps.resolve))
    case 'gateway':
      return only(async () => ownTarget(deps))
    case 'none':
      return only(async () => ({ kind: 'transient', status: '4.4.4', text: hop.why }))
  }
}

function only(resolve: Resolver['resolve']): readonly Resolver[] {
  return [{ rank: 0, resolve }]
}

/** With a login TLS is a must, whatever the route says of it: a password is never said in clear. */
async function routeTargets(
  host: string,
  { route, hop }: { readonly route: RouteSettings; readonly hop: Extract<NextHop, { kind: 'route' }> },
  deps: ConnectorDeps,
): Promise<Resolution> {
  const login = deps.logins.of(hop.tenantId, route)
  const tls = login === null ? route.tls : strongerOf(route.tls, 'enforced-relaxed')
  const resolution = await resolveHost(host, { port: route.port, tls, need: hop.need }, deps.resolve)
  if (resolution.kind !== 'targets') return resolution
  return { kind: 'targets', targets: resolution.targets.map((target) => ({ ...target, route: { login } })) }
}

/** The hosts of a route, each as likely to come first: every connection begins with another one. */
function sharingHosts({ host, moreHosts }: RouteSettings, random: () => number): readonly string[] {
  if (moreHosts === undefined) return [host]
  const hosts = [host, ...moreHosts]
  const first = Math.floor(random() * hosts.length)
  return [...hosts.slice(first), ...hosts.slice(0, first)]
}

/** Our own listener is the one private target that is always right here, so the guard is not asked. */
function ownTarget({ ownListener, session }: ConnectorDeps): Resolution {
  const listener = ownListener()
  if (listener === null) {
    return {
      kind: 'transient',
      status: '4.4.4',
      text: 'this gateway has no listener for mail between its organisations',
    }
  }
  const ip =
    listener.host === '0.0.0.0' || listener.host === ''
      ? '127.0.0.1'
      : listener.host === '::'
        ? '::1'
        : listener.host
  return { kind: 'targets', targets: [{ host: session.hostname, ip, port: listener.port, tls: 'none' }] }
}

function unresolved(
  resolution: Exclude<Resolution, { kind: 'targets' }>,
): Extract<Opened, { kind: 'failed' }> {
  const isPermanent = resolution.kind === 'permanent'
  const reply = { code: isPermanent ? 550 : 451, status: resolution.status, text: resolution.text }
  return { kind: 'failed', isPermanent, reply, target: null, isOurs: true }
}
