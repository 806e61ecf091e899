// The HTTP application: contract endpoints, OpenAPI and its page, health and metrics, and the console's
// files.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { Hono } from 'hono'
import type { ConsentDeps } from '#control/directory/consent.ts'
import { OPENMETRICS_TYPE } from '#events/exposition.ts'
import { newId } from '#platform/random.ts'
import { NONCE } from './api-docs/frame.ts'
import { apiPages } from './api-docs/pages.ts'
import { checkOrigin, isLocal } from './authenticate.ts'
import { type BindOptions, bind } from './bind.ts'
import { CHALLENGE_PATH, type FindChallenge, mountChallenges } from './challenge.ts'
import { mountEntraConsent } from './entra-consent.ts'
import { openApi } from './openapi.ts'
import { plainBody, presentProblem } from './problems.ts'
import { isForeignPost, mountSso, type SsoOptions } from './single-sign-on.ts'
import { contentSecurityPolicy, newNonce, type StaticFiles } from './static.ts'

export type AppOptions = BindOptions & {
  readonly endpoints: readonly Endpoint[]
  readonly version: string
  /** Single sign-on by browsers; null on the door of the command line. */
  readonly sso: SsoOptions['sso'] | null
  /** Consents at Microsoft by browsers; null on the door of the command line. */
  readonly consent?: ConsentDeps | null
  /** Challenges of a certificate authority; left out where none is asked. */
  readonly findChallenge?: FindChallenge
  readonly files: StaticFiles
  /** Host names the console answers to; others are refused (DNS rebinding). */
  readonly hosts: ReadonlySet<string>
  /** Whether control can do its work now, with the reason when not. */
  readonly ready: () => Promise<{ readonly ok: boolean; readonly why: string | null }>
  /** OpenMetrics text, answered on this machine only. */
  readonly metrics: () => Promise<string>
}

/** Builds the app. Throws when an endpoint of the contract has no handler, or a handler no endpoint. */
export function createApp(options: AppOptions): Hono {
  checkComplete(options)
  const app = new Hono()
  app.use('*', async (context, next) => {
    const path = context.req.path
    // A certificate authority asks by the name it is to vouch for, whichever that is.
    if (path !== '/healthz' && path !== '/readyz' && !path.startsWith(CHALLENGE_PATH))
      checkOrigin(context, options.hosts, { foreignPost: isForeignPost(path) })
    await next()
    secureHeaders(context.res.headers)
  })
  if (options.findChallenge) mountChallenges(app, options.findChallenge)
  bind(app, options)
  if (options.sso) mountSso(app, { ...options, sso: options.sso })
  if (options.consent) mountEntraConsent(app, { ...options, consent: options.consent })
  const document = once(() => JSON.stringify(openApi(options.endpoints, options.version)))
  app.get(
    '/openapi.json',
    () => new Response(document(), { headers: { 'content-type': 'application/json' } }),
  )
  mountApiPages(app, options, document)
  app.get('/healthz', () => new Response('ok\n'))
  app.get('/readyz', async () => {
    const { ok, why } = await options.ready()
    return new Response(`${ok ? 'ready' : why}\n`, { status: ok ? 200 : 503 })
  })
  app.get('/metrics', async (context) => {
    if (!isLocal(context)) return notFound(options)
    return new Response(await options.metrics(), { headers: { 'content-type': OPENMETRICS_TYPE } })
  })
  app.get('*', (context) => {
    if (context.req.path.startsWith('/v1/')) return notFound(options)
    return options.files.respond(context.req.path, context.req.header('accept-encoding'))
  })
  app.notFound(() => notFound(options))
  app.onError((error) => {
    const requestId = newId('ses', options.now()).slice(4)
    return presentProblem(error, { requestId, endpoint: 'none', headers: new Headers(), emit: options.emit })
  })
  return app
}

function mountApiPages(app: Hono, options: AppOptions, document: () => string): void {
  const pages = once(() => apiPages(document()))
  const answer = (page: string): Response => {
    const nonce = newNonce()
    return new Response(page.replace(NONCE, nonce), {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy(nonce),
      },
    })
  }
  app.get('/docs/api', (context) => answer(pages().index(context.req.query('search') ?? '')))
  app.get('/docs/api/:area', (context) => {
    const page = pages().area(context.req.param('area'))
    return page === null ? notFound(options) : answer(page)
  })
}

/** For what is asked for rarely and takes as long as all the rest of a start: the description of the API. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function notFound({ now }: AppOptions): Response {
  const body = plainBody(
    'not-found',
    'There is no such endpoint; see /docs/api.',
    newId('ses', now()).slice(4),
  )
  return new Response(JSON.stringify(body), {
    status: 404,
    headers: { 'content-type': 'application/problem+json' },
  })
}

function secureHeaders(headers: Headers): void {
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (!headers.has('content-security-policy'))
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
}

function checkComplete({ endpoints, bindings }: AppOptions): void {
  const bound = new Set(bindings.map(({ endpoint }) => endpoint.name))
  const missing = endpoints.filter(({ name }) => !bound.has(name)).map(({ name }) => name)
  const surplus = [...bound].filter((name) => !endpoints.some((endpoint) => endpoint.name === name))
  const open = bindings.filter(({ endpoint, letIn }) => endpoint.allow === 'agent' && !letIn)
  if (open.length > 0)
    throw new Error(`anybody could ask ${open.map(({ endpoint }) => endpoint.name).join(', ')}`)
  if (missing.length > 0 || surplus.length > 0) {
    throw new Error(
      `endpoints without handler: ${missing.join(', ')}; handlers without endpoint: ${surplus.join(', ')}`,
    )
  }
}
