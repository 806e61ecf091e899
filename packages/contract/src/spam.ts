// Spam lessons (H1): which messages an organisation called wanted or unwanted, and what that adds up to.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

export const SpamKind = z.enum(['spam', 'ham'])
export type SpamKind = z.infer<typeof SpamKind>

export const SpamLesson = z.object({
  id: z.string(),
  at: Time,
  kind: SpamKind,
  /** Where it comes from: a report, a release of held mail, or a file given. */
  origin: z.enum(['report', 'release', 'command']),
  /** Who taught it. */
  actor: z.string(),
  author: z.string().nullable(),
  subject: z.string().nullable(),
  /** Points of the shipped model at that time. */
  score: z.number(),
})
export type SpamLesson = z.infer<typeof SpamLesson>

/** What a person says of a message. */
export const ReportKind = z.enum(['spam', 'phish', 'wanted'])
export type ReportKind = z.infer<typeof ReportKind>

/** Where people forward mail that they report, through the organisation's own mail host. */
export const ReportAddresses = z.object({ spam: z.string(), phish: z.string(), wanted: z.string() })
export type ReportAddresses = z.infer<typeof ReportAddresses>

export const MailReport = z.object({
  id: z.string(),
  at: Time,
  kind: ReportKind,
  /** Forwarded to the address for reports, or clicked in the portal. */
  way: z.enum(['letter', 'portal']),
  mailbox: z.string(),
  reporter: z.string(),
  author: z.string().nullable(),
  subject: z.string().nullable(),
  /** In the message centre, where it is known. */
  messageId: z.string().nullable(),
  /** Its lesson, which can be taken back. */
  lesson: z.string().nullable(),
  /** The sender that was blocked for this mailbox. */
  blocked: z.string().nullable(),
  outcome: z.enum([
    'learned',
    'words-learned',
    'no-copy',
    'unreadable',
    'unknown-reporter',
    'limit',
    'taken-back',
  ]),
})
export type MailReport = z.infer<typeof MailReport>

export const SpamLearning = z.object({
  spam: z.int(),
  ham: z.int(),
  /** Lessons of each kind before any of them counts. */
  least: z.int(),
  /** Lessons count at the edges. */
  isUsed: z.boolean(),
  /** When they were last added up. */
  taughtAt: Time.nullable(),
  reportTo: ReportAddresses,
})
export type SpamLearning = z.infer<typeof SpamLearning>

const LessonPath = TenantPath.extend({ lesson: z.string() })

/** A message as octets in base64: half a megabyte of mail says what it is. */
const CONTENT_MAX = 700_000

export const listSpamLessons = endpoint({
  name: 'listSpamLessons',
  method: 'GET',
  path: '/v1/tenants/{tenant}/spam-lessons',
  tag: 'Spam',
  allow: 'policies:read',
  summary: 'What was taught about spam by reports and releases, newest first.',
  params: TenantPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(SpamLesson),
  status: 200,
  problems: ['not-found'],
})

export const getSpamLearning = endpoint({
  name: 'getSpamLearning',
  method: 'GET',
  path: '/v1/tenants/{tenant}/spam-lessons/summary',
  tag: 'Spam',
  allow: 'policies:read',
  summary: 'How many lessons there are, and whether they count.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: SpamLearning,
  status: 200,
  problems: ['not-found'],
})

export const learnSpam = endpoint({
  name: 'learnSpam',
  method: 'POST',
  path: '/v1/tenants/{tenant}/spam-lessons',
  tag: 'Spam',
  allow: 'policies:write',
  summary:
    'Teaches one message as spam or as wanted (ham). The same message taught again replaces its lesson.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    kind: SpamKind,
    content: z.base64().min(1).max(CONTENT_MAX).describe('The whole message or its beginning, base64'),
  }),
  output: SpamLesson,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const reportSpam = endpoint({
  name: 'reportSpam',
  method: 'POST',
  path: '/v1/tenants/{tenant}/messages/{message}/spam-report',
  tag: 'Spam',
  allow: 'policies:write',
  summary:
    'Reports a message of the message centre as spam or as wanted (ham): its copy in the archive, or held at an edge, becomes a lesson.',
  params: TenantPath.extend({ message: z.string() }),
  query: Nothing,
  body: z.object({ kind: SpamKind }),
  output: SpamLesson,
  status: 201,
  problems: ['not-found', 'not-allowed', 'no-copy', 'limit-reached'],
})

export const listMailReports = endpoint({
  name: 'listMailReports',
  method: 'GET',
  path: '/v1/tenants/{tenant}/spam-reports',
  tag: 'Spam',
  allow: 'policies:read',
  summary: 'What people reported as spam, phish or wanted, by letter and in the portal, newest first.',
  params: TenantPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(MailReport),
  status: 200,
  problems: ['not-found'],
})

export const unlearnSpam = endpoint({
  name: 'unlearnSpam',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/spam-lessons/{lesson}',
  tag: 'Spam',
  allow: 'policies:write',
  summary: 'Takes a lesson back. Nothing of it stays in the score.',
  params: LessonPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 200,
  problems: ['not-found'],
})
