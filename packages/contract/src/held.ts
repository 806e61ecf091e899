// Held mail (H3): what waits for a person's word and why, a safe look at it, and what may be done about it.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** What holds a message: a policy by its name, a person, or a report that nobody may be told of. */
export const HeldClass = z.string().min(1).max(60)

/** What a user may do with held mail of a class that is their own. */
export const UserRight = z.enum(['release', 'request', 'never'])
export type UserRight = z.infer<typeof UserRight>

export const HeldState = z.enum(['held', 'released', 'rejected', 'discarded', 'gone'])
export type HeldState = z.infer<typeof HeldState>

export const HeldRecipient = z.object({
  index: z.int(),
  address: z.string(),
  state: HeldState,
  /** A user asked for it. */
  requestedAt: Time.nullable(),
  requestedBy: z.string().nullable(),
  requestText: z.string().nullable(),
  decidedAt: Time.nullable(),
  decidedBy: z.string().nullable(),
  decision: z.string().nullable(),
})

export const HeldMessage = z.object({
  /** Also its id in the message centre. */
  id: z.string(),
  class: HeldClass,
  /** The class in words. */
  className: z.string(),
  because: z.string(),
  /** Why, in a sentence. */
  means: z.string(),
  ruleName: z.string().nullable(),
  score: z.number().nullable(),
  author: z.string().nullable(),
  reversePath: z.string().nullable(),
  subject: z.string().nullable(),
  size: z.int(),
  direction: z.enum(['inbound', 'outbound']),
  heldAt: Time,
  /** When it leaves the queue unless somebody decides. */
  endsAt: Time,
  /** Recipients that match; the first 50 of them are listed. */
  recipientCount: z.int(),
  recipients: z.array(HeldRecipient),
  /** Its release takes two people, and who was the first. */
  needsTwo: z.boolean(),
  secondedBy: z.string().nullable(),
  /** When it is judged again by itself, where a policy would have deferred it; and how often it was. */
  againAt: Time.nullable(),
  judged: z.int(),
  /** Its author writes to a recipient for the first time, as far as a policy looks. */
  firstContact: z.boolean(),
})
export type HeldMessage = z.infer<typeof HeldMessage>

const filterFields = {
  class: HeldClass.optional(),
  state: HeldState.default('held'),
  /** Part of a sender, a subject or a message id. */
  search: z.string().trim().min(1).max(320).optional(),
  /** A recipient's address, or their domain. */
  recipient: z.string().trim().min(1).max(320).optional(),
  /** Only what users asked for, or what waits for a second person. */
  asked: z.enum(['request', 'second']).optional(),
}
export const HeldFilter = z.object(filterFields)
export type HeldFilter = z.infer<typeof HeldFilter>

export const listHeld = endpoint({
  name: 'listHeld',
  method: 'GET',
  path: '/v1/tenants/{tenant}/held',
  tag: 'Held mail',
  allow: 'queue:read',
  summary: 'Held mail, newest first: what holds it and why, for whom, and until when.',
  params: TenantPath,
  query: PageQuery.extend(filterFields),
  body: Nothing,
  output: pageOf(HeldMessage),
  status: 200,
  problems: ['not-found'],
})

export const getHeldSummary = endpoint({
  name: 'getHeldSummary',
  method: 'GET',
  path: '/v1/tenants/{tenant}/held/summary',
  tag: 'Held mail',
  allow: 'queue:read',
  summary: 'How much is held by each class, what users asked for, and what waits for a second person.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({
    messages: z.int(),
    oldestAt: Time.nullable(),
    classes: z.array(z.object({ class: HeldClass, name: z.string(), messages: z.int() })),
    requested: z.int(),
    second: z.int(),
    /** Days after which held mail ends. */
    days: z.int(),
  }),
  status: 200,
  problems: ['not-found'],
})

const HeldPath = TenantPath.extend({ message: z.string().max(100) })

export const getHeld = endpoint({
  name: 'getHeld',
  method: 'GET',
  path: '/v1/tenants/{tenant}/held/{message}',
  tag: 'Held mail',
  allow: 'queue:read',
  summary: 'One held message with all its recipients.',
  params: HeldPath,
  query: Nothing,
  body: Nothing,
  output: HeldMessage,
  status: 200,
  problems: ['not-found'],
})

/** A message as it may be shown: nothing is loaded, nothing is run. */
export const MailPreview = z.object({
  header: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The text part, or the words of the HTML part. */
  text: z.string(),
  /** The HTML part as written: it goes through a cleaner and into a closed frame, never into a page. */
  html: z.string().nullable(),
  /** Where links lead, beside the words that are shown for them. */
  links: z.array(z.object({ text: z.string(), href: z.string(), differs: z.boolean() })),
  attachments: z.array(
    z.object({ name: z.string(), type: z.string(), size: z.int(), embedded: z.boolean() }),
  ),
  /** Octets of the whole message, and whether only its beginning was read. */
  size: z.int(),
  isCut: z.boolean(),
  faults: z.array(z.string()),
})
export type MailPreview = z.infer<typeof MailPreview>

export const previewHeld = endpoint({
  name: 'previewHeld',
  method: 'GET',
  path: '/v1/tenants/{tenant}/held/{message}/preview',
  tag: 'Held mail',
  allow: 'held:content',
  summary: 'What a held message says, without loading anything. Every look is in the audit log.',
  params: HeldPath,
  query: Nothing,
  body: Nothing,
  output: MailPreview,
  status: 200,
  problems: ['not-found', 'edge-unreachable'],
})

/** Reasons offered for a rejection; the sender is told the sentence. */
export const REJECT_REASONS = {
  inappropriate: 'The message is inappropriate communication.',
  confidential: 'The message holds confidential information.',
  restricted: 'The message holds restricted content.',
  policy: 'The message is against the e-mail policies of the recipient.',
  unwanted: 'The recipient does not want this message.',
} as const
export type RejectReason = keyof typeof REJECT_REASONS

export const HELD_PER_ACTION_MAX = 500
export const FORWARD_TO_MAX = 50

export const actOnHeld = endpoint({
  name: 'actOnHeld',
  method: 'POST',
  path: '/v1/tenants/{tenant}/held/actions',
  tag: 'Held mail',
  allow: 'queue:write',
  summary:
    'Releases, permits, rejects, blocks or discards held messages by id or filter. What a class needs two people for waits for the second.',
  params: TenantPath,
  query: Nothing,
  body: z
    .object({
      action: z.enum(['release', 'permit', 'reject', 'block', 'discard', 'refuse-request']),
      messages: z.array(z.string().max(100)).min(1).max(HELD_PER_ACTION_MAX).optional(),
      /** A field that is not known is refused: a typing error must not mean everything. */
      filter: z.strictObject(filterFields).optional(),
      /** Only for these recipients of the messages. */
      recipients: z.array(z.string().trim().max(320)).max(HELD_PER_ACTION_MAX).optional(),
      /** For `permit` and `block`: for the recipient alone, or for everybody of the organisation. */
      scope: z.enum(['recipient', 'everyone']).default('recipient'),
      /** For `permit` and `block`: the address, or its whole domain. */
      about: z.enum(['address', 'domain']).default('address'),
      /** For `reject`: whether the sender is told, and what. */
      notify: z.boolean().default(false),
      rejectReason: z.enum(Object.keys(REJECT_REASONS) as [RejectReason, ...RejectReason[]]).optional(),
      reason: z
        .string()
        .trim()
        .max(200)
        .regex(/^\P{Cc}*$/u, 'Write the reason on one line.')
        .optional(),
    })
    .refine(({ messages, filter }) => (messages === undefined) !== (filter === undefined), {
      message: 'Give either messages or a filter.',
      path: ['messages'],
    }),
  output: z.object({
    /** Messages that were changed, and recipients among them. */
    messages: z.int(),
    recipients: z.int(),
    /** Entries or policies that were made for permits and blocks. */
    entries: z.int(),
    /** Messages that wait for a second person now. */
    waiting: z.int(),
    /** What was left as it is, and why. */
    left: z.array(z.object({ id: z.string(), why: z.string() })),
    /** More match the filter than one call takes: call again. */
    more: z.boolean(),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})

export const forwardHeld = endpoint({
  name: 'forwardHeld',
  method: 'POST',
  path: '/v1/tenants/{tenant}/held/{message}/forward',
  tag: 'Held mail',
  allow: 'held:content',
  summary: 'Sends a copy as an attachment to people of the organisation; the message stays held.',
  params: HeldPath,
  query: Nothing,
  body: z.object({
    to: z.array(z.string().trim().min(3).max(320)).min(1).max(FORWARD_TO_MAX),
    note: z.string().trim().max(2_000).optional(),
  }),
  output: z.object({ recipients: z.int() }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})

/** Messages of one bulk forward: each is fetched from its edge and sent as a letter of its own. */
export const FORWARD_MESSAGES_MAX = 50

export const forwardHeldMany = endpoint({
  name: 'forwardHeldMany',
  method: 'POST',
  path: '/v1/tenants/{tenant}/held/forwards',
  tag: 'Held mail',
  allow: 'held:content',
  summary: 'Sends copies of several held messages as attachments, a letter for each; all stay held.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    messages: z.array(z.string().max(100)).min(1).max(FORWARD_MESSAGES_MAX),
    to: z.array(z.string().trim().min(3).max(320)).min(1).max(FORWARD_TO_MAX),
    note: z.string().trim().max(2_000).optional(),
  }),
  output: z.object({
    /** Messages that went out, and people that each went to. */
    messages: z.int(),
    recipients: z.int(),
    /** What was not forwarded, and why. */
    left: z.array(z.object({ id: z.string(), why: z.string() })),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const HeldRules = z.object({
  /** By class; `other` stands for those that are not named. */
  classes: z.array(z.object({ class: HeldClass, user: UserRight, needsTwo: z.boolean() })).max(40),
})

export const HeldSettings = z.object({
  classes: z.array(z.object({ class: HeldClass, name: z.string(), user: UserRight, needsTwo: z.boolean() })),
  /** Users are told of a newly held message within minutes, not only in the next digest. */
  notifyAtOnce: z.boolean(),
  revision: z.int(),
})
export type HeldSettings = z.infer<typeof HeldSettings>

export const getHeldSettings = endpoint({
  name: 'getHeldSettings',
  method: 'GET',
  path: '/v1/tenants/{tenant}/held-settings',
  tag: 'Held mail',
  allow: 'queue:read',
  summary: 'What users may do with their own held mail by class, and which classes take two people.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: HeldSettings,
  status: 200,
  problems: ['not-found'],
})

export const setHeldSettings = endpoint({
  name: 'setHeldSettings',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/held-settings',
  tag: 'Held mail',
  allow: 'policies:write',
  summary: 'Changes what users may do with their own held mail, and which classes take two people.',
  params: TenantPath,
  query: Nothing,
  body: HeldRules.extend({ notifyAtOnce: z.boolean() }),
  output: HeldSettings,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})
