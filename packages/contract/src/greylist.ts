// Greylisting (G1–G3): what waits for its retry, releasing it, and the figures of delay caused and spam
// avoided.
import * as z from 'zod'
import { Nothing, PageQuery, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { SilentEdge } from './queue.ts'

/** A message for one recipient that was asked to come again. */
export const DeferredMessage = z.object({
  id: z.string(),
  /** Null is the null reverse-path. */
  reversePath: z.string().nullable(),
  forwardPath: z.string(),
  clientIp: z.string(),
  clientName: z.string().nullable(),
  helo: z.string(),
  /** What the sender is recognised by, such as `spf:sender.example`. */
  identity: z.string(),
  firstAt: Time,
  lastAt: Time,
  attempts: z.int(),
  /** From here on its retry is accepted, until `giveUpAt`. */
  acceptedFrom: Time,
  giveUpAt: Time,
})
export type DeferredMessage = z.infer<typeof DeferredMessage>

/** A deferral that ended. */
export const EndedDeferral = z.object({
  id: z.string(),
  outcome: z.enum(['accepted', 'never-retried']),
  reversePath: z.string().nullable(),
  forwardPath: z.string(),
  clientIp: z.string(),
  identity: z.string(),
  firstAt: Time,
  endedAt: Time,
  attempts: z.int(),
})
export type EndedDeferral = z.infer<typeof EndedDeferral>

const Figures = z.object({
  /** Messages deferred, each recipient counted. */
  deferred: z.int(),
  /** Of those, accepted at a retry. */
  accepted: z.int(),
  /** Never retried within twelve hours: spam avoided, as far as one can tell. */
  neverRetried: z.int(),
  /** First contacts that would have been deferred; the policy only observed. */
  observed: z.int(),
  /** Senders whose mail came later because of greylisting. */
  sendersDelayed: z.int(),
  /** Sum of the delay caused, in milliseconds. */
  delayMs: z.int(),
  /** Half of the delayed messages waited no longer; null without any. */
  delayP50Ms: z.int().nullable(),
  delayP95Ms: z.int().nullable(),
})

export const Greylisting = z.object({
  /** Days that the figures cover. */
  days: z.int(),
  figures: Figures,
  /** One entry a day, oldest first; days without anything are left out. */
  perDay: z.array(
    z.object({ day: Time, deferred: z.int(), accepted: z.int(), neverRetried: z.int(), delayMs: z.int() }),
  ),
  /** Minimum delay, retry window and memory, in milliseconds. */
  delayMs: z.int(),
  windowMs: z.int(),
  memoryMs: z.int(),
  /** Identities that pass now. */
  passing: z.int(),
})
export type Greylisting = z.infer<typeof Greylisting>

export const FIGURE_DAYS_MAX = 90

export const getGreylisting = endpoint({
  name: 'getGreylisting',
  method: 'GET',
  path: '/v1/tenants/{tenant}/greylisting',
  tag: 'Greylisting',
  allow: 'policies:read',
  summary: 'Figures of greylisting: deferrals, delay caused, senders delayed, never retried.',
  params: TenantPath,
  query: z.object({ days: z.coerce.number().int().min(1).max(FIGURE_DAYS_MAX).default(7) }),
  body: Nothing,
  output: Greylisting,
  status: 200,
  problems: ['not-found'],
})

const search = z.string().trim().min(1).max(320).optional()

export const listDeferred = endpoint({
  name: 'listDeferred',
  method: 'GET',
  path: '/v1/tenants/{tenant}/greylisting/deferred',
  tag: 'Greylisting',
  allow: 'messages:read',
  summary:
    'What is deferred now, newest first, from every edge. A page may be short and still have a `next`.',
  params: TenantPath,
  query: PageQuery.extend({ search }),
  body: Nothing,
  output: z.object({
    items: z.array(DeferredMessage),
    next: z.string().nullable(),
    /** All that is deferred now, whatever the search. */
    total: z.int(),
    unreachable: z.array(SilentEdge),
  }),
  status: 200,
  problems: ['not-found', 'edge-unreachable'],
})

export const listEndedDeferrals = endpoint({
  name: 'listEndedDeferrals',
  method: 'GET',
  path: '/v1/tenants/{tenant}/greylisting/ended',
  tag: 'Greylisting',
  allow: 'messages:read',
  summary: 'Deferrals of the last seven days that ended, newest first: accepted later, or never retried.',
  params: TenantPath,
  query: PageQuery.extend({ outcome: z.enum(['accepted', 'never-retried']).optional(), search }),
  body: Nothing,
  output: z.object({
    items: z.array(EndedDeferral),
    next: z.string().nullable(),
    total: z.null(),
  }),
  status: 200,
  problems: ['not-found'],
})

/** `spf:…`, `host:…`, `net:…`: as lists show it. */
const Identity = z
  .string()
  .max(400)
  .regex(/^(spf|host|net|dkim):\S+( \S+)?$/, 'Give an identity as the list shows it.')

const Decided = z.object({ unreachable: z.array(SilentEdge) })

export const releaseDeferred = endpoint({
  name: 'releaseDeferred',
  method: 'POST',
  path: '/v1/tenants/{tenant}/greylisting/release',
  tag: 'Greylisting',
  allow: 'policies:write',
  summary: 'Lets an identity pass from now on: its next attempt is accepted at once, on every edge.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ identity: Identity }),
  output: Decided,
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})

export const forgetIdentity = endpoint({
  name: 'forgetIdentity',
  method: 'POST',
  path: '/v1/tenants/{tenant}/greylisting/forget',
  tag: 'Greylisting',
  allow: 'policies:write',
  summary: 'Forgets an identity: its next message is a first contact again.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ identity: Identity }),
  output: Decided,
  status: 200,
  problems: ['not-found', 'invalid-input', 'edge-unreachable'],
})
