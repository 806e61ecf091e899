// A made-up Microsoft Graph with its Entra ID: token endpoint, delta queries, paging, filters, and the faults
// that the real one has.
import { answerConsent } from './graph-consent.ts'
import {
  createGraphObjects,
  type GraphCollection,
  type GraphObject,
  type GraphObjects,
} from './graph-objects.ts'
import { createTokenDesk, type EntraApp, type TokenDesk } from './graph-token.ts'
import { type JsonAnswer, type JsonRequest, type JsonServer, startJsonServer } from './json-server.ts'
import { systemClock } from './platform.ts'

export type GraphServer = {
  /** Origin of both: `login` and `graph` of a connector. */
  readonly url: string
  readonly tenantId: string
  readonly domain: string
  readonly app: EntraApp
  readonly objects: GraphObjects
  /** Purposes of mailboxes by user id: `shared`, `room`. */
  readonly purposes: Map<string, string>
  readonly faults: JsonServer['faults'] & {
    /** The next page's link leads here. */
    foreignLink: string | null
    /** The next page's link leads to itself. */
    circle: boolean
  }
  readonly requests: JsonServer['requests']
  /** Delta and page links given out so far are answered with 410. */
  forgetLinks(): void
  /** Tokens given out so far are answered with 401. */
  revokeTokens(): void
  stop(): Promise<void>
}

export type GraphOptions = {
  readonly port?: number
  /** At most so many objects a page, whatever is asked for. */
  readonly pageSize?: number
  readonly now?: () => number
}

const PAGE_SIZE = 999

type State = {
  readonly objects: GraphObjects
  readonly desk: TokenDesk
  readonly purposes: ReadonlyMap<string, string>
  readonly app: EntraApp
  readonly tenantId: string
  readonly pageSize: number
  readonly faults: GraphServer['faults']
  /** Listings under way, by token. */
  readonly listings: Map<string, Listing>
  nextToken: number
}

type Listing = {
  readonly path: string
  readonly items: readonly GraphObject[]
  readonly at: number
  /** What the delta link continues from; null where there is none. */
  readonly deltaFrom: { readonly collection: GraphCollection; readonly count: number } | null
}

/** Starts a tenant with one app that may read everything. */
export async function startGraph(options: GraphOptions = {}): Promise<GraphServer> {
  const tenantId = '6f2e8f3a-1c1d-4f1e-9a53-0d9f6b7c8d01'
  const domain = 'acme.onmicrosoft.com'
  const app: EntraApp = {
    clientId: '4b1c2d3e-5f60-4718-8a9b-0c1d2e3f4a5b',
    secret: 'q1w8Q~kd83jLk2mNb4vCx6zAs9dFg7hJ_pOiUy',
    state: 'fine',
    certificates: [],
    roles: ['User.Read.All', 'GroupMember.Read.All', 'OrgContact.Read.All', 'MailboxSettings.Read'],
    tokenSeconds: 3599,
  }
  const now = options.now ?? (() => systemClock.now())
  const objects = createGraphObjects()
  const desk = createTokenDesk(app, { id: tenantId, domains: [domain, 'acme.example'], now })
  const purposes = new Map<string, string>()
  const state: State = {
    objects,
    desk,
    purposes,
    app,
    tenantId,
    pageSize: options.pageSize ?? PAGE_SIZE,
    faults: { throttle: 0, retryAfterSeconds: 0, cut: 0, overload: 0, foreignLink: null, circle: false },
    listings: new Map(),
    nextToken: 1,
  }
  const server = await startJsonServer((request) => answer(state, request), {
    ...(options.port === undefined ? {} : { port: options.port }),
    isExempt: ({ url }) => !url.pathname.startsWith('/v1.0/'),
  })
  const faults = Object.assign(server.faults, { foreignLink: null, circle: false }) as GraphServer['faults']
  Object.assign(state, { faults })
  return {
    url: server.url,
    tenantId,
    domain,
    app,
    objects,
    purposes,
    faults,
    requests: server.requests,
    forgetLinks: () => state.listings.clear(),
    revokeTokens: () => desk.revokeAll(),
    stop: () => server.stop(),
  }
}

function answer(state: State, request: JsonRequest): JsonAnswer {
  const { pathname } = request.url
  if (pathname.endsWith('/oauth2/v2.0/token')) return state.desk.answer(request)
  if (pathname.endsWith('/v2.0/adminconsent')) return answerConsent(request, state)
  if (pathname.endsWith('/.well-known/openid-configuration')) return describe(state, request)
  const roles = state.desk.rolesOf((request.headers.authorization ?? '').replace(/^Bearer /, ''))
  if (roles === null)
    return graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.')
  const path = decodeURIComponent(pathname).replace(/^\/v1\.0\//, '')
  const [first = '', id = '', rest = ''] = path.split('/')
  const lacking = roleFor(first, path).every((role) => !roles.includes(role))
  if (lacking)
    return graphError(
      403,
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    )
  const token = request.url.searchParams.get('$skiptoken') ?? request.url.searchParams.get('$deltatoken')
  if (token !== null) return nextPage(state, request, token)
  if (first === 'applications') return { status: 200, body: { value: [applicationOf(state)] } }
  if (!isCollection(first))
    return graphError(404, 'ResourceNotFound', `Resource not found for the segment '${first}'.`)
  if (id === 'delta') return firstDelta(state, request, first)
  if (id === '') return list(state, request, first)
  if (rest === 'members') return members(state, request, id)
  if (rest === 'mailboxSettings') return purposeOf(state, id)
  const object = state.objects.list(first).find((one) => one.id === id)
  return object
    ? { status: 200, body: object }
    : graphError(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)
}

const isCollection = (name: string): name is GraphCollection =>
  name === 'users' || name === 'groups' || name === 'contacts'

function roleFor(first: string, path: string): readonly string[] {
  const all = ['Directory.Read.All']
  if (path.includes('mailboxSettings')) return ['MailboxSettings.Read']
  if (first === 'users') return ['User.Read.All', ...all]
  if (first === 'groups') return ['GroupMember.Read.All', 'Group.Read.All', ...all]
  if (first === 'contacts') return ['OrgContact.Read.All', ...all]
  return first === 'applications' ? ['Application.Read.All', ...all] : all
}

function describe({ tenantId }: State, request: JsonRequest): JsonAnswer {
  const name = decodeURIComponent(request.url.pathname.split('/')[1] ?? '')
  if (name !== tenantId && name !== 'acme.onmicrosoft.com' && name !== 'acme.example')
    return {
      status: 400,
      body: {
        error: 'invalid_tenant',
        error_description: `AADSTS90002: Tenant '${name}' not found.`,
        error_codes: [90002],
      },
    }
  return { status: 200, body: { issuer: `${request.url.origin}/${tenantId}/v2.0` } }
}

const applicationOf = ({ app }: State) => ({
  appId: app.clientId,
  passwordCredentials: [{ hint: app.secret.slice(0, 3), endDateTime: '2027-06-01T00:00:00Z' }],
})

function purposeOf({ purposes, objects }: State, id: string): JsonAnswer {
  const user = objects.list('users').find((one) => one.id === id)
  if (user === undefined) return graphError(404, 'ErrorInvalidUser', 'The requested user is invalid.')
  return { status: 200, body: { value: purposes.get(id) ?? 'user' } }
}

function members(state: State, request: JsonRequest, id: string): JsonAnswer {
  const items = state.objects.membersOf(id).map((member): GraphObject => {
    const kind = state.objects.kindOf(member)
    return { '@odata.type': `#microsoft.graph.${kind === 'groups' ? 'group' : 'user'}`, id: member }
  })
  return pageOf(state, request, { path: request.url.pathname, items, at: 0, deltaFrom: null })
}

function list(state: State, request: JsonRequest, collection: GraphCollection): JsonAnswer {
  const filter = request.url.searchParams.get('$filter')
  const items = state.objects.list(collection).filter((one) => filter === null || fits(one, filter))
  const top = Number(request.url.searchParams.get('$top') ?? items.length)
  const listing = { path: request.url.pathname, items: items.slice(0, top), at: 0, deltaFrom: null }
  return pageOf(state, request, listing)
}

/** The two filters our reader asks with. */
function fits(object: GraphObject, filter: string): boolean {
  const values = [...filter.matchAll(/'((?:[^']|'')*)'/g)].map(([, value]) =>
    (value ?? '').replaceAll("''", "'"),
  )
  if (filter.startsWith('id in (')) return values.includes(object.id)
  const [mail = '', proxy = ''] = values
  const proxies = Array.isArray(object.proxyAddresses) ? object.proxyAddresses.map(String) : []
  return (
    String(object.mail ?? '').toLowerCase() === mail.toLowerCase() ||
    proxies.some((one) => one.toLowerCase() === proxy.toLowerCase())
  )
}

function firstDelta(state: State, request: JsonRequest, collection: GraphCollection): JsonAnswer {
  const items = state.objects.changes(collection, 0)
  const deltaFrom = { collection, count: state.objects.count() }
  return pageOf(state, request, { path: request.url.pathname, items, at: 0, deltaFrom })
}

function nextPage(state: State, request: JsonRequest, token: string): JsonAnswer {
  const listing = state.listings.get(token)
  if (listing === undefined)
    return graphError(
      410,
      'syncStateNotFound',
      'The sync state generation is not found; resynchronization is required.',
    )
  if (!request.url.searchParams.has('$deltatoken') || listing.deltaFrom === null)
    return pageOf(state, request, listing)
  const { collection, count } = listing.deltaFrom
  return pageOf(state, request, {
    path: listing.path,
    items: state.objects.changes(collection, count),
    at: 0,
    deltaFrom: { collection, count: state.objects.count() },
  })
}

function pageOf(state: State, request: JsonRequest, listing: Listing): JsonAnswer {
  const asked = Number(/maxpagesize=(\d+)/.exec(request.headers.prefer ?? '')?.[1] ?? PAGE_SIZE)
  const size = Math.min(state.pageSize, asked)
  const value = listing.items.slice(listing.at, listing.at + size)
  const isLast = listing.at + size >= listing.items.length
  const token = String(state.nextToken++)
  state.listings.set(token, isLast ? { ...listing, items: [], at: 0 } : { ...listing, at: listing.at + size })
  const link = (name: string) => `${request.url.origin}${listing.path}?${name}=${token}`
  if (!isLast)
    return { status: 200, body: { value, '@odata.nextLink': nextLink(state, request, link('$skiptoken')) } }
  if (listing.deltaFrom === null) return { status: 200, body: { value } }
  return { status: 200, body: { value, '@odata.deltaLink': link('$deltatoken') } }
}

function nextLink({ faults }: State, request: JsonRequest, link: string): string {
  if (faults.circle) return request.url.href
  const { foreignLink } = faults
  faults.foreignLink = null
  return foreignLink ?? link
}

function graphError(status: number, code: string, message: string): JsonAnswer {
  return { status, body: { error: { code, message } } }
}
