// Delivery routes (C5): the mail hosts behind an organisation, and the smart host of its outbound mail.
import type { Route } from '@gatepost/contract/route.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { draftOf } from '../policy/rows.ts'
import { enabledPolicies } from '../policy/store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, isEmptyChange, requireRevision } from '../settings/settings.ts'
import { type HostContext, hostRemedy, readHost } from './host.ts'
import { type LoginColumns, type LoginInput, loginColumns, shownLogin } from './login.ts'
import { shownTest } from './probe-state.ts'
import { domainsWithRoute, findRoute, type RouteRow, routesOf } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config' | 'secrets'>

export type RouteFields = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly tls: Route['tls']
  readonly alternateId: string | null
  /** Share the load with `host`. */
  readonly moreHosts: readonly string[]
  readonly defaultFor: 'inbound' | 'outbound' | null
}

/** What a request says of the login; left out on a change, it stays as it is. */
type WithLogin = { readonly login?: LoginInput | null | undefined }

/** Routes of one organisation: they are compiled whole into its settings. */
const ROUTES_MAX = 200

export async function listRoutes(
  scope: Scope,
  deps: Pick<Deps, 'store' | 'clock'>,
): Promise<{ items: Route[] }> {
  const rows = await routesOf(deps.store.db, scope.tenantId)
  return { items: rows.map((row) => routeOf(row, deps.clock.now())) }
}

export async function getRoute(
  scope: Scope,
  id: string,
  deps: Pick<Deps, 'store' | 'clock'>,
): Promise<Route> {
  return routeOf(await requireRoute(scope, id, deps), deps.clock.now())
}

/** Adds a route. A new default takes the place of the one before. */
export async function addRoute(
  scope: Scope,
  { login: said, ...input }: RouteFields & WithLogin,
  deps: Deps,
): Promise<Route> {
  const id = newId('rte', deps.clock.now())
  await deps.store.transaction(async (trx) => {
    const others = await routesOf(trx, scope.tenantId)
    if (others.length >= ROUTES_MAX) {
      throw invalidInput([{ path: '/name', message: `At most ${ROUTES_MAX} routes can be added.` }])
    }
    const fields = checkedFields(input, { id, others, deps })
    const { secrets } = deps
    const login = loginColumns(said, { tenantId: scope.tenantId, id, place: fields, kept: null, secrets })
    const at = deps.clock.now()
    const after = { ...fields, login: shownLogin(login) }
    const event = { action: 'route.added', subject: `route ${fields.name}`, before: null, after, at }
    const revision = await changeSettings(trx, scope, event)
    await clearDefault(trx, scope, { id, defaultFor: fields.defaultFor, revision })
    await trx
      .insertInto('route')
      .values({
        id,
        tenant_id: scope.tenantId,
        ...columnsOf(fields),
        ...login,
        last_test: null,
        created_at: at,
        revision,
      })
      .execute()
  })
  deps.link.settingsChanged()
  return getRoute(scope, id, deps)
}

export type RouteChange = { readonly [Name in keyof RouteFields]?: RouteFields[Name] | undefined } & WithLogin

/** Changes a route. What was tested no longer counts once host, port, TLS or login differ. */
export async function updateRoute(
  scope: Scope,
  input: { readonly id: string; readonly change: RouteChange; readonly expected: number | null },
  deps: Deps,
): Promise<Route> {
  await deps.store.transaction(async (trx) => {
    const others = await routesOf(trx, scope.tenantId)
    const row = others.find(({ id }) => id === input.id)
    if (!row) throw notFound(input.id)
    requireRevision(row, input.expected)
    if (isEmptyChange(input.change)) return
    const before = fieldsOf(row)
    const { login: said, ...change } = input.change
    const defined = Object.entries(change).filter(([, value]) => value !== undefined)
    const merged = { ...before, ...(Object.fromEntries(defined) as Partial<RouteFields>) }
    const after = checkedFields(merged, { id: row.id, others, deps })
    const kept = { login: loginOf(row), place: before }
    const place = { tenantId: scope.tenantId, id: row.id, place: after }
    const login = loginColumns(said, { ...place, kept, secrets: deps.secrets })
    const isSameLogin = JSON.stringify(login) === JSON.stringify(kept.login)
    const event = {
      action: 'route.changed',
      subject: `route ${after.name}`,
      before: { ...before, login: shownLogin(row) },
      after: { ...after, login: shownLogin(login), ...(said?.password ? { password: 'set' } : {}) },
      at: deps.clock.now(),
    }
    const revision = await changeSettings(trx, scope, event)
    await clearDefault(trx, scope, { id: row.id, defaultFor: after.defaultFor, revision })
    const isSameHop =
      after.host === before.host &&
      after.port === before.port &&
      after.tls === before.tls &&
      isSameLogin &&
      after.moreHosts.join() === before.moreHosts.join()
    await trx
      .updateTable('route')
      .set({ ...columnsOf(after), ...login, revision, ...(isSameHop ? {} : { last_test: null }) })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
  })
  deps.link.settingsChanged()
  return getRoute(scope, input.id, deps)
}

/** Removes a route that neither a domain nor another route names. */
export async function removeRoute(scope: Scope, id: string, deps: Deps): Promise<void> {
  await deps.store.transaction(async (trx) => {
    const others = await routesOf(trx, scope.tenantId)
    const row = others.find((candidate) => candidate.id === id)
    if (!row) throw notFound(id)
    const users = [
      ...(await domainsWithRoute(trx, scope.tenantId, id)),
      ...others.filter(({ alternate_id }) => alternate_id === id).map(({ name }) => `route ${name}`),
      ...(await policiesWithRoute(trx, scope.tenantId, id)),
    ]
    if (users.length > 0) {
      throw problem(
        'route-in-use',
        `${users.join(', ')} still uses ${row.name}. Choose another route there first.`,
      )
    }
    const before = fieldsOf(row)
    const event = { action: 'route.removed', subject: `route ${row.name}`, before, after: null }
    await changeSettings(trx, scope, { ...event, at: deps.clock.now() })
    await trx.deleteFrom('route').where('tenant_id', '=', scope.tenantId).where('id', '=', id).execute()
  })
  deps.link.settingsChanged()
}

/** Names of policies that send mail by a route. */
async function policiesWithRoute(trx: Trx, tenantId: string, id: string): Promise<readonly string[]> {
  const policies = await enabledPolicies(trx, tenantId, ['delivery-route'])
  return policies.flatMap((row) => {
    const { option } = draftOf(row)
    return 'routeId' in option && option.routeId === id ? [`policy ${row.name}`] : []
  })
}

export async function requireRoute(
  scope: Scope,
  id: string,
  { store }: Pick<Deps, 'store'>,
): Promise<RouteRow> {
  const row = await findRoute(store.db, scope.tenantId, id)
  if (!row) throw notFound(id)
  return row
}

export function routeOf(row: RouteRow, now: number): Route {
  return {
    id: row.id,
    ...fieldsOf(row),
    moreHosts: JSON.parse(row.more_hosts) as string[],
    login: shownLogin(row),
    lastTest: shownTest(row, now),
    createdAt: row.created_at,
    revision: row.revision,
  }
}

function checkedFields(
  fields: RouteFields,
  { id, others, deps }: { readonly id: string; readonly others: readonly RouteRow[]; readonly deps: Deps },
): RouteFields {
  const { config } = deps
  const context = { privateTargets: config.network.privateTargets, hostname: config.hostname }
  const host = hostIn(fields.host, '/host', context)
  const moreHosts = [
    ...new Set(fields.moreHosts.map((text, at) => hostIn(text, `/moreHosts/${at}`, context))),
  ]
  const { alternateId } = fields
  if (alternateId !== null) {
    const alternate = others.find((row) => row.id === alternateId)
    if (!alternate || alternateId === id) {
      throw invalidInput([{ path: '/alternateId', message: 'Choose another route of the list.' }])
    }
    if (leadsTo(alternate, id, others)) {
      const message = `${alternate.name} falls back to this route; the two would send mail in circles.`
      throw invalidInput([{ path: '/alternateId', message }])
    }
  }
  return { ...fields, host, moreHosts: moreHosts.filter((other) => other !== host) }
}

function hostIn(text: string, path: string, context: HostContext): string {
  const host = readHost(text, context)
  if (host.ok) return host.value
  throw invalidInput([{ path, message: hostRemedy(host.fault) }])
}

/** Whether the alternates of `from` come by the route `id`. */
function leadsTo(from: RouteRow, id: string, rows: readonly RouteRow[]): boolean {
  let next: RouteRow | undefined = from
  for (let hop = 0; next && hop <= rows.length; hop += 1) {
    const alternate: string | null = next.alternate_id
    if (alternate === id) return true
    next = rows.find((row: RouteRow) => row.id === alternate)
  }
  return false
}

/** At most one default a direction. */
async function clearDefault(
  trx: Trx,
  { tenantId }: Scope,
  route: { readonly id: string; readonly defaultFor: RouteFields['defaultFor']; readonly revision: number },
): Promise<void> {
  if (route.defaultFor === null) return
  await trx
    .updateTable('route')
    .set({ default_for: null, revision: route.revision })
    .where('tenant_id', '=', tenantId)
    .where('default_for', '=', route.defaultFor)
    .where('id', '!=', route.id)
    .execute()
}

function fieldsOf(row: RouteRow): RouteFields {
  const { name, host, port, tls, alternate_id: alternateId, default_for: defaultFor } = row
  const moreHosts = JSON.parse(row.more_hosts) as string[]
  return { name, host, port, tls, alternateId, moreHosts, defaultFor }
}

function loginOf({ login_user, login_password, login_mechanisms }: RouteRow): LoginColumns {
  return { login_user, login_password, login_mechanisms }
}

function columnsOf({ name, host, port, tls, alternateId, moreHosts, defaultFor }: RouteFields) {
  const more_hosts = JSON.stringify(moreHosts)
  return { name, host, port, tls, alternate_id: alternateId, more_hosts, default_for: defaultFor }
}

function notFound(id: string): Error {
  return problem('not-found', `There is no delivery route “${id}” here.`)
}
