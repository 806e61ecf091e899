// A made-up Google Workspace: token endpoint with signed assertions, and the Admin SDK's users, groups,
// members and organisational units, with the faults that the real one has.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import { type JsonAnswer, type JsonRequest, type JsonServer, startJsonServer } from './json-server.ts'
import { systemClock } from './platform.ts'

export type GoogleObject = { readonly id: string; readonly [name: string]: unknown }

export type GoogleServer = {
  /** Addresses for a connector. */
  readonly token: string
  readonly api: string
  /** The service account's key file. */
  readonly keyJson: string
  readonly clientId: string
  readonly adminEmail: string
  readonly users: Map<string, GoogleObject>
  readonly groups: Map<string, GoogleObject & { readonly members: readonly GoogleObject[] }>
  readonly state: GoogleState
  readonly faults: JsonServer['faults'] & { /** Answers of 403 rateLimitExceeded. */ rateLimit: number }
  readonly requests: JsonServer['requests']
  revokeTokens(): void
  stop(): Promise<void>
}

/** What an administrator did or forgot. */
export type GoogleState = {
  delegated: boolean
  apiEnabled: boolean
  keyKnown: boolean
  /** Parts that the administrator's role may read. */
  readonly may: Set<'users' | 'groups' | 'orgunits'>
  tokenSeconds: number
}

export type GoogleOptions = {
  /** The service account's key; a new one takes a fraction of a second to make. */
  readonly privateKey?: KeyObject
  readonly port?: number
  readonly pageSize?: number
  readonly now?: () => number
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Starts a Workspace with one service account that may read. */
export async function startGoogleDirectory(options: GoogleOptions = {}): Promise<GoogleServer> {
  const privateKey = options.privateKey ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const clientEmail = 'gatepost@acme-directory.iam.gserviceaccount.com'
  const clientId = '108154709217634512345'
  const now = options.now ?? (() => systemClock.now())
  const workspace: Workspace = {
    account: { clientEmail, key: createPublicKey(privateKey) },
    adminEmail: 'admin@acme.example',
    users: new Map(),
    groups: new Map(),
    tokens: new Map(),
    state: {
      delegated: true,
      apiEnabled: true,
      keyKnown: true,
      may: new Set(['users', 'groups', 'orgunits']),
      tokenSeconds: 3599,
    },
    rateLimit: { left: 0 },
    pageSize: options.pageSize ?? 500,
    now,
  }
  const server = await startJsonServer((request) => answer(workspace, request), {
    ...(options.port === undefined ? {} : { port: options.port }),
    isExempt: ({ url }) => url.pathname === '/token',
  })
  const faults = Object.defineProperty(server.faults, 'rateLimit', {
    get: () => workspace.rateLimit.left,
    set: (left: number) => {
      workspace.rateLimit.left = left
    },
  }) as GoogleServer['faults']
  return {
    token: `${server.url}/token`,
    api: server.url,
    keyJson: JSON.stringify({
      type: 'service_account',
      project_id: 'acme-directory',
      private_key_id: 'k1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: clientEmail,
      client_id: clientId,
      // A connector that believed this line would send its assertion there.
      token_uri: 'http://127.0.0.9:9/token',
    }),
    clientId,
    adminEmail: workspace.adminEmail,
    users: workspace.users,
    groups: workspace.groups,
    state: workspace.state,
    faults,
    requests: server.requests,
    revokeTokens: () => workspace.tokens.clear(),
    stop: () => server.stop(),
  }
}

type Workspace = {
  readonly account: { readonly clientEmail: string; readonly key: KeyObject }
  readonly adminEmail: string
  readonly users: GoogleServer['users']
  readonly groups: GoogleServer['groups']
  readonly tokens: Map<string, number>
  readonly state: GoogleState
  readonly rateLimit: { left: number }
  readonly pageSize: number
  readonly now: () => number
}

function answer(workspace: Workspace, request: JsonRequest): JsonAnswer {
  if (request.url.pathname === '/token') return tokenFor(workspace, request)
  const bearer = (request.headers.authorization ?? '').replace(/^Bearer /, '')
  const endsAt = workspace.tokens.get(bearer) ?? 0
  if (endsAt <= workspace.now()) return refuse(401, 'authError', 'Invalid Credentials')
  if (!workspace.state.apiEnabled)
    return refuse(
      403,
      'accessNotConfigured',
      'Admin SDK API has not been used in project 1 before or it is disabled.',
    )
  if (workspace.rateLimit.left > 0) {
    workspace.rateLimit.left -= 1
    return refuse(403, 'rateLimitExceeded', 'Rate Limit Exceeded')
  }
  const path = decodeURIComponent(request.url.pathname).replace('/admin/directory/v1/', '')
  const [first = '', key = '', rest = ''] = path.split('/')
  const part = first === 'customer' ? 'orgunits' : first
  if (part !== 'users' && part !== 'groups' && part !== 'orgunits')
    return refuse(404, 'notFound', 'Not Found')
  if (!workspace.state.may.has(part))
    return refuse(403, 'forbidden', 'Not Authorized to access this resource/api')
  if (part === 'orgunits') return { status: 200, body: { organizationUnits: unitsOf(workspace) } }
  if (rest === 'members') return membersOf(workspace, request, key)
  if (key !== '') return one(part === 'users' ? workspace.users : workspace.groups, key)
  const customer = request.url.searchParams.get('customer')
  if (customer !== 'my_customer' && customer !== 'C01acme')
    return refuse(404, 'notFound', 'Resource Not Found: customer')
  const items = part === 'users' ? [...workspace.users.values()] : [...workspace.groups.values()].map(shown)
  return page(workspace, request, { field: part, items })
}

const shown = ({ members: _, ...group }: GoogleObject & { readonly members: unknown }): GoogleObject =>
  group as GoogleObject

const unitsOf = ({ users }: Workspace) =>
  [...new Set([...users.values()].map(({ orgUnitPath }) => String(orgUnitPath ?? '/')))]
    .filter((path) => path !== '/')
    .map((orgUnitPath) => ({ orgUnitPath, name: orgUnitPath.split('/').at(-1) }))

function membersOf(workspace: Workspace, request: JsonRequest, key: string): JsonAnswer {
  const group = workspace.groups.get(key)
  if (group === undefined) return refuse(404, 'notFound', 'Resource Not Found: groupKey')
  return page(workspace, request, { field: 'members', items: group.members })
}

/** By id, address or alias. */
function one(all: ReadonlyMap<string, GoogleObject>, key: string): JsonAnswer {
  const wanted = key.toLowerCase()
  const found = [...all.values()].find((object) => {
    const aliases = Array.isArray(object.aliases) ? object.aliases : []
    return [object.id, object.primaryEmail, object.email, ...aliases].some(
      (value) => typeof value === 'string' && value.toLowerCase() === wanted,
    )
  })
  return found === undefined
    ? refuse(404, 'notFound', 'Resource Not Found: userKey')
    : { status: 200, body: found }
}

function page(
  workspace: Workspace,
  request: JsonRequest,
  { field, items }: { readonly field: string; readonly items: readonly GoogleObject[] },
): JsonAnswer {
  const from = Number(request.url.searchParams.get('pageToken') ?? 0)
  const size = Math.min(workspace.pageSize, Number(request.url.searchParams.get('maxResults') ?? 100))
  const next = from + size
  const more = next < items.length ? { nextPageToken: String(next) } : {}
  return {
    status: 200,
    body: { kind: `admin#directory#${field}`, [field]: items.slice(from, next), ...more },
  }
}

/** Checks the assertion as Google does: delegation, signature, subject, time. */
function tokenFor(workspace: Workspace, request: JsonRequest): JsonAnswer {
  const refuseToken = (error: string, words: string): JsonAnswer => ({
    status: error === 'unauthorized_client' ? 401 : 400,
    body: { error, error_description: words },
  })
  const form = new URLSearchParams(request.body)
  if (form.get('grant_type') !== JWT_BEARER)
    return refuseToken('unsupported_grant_type', 'Invalid grant_type.')
  const [head = '', body = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString() || '{}') as Record<
    string,
    string | number
  >
  const { account, state } = workspace
  if (claims.iss !== account.clientEmail)
    return refuseToken('invalid_grant', 'Invalid grant: account not found')
  const isSigned =
    state.keyKnown &&
    verify('sha256', Buffer.from(`${head}.${body}`), account.key, Buffer.from(signature, 'base64url'))
  if (!isSigned) return refuseToken('invalid_grant', 'Invalid JWT Signature.')
  const seconds = workspace.now() / 1000
  if (
    Number(claims.exp) < seconds ||
    Number(claims.iat) > seconds + 300 ||
    Number(claims.exp) > seconds + 3900
  )
    return refuseToken(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    )
  if (!String(claims.aud).endsWith('/token'))
    return refuseToken('invalid_grant', 'Invalid JWT: wrong audience.')
  if (!state.delegated)
    return refuseToken(
      'unauthorized_client',
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
    )
  if (claims.sub !== workspace.adminEmail) return refuseToken('invalid_grant', 'Invalid email or User ID')
  const token = `ya29.${randomBytes(24).toString('base64url')}`
  workspace.tokens.set(token, workspace.now() + state.tokenSeconds * 1000)
  return { status: 200, body: { access_token: token, expires_in: state.tokenSeconds, token_type: 'Bearer' } }
}

function refuse(code: number, reason: string, message: string): JsonAnswer {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } } }
}
