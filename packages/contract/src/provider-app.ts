// One application of the operator at Microsoft for all organisations (V1): its settings, and the consent of
// each organisation by a link.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const Cloud = z.enum(['global', 'us-government', 'us-dod', 'china'])
const Credential = z.enum(['secret', 'certificate'])

export const ProviderApp = z.object({
  /** Null while the operator has none. */
  app: z
    .object({
      clientId: z.string(),
      cloud: Cloud,
      credential: Credential,
      /** When the secret was set; it is never shown. */
      secretSetAt: Time,
      /** As the operator entered it, or as the certificate says; null where nobody knows. */
      secretExpiresAt: Time.nullable(),
    })
    .nullable(),
  /** To enter at Microsoft as redirect URI of the platform “Web”. */
  redirectUri: z.string(),
  /** Organisations that consented. */
  consents: z.int(),
})
export type ProviderApp = z.infer<typeof ProviderApp>

export const ProviderAppChange = z.object({
  clientId: z.string().trim().min(1).max(100),
  cloud: Cloud.default('global'),
  credential: Credential.default('secret'),
  /** Left out, the one that was set stays. */
  secret: z.string().min(1).max(20_000).optional(),
  secretExpiresAt: Time.nullable().default(null),
})
export type ProviderAppChange = z.infer<typeof ProviderAppChange>

export const EntraConsent = z.object({
  /** Whether the operator offers an application at all. */
  isOffered: z.boolean(),
  clientId: z.string().nullable(),
  consent: z
    .object({
      /** Id of the organisation at Microsoft. */
      entraTenant: z.string(),
      /** The validated domain that proves it. */
      domain: z.string(),
      at: Time,
      askedBy: z.string(),
    })
    .nullable(),
})
export type EntraConsent = z.infer<typeof EntraConsent>

/** What became of a consent, as the page is told in `?consent=`. */
export const consentOutcomes = [
  'granted',
  'declined',
  'expired',
  'unproven',
  'taken',
  'unreachable',
  'not-offered',
] as const
export type ConsentOutcome = (typeof consentOutcomes)[number]

const tag = 'People'

export const getProviderApp = endpoint({
  name: 'getProviderApp',
  method: 'GET',
  path: '/v1/system/entra-app',
  tag: 'Installation',
  allow: 'system:read',
  summary: 'The application at Microsoft that all organisations may use; its secret is never shown.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: ProviderApp,
  status: 200,
  problems: [],
})

export const setProviderApp = endpoint({
  name: 'setProviderApp',
  method: 'PUT',
  path: '/v1/system/entra-app',
  tag: 'Installation',
  allow: 'system:write',
  summary: 'Sets that application. Another client id ends all consents, which were given to the one before.',
  params: Nothing,
  query: Nothing,
  body: ProviderAppChange,
  output: ProviderApp,
  status: 200,
  problems: ['invalid-input'],
})

export const removeProviderApp = endpoint({
  name: 'removeProviderApp',
  method: 'DELETE',
  path: '/v1/system/entra-app',
  tag: 'Installation',
  allow: 'system:write',
  summary: 'Removes that application, its secret and all consents.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: [],
})

export const getEntraConsent = endpoint({
  name: 'getEntraConsent',
  method: 'GET',
  path: '/v1/tenants/{tenant}/entra-consent',
  tag,
  allow: 'directories:read',
  summary: 'Whether the organisation consented to the operator’s application at Microsoft.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: EntraConsent,
  status: 200,
  problems: ['not-found'],
})

export const startEntraConsent = endpoint({
  name: 'startEntraConsent',
  method: 'POST',
  path: '/v1/tenants/{tenant}/entra-consent',
  tag,
  allow: 'directories:write',
  summary: 'Makes the link by which an administrator at Microsoft consents. It counts once, for an hour.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ url: z.string(), expiresAt: Time }),
  status: 201,
  problems: ['not-found', 'invalid-input', 'domain-not-validated'],
})

export const revokeEntraConsent = endpoint({
  name: 'revokeEntraConsent',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/entra-consent',
  tag,
  allow: 'directories:write',
  summary: 'Forgets the consent here. At Microsoft it ends when the enterprise application is removed.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
