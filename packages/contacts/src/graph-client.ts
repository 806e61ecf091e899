// Microsoft Graph with an app's own permission: token by secret or certificate, pages, and tokens for Graph's
// host alone.
import { randomUUID } from 'node:crypto'
import { rsaKeyOf, signJwt, thumbprintOf } from './jwt.ts'
import { type Effects, SourceFault } from './source.ts'
import { type Answer, ask, numberOf, objectOf, textOf } from './web.ts'

/** Origins without a slash at the end. */
export type GraphEndpoints = { readonly login: string; readonly graph: string }

export type GraphSettings = {
  readonly endpoints: GraphEndpoints
  /** A domain of the tenant, or its id. */
  readonly tenant: string
  readonly clientId: string
  /** A client secret, or a certificate with its key as PEM. */
  readonly secret: string
}

export const graphClouds = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  'us-government': { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  'us-dod': { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { login: 'https://login.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
} as const satisfies { readonly [cloud: string]: GraphEndpoints }

export type GraphClient = {
  /** Asks for a path such as `/users`, or for a link of Graph's own. Statuses are answers, 401 is renewed. */
  get(pathOrLink: string, signal: AbortSignal): Promise<Answer>
}

const RENEW_BEFORE_MS = 120_000
const ASSERTION_SECONDS = 300

/** A client for one run. */
export function createGraphClient(settings: GraphSettings, effects: Effects): GraphClient {
  const root = `${settings.endpoints.graph}/v1.0`
  let token: { readonly value: string; readonly endsAt: number } | null = null
  const tokenFor = async (signal: AbortSignal, mustRenew: boolean): Promise<string> => {
    if (mustRenew || token === null || token.endsAt - RENEW_BEFORE_MS <= effects.now())
      token = await requestToken(settings, effects, signal)
    return token.value
  }
  return {
    async get(pathOrLink, signal) {
      const url = pathOrLink.startsWith('/') ? `${root}${pathOrLink}` : ownLink(pathOrLink, root)
      const askWith = (bearer: string): Promise<Answer> =>
        ask(
          effects,
          { url, headers: { authorization: `Bearer ${bearer}`, 'client-request-id': randomUUID() } },
          signal,
        )
      const answer = await askWith(await tokenFor(signal, false))
      // A token may be withdrawn before its time: renewed once, refused when that does not help.
      return answer.status === 401 ? askWith(await tokenFor(signal, true)) : answer
    },
  }
}

/**
 * A link is followed only to where the token belongs: same scheme, host, port and version (abuse case 70).
 */
export function ownLink(link: string, root: string): string {
  const url = URL.canParse(link) ? new URL(link) : null
  const home = new URL(root)
  if (
    url !== null &&
    url.origin === home.origin &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.startsWith(`${home.pathname}/`)
  )
    return url.href
  throw new SourceFault({
    reach: 'fatal',
    saw: `The listing goes on at ${url?.host ?? 'an address that is none'}, which is not ${home.host}.`,
    remedy: 'It was not followed, so that the token stays where it belongs. A proxy may alter answers.',
  })
}

/** What a refusal of Graph means, and the permission that would allow it. */
export function graphFault(answer: Answer, permission: string): SourceFault {
  const error = objectOf(objectOf(answer.json)?.error)
  const code = textOf(error, 'code') ?? ''
  const said = (textOf(error, 'message') ?? '').slice(0, 300)
  if (answer.status === 401 || answer.status === 403)
    return new SourceFault({
      reach: 'fatal',
      saw: `Microsoft Graph refuses (${answer.status}${code === '' ? '' : `, ${code}`}). ${said}`.trim(),
      remedy: `Give the app the application permission ${permission} and grant admin consent.`,
    })
  return new SourceFault({
    reach: answer.status >= 500 ? 'passing' : 'fatal',
    saw: `Microsoft Graph answers ${answer.status}${code === '' ? '' : ` (${code})`}. ${said}`.trim(),
    remedy: 'Search for the code at Microsoft; the run can be resumed.',
  })
}

/** Client credentials (RFC 6749 §4.4) by secret, or by a signed assertion (RFC 7523 §2.2). */
async function requestToken(settings: GraphSettings, effects: Effects, signal: AbortSignal) {
  const { endpoints, tenant, clientId } = settings
  const url = `${endpoints.login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${endpoints.graph}/.default`,
    ...proofOf(settings, url, effects.now()),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await ask(effects, { url, method: 'POST', headers, body: form.toString() }, signal)
  const body = objectOf(answer.json)
  const value = textOf(body, 'access_token')
  if (answer.status === 200 && value !== null)
    return { value, endsAt: effects.now() + (numberOf(body, 'expires_in') ?? 3600) * 1000 }
  const said = (textOf(body, 'error_description') ?? textOf(body, 'error') ?? '').split(/\r?\n/)[0] ?? ''
  throw new SourceFault({
    reach: 'fatal',
    saw: `Microsoft refuses the app’s sign-in (${answer.status}). ${said.slice(0, 300)}`.trim(),
    remedy: 'Check tenant, application id, and the secret’s value (not its id) and end.',
  })
}

function proofOf(
  { secret, clientId }: GraphSettings,
  audience: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (!secret.includes('-----BEGIN')) return { client_secret: secret.trim() }
  const blocks = secret.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g) ?? []
  const key = rsaKeyOf(blocks.find((block) => block.includes('PRIVATE KEY')) ?? '')
  const thumbprint = thumbprintOf(blocks.find((block) => block.includes('BEGIN CERTIFICATE')) ?? '')
  if (key === null || thumbprint === null)
    throw new SourceFault({
      reach: 'fatal',
      saw: 'The certificate or its private key cannot be read.',
      remedy: 'Give both as PEM in one file, the key without a passphrase.',
    })
  const assertion = signJwt({
    algorithm: 'PS256',
    header: { 'x5t#S256': thumbprint },
    claims: { aud: audience, iss: clientId, sub: clientId, jti: randomUUID() },
    key,
    nowMs,
    lifeSeconds: ASSERTION_SECONDS,
  })
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}
