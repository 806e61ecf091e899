// Settings of a directory read by Microsoft Graph (D4).
import * as z from 'zod'
import { Time } from './common.ts'

export const EntraSettings = z.object({
  kind: z.literal('entra'),
  /** Whose application signs in: one of the organisation's own, or the operator's after a consent (V1). */
  app: z.enum(['own', 'provider']).default('own'),
  /** Tenant id or its `onmicrosoft.com` domain; empty with the operator's application, as is the next. */
  tenantDomain: z.string().trim().max(253).default(''),
  clientId: z.string().trim().max(100).default(''),
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

/** Application permissions of Microsoft Graph that the app is given, and what each is for. */
export const entraPermissions = [
  { name: 'User.Read.All', means: 'people and their addresses', needed: true },
  { name: 'GroupMember.Read.All', means: 'groups and their members', needed: true },
  { name: 'OrgContact.Read.All', means: 'mail contacts of the organisation', needed: false },
  {
    name: 'MailboxSettings.Read',
    means: 'which disabled accounts are shared or room mailboxes',
    needed: false,
  },
  {
    name: 'Application.Read.All',
    means: 'when the secret ends, so that you are told in time',
    needed: false,
  },
] as const

/** A secret’s id is a GUID; its value never is. */
export const isSecretId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text.trim())
