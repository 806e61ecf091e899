// Recipients that are not listed (R1, C8): who was written to, and what a mode would have refused.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { RecipientMode } from './domain.ts'
import { endpoint } from './endpoint.ts'

/** Addresses added or set aside at once. */
export const REVIEWED_MAX = 500

const DomainPath = TenantPath.extend({ domain: z.string() })
const Addresses = z.object({ addresses: z.array(z.string().min(3).max(320)).min(1).max(REVIEWED_MAX) })

export const UnlistedRecipient = z.object({
  address: z.string(),
  firstSeenAt: Time,
  lastSeenAt: Time,
  messages: z.int(),
  /** What the mail host said of them, as far as it was heard. */
  delivered: z.int(),
  refused: z.int(),
})
export type UnlistedRecipient = z.infer<typeof UnlistedRecipient>

export const listUnlistedRecipients = endpoint({
  name: 'listUnlistedRecipients',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}/unlisted-recipients',
  tag: 'Domains',
  allow: 'users:read',
  summary: 'Recipients that were taken without being listed, most mail first.',
  params: DomainPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(UnlistedRecipient),
  status: 200,
  problems: ['not-found'],
})

export const addUnlistedRecipients = endpoint({
  name: 'addUnlistedRecipients',
  method: 'POST',
  path: '/v1/tenants/{tenant}/domains/{domain}/unlisted-recipients/add',
  tag: 'Domains',
  allow: 'users:write',
  summary: 'Makes users of recipients that were seen.',
  params: DomainPath,
  query: Nothing,
  body: Addresses,
  output: z.object({ added: z.int() }),
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const dismissUnlistedRecipients = endpoint({
  name: 'dismissUnlistedRecipients',
  method: 'POST',
  path: '/v1/tenants/{tenant}/domains/{domain}/unlisted-recipients/dismiss',
  tag: 'Domains',
  allow: 'users:write',
  summary: 'Sets recipients aside: they are not asked about again, and stay unknown.',
  params: DomainPath,
  query: Nothing,
  body: Addresses,
  output: z.object({ dismissed: z.int() }),
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

/** What each mode would have done with the mail of the last days (C8). */
export const RecipientPreview = z.object({
  since: Time,
  modes: z.array(
    z.object({
      mode: RecipientMode,
      /** Recipients that would have been turned away, and their messages. */
      addresses: z.int(),
      messages: z.int(),
      /** A whole sentence. */
      text: z.string(),
      /** Some of them, most mail first. */
      sample: z.array(z.string()),
      /** Why it cannot be chosen yet; null when it can. */
      blocked: z.string().nullable(),
    }),
  ),
})
export type RecipientPreview = z.infer<typeof RecipientPreview>

export const getRecipientPreview = endpoint({
  name: 'getRecipientPreview',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}/recipient-preview',
  tag: 'Domains',
  allow: 'domains:read',
  summary: 'What each way to validate recipients would have refused in the last days.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: RecipientPreview,
  status: 200,
  problems: ['not-found'],
})
