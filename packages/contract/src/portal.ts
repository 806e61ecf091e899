// The end users' portal (H5): their held mail, their senders, what was refused, and their own settings.
import * as z from 'zod'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { DigestLanguage } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { MailPreview } from './held.ts'
import { ReportAddresses, ReportKind } from './spam.ts'

export const PortalAction = z.enum(['release', 'permit', 'request', 'block', 'discard'])
export type PortalAction = z.infer<typeof PortalAction>

export const OwnSettings = z.object({
  /** Null: as the organisation has it. */
  digest: z.enum(['on', 'off']).nullable(),
  language: DigestLanguage.nullable(),
})
export type OwnSettings = z.infer<typeof OwnSettings>

export const Portal = z.object({
  organisation: z.string(),
  /**
   * The person's mailboxes: the own one with its aliases, and those it is told for. Empty without a mailbox.
   */
  mailboxes: z.array(z.object({ address: z.string(), aliases: z.array(z.string()), own: z.boolean() })),
  held: z.int(),
  settings: OwnSettings,
  digestEnabled: z.boolean(),
})
export type Portal = z.infer<typeof Portal>

export const getPortal = endpoint({
  name: 'getPortal',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Whose mail the signed-in person sees here, how much of it is held, and the own settings.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Portal,
  status: 200,
  problems: ['not-found'],
})

export const OwnHeld = z.object({
  id: z.string(),
  recipient: z.string(),
  author: z.string().nullable(),
  subject: z.string().nullable(),
  class: z.string(),
  className: z.string(),
  means: z.string(),
  score: z.number().nullable(),
  heldAt: Time,
  endsAt: Time,
  requestedAt: Time.nullable(),
  /** Its author writes for the first time, as far as a policy looks. */
  firstContact: z.boolean(),
  may: z.array(PortalAction),
})
export type OwnHeld = z.infer<typeof OwnHeld>

export const listOwnHeld = endpoint({
  name: 'listOwnHeld',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal/held',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Mail that is held for the signed-in person, newest first.',
  params: TenantPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(OwnHeld),
  status: 200,
  problems: ['not-found'],
})

export const previewOwnHeld = endpoint({
  name: 'previewOwnHeld',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal/held/{message}/preview',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'What a message held for the signed-in person says, without loading anything.',
  params: TenantPath.extend({ message: z.string().max(100) }),
  query: Nothing,
  body: Nothing,
  output: MailPreview,
  status: 200,
  problems: ['not-found', 'not-allowed', 'edge-unreachable'],
})

export const actOnOwnHeld = endpoint({
  name: 'actOnOwnHeld',
  method: 'POST',
  path: '/v1/tenants/{tenant}/portal/held/actions',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Releases, asks for, blocks or removes the signed-in person’s own held mail, as its class allows.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    action: PortalAction,
    messages: z.array(z.string().max(100)).min(1).max(100),
    text: z.string().trim().max(200).default(''),
  }),
  output: z.object({
    messages: z.int(),
    left: z.array(z.object({ id: z.string(), why: z.string() })),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})

export const OwnRefused = z.object({
  id: z.string(),
  at: Time,
  status: z.enum(['refused', 'deferred']),
  author: z.string().nullable(),
  recipient: z.string().nullable(),
  subject: z.string().nullable(),
  reason: z.string(),
})

export const listOwnRefused = endpoint({
  name: 'listOwnRefused',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal/refused',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Mail for the signed-in person that was refused or is put off, of the last seven days.',
  params: TenantPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(OwnRefused),
  status: 200,
  problems: ['not-found'],
})

export const OwnMail = z.object({
  id: z.string(),
  at: Time,
  author: z.string().nullable(),
  recipient: z.string().nullable(),
  subject: z.string().nullable(),
  /** What the person said of it. */
  reported: ReportKind.nullable(),
})
export type OwnMail = z.infer<typeof OwnMail>

export const listOwnMail = endpoint({
  name: 'listOwnMail',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal/mail',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Mail delivered to the signed-in person in the last 30 days, newest first, and where reports go.',
  params: TenantPath,
  query: PageQuery.extend({ search: z.string().trim().max(320).optional() }),
  body: Nothing,
  output: pageOf(OwnMail).extend({ reportTo: ReportAddresses }),
  status: 200,
  problems: ['not-found'],
})

export const reportOwnMail = endpoint({
  name: 'reportOwnMail',
  method: 'POST',
  path: '/v1/tenants/{tenant}/portal/mail/{message}/report',
  tag: 'Portal',
  allow: 'portal:use',
  summary:
    'Reports mail that the signed-in person got as spam, phish or wanted; wanted takes an earlier report back.',
  params: TenantPath.extend({ message: z.string().max(100) }),
  query: Nothing,
  body: z.object({
    kind: ReportKind,
    block: z.boolean().default(true).describe('Spam and phish: block the sender for this mailbox too'),
  }),
  output: z.object({
    /** `no-copy`: nothing of it is kept here; forwarded as an attachment it teaches. */
    outcome: z.enum(['learned', 'no-copy', 'limit', 'taken-back']),
    /** The sender that is blocked now. */
    blocked: z.string().nullable(),
    reported: ReportKind.nullable(),
  }),
  status: 200,
  problems: ['not-found', 'limit-reached'],
})

export const OwnSender = z.object({
  id: z.string(),
  sender: z.string(),
  action: z.enum(['permit', 'block']),
  source: z.string(),
  createdAt: Time,
})

export const listOwnSenders = endpoint({
  name: 'listOwnSenders',
  method: 'GET',
  path: '/v1/tenants/{tenant}/portal/senders',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'The signed-in person’s own permitted and blocked senders.',
  params: TenantPath,
  query: PageQuery.extend({ search: z.string().trim().max(320).optional() }),
  body: Nothing,
  output: pageOf(OwnSender),
  status: 200,
  problems: ['not-found'],
})

export const addOwnSender = endpoint({
  name: 'addOwnSender',
  method: 'POST',
  path: '/v1/tenants/{tenant}/portal/senders',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Permits or blocks a sender for the signed-in person.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ sender: Address, action: z.enum(['permit', 'block']) }),
  output: z.object({ added: z.int() }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'sender-internal'],
})

export const removeOwnSender = endpoint({
  name: 'removeOwnSender',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/portal/senders/{sender}',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Takes a sender off the signed-in person’s own list.',
  params: TenantPath.extend({ sender: z.string().max(700) }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 200,
  problems: ['not-found'],
})

export const setOwnSettings = endpoint({
  name: 'setOwnSettings',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/portal/settings',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Whether the signed-in person gets digests, and in which language.',
  params: TenantPath,
  query: Nothing,
  body: OwnSettings,
  output: OwnSettings,
  status: 200,
  problems: ['not-found'],
})

export const sendOwnDigest = endpoint({
  name: 'sendOwnDigest',
  method: 'POST',
  path: '/v1/tenants/{tenant}/portal/digest',
  tag: 'Portal',
  allow: 'portal:use',
  summary: 'Sends the signed-in person a new digest now.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ messages: z.int() }),
  status: 200,
  problems: ['not-found', 'edge-unreachable', 'too-many-attempts'],
})
