// Settings of a directory read by Microsoft Graph (D4).
import * as z from 'zod'
import { Time } from './common.ts'

export const EntraSettings = z.object({
  kind: z.literal('entra'),
  /** Tenant id or its `onmicrosoft.com` domain. */
  tenantDomain: z.string().trim().min(1).max(253),
  clientId: z.string().trim().min(1).max(100),
  /** Which cloud's endpoints are asked. */
  cloud: z.enum(['global', 'us-government', 'us-dod', 'china']).default('global'),
  /** What the connector's secret is: a client secret, or PEM of a certificate with its key. */
  credential: z.enum(['secret', 'certificate']).default('secret'),
  /** When the client secret ends, as the portal shows it; null where nobody entered it. */
  secretExpiresAt: Time.nullable().default(null),
  /** Guests of other organisations are read too. */
  guests: z.boolean().default(false),
})
export type EntraSettings = z.infer<typeof EntraSettings>
