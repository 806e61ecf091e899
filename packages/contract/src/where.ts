// Where is my mail (K1b): an answer for whoever misses a message, also when there is none; a pasted bounce
// read; and word when it comes.
import * as z from 'zod'
import { Nothing, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { MessageRow } from './message.ts'

const Text = z.string().trim().max(320).default('')

export const WhereQuestion = z
  .object({
    /** An address, or a domain. */
    sender: Text,
    recipient: Text,
    /** Words of the subject. */
    subject: Text,
    from: Time,
    to: Time,
    /** A delivery report or the words of one, as the other side got it. */
    bounce: z.string().max(100_000).default(''),
  })
  .refine(({ from, to }) => from < to, { message: 'The time ends before it begins.', path: ['to'] })
  .refine(({ sender, recipient, subject, bounce }) => `${sender}${recipient}${subject}${bounce}` !== '', {
    message: 'Say who wrote, or to whom, or paste the report.',
    path: ['sender'],
  })
export type WhereQuestion = z.infer<typeof WhereQuestion>

/** One thing that was looked at, and what it says. */
export const WhereClue = z.object({
  kind: z.enum(['good', 'info', 'warning', 'bad']),
  text: z.string(),
  /** A page of the console that helps: below `/t/SLUG/`. */
  page: z.string().nullable(),
})
export type WhereClue = z.infer<typeof WhereClue>

export const WhereBounce = z.object({
  /** Written by this gateway, by the host it delivers to, or by somebody else. */
  by: z.enum(['us', 'next-hop', 'other', 'unreadable']),
  /** What the report says, in one sentence. */
  text: z.string(),
  status: z.string().nullable(),
  reply: z.string().nullable(),
  host: z.string().nullable(),
  recipient: z.string().nullable(),
  means: z.string().nullable(),
  advice: z.array(z.string()),
  /** The attempt in the message centre, where it was one of ours and this organisation's. */
  messageId: z.string().nullable(),
})
export type WhereBounce = z.infer<typeof WhereBounce>

export const WhereAnswer = z.object({
  /** The answer in a sentence. */
  answer: z.string(),
  hits: z.array(
    MessageRow.extend({
      /** Where it was handed over: the next hop's name, and what it answered. */
      handedTo: z.string().nullable(),
      /** A line to look it up with at the mail host. */
      trace: z.string().nullable(),
    }),
  ),
  moreHits: z.boolean(),
  clues: z.array(WhereClue),
  bounce: WhereBounce.nullable(),
})
export type WhereAnswer = z.infer<typeof WhereAnswer>

export const askWhere = endpoint({
  name: 'askWhere',
  method: 'POST',
  path: '/v1/tenants/{tenant}/where',
  tag: 'Messages',
  allow: 'messages:read',
  summary:
    'Where a missing message is: what reached us, what did not and why it may not have, and what a bounce says.',
  params: TenantPath,
  query: Nothing,
  body: WhereQuestion,
  output: WhereAnswer,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const MailWatch = z.object({
  id: z.string(),
  sender: z.string(),
  recipient: z.string(),
  subject: z.string(),
  tell: z.string(),
  createdAt: Time,
  createdBy: z.string(),
  expiresAt: Time,
  foundAt: Time.nullable(),
  messageId: z.string().nullable(),
})
export type MailWatch = z.infer<typeof MailWatch>

export const WATCHES_MAX = 200
export const WATCH_DAYS = 7

export const listWatches = endpoint({
  name: 'listWatches',
  method: 'GET',
  path: '/v1/tenants/{tenant}/mail-watches',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Messages that somebody waits for, and those that came.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: pageOf(MailWatch),
  status: 200,
  problems: ['not-found'],
})

export const addWatch = endpoint({
  name: 'addWatch',
  method: 'POST',
  path: '/v1/tenants/{tenant}/mail-watches',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Tells an address of the organisation once a message comes, for seven days at most.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    sender: Text,
    recipient: Text,
    subject: Text,
    tell: z.string().trim().min(3).max(320),
  }),
  output: MailWatch,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const removeWatch = endpoint({
  name: 'removeWatch',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/mail-watches/{watch}',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Waits for a message no more.',
  params: TenantPath.extend({ watch: z.string().max(100) }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 200,
  problems: ['not-found'],
})
