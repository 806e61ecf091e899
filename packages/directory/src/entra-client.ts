// Asks Graph with an application token: one at a time, renewed when it expires, sent to Graph's host alone.
import { randomUUID } from 'node:crypto'
import { graphFault, rolesOf, strangeAnswer, tokenFault } from './entra-faults.ts'
import { type EntraSettings, readCertificate, shapeFault } from './entra-settings.ts'
import { DirectoryFault, type DirectoryStep } from './entry.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import { signAssertion } from './jwt.ts'
import { type Answer, ask, PATIENCE_MS, type Patience, type Web } from './web.ts'

/** Renewed before it ends, so that a page is not asked for with a token in its last second. */
const RENEW_BEFORE_MS = 120_000
/** Ten minutes are the most that Entra ID takes. */
const ASSERTION_SECONDS = 300
/** Pages of a listing: a million users are about 1,100. */
const PAGES_MAX = 20_000

export type GraphPage = { readonly items: readonly Json[]; readonly deltaLink: string | null }

export type GraphQuestion = {
  readonly signal: AbortSignal
  readonly step: DirectoryStep
  /** Application permissions that would allow it, for the remedy. */
  readonly roles: readonly string[]
}

export type GraphClient = {
  /** The roles of a fresh token. Throws `DirectoryFault`. */
  signIn(signal: AbortSignal): Promise<readonly string[]>
  /** Asks for one path such as `/users`; statuses in `expect` are answers, others faults. */
  get(path: string, question: GraphQuestion, expect?: readonly number[]): Promise<Answer>
  /** All pages from a path or a link of an earlier run. */
  pages(start: string, question: GraphQuestion): AsyncGenerator<GraphPage>
}

/** The server forgot where we were (410, or its older words): begin anew. */
export class DeltaExpired extends Error {}

/** A client for one run or test. */
export function createGraphClient(settings: EntraSettings, web: Web): GraphClient {
  const patience: Patience = { leftMs: PATIENCE_MS }
  const root = `${settings.endpoints.graph}/v1.0`
  let token: { readonly value: string; readonly endsAt: number } | null = null

  const freshToken = async (signal: AbortSignal): Promise<string> => {
    token = await requestToken(settings, { web, signal, patience })
    return token.value
  }
  const currentToken = (signal: AbortSignal): Promise<string> =>
    token !== null && token.endsAt - RENEW_BEFORE_MS > web.now()
      ? Promise.resolve(token.value)
      : freshToken(signal)

  const askGraph = async (url: string, { signal, step }: GraphQuestion): Promise<Answer> => {
    const askWith = (bearer: string) =>
      ask(
        web,
        {
          url,
          headers: {
            authorization: `Bearer ${bearer}`,
            prefer: 'odata.maxpagesize=999',
            'client-request-id': randomUUID(),
          },
          signal,
          step,
        },
        { patience },
      )
    const answer = await askWith(await currentToken(signal))
    // A token may be withdrawn before its time: renewed once, refused when that does not help.
    return answer.status === 401 ? askWith(await freshToken(signal)) : answer
  }

  return {
    signIn: async (signal) => rolesOf(await freshToken(signal)),
    async get(path, question, expect = []) {
      const answer = await askGraph(`${root}${path}`, question)
      if (answer.status === 200 || expect.includes(answer.status)) return answer
      throw graphFault(answer, question.step, question.roles)
    },
    async *pages(start, question) {
      let url: string | null = start.startsWith('/') ? `${root}${start}` : ownLink(start, root)
      const seen = new Set<string>()
      while (url !== null) {
        if (seen.has(url) || seen.size >= PAGES_MAX) throw strangeAnswer('Graph’s listing leads in a circle.')
        seen.add(url)
        const answer: Answer = await askGraph(url, question)
        if (isExpired(answer)) throw new DeltaExpired()
        if (answer.status !== 200) throw graphFault(answer, question.step, question.roles)
        const page = pageOf(answer)
        url = page.nextLink === null ? null : ownLink(page.nextLink, root)
        const deltaLink = page.deltaLink === null ? null : ownLink(page.deltaLink, root)
        yield { items: page.items, deltaLink }
      }
    },
  }
}

function pageOf(answer: Answer) {
  const body = objectOf(answer.body)
  if (body === null || !Array.isArray(body.value)) throw strangeAnswer('Graph’s page holds no list.')
  return {
    items: objectsOf(body, 'value'),
    nextLink: textOf(body, '@odata.nextLink'),
    deltaLink: textOf(body, '@odata.deltaLink'),
  }
}

/**
 * A link for the next page is followed only to where the token belongs: same scheme, host, port and version.
 */
function ownLink(link: string, root: string): string {
  const url = URL.canParse(link) ? new URL(link) : null
  const home = new URL(root)
  const isOwn =
    url !== null &&
    url.origin === home.origin &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.startsWith(`${home.pathname}/`)
  if (isOwn) return url.href
  throw new DirectoryFault({
    step: 'list',
    code: 'foreign-link',
    saw: `The listing goes on at ${url?.host ?? 'an address that is none'}, which is not ${home.host}.`,
    remedy:
      'It was not followed, so that the token stays with Microsoft. A proxy that alters answers may stand between.',
  })
}

const EXPIRED_CODES =
  /^(syncStateNotFound|syncStateInvalid|resyncRequired|resync.*|Directory_ExpiredPageToken)$/i

function isExpired(answer: Answer): boolean {
  if (answer.status === 410) return true
  const code = textOf(objectOf(objectOf(answer.body)?.error), 'code') ?? ''
  return answer.status === 400 && EXPIRED_CODES.test(code)
}

/** Client credentials (RFC 6749 §4.4) by secret, or by a signed assertion (RFC 7523 §2.2). */
async function requestToken(
  settings: EntraSettings,
  { web, signal, patience }: { readonly web: Web; readonly signal: AbortSignal; readonly patience: Patience },
): Promise<{ readonly value: string; readonly endsAt: number }> {
  const wrong = shapeFault(settings)
  if (wrong !== null) throw wrong
  const { endpoints, tenant, clientId } = settings
  const url = `${endpoints.login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${endpoints.graph}/.default`,
    ...(await proofOf(settings, url, web.now())),
  })
  const answer = await ask(
    web,
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal,
      step: 'sign-in',
    },
    { patience },
  )
  const body = objectOf(answer.body)
  const value = textOf(body, 'access_token')
  if (answer.status !== 200 || value === null) throw tokenFault(answer)
  const seconds = typeof body?.expires_in === 'number' ? body.expires_in : 3600
  return { value, endsAt: web.now() + seconds * 1000 }
}

async function proofOf(
  { credential, clientId }: EntraSettings,
  audience: string,
  nowMs: number,
): Promise<Record<string, string>> {
  if (credential.kind === 'secret') return { client_secret: credential.secret.trim() }
  const pair = readCertificate(credential)
  if (pair instanceof DirectoryFault) throw pair
  const assertion = await signAssertion({
    algorithm: 'PS256',
    header: { 'x5t#S256': pair.certificate.thumbprint },
    claims: { aud: audience, iss: clientId, sub: clientId, jti: randomUUID() },
    key: pair.key,
    nowMs,
    lifeSeconds: ASSERTION_SECONDS,
  })
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}
