// Digests (H4, H6): who is told of held mail, when, and what the links in them do.
import * as z from 'zod'
import { Address, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

export const DIGEST_LANGUAGES = ['en', 'de', 'fr'] as const
export const DigestLanguage = z.enum(DIGEST_LANGUAGES)
export type DigestLanguage = z.infer<typeof DigestLanguage>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time such as 07:00.')

export const DigestSchedule = z.object({
  /** 1 is Monday, 7 is Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  times: z.array(TimeOfDay).min(1).max(6),
  timeZone: z.string().min(1).max(60),
})
export type DigestSchedule = z.infer<typeof DigestSchedule>

export const DigestDelegate = z.object({
  /** The mailbox, group or alias that mail is held for. */
  mailbox: Address,
  /** Who is told instead of it. */
  to: z.array(Address).min(1).max(20),
})
export type DigestDelegate = z.infer<typeof DigestDelegate>

export const DigestSettings = z.object({
  enabled: z.boolean(),
  ...DigestSchedule.shape,
  language: DigestLanguage,
  /** Classes of held mail that are in it. */
  classes: z.array(z.string().min(1).max(60)).max(40),
  delegates: z.array(DigestDelegate).max(500),
  nextAt: Time.nullable(),
  lastSentAt: Time.nullable(),
  /** Digests of the last seven days. */
  sent: z.int(),
  revision: z.int(),
})
export type DigestSettings = z.infer<typeof DigestSettings>

export const getDigest = endpoint({
  name: 'getDigest',
  method: 'GET',
  path: '/v1/tenants/{tenant}/digest',
  tag: 'Held mail',
  allow: 'policies:read',
  summary:
    'When users are told of held mail, of what, in which language, and who is told for shared mailboxes.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: DigestSettings,
  status: 200,
  problems: ['not-found'],
})

export const setDigest = endpoint({
  name: 'setDigest',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/digest',
  tag: 'Held mail',
  allow: 'policies:write',
  summary: 'Changes the schedule of digests, what is in them, and who is told for shared mailboxes.',
  params: TenantPath,
  query: Nothing,
  body: DigestSettings.pick({
    enabled: true,
    days: true,
    times: true,
    timeZone: true,
    language: true,
    classes: true,
    delegates: true,
  }),
  output: DigestSettings,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const sendDigest = endpoint({
  name: 'sendDigest',
  method: 'POST',
  path: '/v1/tenants/{tenant}/digest/send',
  tag: 'Held mail',
  allow: 'policies:write',
  summary: 'Sends the digest of one mailbox now, with all that is held for it.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ mailbox: Address }),
  output: z.object({ messages: z.int(), to: z.array(z.string()) }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable', 'too-many-attempts'],
})

/** What the page behind a digest's link shows. Nothing changes by looking. */
export const DigestItem = z.object({
  /** `expired`: the link; `decided`: somebody did something about it already. */
  state: z.enum(['open', 'decided', 'expired', 'unknown']),
  organisation: z.string(),
  recipient: z.string(),
  author: z.string().nullable(),
  subject: z.string().nullable(),
  heldAt: Time.nullable(),
  class: z.string(),
  className: z.string(),
  means: z.string(),
  /** What happened, for links that are over. */
  what: z.string(),
  /** What the reader may do. */
  may: z.array(z.enum(['release', 'permit', 'request', 'block', 'discard'])),
  language: DigestLanguage,
})
export type DigestItem = z.infer<typeof DigestItem>

export const viewDigestLink = endpoint({
  name: 'viewDigestLink',
  method: 'POST',
  path: '/v1/digest-links/view',
  tag: 'Held mail',
  allow: 'public',
  summary: 'What the link in a digest is about. The token stands in the body, so that no log learns it.',
  params: Nothing,
  query: Nothing,
  body: z.object({ token: z.string().min(1).max(200) }),
  output: DigestItem,
  status: 200,
  problems: ['too-many-attempts'],
})

export const actOnDigestLink = endpoint({
  name: 'actOnDigestLink',
  method: 'POST',
  path: '/v1/digest-links/act',
  tag: 'Held mail',
  allow: 'public',
  summary: 'Does what its reader chose, once; every later use is told what happened.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    token: z.string().min(1).max(200),
    action: z.enum(['release', 'permit', 'request', 'block', 'discard']),
  }),
  output: DigestItem,
  status: 200,
  problems: ['too-many-attempts', 'not-allowed', 'edge-unreachable'],
})
