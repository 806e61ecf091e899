// The addresses that browsers are sent to and from by identity providers: redirects and one form post, which
// no API client calls. Answers are judged in control; here are cookies, forms and where to go.
import type { Context, Hono } from 'hono'
import {
  type Answered,
  answerOidc,
  answerSaml,
  finishSso,
  metadataOf,
  type SsoDeps,
  startSso,
} from '#control/auth/sso.ts'
import { Problem } from '#control/problem.ts'
import { clientAddressOf, cookieOf, sessionCookie, sessionSecretOf } from './authenticate.ts'
import type { SignedIn } from './request.ts'

/** As with sessions: what another host of the same domain could set is not asked over TLS. */
const SECURE_FLOW_COOKIE = '__Host-gatepost-sso'
const FLOW_COOKIE = 'gatepost-sso'
const FLOW_SECONDS = 600
/** A signed answer with attributes is a few ten thousand; more is an attack. */
const FORM_BYTES_MAX = 300_000

export type SsoOptions = {
  readonly sso: SsoDeps
  readonly findSession: (secret: string) => Promise<SignedIn | null>
  readonly trustedProxies: readonly string[]
}

/** Whether another site may post here: an identity provider's answer comes from its own page. */
export function isForeignPost(path: string): boolean {
  return /^\/sso\/saml\/[\w]{1,60}\/acs$/.test(path)
}

export function mountSso(app: Hono, options: SsoOptions): void {
  const { sso } = options
  app.get('/sso/start/:provider', (context) => start(context, options))
  app.get('/sso/saml/:provider/metadata', async (context) => {
    const xml = await metadataOf(context.req.param('provider'), sso)
    if (xml === null) return context.notFound()
    return new Response(xml, { headers: { 'content-type': 'application/samlmetadata+xml; charset=utf-8' } })
  })
  app.post('/sso/saml/:provider/acs', async (context) => {
    const response = await postedResponse(context)
    const { address } = clientAddressOf(context, options.trustedProxies)
    const input = { providerId: context.req.param('provider'), response, from: address }
    return goOn(context, await answerSaml(input, sso), options)
  })
  app.get('/sso/oidc/:provider/callback', async (context) => {
    const { address, secure } = clientAddressOf(context, options.trustedProxies)
    const input = {
      providerId: context.req.param('provider'),
      query: new URL(context.req.url).search.slice(0, 8_000),
      browserSecret: flowSecretOf(context, secure),
      from: address,
    }
    return goOn(context, await answerOidc(input, sso), options)
  })
  app.get('/sso/finish', (context) => finish(context, options))
}

async function start(context: Context, options: SsoOptions): Promise<Response> {
  const { address, secure } = clientAddressOf(context, options.trustedProxies)
  const isTest = context.req.query('test') === '1'
  const providerId = context.req.param('provider') ?? ''
  const testers = isTest ? await testersOf(sessionSecretOf(context, secure), options) : null
  try {
    const next = insideOnly(context.req.query('next'))
    const { url, browserSecret } = await startSso({ providerId, next, testers, from: address }, options.sso)
    const response = seeOther(url)
    response.headers.append('set-cookie', flowCookie(browserSecret, secure))
    return response
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return seeOther(isTest ? '/' : '/sign-in?refused=elsewhere')
  }
}

/** Organisations in which whoever asks may change how people sign in: only their providers are tested. */
async function testersOf(secret: string | null, { findSession }: SsoOptions): Promise<readonly string[]> {
  const signedIn = secret === null ? null : await findSession(secret)
  if (!signedIn || signedIn.pending) return []
  return signedIn.tenants
    .filter(({ permissions }) => permissions.includes('sign-in:write'))
    .map(({ id }) => id)
}

async function finish(context: Context, options: SsoOptions): Promise<Response> {
  const { address, secure } = clientAddressOf(context, options.trustedProxies)
  const before = sessionSecretOf(context, secure)
  const signedIn = before === null ? null : await options.findSession(before)
  const done = await finishSso(
    {
      ticket: (context.req.query('ticket') ?? '').slice(0, 200),
      browserSecret: flowSecretOf(context, secure),
      replaces: signedIn?.pending === undefined ? null : signedIn.sessionId,
      origin: { from: address, userAgent: (context.req.header('user-agent') ?? '').slice(0, 300) },
    },
    options.sso,
  )
  if (done.kind !== 'opened') return goOn(context, done, options)
  const response = seeOther(done.next)
  response.headers.append('set-cookie', sessionCookie(done.opened.secret, secure))
  response.headers.append('set-cookie', flowCookie('', secure))
  return response
}

async function goOn(_context: Context, answered: Answered, { sso }: SsoOptions): Promise<Response> {
  switch (answered.kind) {
    case 'finish':
      return seeOther(`/sso/finish?ticket=${answered.ticket}`)
    case 'refused':
      return seeOther('/sign-in?refused=elsewhere')
    case 'tested': {
      const tenant = await sso.store.db
        .selectFrom('tenant')
        .select('slug')
        .where('id', '=', answered.tenantId)
        .executeTakeFirst()
      return seeOther(tenant ? `/t/${tenant.slug}/sign-in?tab=providers&tested=${answered.providerId}` : '/')
    }
  }
}

/** 303: what follows is a GET, whatever came before. Nothing of it is kept or told to the next site. */
function seeOther(url: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  })
}

/** `SAMLResponse` of a form post; empty when there is none or it is too large. */
async function postedResponse(context: Context): Promise<string> {
  if (Number(context.req.header('content-length') ?? 0) > FORM_BYTES_MAX) return ''
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length
    if (size > FORM_BYTES_MAX) return ''
    parts.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8')).get('SAMLResponse') ?? ''
}

function flowSecretOf(context: Context, secure: boolean): string | null {
  return cookieOf(context, secure ? SECURE_FLOW_COOKIE : FLOW_COOKIE)
}

/** Comes back with the answer: Lax, since that is a navigation from the identity provider's page. */
function flowCookie(secret: string, secure: boolean): string {
  const life = secret === '' ? 0 : FLOW_SECONDS
  const rest = `HttpOnly; SameSite=Lax; Max-Age=${life}`
  return secure
    ? `${SECURE_FLOW_COOKIE}=${secret}; Path=/; ${rest}; Secure`
    : `${FLOW_COOKIE}=${secret}; Path=/sso; ${rest}`
}

const INSIDE = 'http://inside.invalid'

/**
 * Only addresses of this console are followed after a sign-in. Read as browsers read them: they leave tabs
 * out and take `\` for `/`, so that `/`, a tab and `/evil.example` would lead away. The result is ASCII.
 */
export function insideOnly(next: string | undefined): string {
  if (next === undefined || next.length >= 2_000 || !next.startsWith('/')) return '/'
  if (!URL.canParse(next, INSIDE)) return '/'
  const { origin, pathname, search, hash } = new URL(next, INSIDE)
  return origin === INSIDE && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/'
}
