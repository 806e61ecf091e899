// SAML 2.0 as a service provider: requests, answers and metadata. Only what was signed is read; every answer
// belongs to a request of ours and counts once (abuse case 60).

import type { SamlSettings } from '@gatepost/contract/sign-in-settings.ts'
import type { CacheProvider, Profile, SAML } from '@node-saml/node-saml'
import { SsoFault } from './sso-fault.ts'

/** Time to sign in at the identity provider. */
export const REQUEST_MS = 600_000
/** Clocks of identity providers go wrong by less. */
const SKEW_MS = 90_000

export type SamlPlace = {
  readonly settings: SamlSettings
  /** Our entity id; the audience of assertions. */
  readonly entityId: string
  /** Where answers are posted to. */
  readonly acsUrl: string
}

/** Keeps ids of requests: saved when made, taken when answered, gone then. */
export type RequestIds = {
  save(id: string): Promise<void>
  /** Takes the id: true the first time alone. */
  take(id: string): Promise<boolean>
}

/** The address that begins a sign-in at the identity provider. */
export async function samlRequestUrl(place: SamlPlace, ids: RequestIds): Promise<string> {
  return (await samlOf(place, ids)).getAuthorizeUrlAsync('', undefined, {})
}

/** What the identity provider's administrator imports. */
export async function samlMetadata(place: SamlPlace): Promise<string> {
  const saml = await samlOf(place, { save: async () => {}, take: async () => false })
  return saml.generateServiceProviderMetadata(null, null)
}

/** The id of the request that a posted answer claims to be for; unsigned, to tell whose test failed. */
export function claimedRequestId(response: string): string | null {
  const xml = Buffer.from(response, 'base64').toString('utf8')
  return /\bInResponseTo="([\w.-]{1,200})"/.exec(xml)?.[1] ?? null
}

/** The address that a posted answer vouches for. Throws `SsoFault`. */
export async function readSamlResponse(response: string, place: SamlPlace, ids: RequestIds): Promise<string> {
  refuseWeak(response)
  const profile = await verifiedProfile(response, place, ids)
  const { settings, acsUrl } = place
  if (profile.issuer !== settings.issuer) {
    throw new SsoFault(
      `The assertion was issued by “${profile.issuer}”, not by “${settings.issuer}”.`,
      'Set the entity id as the identity provider’s metadata has it.',
    )
  }
  requireBound(profile, acsUrl)
  return addressOf(profile, settings.addressAttribute)
}

async function verifiedProfile(response: string, place: SamlPlace, ids: RequestIds): Promise<Profile> {
  try {
    const saml = await samlOf(place, ids)
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response })
    if (profile) return profile
  } catch (error) {
    throw faultOf(error instanceof Error ? error.message : String(error), place)
  }
  throw new SsoFault('The identity provider signed nobody in.', 'Try again.')
}

/** The library and its readers of XML are loaded with the first sign-in: most installations have none. */
async function samlOf({ settings, entityId, acsUrl }: SamlPlace, ids: RequestIds): Promise<SAML> {
  const { SAML: Provider, ValidateInResponseTo } = await import('@node-saml/node-saml')
  return new Provider({
    issuer: entityId,
    audience: entityId,
    callbackUrl: acsUrl,
    entryPoint: settings.signInUrl,
    idpCert: [...settings.certificates],
    idpIssuer: settings.issuer,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: REQUEST_MS,
    acceptedClockSkewMs: SKEW_MS,
    maxAssertionAgeMs: REQUEST_MS,
    disableRequestedAuthnContext: true,
    identifierFormat: null,
    signatureAlgorithm: 'sha256',
    cacheProvider: cacheOf(ids),
  })
}

/** Our tickets end by themselves, so the library need not look at the time as well. */
const NEVER_OVER = '2999-01-01T00:00:00.000Z'

/**
 * The library looks an id up more than once while it checks one answer; ours is taken at the first look, so
 * that of two answers at the same time one finds nothing.
 */
function cacheOf(ids: RequestIds): CacheProvider {
  const taken = new Map<string, string | null>()
  return {
    async saveAsync(id, value) {
      await ids.save(id)
      return { value, createdAt: Date.parse(value) }
    },
    async getAsync(id) {
      if (!taken.has(id)) taken.set(id, (await ids.take(id)) ? NEVER_OVER : null)
      return taken.get(id) ?? null
    },
    removeAsync: async (id) => id,
  }
}

const ALGORITHM = /\bAlgorithm\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * SHA-1 can be forged for money; a signature keyed by a public certificate is none. Nobody has to write the
 * name of an algorithm in references to characters.
 */
function refuseWeak(response: string): void {
  const xml = Buffer.from(response, 'base64').toString('utf8')
  const names = [...xml.matchAll(ALGORITHM)].map(([, double, single]) => double ?? single ?? '')
  if (!names.some((name) => /#(rsa-|dsa-|ecdsa-)?sha1\s*$|#hmac-|&/i.test(name))) return
  throw new SsoFault(
    'The assertion is signed with SHA-1 or with a shared key.',
    'Choose RSA with SHA-256 as the signing algorithm at the identity provider.',
  )
}

type Confirmation = {
  readonly SubjectConfirmationData?: readonly { readonly $?: Readonly<Record<string, string>> }[]
}
type ParsedAssertion = {
  readonly Subject?: readonly { readonly SubjectConfirmation?: readonly Confirmation[] }[]
}

/**
 * The signed part itself must say which request it answers and where it was to be posted: the frame around it
 * is not always signed, and an assertion made for another service must not be put into ours.
 */
function requireBound(profile: Profile, acsUrl: string): void {
  const parsed = profile.getAssertion?.() as { readonly Assertion?: ParsedAssertion } | undefined
  const confirmations = parsed?.Assertion?.Subject?.[0]?.SubjectConfirmation ?? []
  const isBound = confirmations.some(({ SubjectConfirmationData }) => {
    const { InResponseTo, Recipient } = SubjectConfirmationData?.[0]?.$ ?? {}
    return InResponseTo !== undefined && InResponseTo === profile.inResponseTo && Recipient === acsUrl
  })
  if (isBound) return
  throw new SsoFault(
    'The assertion does not say which request it answers, or was made for another service.',
    `Set “${acsUrl}” as the reply address (ACS) at the identity provider.`,
  )
}

const ADDRESS_ATTRIBUTES = [
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'urn:oid:0.9.2342.19200300.100.1.3',
  'mail',
  'email',
]

function addressOf(profile: Profile, attribute: string): string {
  const attributes = new Map(Object.entries((profile.attributes ?? {}) as Record<string, unknown>))
  const found =
    attribute === ''
      ? [profile.nameID, ...ADDRESS_ATTRIBUTES.map((name) => attributes.get(name))].find(isAddress)
      : attributes.get(attribute)
  if (isAddress(found)) return found
  const names = [...attributes.keys()].slice(0, 12).join(', ') || 'none'
  throw new SsoFault(
    `No mail address was in the assertion. Name id: “${profile.nameID ?? ''}”; attributes: ${names}.`,
    attribute === ''
      ? 'Send the mail address as name id, or name the attribute that holds it.'
      : `Send the attribute “${attribute}” with one mail address.`,
  )
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value)
}

const REMEDIES: readonly (readonly [RegExp, string, string])[] = [
  [
    /InResponseTo/i,
    'The answer belongs to no sign-in that is under way here.',
    'Begin the sign-in at our page: answers nobody asked for, late ones and those used before are refused.',
  ],
  [
    /signature|signed data|Invalid document/i,
    'The assertion is not signed, or not with a certificate that is set here.',
    'Sign assertions at the identity provider, and import its metadata again: its certificate may have changed.',
  ],
  [
    /not yet valid|expired|NotOnOrAfter|subject confirmation|max age/i,
    'The assertion is too old, or from the future.',
    'Compare the clocks of both sides; more than 90 seconds apart is too much.',
  ],
  [/audience/i, 'The assertion was made for another service.', 'Set our entity id as audience: see below.'],
]

function faultOf(message: string, { entityId }: SamlPlace): SsoFault {
  const status = /SAML provider returned (.*)/s.exec(message)?.[1]
  if (status !== undefined)
    return new SsoFault(
      `The identity provider refused: ${status.slice(0, 300)}.`,
      'Look into its sign-in log.',
    )
  const known = REMEDIES.find(([found]) => found.test(message))
  if (known === undefined)
    return new SsoFault(
      `The answer cannot be read: ${message.slice(0, 200)}.`,
      'Compare the settings on both sides.',
    )
  return new SsoFault(known[1], /audience/i.test(message) ? `Set “${entityId}” as audience.` : known[2])
}
