// A SAML identity provider that signs for real, and forges as it is told: XML is written in canonical form,
// so that a plain SHA-256 and RSA signature over the text is the XML signature.
import { execFileSync } from 'node:child_process'
import { createHash, createSign } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'

export const ISSUER = 'https://idp.example/saml'
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const DS = 'http://www.w3.org/2000/09/xmldsig#'
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'

export type SamlRequest = { readonly id: string; readonly acsUrl: string; readonly issuer: string }

export type AssertionOptions = {
  readonly request: SamlRequest
  readonly address: string
  readonly audience?: string
  readonly recipient?: string
  readonly issuer?: string
  readonly id?: string
  /** Minutes from now at which it was issued. */
  readonly issued?: number
  readonly attributes?: Readonly<Record<string, string>>
  readonly nameIdText?: string
  /** `InResponseTo` of the signed part; null leaves it out. */
  readonly inResponseTo?: string | null
}

type Pair = { readonly key: string; readonly certificate: string }

const own = rsaPair()
/** Somebody else's key of the same name. */
export const otherKey: Pair = rsaPair()
export const certificate: string = own.certificate

/** RSA, which XML signatures everywhere are made with; Node signs with it and issues no certificates. */
function rsaPair(): Pair {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', '-days', '2']
  const printed = execFileSync('openssl', [...request, '-subj', '/CN=idp.example'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const part = (name: string): string =>
    new RegExp(`-----BEGIN ${name}-----[\\s\\S]*?-----END ${name}-----\\n`).exec(printed)?.[0] ?? ''
  return { key: part('PRIVATE KEY'), certificate: part('CERTIFICATE') }
}

/** What our request says, from the address that the browser is sent to. */
export function readRequest(url: string): SamlRequest {
  const packed = new URL(url).searchParams.get('SAMLRequest') ?? ''
  const xml = inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8')
  const found = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  const issuer = /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1] ?? ''
  return { id: found('ID'), acsUrl: found('AssertionConsumerServiceURL'), issuer }
}

/** An assertion in canonical form, unsigned. */
export function assertionOf(options: AssertionOptions): string {
  const { request, address, issued = 0 } = options
  const at = (minutes: number): string => new Date(Date.now() + (issued + minutes) * 60_000).toISOString()
  const inResponseTo = options.inResponseTo === undefined ? request.id : options.inResponseTo
  const answered = inResponseTo === null ? '' : ` InResponseTo="${inResponseTo}"`
  const attributes = Object.entries(options.attributes ?? {}).map(
    ([name, value]) =>
      `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
  )
  return [
    `<saml:Assertion xmlns:saml="${ASSERTION}" ID="${options.id ?? '_assertion'}" IssueInstant="${at(0)}" Version="2.0">`,
    `<saml:Issuer>${options.issuer ?? ISSUER}</saml:Issuer>`,
    '<saml:Subject>',
    `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${options.nameIdText ?? address}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml:SubjectConfirmationData${answered} NotOnOrAfter="${at(5)}"`,
    ` Recipient="${options.recipient ?? request.acsUrl}"></saml:SubjectConfirmationData>`,
    '</saml:SubjectConfirmation></saml:Subject>',
    `<saml:Conditions NotBefore="${at(-1)}" NotOnOrAfter="${at(5)}"><saml:AudienceRestriction>`,
    `<saml:Audience>${options.audience ?? request.issuer}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext>`,
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>',
    '</saml:AuthnContext></saml:AuthnStatement>',
    attributes.length === 0
      ? ''
      : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`,
    '</saml:Assertion>',
  ].join('')
}

/** The same with an enveloped signature behind its issuer. */
export function signed(
  assertion: string,
  options: { readonly by?: Pair; readonly algorithm?: 'sha256' | 'sha1' } = {},
): string {
  const signature = signatureOf(assertion, options)
  return assertion.replace('</saml:Issuer>', `</saml:Issuer>${signature}`)
}

/** The signature of an assertion on its own, to be put where it does not belong. */
export function signatureOf(
  assertion: string,
  { by = own, algorithm = 'sha256' }: { readonly by?: Pair; readonly algorithm?: 'sha256' | 'sha1' } = {},
): string {
  const id = /ID="([^"]*)"/.exec(assertion)?.[1] ?? ''
  const digest = createHash(algorithm).update(assertion, 'utf8').digest('base64')
  const [method, digestMethod] =
    algorithm === 'sha256'
      ? ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmlenc#sha256']
      : [`${DS}rsa-sha1`, `${DS}sha1`]
  const info = [
    `<ds:SignedInfo xmlns:ds="${DS}">`,
    `<ds:CanonicalizationMethod Algorithm="${C14N}"></ds:CanonicalizationMethod>`,
    `<ds:SignatureMethod Algorithm="${method}"></ds:SignatureMethod>`,
    `<ds:Reference URI="#${id}"><ds:Transforms>`,
    `<ds:Transform Algorithm="${DS}enveloped-signature"></ds:Transform>`,
    `<ds:Transform Algorithm="${C14N}"></ds:Transform></ds:Transforms>`,
    `<ds:DigestMethod Algorithm="${digestMethod}"></ds:DigestMethod>`,
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`,
  ].join('')
  const value = createSign(`RSA-${algorithm.toUpperCase()}`).update(info, 'utf8').sign(by.key, 'base64')
  // Inside the signature its namespace is declared already; canonical form adds it to the signed part again.
  const inside = info.replace(` xmlns:ds="${DS}"`, '')
  return `<ds:Signature xmlns:ds="${DS}">${inside}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`
}

/** What the browser posts: a response around the assertions. */
export function responseOf(
  request: SamlRequest,
  content: string,
  options: { readonly inResponseTo?: string | null; readonly id?: string; readonly status?: string } = {},
): string {
  const inResponseTo = options.inResponseTo === undefined ? request.id : options.inResponseTo
  const answered = inResponseTo === null ? '' : ` InResponseTo="${inResponseTo}"`
  const status = options.status ?? 'Success'
  const xml = [
    `<samlp:Response xmlns:samlp="${PROTOCOL}" Destination="${request.acsUrl}" ID="${options.id ?? '_response'}"${answered}`,
    ` IssueInstant="${new Date().toISOString()}" Version="2.0">`,
    `<saml:Issuer xmlns:saml="${ASSERTION}">${ISSUER}</saml:Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>`,
    content,
    '</samlp:Response>',
  ].join('')
  return Buffer.from(xml, 'utf8').toString('base64')
}

/** Metadata as identity providers publish it. */
export function metadata(signInUrl = 'https://idp.example/sso?a=1&b=2'): string {
  const base64 = certificate.replace(/-----[^-]*-----|\s/g, '')
  const keyOf = (use: string, text: string): string =>
    [
      `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data>`,
      `<ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    ].join('')
  const serviceOf = (binding: string, location: string): string => {
    const name = `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding}`
    return `<md:SingleSignOnService Binding="${name}" Location="${location.replaceAll('&', '&amp;')}"/>`
  }
  return [
    '<?xml version="1.0"?>',
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ISSUER}">`,
    '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    keyOf('encryption', 'AAAA'),
    keyOf('signing', base64),
    serviceOf('POST', 'https://idp.example/post'),
    serviceOf('Redirect', signInUrl),
    '</md:IDPSSODescriptor></md:EntityDescriptor>',
  ].join('')
}
