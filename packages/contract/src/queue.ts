// The queue (M5): what waits for delivery or for a person, what may be done about it, and pauses.
import * as z from 'zod'
import { Nothing, PageQuery, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/**
 * Acts on recipients: `retry` and `hold` on queued ones, `release` and `discard` on held ones, the others on
 * both.
 */
export const QueueAction = z.enum(['retry', 'hold', 'release', 'bounce', 'discard', 'reroute'])
export type QueueAction = z.infer<typeof QueueAction>

export const QueueState = z.enum(['queued', 'held'])
export type QueueState = z.infer<typeof QueueState>

export const QueuedRecipient = z.object({
  forwardPath: z.string(),
  state: QueueState,
  attempts: z.int(),
  firstAttemptAt: Time.nullable(),
  /** Null while held or paused. */
  nextAttemptAt: Time.nullable(),
  /** Its route or all delivery is paused. */
  paused: z.boolean(),
  /** What the next hop said last, or why it waits; null before the first attempt. */
  lastReply: z.string().nullable(),
  /** A route that a person chose; null takes the settings' one. */
  routeId: z.string().nullable(),
  /** A person released it: what held it before does not hold it again. */
  released: z.boolean(),
})
export type QueuedRecipient = z.infer<typeof QueuedRecipient>

export const QueuedMessage = z.object({
  /** Also its id in the message centre. */
  id: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  /** Null is the null reverse-path. */
  reversePath: z.string().nullable(),
  receivedAt: Time,
  size: z.int(),
  /** Open recipients that match; the first 50 of them are listed. */
  recipientCount: z.int(),
  recipients: z.array(QueuedRecipient),
  /** The edge that keeps it. */
  edge: z.object({ node: z.string(), slot: z.int() }),
})
export type QueuedMessage = z.infer<typeof QueuedMessage>

/** An edge that did not answer: what it keeps is not listed and was not acted on. */
export const SilentEdge = z.object({ node: z.string(), slot: z.int(), why: z.string() })
export type SilentEdge = z.infer<typeof SilentEdge>

export const QueuePause = z.object({
  /** All delivery of the organisation waits. */
  delivery: z.boolean(),
  routes: z.array(z.object({ id: z.string(), name: z.string(), paused: z.boolean() })),
})
export type QueuePause = z.infer<typeof QueuePause>

const filterFields = {
  state: QueueState.optional(),
  /** The recipient's domain. */
  domain: z.string().trim().min(1).max(253).optional(),
  /** Part of a sender, a recipient, a message id, or of why something is held. */
  search: z.string().trim().min(1).max(320).optional(),
}
export const QueueFilter = z.object(filterFields)
export type QueueFilter = z.infer<typeof QueueFilter>

/** Said to senders in a delivery report and shown in Why, so one line. */
const Reason = z
  .string()
  .trim()
  .max(200)
  .regex(/^\P{Cc}*$/u, 'Write the reason on one line.')

export const MESSAGES_PER_ACTION_MAX = 500

export const listQueue = endpoint({
  name: 'listQueue',
  method: 'GET',
  path: '/v1/tenants/{tenant}/queue',
  tag: 'Queue',
  allow: 'queue:read',
  summary:
    'What waits for delivery or for a person, oldest first, from every edge. A page may be short and still have a `next`.',
  params: TenantPath,
  query: PageQuery.extend(filterFields),
  body: Nothing,
  output: z.object({
    items: z.array(QueuedMessage),
    next: z.string().nullable(),
    total: z.null(),
    unreachable: z.array(SilentEdge),
    pause: QueuePause,
  }),
  status: 200,
  problems: ['not-found', 'edge-unreachable'],
})

export const QueueTotals = z.object({
  messages: z.int(),
  /** Recipients by state; paused ones are not among the queued. */
  queued: z.int(),
  held: z.int(),
  paused: z.int(),
  /** Octets of the messages, each counted once. */
  bytes: z.int(),
  /** When the oldest message was received; null when nothing waits. */
  oldestAt: Time.nullable(),
  /** The ten domains with most recipients. */
  destinations: z.array(z.object({ domain: z.string(), queued: z.int(), held: z.int(), paused: z.int() })),
  /** False when a queue was too long to count in time: it is longer than told. */
  isWhole: z.boolean(),
  unreachable: z.array(SilentEdge),
})
export type QueueTotals = z.infer<typeof QueueTotals>

export const getQueueTotals = endpoint({
  name: 'getQueueTotals',
  method: 'GET',
  path: '/v1/tenants/{tenant}/queue/totals',
  tag: 'Queue',
  allow: 'queue:read',
  summary:
    'How much waits in all: messages, recipients by state, octets, the oldest, and the largest destinations.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: QueueTotals,
  status: 200,
  problems: ['not-found', 'edge-unreachable'],
})

export const actOnQueue = endpoint({
  name: 'actOnQueue',
  method: 'POST',
  path: '/v1/tenants/{tenant}/queue/actions',
  tag: 'Queue',
  allow: 'queue:write',
  summary:
    'Acts on messages by id or filter. While `next` is not null, send the same again with it as `after`.',
  params: TenantPath,
  query: Nothing,
  body: z
    .object({
      action: QueueAction,
      /** Either messages by id … */
      messages: z.array(z.string().max(100)).min(1).max(MESSAGES_PER_ACTION_MAX).optional(),
      /**
       * … or all recipients that match; an empty filter means everything that waits. A field that is not
       * known is refused, since a typing error must not mean everything.
       */
      filter: z.strictObject(filterFields).optional(),
      /** For `reroute`: the delivery route to take from now on. */
      routeId: z.string().max(100).optional(),
      reason: Reason.optional(),
      after: z.string().max(100).optional(),
    })
    .refine(({ messages, filter }) => (messages === undefined) !== (filter === undefined), {
      message: 'Give either messages or a filter.',
      path: ['messages'],
    }),
  output: z.object({
    /** Messages and recipients that were changed. */
    messages: z.int(),
    recipients: z.int(),
    /** Messages that were found, whether there was anything to change or not. */
    found: z.int(),
    /** Of those named, how many wait nowhere we could look. */
    missing: z.int(),
    /** Messages left alone, because they are being transmitted at this moment: try again. */
    busy: z.int(),
    /** Recipients held as undeliverable instead of bounced: their sender is not proven, so nobody is told. */
    withheld: z.int(),
    /** Messages left held at a release: malware was found in them by now. */
    infected: z.int().optional(),
    /** Messages left held at a release: it takes two people, who release them as held mail. */
    needsTwo: z.int().optional(),
    next: z.string().nullable(),
    unreachable: z.array(SilentEdge),
  }),
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})

export const getQueuePause = endpoint({
  name: 'getQueuePause',
  method: 'GET',
  path: '/v1/tenants/{tenant}/queue/pause',
  tag: 'Queue',
  allow: 'queue:read',
  summary: 'What is paused: all delivery, or single routes.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: QueuePause,
  status: 200,
  problems: ['not-found'],
})

export const setQueuePause = endpoint({
  name: 'setQueuePause',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/queue/pause',
  tag: 'Queue',
  allow: 'queue:write',
  summary: 'Pauses or resumes a route, or all delivery. Mail waits without an attempt being counted.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    /** Null means all delivery of the organisation. */
    routeId: z.string().max(100).nullable(),
    paused: z.boolean(),
    reason: Reason.optional(),
  }),
  output: QueuePause,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})
