// OpenID Connect as a client: discovery, a code with PKCE, state and nonce, and an ID token whose signature
// is always checked (abuse case 60).

import type { OidcSettings } from '@gatepost/contract/sign-in-settings.ts'
import * as client from 'openid-client'
import type { PinnedFetch } from '#platform/pinned-fetch.ts'
import { SsoFault } from './sso-fault.ts'

export type OidcPlace = {
  readonly settings: OidcSettings
  readonly secret: string
  readonly redirectUri: string
  readonly fetch: PinnedFetch
  /** Without TLS only where the console itself stands on loopback. */
  readonly allowHttp: boolean
}

/** What the answer is checked against; kept on our side. */
export type OidcChecks = { readonly verifier: string; readonly nonce: string; readonly state: string }

/** Where to send the browser, and what its answer is checked against. Throws `SsoFault`. */
export async function oidcRequest(
  place: OidcPlace,
): Promise<{ readonly url: string; readonly checks: OidcChecks }> {
  const config = await configurationOf(place)
  const checks = {
    verifier: client.randomPKCECodeVerifier(),
    nonce: client.randomNonce(),
    state: client.randomState(),
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: place.redirectUri,
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    nonce: checks.nonce,
    state: checks.state,
  })
  return { url: url.href, checks }
}

/** The address that the identity provider vouches for. `answered` is our address with its query. */
export async function readOidcAnswer(answered: URL, checks: OidcChecks, place: OidcPlace): Promise<string> {
  const config = await configurationOf(place)
  const claims = await redeem(config, answered, checks)
  const { addressClaim } = place.settings
  const address = claims[addressClaim]
  if (typeof address !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(address)) {
    const names = Object.keys(claims).slice(0, 20).join(', ')
    throw new SsoFault(
      `The claim “${addressClaim}” holds no mail address. Claims: ${names}.`,
      'Name the claim that holds the mail address, or let the identity provider send it in the ID token.',
    )
  }
  if (addressClaim === 'email' && claims.email_verified === false) {
    const saw = `The identity provider says that ${address} is not verified.`
    throw new SsoFault(saw, 'Verify the address there.')
  }
  return address
}

async function redeem(
  config: client.Configuration,
  answered: URL,
  { verifier, nonce, state }: OidcChecks,
): Promise<Record<string, unknown>> {
  try {
    const tokens = await client.authorizationCodeGrant(config, answered, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims) return claims
  } catch (error) {
    throw faultOf(error)
  }
  throw new SsoFault('The answer holds no ID token.', 'Allow the scope “openid” for this client.')
}

async function configurationOf(place: OidcPlace): Promise<client.Configuration> {
  const { settings, secret, fetch, allowHttp } = place
  const issuer = new URL(settings.issuer)
  if (issuer.protocol !== 'https:' && !allowHttp)
    throw new SsoFault('The issuer is not reached by https.', 'Set its https address.')
  try {
    return await client.discovery(issuer, settings.clientId, secret, undefined, {
      [client.customFetch]: (url, init) =>
        fetch(url, {
          method: init.method,
          headers: init.headers,
          body: bodyOf(init.body),
          signal: init.signal ?? null,
        }),
      execute: [client.enableNonRepudiationChecks, ...(allowHttp ? [client.allowInsecureRequests] : [])],
      timeout: 15,
    })
  } catch (error) {
    throw faultOf(error)
  }
}

function bodyOf(body: unknown): string | URLSearchParams | null {
  return body instanceof URLSearchParams || typeof body === 'string' ? body : null
}

function faultOf(error: unknown): SsoFault {
  if (error instanceof SsoFault) return error
  const {
    message,
    code,
    error: name,
    error_description: described,
    cause,
  } = error as {
    readonly message?: string
    readonly code?: string
    readonly error?: string
    readonly error_description?: string
    readonly cause?: { readonly message?: string }
  }
  const saw = [name ?? code, described ?? message, cause instanceof Error ? cause.message : undefined]
    .filter((part) => part !== undefined && part !== '')
    .join(': ')
    .slice(0, 400)
  return new SsoFault(`The identity provider could not be used: ${saw}.`, remedyOf(saw))
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/invalid_client|unauthorized_client/, 'Compare client id and secret; the secret may have expired.'],
  [/redirect_uri/, 'Register our redirect address at the identity provider, letter by letter.'],
  [/access_denied/, 'The person or a rule there refused; look into its sign-in log.'],
  [
    /issuer|discovery|well-known|404/i,
    'Compare the issuer with the one in the provider’s discovery document.',
  ],
  [/nonce|state/i, 'Begin the sign-in anew; it was answered twice or in another browser.'],
  [/certificate|self.signed/i, 'The issuer must have a certificate that is publicly trusted.'],
]

function remedyOf(saw: string): string {
  return REMEDIES.find(([found]) => found.test(saw))?.[1] ?? 'Compare the settings on both sides.'
}
