// Message centre (K1) and Why (K2): every attempt with its ordered explanation and delivery attempts.
import * as z from 'zod'
import { Nothing, PageQuery, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'
import { PolicyDraft } from './policy.ts'

const MessagePath = TenantPath.extend({ message: z.string() })

/** Message words of look/README. Per recipient; a message shows its most telling one. */
export const MessageStatus = z.enum([
  'accepted',
  'delivered',
  'queued',
  'deferred',
  'held',
  'refused',
  'bounced',
  'discarded',
])
export type MessageStatus = z.infer<typeof MessageStatus>

const TrackedReply = z.object({ code: z.int(), status: z.string().nullable(), text: z.string() })

/** One row of the message centre: one transaction of one tenant. */
export const MessageRow = z.object({
  id: z.string(),
  at: Time,
  direction: z.enum(['inbound', 'outbound']).nullable(),
  status: MessageStatus,
  reversePath: z.string().nullable(),
  author: z.string().nullable(),
  /** First recipient, and how many. */
  forwardPath: z.string().nullable(),
  recipientCount: z.int(),
  subject: z.string().nullable(),
  /** Short words: the deciding policy's reason or the remote reply. */
  reason: z.string(),
  clientIp: z.string().nullable(),
  size: z.int().nullable(),
  /** Further refusals counted into this row (decisions 30). */
  count: z.int(),
})
export type MessageRow = z.infer<typeof MessageRow>

const Filter = z.string().trim().min(1).max(320).optional()

/** What the message centre filters by. All that is given must hold. */
export const MessageFilter = z.object({
  search: z
    .string()
    .trim()
    .max(320)
    .optional()
    .describe('Beginnings of addresses, domains, subject words, message ids and client addresses'),
  status: MessageStatus.optional(),
  direction: z.enum(['inbound', 'outbound']).optional(),
  sender: Filter.describe('Reverse-path or author: an address, a domain, or a beginning with * at its end'),
  recipient: Filter.describe(
    'An address (its aliases count too), a domain, or a beginning with * at its end',
  ),
  group: Filter.describe(
    'A group of addresses, by name or id: a recipient is in it, by any of its addresses',
  ),
  ip: Filter.describe('The client’s address, or its beginning with * at its end'),
  reason: Filter.describe('A reason as docs/reference/policies.md lists them'),
  policy: Filter.describe('The name of a policy that refused, deferred, held or waived'),
  rule: Filter.describe('The id of a rule that was applied'),
  from: z.coerce.number().int().optional().describe('Epoch milliseconds, inclusive'),
  to: z.coerce.number().int().optional().describe('Epoch milliseconds, exclusive'),
})
export type MessageFilter = z.infer<typeof MessageFilter>

/** Rows of one export: more than a spreadsheet is good for is a matter for narrower filters. */
export const EXPORT_ROWS_MAX = 100_000
/** Seconds that a request for newer rows waits for them at most: less than any proxy's patience. */
export const TAIL_WAIT_MAX = 25

export const listMessages = endpoint({
  name: 'listMessages',
  method: 'GET',
  path: '/v1/tenants/{tenant}/messages',
  tag: 'Messages',
  allow: 'messages:read',
  summary:
    'Every attempt, newest first. `search` takes addresses, domains, subject words, message ids and IPs.',
  params: TenantPath,
  query: PageQuery.extend({
    ...MessageFilter.shape,
    /** Rows newer than this id, oldest first: the live tail. */
    since: z.string().optional(),
    wait: z.coerce
      .number()
      .int()
      .min(0)
      .max(TAIL_WAIT_MAX)
      .optional()
      .describe('With `since`: seconds to wait for the first newer row'),
  }),
  body: Nothing,
  output: z.object({
    items: z.array(MessageRow),
    next: z.string().nullable(),
    total: z.int().nullable(),
    /** Other addresses of the person that was asked for, which were looked for too. */
    aliases: z.array(z.string()),
  }),
  status: 200,
  problems: ['not-found'],
})

export const exportMessages = endpoint({
  name: 'exportMessages',
  method: 'GET',
  path: '/v1/tenants/{tenant}/messages-export',
  tag: 'Messages',
  allow: 'messages:export',
  summary: 'The filtered rows as CSV, newest first, at most 100,000. The audit log keeps who took what.',
  params: TenantPath,
  query: MessageFilter,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'messages.csv' },
  status: 200,
  problems: ['not-found'],
})

export const ExplanationStep = z.object({
  policy: z.string(),
  stage: z.enum(['rcpt', 'message']),
  kind: z.string(),
  because: z.string(),
  /** The reason as a sentence. */
  means: z.string(),
  saw: z.string(),
  /** This step settled the matter. */
  deciding: z.boolean(),
  /** The administrators' rule that applied; `type` leads to its page. */
  rule: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The policy that waived this one. */
  waivedBy: z.string().nullable(),
})

/** What can be done in place, where a remedy is one step. */
export const RemedyAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create-policy'), draft: PolicyDraft }),
  z.object({ kind: z.literal('disable-policy'), policyId: z.string() }),
  z.object({ kind: z.literal('add-user'), email: z.string() }),
  z.object({ kind: z.literal('authorize-address'), address: z.string() }),
  z.object({ kind: z.literal('open'), page: z.enum(['domains', 'senders', 'routes', 'queue', 'outbound']) }),
])
export type RemedyAct = z.infer<typeof RemedyAct>

/** One change that alters the outcome, found by asking the policies again with it. */
export const Remedy = z.object({
  /** A whole sentence. */
  text: z.string(),
  /** The outcome with it. */
  leadsTo: z.enum(['accept', 'hold', 'defer', 'reject']),
  /** Policies that would then be asked for the first time: nobody knows what they would say. */
  open: z.array(z.string()),
  act: RemedyAct.nullable(),
})
export type Remedy = z.infer<typeof Remedy>

/** The same facts asked again with the settings of now. */
export const Today = z.object({
  outcome: z.enum(['accept', 'hold', 'defer', 'reject']),
  /** The policy that decides; null for a plain accept. */
  by: z.string().nullable(),
  changed: z.boolean(),
  text: z.string(),
})

export const DeliveryAttempt = z.object({
  at: Time,
  attempt: z.int(),
  recipients: z.array(z.string()),
  outcome: z.string(),
  nextAttemptAt: Time.nullable(),
  nextHop: z.object({ host: z.string(), ip: z.string().nullable(), port: z.int() }).nullable(),
  tls: z
    .object({
      version: z.string(),
      cipher: z.string(),
      verified: z.boolean(),
      /** What asked for it beyond the route. */
      by: z.enum(['dane', 'mta-sts', 'policy']).optional(),
      fault: z.string().optional(),
      stsTestFailed: z.literal(true).optional(),
      certificate: z
        .object({ subject: z.string(), issuer: z.string(), notAfter: Time, fingerprint: z.string() })
        .optional(),
    })
    .nullable(),
  reply: TrackedReply,
  durationMs: z.int(),
  dsnId: z.string().nullable(),
  /** Signatures of ours that it left with: DKIM, or an ARC seal. */
  signatures: z
    .array(
      z.object({
        kind: z.enum(['dkim', 'arc']),
        domain: z.string(),
        selector: z.string(),
        algorithm: z.string(),
      }),
    )
    .optional(),
  /** Why it left without the signature it should have had. */
  unsigned: z.string().optional(),
  /** What became of a first-contact banner: in the text, or why the text stayed as it was. */
  banner: z
    .enum(['placed', 'signed', 'encrypted', 'report', 'no-text', 'unreadable', 'too-large'])
    .optional(),
  /** Who decided, where this was no attempt but a person's decision. */
  by: z.string().optional(),
})

export const Message = MessageRow.extend({
  messageIdField: z.string().nullable(),
  origin: z.enum(['smtp', 'dsn', 'control']),
  client: z
    .object({
      ip: z.string(),
      name: z.string().nullable(),
      helo: z.string(),
      tls: z.object({ version: z.string(), cipher: z.string() }).nullable(),
    })
    .nullable(),
  reply: TrackedReply.nullable(),
  /** One sentence: what happened and why. */
  verdict: z.string(),
  /** The smallest change that would have altered the outcome; null where nothing was refused. */
  smallestChange: z.string().nullable(),
  /** Changes that alter it, the smallest first. */
  remedies: z.array(Remedy),
  /** What the same facts lead to with today's settings; null where nothing can be asked again. */
  today: Today.nullable(),
  settingsRevision: z.int().nullable(),
  recipients: z.array(
    z.object({
      forwardPath: z.string(),
      status: MessageStatus,
      explanation: z.array(ExplanationStep),
    }),
  ),
  explanation: z.array(ExplanationStep),
  facts: z.array(z.object({ name: z.string(), value: z.string(), known: z.boolean() })),
  attempts: z.array(DeliveryAttempt),
  /** The times it came, where greylisting put it off: this one among them, oldest first. */
  comings: z
    .object({
      items: z.array(z.object({ id: z.string(), at: Time, status: MessageStatus, forwardPath: z.string() })),
      /** All of them; `items` leaves out those in the middle of many. */
      total: z.int(),
      firstAt: Time,
      /** When it was taken or refused for good; null while it has not come again. */
      endedAt: Time.nullable(),
      /** From the first to the last coming, in milliseconds. */
      delayMs: z.int().nullable(),
      /** A retry is taken from here on, until `giveUpAt`. */
      acceptedFrom: Time,
      giveUpAt: Time,
    })
    .nullable(),
})
export type Message = z.infer<typeof Message>

export const getMessage = endpoint({
  name: 'getMessage',
  method: 'GET',
  path: '/v1/tenants/{tenant}/messages/{message}',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Why: the ordered explanation of one message and each delivery attempt.',
  params: MessagePath,
  query: Nothing,
  body: Nothing,
  output: Message,
  status: 200,
  problems: ['not-found'],
})

export const retryMessage = endpoint({
  name: 'retryMessage',
  method: 'POST',
  path: '/v1/tenants/{tenant}/messages/{message}/retry',
  tag: 'Messages',
  allow: 'queue:write',
  summary: 'Tries the queued recipients of a message now.',
  params: MessagePath,
  query: Nothing,
  body: Nothing,
  output: z.object({ recipients: z.int() }),
  status: 200,
  problems: ['not-found', 'edge-unreachable'],
})

export const MessageCounts = z.object({
  from: Time,
  delivered: z.int(),
  queued: z.int(),
  deferred: z.int(),
  held: z.int(),
  refused: z.int(),
  bounced: z.int(),
  /** Removed from being held: by a person, or after 14 days. */
  discarded: z.int(),
  /** Median and 95th percentile of milliseconds from 250 to delivery. */
  delayP50Ms: z.int().nullable(),
  delayP95Ms: z.int().nullable(),
})

export const getMessageCounts = endpoint({
  name: 'getMessageCounts',
  method: 'GET',
  path: '/v1/tenants/{tenant}/messages-summary',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Counts by outcome of the last 24 hours, for the dashboard.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: MessageCounts,
  status: 200,
  problems: ['not-found'],
})

export const MessageReasons = z.object({
  /** Most frequent first. */
  items: z.array(z.object({ reason: z.string(), means: z.string(), status: MessageStatus, count: z.int() })),
  /** Only the newest were counted, since there were too many. */
  sampled: z.boolean(),
})
export type MessageReasons = z.infer<typeof MessageReasons>

export const getMessageReasons = endpoint({
  name: 'getMessageReasons',
  method: 'GET',
  path: '/v1/tenants/{tenant}/messages-reasons',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Why mail was refused, deferred or held in the last 24 hours, with counts.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: MessageReasons,
  status: 200,
  problems: ['not-found'],
})

/** A dropped message; larger ones are cut by the page, since the header decides most. */
export const ASKED_CONTENT_MAX = 600_000

export const askMessage = endpoint({
  name: 'askMessage',
  method: 'POST',
  path: '/v1/tenants/{tenant}/messages-ask',
  tag: 'Messages',
  allow: 'messages:read',
  summary:
    'What would become of a message, with live settings or a draft policy. Nothing is accepted or recorded.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    clientIp: z.string().trim().min(2).max(50),
    helo: z.string().trim().max(255).default(''),
    /** Empty is the null reverse-path. */
    reversePath: z.string().trim().max(320).default(''),
    forwardPath: z.string().trim().min(3).max(320),
    /** The author of the From field, where there is no content. */
    author: z.string().trim().max(320).optional(),
    /** The whole message as text. */
    content: z.string().max(ASKED_CONTENT_MAX).optional(),
    draft: PolicyDraft.optional(),
    /** The policy that the draft would replace. */
    draftId: z.string().max(100).optional(),
  }),
  output: z.object({
    outcome: z.enum(['accept', 'hold', 'defer', 'reject']),
    by: z.string().nullable(),
    direction: z.enum(['inbound', 'outbound']).nullable(),
    verdict: z.string(),
    reply: TrackedReply.nullable(),
    explanation: z.array(ExplanationStep),
    facts: z.array(z.object({ name: z.string(), value: z.string(), known: z.boolean() })),
    remedies: z.array(Remedy),
    /** Content was judged too; else only what the envelope decides. */
    contentAsked: z.boolean(),
    settingsRevision: z.int().nullable(),
    withDraft: z.boolean(),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})
