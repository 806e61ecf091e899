// Takes every request through the same steps: origin, authenticate, authorise, parse, handle, present
// (architecture §8).
import { type Endpoint, TextFile } from '@gatepost/contract/endpoint.ts'
import type { Context, Hono } from 'hono'
import { LOCAL_OPERATOR } from '#control/auth/local-operator.ts'
import { fieldError, invalidInput, problem } from '#control/problem.ts'
import type { Scope } from '#control/scope.ts'
import type { Emit } from '#events/emit.ts'
import { newId } from '#platform/random.ts'
import { bearerOf, clientAddressOf, sessionCookie, sessionSecretOf } from './authenticate.ts'
import { DoneRequests, takesKey } from './done-requests.ts'
import { inputWords } from './input-words.ts'
import { presentProblem } from './problems.ts'
import type { ApiRequest, Binding, SignedIn } from './request.ts'
import { Turns } from './turns.ts'
import { readableIn, unknownFields } from './unknown-fields.ts'
import { UploadRoom } from './upload-room.ts'

const JSON_BYTES_MAX = 1_000_000 // Far above any form of ours.
const STRANGER_BYTES_MAX = 32_000 // Of those who show nothing: anybody may open many connections.
const ERRORS_NAMED_MAX = 50 // Who mends so many sees the next.

export type BindOptions = {
  readonly bindings: readonly Binding[]
  /** The person behind a session secret, or null. */
  readonly findSession: (secret: string) => Promise<SignedIn | null>
  /** Whom an API token stands for, or null where the text is no API token; throws for one that is over. */
  readonly findBearer: (bearer: string, from: string) => Promise<SignedIn | null>
  /** An operator asks from outside a tenant, which is told before the answer. */
  readonly noteVisit: (scope: Scope, sessionId: string) => Promise<void>
  /** Somebody of the tenant tried to change what the role does not allow. */
  readonly noteRefusal: (scope: Scope, endpoint: string) => Promise<void>
  readonly emit: Emit
  readonly now: () => number
  readonly trustedProxies: readonly string[]
}

/**
 * Mounts every binding on the app; `users/imports` before `users/{user}`, since the first that fits answers.
 */
export function bind(app: Hono, options: BindOptions): void {
  // Braces sort behind all letters.
  const bound = {
    ...options,
    done: new DoneRequests(options.now),
    turns: new Turns(),
    uploads: new UploadRoom(),
  }
  const inOrder = options.bindings.toSorted((a, b) => (a.endpoint.path < b.endpoint.path ? -1 : 1))
  for (const binding of inOrder) {
    const { method, path } = binding.endpoint
    app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), (context) => answer(context, binding, bound))
  }
}

type Bound = BindOptions & {
  readonly done: DoneRequests
  readonly turns: Turns
  readonly uploads: UploadRoom
}

async function answer(context: Context, binding: Binding, options: Bound): Promise<Response> {
  const { endpoint } = binding
  const requestId = newId('ses', options.now()).slice(4)
  const startedAt = options.now()
  const headers = new Headers({ 'x-request-id': requestId, 'cache-control': 'no-store' })
  let release = (): void => {}
  try {
    const client = clientAddressOf(context, options.trustedProxies)
    const bearer = bearerOf(context)
    const asker = await findAsker(context, { bearer, client }, options)
    const signedIn = mayAsk(endpoint, asker) ? asker : null
    const asking = {
      signedIn: asker,
      tenant: context.req.param('tenant') ?? null,
      from: client.address,
    }
    const refused = refusedScope(endpoint, asking)
    if (refused !== null) await options.noteRefusal(refused, endpoint.name)
    const scope = authorise(endpoint, asking)
    if (scope !== null && isVisit(scope.actor)) await options.noteVisit(scope, signedIn!.sessionId)
    const agent = binding.letIn ? await binding.letIn({ bearer, from: client.address }) : null
    if (endpoint.raw) {
      const tenantId = scope?.tenantId ?? agent?.tenantId ?? ''
      release = options.uploads.take(tenantId, sizeOf(context, endpoint.raw.bytesMax))
    }
    const isKnown = asker !== null || agent !== null
    const request: ApiRequest<Endpoint> = {
      params: parse({ endpoint, part: 'params' }, context.req.param()),
      query: parse({ endpoint, part: 'query' }, context.req.query()),
      body: endpoint.raw ? {} : parse({ endpoint, part: 'body' }, await jsonOf(context, endpoint, isKnown)),
      raw: endpoint.raw ? await fileOf(context, endpoint.raw) : new Uint8Array(),
      signedIn,
      bearer,
      agent,
      scope,
      ifMatch: expectedRevision(context.req.header('if-match')),
      clientAddress: client.address,
      userAgent: (context.req.header('user-agent') ?? '').slice(0, 300),
      setSession: (value) => headers.append('set-cookie', sessionCookie(value, client.secure)),
    }
    const output = await carryOut(binding, request, {
      ...options,
      key: context.req.header('idempotency-key'),
    })
    options.emit('control.request.done', {
      requestId,
      endpoint: endpoint.name,
      status: endpoint.status,
      ms: options.now() - startedAt,
    })
    return present(endpoint, output, headers)
  } catch (error) {
    return presentProblem(error, { requestId, endpoint: endpoint.name, headers, emit: options.emit })
  } finally {
    release()
  }
}

/** Once for each key, and in turn with other changes of the same thing. */
async function carryOut(
  { endpoint, handler }: Binding,
  request: ApiRequest<Endpoint>,
  { done, turns, key }: Pick<Bound, 'done' | 'turns'> & { readonly key: string | undefined },
): Promise<unknown> {
  const work = async (): Promise<unknown> => endpoint.output.parse(await handler(request))
  const { params, query, body, raw, ifMatch, signedIn, scope } = request
  if (key !== undefined && signedIn !== null && takesKey(endpoint)) {
    const once = { asker: signedIn.person.id, endpoint: endpoint.name, key, raw }
    return done.run({ ...once, asked: { params, query, body, ifMatch } }, work)
  }
  if (endpoint.method === 'GET' || endpoint.method === 'POST') return work()
  // An organisation is named by id or slug.
  const thing = [endpoint.path, scope?.tenantId, { ...(params as object), tenant: '' }]
  return turns.take(JSON.stringify(thing), work)
}

/** The command line of the data folder's owner is no visitor. */
function isVisit(actor: Scope['actor']): boolean {
  return actor.kind === 'person' && actor.asOperator === true && actor.id !== LOCAL_OPERATOR
}

/** A bearer token is asked alone: a cookie beside it counts for nothing. */
async function findAsker(
  context: Context,
  { bearer, client }: { readonly bearer: string | null; readonly client: ReturnType<typeof clientAddressOf> },
  { findBearer, findSession }: BindOptions,
): Promise<SignedIn | null> {
  if (bearer !== null) return findBearer(bearer, client.address)
  const secret = sessionSecretOf(context, client.secure)
  return secret === null ? null : findSession(secret)
}

type Asker = { readonly signedIn: SignedIn | null; readonly tenant: string | null; readonly from: string }

/** Open to every person that signed in; a token is no person, and may ask these few. */
const OPEN_TO_TOKENS: ReadonlySet<string> = new Set(['listTenants', 'getHealthLine', 'whatIsMyAddress'])

/**
 * Lets the request in by the endpoint's `allow`, and scopes it to the tenant of the path. Foreign tenants are
 * 404.
 */
function authorise(endpoint: Endpoint, { signedIn, tenant, from }: Asker): Scope | null {
  const { allow } = endpoint
  // Agents are let in by their binding, and are in no tenant of a path.
  if (allow === 'public' || allow === 'agent') return null
  if (!signedIn) throw problem('not-signed-in')
  requireComplete(endpoint, signedIn)
  const { token } = signedIn
  if (tenant === null) {
    if (allow === 'signed-in') {
      if (!token || OPEN_TO_TOKENS.has(endpoint.name)) return null
      throw problem('not-allowed', 'An API token is no person. Sign in for this.')
    }
    if (signedIn.person.operator && (!token || token.permissions.includes(allow))) return null
    throw problem('not-allowed')
  }
  const member = signedIn.tenants.find(({ id, slug }) => id === tenant || slug === tenant)
  if (!member) throw problem('not-found', 'There is no such organisation here.')
  if (allow === 'signed-in' ? token !== undefined : !member.permissions.includes(allow)) {
    throw problem('not-allowed')
  }
  const { id, name } = signedIn.person
  const { asOperator } = member
  return { tenantId: member.id, actor: { kind: 'person', id, name, asOperator }, from }
}

/** The scope of a change that the asker's role in the tenant does not allow; null for everything else. */
function refusedScope({ allow, method }: Endpoint, { signedIn, tenant, from }: Asker): Scope | null {
  if (method === 'GET' || tenant === null || !signedIn || signedIn.pending) return null
  if (allow === 'public' || allow === 'agent' || allow === 'signed-in') return null
  const member = signedIn.tenants.find(({ id, slug }) => id === tenant || slug === tenant)
  if (!member || member.permissions.includes(allow)) return null
  const { id, name } = signedIn.person
  return { tenantId: member.id, actor: { kind: 'person', id, name, asOperator: member.asOperator }, from }
}

/** A session that still owes something is good for that alone. */
function requireComplete(endpoint: Endpoint, signedIn: SignedIn): void {
  if (mayAsk(endpoint, signedIn)) return
  throw problem(signedIn.pending === 'second-factor' ? 'not-signed-in' : 'second-step-needed')
}

/** Where a session that owes something counts at all; endpoints open to everybody see nobody in it. */
function mayAsk({ duringPending }: Endpoint, signedIn: SignedIn | null): boolean {
  const pending = signedIn?.pending ?? null
  return pending === null || duringPending?.includes(pending) === true
}

type Part = 'params' | 'query' | 'body'

/**
 * What the schema makes of a part of the request. Fields that it does not know are refused, in every depth: a
 * misspelt one would do nothing and look done. Whoever changes something may send back what was read, with
 * fields that cannot be changed. Agents are spared: one may be newer than its gateway.
 */
function parse(
  { endpoint, part }: { readonly endpoint: Endpoint; readonly part: Part },
  value: unknown,
): never {
  const schema = endpoint[part]
  const parsed = schema.safeParse(value)
  const passed = saysSomething(value, parsed.data) ? readableIn(endpoint, part) : undefined
  const unknown = endpoint.allow === 'agent' ? [] : unknownFields(schema, value, passed)
  if (parsed.success && unknown.length === 0) return parsed.data as never
  const issues = parsed.error?.issues.filter(
    ({ code }) => code !== 'unrecognized_keys' || unknown.length === 0,
  )
  const start = part === 'body' ? '/' : `/${part}/`
  throw invalidInput(
    [
      ...unknown.map(({ path, message }) => ({ path: `${start}${path}`, message })),
      ...(issues ?? []).map((issue) =>
        fieldError(`${start}${issue.path.map(String).join('/')}`, inputWords(issue)),
      ),
    ].slice(0, ERRORS_NAMED_MAX),
  )
}

/** Whether any field is one that the schema knows: a change of what cannot be changed would look done. */
function saysSomething(value: unknown, understood: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (typeof understood !== 'object' || understood === null) return true
  return Object.keys(value).some((name) => Object.hasOwn(understood, name))
}

async function jsonOf(context: Context, endpoint: Endpoint, isKnown: boolean): Promise<unknown> {
  if (endpoint.method === 'GET' || endpoint.method === 'DELETE') return {}
  const bytes = await rawOf(context, isKnown ? JSON_BYTES_MAX : STRANGER_BYTES_MAX)
  if (bytes.length === 0) return {}
  if (!(context.req.header('content-type') ?? '').startsWith('application/json')) {
    throw problem('malformed-request', 'Send the body as application/json.')
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw problem('malformed-request', 'The body is not valid JSON in UTF-8.')
  }
}

/**
 * The file of a `raw` endpoint; one that does not say what it is may be any of those taken (RFC 9110 §8.3).
 */
async function fileOf(
  context: Context,
  { mediaTypes, bytesMax }: NonNullable<Endpoint['raw']>,
): Promise<Uint8Array> {
  const mediaType = (context.req.header('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (mediaType !== '' && !mediaTypes.includes(mediaType)) {
    const said = `“${mediaType.slice(0, 100)}” is not read here.`
    throw problem('media-type-unknown', `${said} Send the file itself as ${mediaTypes.join(', ')}.`)
  }
  return rawOf(context, bytesMax)
}

/** What a body may take: what it says, where it says so. */
function sizeOf(context: Context, bytesMax: number): number {
  const said = context.req.header('content-length')
  return said !== undefined && /^\d{1,12}$/.test(said) ? Math.min(Number(said), bytesMax) : bytesMax
}

async function rawOf(context: Context, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = problem('body-too-large', `At most ${bytesMax} bytes are taken.`)
  if (Number(context.req.header('content-length') ?? 0) > bytesMax) throw tooLarge
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length
    if (size > bytesMax) throw tooLarge
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/**
 * The revision that `If-Match` asks for: `"7"`, `W/"7"` and `7` are 7, `*` is whichever is there (RFC 9110
 * §13.1.1). What names no revision of ours is a condition that is not met, never no condition.
 */
function expectedRevision(header: string | undefined): number | null {
  const tags = (header ?? '*').split(',').map((tag) => tag.trim())
  if (tags.includes('*')) return null
  const revisions = new Set(tags.flatMap((tag) => /^(?:W\/)?"?(\d{1,15})"?$/.exec(tag)?.[1] ?? []))
  const [revision, ...more] = revisions
  if (revision === undefined) throw problem('changed-meanwhile', 'If-Match names no revision of ours.')
  if (more.length > 0) throw problem('malformed-request', 'If-Match takes one revision, such as "7".')
  return Number(revision)
}

function present(endpoint: Endpoint, output: unknown, headers: Headers): Response {
  if (endpoint.status === 204) return new Response(null, { status: 204, headers })
  const revision =
    typeof output === 'object' && output !== null && 'revision' in output ? output.revision : null
  if (typeof revision === 'number') headers.set('etag', `"${revision}"`)
  if (endpoint.file) {
    const file = output as AsyncIterable<string | Uint8Array>
    return presentFile(endpoint.file, { file, isText: endpoint.output === TextFile }, headers)
  }
  headers.set('content-type', 'application/json; charset=utf-8')
  return new Response(JSON.stringify(output), { status: endpoint.status, headers })
}

/** A file goes out as it is read: the database is asked for more only when the client took what was there. */
function presentFile(
  { mediaType, name }: NonNullable<Endpoint['file']>,
  { file, isText }: { readonly file: AsyncIterable<string | Uint8Array>; readonly isText: boolean },
  headers: Headers,
): Response {
  headers.set('content-type', isText ? `${mediaType}; charset=utf-8` : mediaType)
  headers.set('content-disposition', name === null ? 'attachment' : `attachment; filename="${name}"`)
  const stream = ReadableStream.from(file)
  // One of text, one of bytes: the schema of the endpoint says which.
  const bytes = isText ? stream.pipeThrough(new TextEncoderStream()) : (stream as ReadableStream<Uint8Array>)
  return new Response(bytes as ReadableStream<Uint8Array<ArrayBuffer>>, { headers })
}
