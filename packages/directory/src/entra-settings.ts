// What a connector to Entra ID is told (D4): the cloud, the app and what to read; and what is wrong with it
// before anybody is asked.
import type { KeyObject } from 'node:crypto'
import { DirectoryFault } from './entry.ts'
import { certificateOf, rsaKeyOf } from './jwt.ts'

/**
 * Microsoft's clouds. Which hosts get the secret follows from the cloud alone, never from typed addresses.
 */
export const entraClouds = ['global', 'us-government', 'us-dod', 'china'] as const
export type EntraCloud = (typeof entraClouds)[number]

/** Origins without a slash at the end. */
export type EntraEndpoints = { readonly login: string; readonly graph: string }

export const endpointsOfCloud: { readonly [Cloud in EntraCloud]: EntraEndpoints } = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  'us-government': { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  'us-dod': { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { login: 'https://login.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
}

export type EntraCredential =
  | { readonly kind: 'secret'; readonly secret: string; readonly expiresAt: number | null }
  | { readonly kind: 'certificate'; readonly certificatePem: string; readonly privateKeyPem: string }

export type EntraSettings = {
  readonly endpoints: EntraEndpoints
  /** A domain of the tenant, or its id. */
  readonly tenant: string
  /** Application (client) id. */
  readonly clientId: string
  readonly credential: EntraCredential
  readonly guests: boolean
  /** Names out of `entraAttributes`. */
  readonly attributes: readonly string[]
}

/** Attributes that may be read; the names go into addresses, so the list is closed. */
export const entraAttributes: readonly string[] = [
  'department',
  'jobTitle',
  'companyName',
  'officeLocation',
  'city',
  'state',
  'country',
  'employeeId',
  'employeeType',
  'preferredLanguage',
  'onPremisesDistinguishedName',
  'onPremisesSamAccountName',
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`),
]

/** A secret as it is kept, with what it is: a value, or a certificate and its key in one PEM text. */
export function credentialOf(
  kind: EntraCredential['kind'],
  secret: string,
  expiresAt: number | null,
): EntraCredential {
  if (kind === 'secret') return { kind, secret, expiresAt }
  const blocks = secret.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g) ?? []
  return {
    kind,
    certificatePem: blocks.find((block) => block.includes('BEGIN CERTIFICATE')) ?? '',
    privateKeyPem: blocks.find((block) => block.includes('PRIVATE KEY')) ?? '',
  }
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const DOMAIN = /^(?=.{3,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/i

export const isGuid = (text: string): boolean => GUID.test(text.trim())

/** Whether somebody pasted the secret's id instead of its value: ids are GUIDs, values never are. */
export const isSecretId = isGuid

/** What is wrong with the settings by their shape alone; null when nothing is. */
export function shapeFault(settings: EntraSettings): DirectoryFault | null {
  const { tenant, clientId, credential } = settings
  if (!GUID.test(tenant) && !DOMAIN.test(tenant))
    return fault('tenant-shape', `“${tenant}” is neither a domain nor a tenant id.`, {
      remedy: 'Write a domain of the tenant, such as acme.onmicrosoft.com, or the Directory (tenant) ID.',
    })
  if (!GUID.test(clientId))
    return fault('client-id-shape', 'The application id is not of the form 00000000-0000-….', {
      remedy: 'Copy “Application (client) ID” from the overview of the app registration.',
    })
  if (credential.kind === 'secret') return secretFault(credential.secret)
  const pair = readCertificate(credential)
  return pair instanceof DirectoryFault ? pair : null
}

function secretFault(secret: string): DirectoryFault | null {
  if (isSecretId(secret))
    return fault('secret-id-pasted', 'This is the ID of the secret, not the secret.', {
      remedy: [
        'In Certificates & secrets copy the column “Value”. It is shown once, right after it is made:',
        'if it is hidden now, make a new secret.',
      ].join(' '),
    })
  if (secret.trim() === '')
    return fault('no-secret', 'There is no secret.', { remedy: 'Paste the value of a client secret.' })
  return null
}

/** The certificate with its key, or what is wrong with them. */
export function readCertificate({
  certificatePem,
  privateKeyPem,
}: Extract<EntraCredential, { readonly kind: 'certificate' }>):
  | { readonly certificate: NonNullable<ReturnType<typeof certificateOf>>; readonly key: KeyObject }
  | DirectoryFault {
  const certificate = certificateOf(certificatePem)
  if (certificate === null)
    return fault('certificate-shape', 'The certificate cannot be read.', {
      remedy: 'Paste it in PEM form, from “-----BEGIN CERTIFICATE-----” to its end.',
    })
  const key = rsaKeyOf(privateKeyPem)
  if (key === null)
    return fault('private-key-shape', 'The private key cannot be read.', {
      remedy: 'Paste an RSA key in PEM form without a passphrase.',
    })
  if (!certificate.belongsTo(key))
    return fault('certificate-pair', 'The private key belongs to another certificate.', {
      remedy: 'Paste the key that the certificate was made with.',
    })
  return { certificate, key }
}

/** When the credential ends, as far as anybody told; milliseconds. */
export function credentialExpiresAt({ credential }: Pick<EntraSettings, 'credential'>): number | null {
  if (credential.kind === 'secret') return credential.expiresAt
  return certificateOf(credential.certificatePem)?.expiresAt ?? null
}

const DAY_MS = 86_400_000
/** A month is enough for an administrator on holiday. */
export const EXPIRY_WARNING_MS = 30 * DAY_MS

/** A sentence about a credential that ends soon or has ended; null when there is nothing to say. */
export function expiryWarning(expiresAt: number | null, nowMs: number): string | null {
  if (expiresAt === null || expiresAt - nowMs > EXPIRY_WARNING_MS) return null
  const date = new Date(expiresAt).toISOString().slice(0, 10)
  if (expiresAt <= nowMs) return `The credential ended on ${date}.`
  const days = Math.ceil((expiresAt - nowMs) / DAY_MS)
  return `The credential ends on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}. Make the next one now.`
}

function fault(code: string, saw: string, { remedy }: { readonly remedy: string }): DirectoryFault {
  return new DirectoryFault({ step: 'sign-in', code, saw, remedy })
}
