// The token endpoint of a made-up Entra ID: client credentials by secret or signed assertion, refused with
// Microsoft's own codes.
import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto'
import type { JsonAnswer, JsonRequest } from './json-server.ts'

export type EntraApp = {
  readonly clientId: string
  secret: string
  /** Set by tests: the secret is past its end, the app is disabled, a policy blocks it. */
  state: 'fine' | 'secret-expired' | 'disabled' | 'blocked-by-policy'
  /** PEM of certificates uploaded to the app. */
  certificates: string[]
  /** Application permissions with consent. */
  roles: string[]
  tokenSeconds: number
}

export type TokenDesk = {
  answer(request: JsonRequest): JsonAnswer
  /** Roles of a living token; null where it is unknown or over. */
  rolesOf(bearer: string): readonly string[] | null
  /** All tokens end now. */
  revokeAll(): void
}

/** Hands out tokens of one tenant, known by its id and its domains. */
export function createTokenDesk(
  app: EntraApp,
  tenant: { readonly id: string; readonly domains: readonly string[]; readonly now: () => number },
): TokenDesk {
  const tokens = new Map<string, { readonly roles: readonly string[]; readonly endsAt: number }>()
  return {
    answer(request) {
      const name = decodeURIComponent(request.url.pathname.split('/')[1] ?? '')
      if (name !== tenant.id && !tenant.domains.includes(name))
        return refuse(90002, `Tenant '${name}' not found. Check to make sure you have the correct tenant ID.`)
      const form = new URLSearchParams(request.body)
      const refused = refusalOf(app, form, { audience: request.url.href, now: tenant.now() })
      if (refused !== null) return refused
      const token = tokenOf(app.roles)
      tokens.set(token, { roles: [...app.roles], endsAt: tenant.now() + app.tokenSeconds * 1000 })
      const body = { token_type: 'Bearer', expires_in: app.tokenSeconds, access_token: token }
      return { status: 200, body }
    },
    rolesOf(bearer) {
      const token = tokens.get(bearer)
      return token !== undefined && token.endsAt > tenant.now() ? token.roles : null
    },
    revokeAll: () => tokens.clear(),
  }
}

/** Looks like a JWT, as Graph's tokens do; the signature is random, since only this server reads it. */
function tokenOf(roles: readonly string[]): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { roles, jti: randomBytes(9).toString('hex') }
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${randomBytes(24).toString('base64url')}`
}

function refusalOf(
  app: EntraApp,
  form: URLSearchParams,
  at: { readonly audience: string; readonly now: number },
): JsonAnswer | null {
  if (form.get('grant_type') !== 'client_credentials') return refuse(70003, 'Unsupported grant type.')
  if (form.get('client_id') !== app.clientId)
    return refuse(
      700016,
      `Application with identifier '${form.get('client_id')}' was not found in the directory.`,
    )
  if (!(form.get('scope') ?? '').endsWith('/.default'))
    return refuse(1002012, 'The provided value for scope is not valid.')
  if (app.state === 'disabled') return refuse(7000112, 'Application is disabled.')
  if (app.state === 'blocked-by-policy')
    return refuse(53003, 'Access has been blocked by Conditional Access policies.')
  const assertion = form.get('client_assertion')
  if (assertion !== null) return assertionFault(app, assertion, at)
  const secret = form.get('client_secret')
  if (secret === null)
    return refuse(7000218, "The request body must contain: 'client_assertion' or 'client_secret'.")
  if (secret !== app.secret)
    return refuse(
      7000215,
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
    )
  if (app.state === 'secret-expired') return refuse(7000222, 'The provided client secret keys are expired.')
  return null
}

/** Checks the assertion as Entra ID does: certificate known, signature, audience, issuer, time. */
function assertionFault(
  app: EntraApp,
  assertion: string,
  { audience, now }: { readonly audience: string; readonly now: number },
): JsonAnswer | null {
  const [head = '', body = '', signature = ''] = assertion.split('.')
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, string>
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, string | number>
  const pem = app.certificates.find((text) => thumbprintOf(text) === header['x5t#S256'])
  if (pem === undefined || header.alg !== 'PS256')
    return refuse(700027, 'Client assertion contains an invalid signature. The key was not found.')
  const key = createPublicKey(pem)
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key, padding: PSS_PADDING, saltLength: 32 },
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned) return refuse(700027, 'Client assertion failed signature validation.')
  const isOurs = claims.aud === audience && claims.iss === app.clientId && claims.sub === app.clientId
  if (!isOurs) return refuse(700023, 'Client assertion audience or issuer claim does not match.')
  const seconds = now / 1000
  const isInTime = Number(claims.nbf) <= seconds + 300 && Number(claims.exp) >= seconds - 300
  return isInTime ? null : refuse(700024, 'Client assertion is not within its valid time range.')
}

/** `RSA_PKCS1_PSS_PADDING` of OpenSSL. */
const PSS_PADDING = 6

const thumbprintOf = (pem: string) =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')

function refuse(code: number, words: string): JsonAnswer {
  const description = `AADSTS${code}: ${words} Trace ID: 0 Correlation ID: 0 Timestamp: 0`
  const error = code === 90002 ? 'invalid_request' : code === 53003 ? 'invalid_grant' : 'invalid_client'
  const status = code === 90002 || code === 700016 ? 400 : 401
  return { status, body: { error, error_description: description, error_codes: [code] } }
}
