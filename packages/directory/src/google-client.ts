// Asks the Admin SDK as an administrator: a signed assertion buys a token, renewed when it ends.
import { DirectoryFault, type DirectoryStep } from './entry.ts'
import { googleFault, googleTokenFault, isGoogleThrottle, strangeGoogleAnswer } from './google-faults.ts'
import { type GoogleSettings, googleScopes, googleShapeFault, serviceAccountOf } from './google-settings.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import { signAssertion } from './jwt.ts'
import { type Answer, ask, PATIENCE_MS, type Patience, type Web } from './web.ts'

const RENEW_BEFORE_MS = 120_000
const ASSERTION_SECONDS = 600
/** Pages of one listing. */
const PAGES_MAX = 20_000

export type GoogleQuestion = {
  readonly signal: AbortSignal
  readonly step: DirectoryStep
  /** What is listed, in words for a fault. */
  readonly what: string
}

export type GoogleClient = {
  /** Throws `DirectoryFault`. */
  signIn(signal: AbortSignal): Promise<void>
  get(path: string, question: GoogleQuestion, expect?: readonly number[]): Promise<Answer>
  /** The items of all pages; null where what is listed is gone (404). */
  list(path: string, field: string, question: GoogleQuestion): AsyncGenerator<readonly Json[] | null>
}

/** A client for one run or test. */
export function createGoogleClient(settings: GoogleSettings, web: Web): GoogleClient {
  const patience: Patience = { leftMs: PATIENCE_MS }
  const root = `${settings.endpoints.api}/admin/directory/v1`
  let token: { readonly value: string; readonly endsAt: number } | null = null

  const freshToken = async (signal: AbortSignal): Promise<string> => {
    token = await requestToken(settings, { web, signal, patience })
    return token.value
  }
  const get = async (
    path: string,
    question: GoogleQuestion,
    expect: readonly number[] = [],
  ): Promise<Answer> => {
    const { signal, step, what } = question
    const askWith = (bearer: string) =>
      ask(
        web,
        { url: `${root}${path}`, headers: { authorization: `Bearer ${bearer}` }, signal, step },
        { patience, isThrottle: isGoogleThrottle },
      )
    const isFresh = token !== null && token.endsAt - RENEW_BEFORE_MS > web.now()
    const first = await askWith(isFresh && token !== null ? token.value : await freshToken(signal))
    const answer = first.status === 401 ? await askWith(await freshToken(signal)) : first
    if (answer.status === 200 || expect.includes(answer.status)) return answer
    throw googleFault(answer, step, what)
  }

  return {
    signIn: async (signal) => {
      await freshToken(signal)
    },
    get,
    async *list(path, field, question) {
      let pageToken: string | null = null
      const seen = new Set<string>()
      do {
        const more: string = pageToken === null ? '' : `&pageToken=${encodeURIComponent(pageToken)}`
        const answer = await get(`${path}${more}`, question, [404])
        if (answer.status === 404) {
          yield null
          return
        }
        const body = objectOf(answer.body)
        if (body === null) throw strangeGoogleAnswer(`Google’s page of ${question.what} is no object.`)
        yield objectsOf(body, field)
        pageToken = textOf(body, 'nextPageToken')
        if (pageToken !== null && (seen.has(pageToken) || seen.size >= PAGES_MAX))
          throw strangeGoogleAnswer(`Google’s listing of ${question.what} leads in a circle.`)
        if (pageToken !== null) seen.add(pageToken)
      } while (pageToken !== null)
    },
  }
}

/** The JWT bearer grant (RFC 7523 §2.1) with the administrator as subject. */
async function requestToken(
  settings: GoogleSettings,
  { web, signal, patience }: { readonly web: Web; readonly signal: AbortSignal; readonly patience: Patience },
): Promise<{ readonly value: string; readonly endsAt: number }> {
  const wrong = googleShapeFault(settings)
  if (wrong !== null) throw wrong
  const account = serviceAccountOf(settings.keyJson)
  if (account instanceof DirectoryFault) throw account
  const assertion = await signAssertion({
    algorithm: 'RS256',
    header: { kid: account.keyId },
    claims: {
      iss: account.clientEmail,
      sub: settings.adminEmail,
      scope: googleScopes.join(' '),
      aud: settings.endpoints.token,
    },
    key: account.key,
    nowMs: web.now(),
    lifeSeconds: ASSERTION_SECONDS,
  })
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  const answer = await ask(
    web,
    {
      url: settings.endpoints.token,
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
  if (answer.status !== 200 || value === null) throw googleTokenFault(answer, settings, account)
  const seconds = typeof body?.expires_in === 'number' ? body.expires_in : 3600
  return { value, endsAt: web.now() + seconds * 1000 }
}
