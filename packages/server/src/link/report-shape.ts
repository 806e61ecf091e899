// The shape of reports as control checks them: what crosses from an edge is believed only after this.

import * as z from 'zod'
import { idTime } from '#platform/random.ts'
import { type QuickCheck, quickCheck } from './quick-shape.ts'
import { BANNER_LEFT, type EdgeReport } from './reports.ts'

const LINE_MAX = 2_000 // Longer texts are of no use to a reader.
const STEPS_MAX = 100
const RECIPIENTS_MAX = 10_000
const ANSWERS_MAX = 10 // Of a thread the last messages matter.
const SIGNATURES_MAX = 20
const DEFERRALS_MAX = 100_000 // What one second of retries can end.

const Line = z.string().transform((text) => (text.length > LINE_MAX ? text.slice(0, LINE_MAX) : text))
const OptionalLine = Line.nullable()
const Reply = z.object({ code: z.int(), status: OptionalLine, text: Line })
const Client = z.object({
  ip: Line,
  name: OptionalLine,
  helo: Line,
  tls: z.object({ version: Line, cipher: Line }).nullable(),
})
const Step = z.object({
  policy: Line,
  stage: z.enum(['rcpt', 'message']),
  kind: Line,
  because: Line,
  saw: Line,
  rule: z.object({ id: Line, name: Line }).optional(),
})
const Explanation = z.array(Step).max(STEPS_MAX)
const Facts = z.record(z.string(), z.unknown())
const Direction = z.enum(['inbound', 'outbound'])
const MessageId = z.string().refine((id) => idTime(id) !== null, 'is no id of ours')

const Count = z.int().min(1)

const Refused = z.object({
  kind: z.literal('refused'),
  id: MessageId,
  at: z.int(),
  tenantId: OptionalLine,
  direction: Direction.nullable(),
  outcome: z.enum(['deferred', 'refused']),
  client: Client,
  reversePath: OptionalLine,
  forwardPath: OptionalLine,
  author: OptionalLine,
  subject: OptionalLine,
  messageIdField: OptionalLine,
  reply: Reply,
  explanation: Explanation,
  facts: Facts,
  settingsRevision: z.int().nullable(),
  count: Count,
})

const VerdictKind = z.enum(['accept', 'hold', 'defer', 'reject'])

const Accepted = z.object({
  kind: z.literal('accepted'),
  id: MessageId,
  at: z.int(),
  tenantId: Line,
  direction: Direction,
  origin: z.enum(['smtp', 'dsn', 'control']),
  client: Client.nullable(),
  reversePath: OptionalLine,
  author: OptionalLine,
  subject: OptionalLine,
  messageIdField: OptionalLine,
  credentialId: Line.optional(),
  size: z.int(),
  recipients: z
    .array(
      z.object({
        index: z.int(),
        forwardPath: Line,
        forwarded: z.object({ id: Line, to: Line }).optional(),
        explanation: Explanation,
        facts: Facts,
        message: z.object({ verdict: VerdictKind, explanation: Explanation, facts: Facts }).optional(),
        held: z.enum(['by-policy', 'refused-for-this-recipient', 'deferred-for-this-recipient']).optional(),
      }),
    )
    .max(RECIPIENTS_MAX),
  explanation: Explanation,
  facts: Facts,
  verdict: VerdictKind,
  settingsRevision: z.int(),
  /**
   * Rules of one that was judged in no way that matters here: its steps and facts are read when asked for.
   */
  rules: z.array(Line).max(STEPS_MAX).optional(),
  correspondence: z
    .object({ user: Line, to: z.array(Line).max(RECIPIENTS_MAX), answers: z.array(Line).max(ANSWERS_MAX) })
    .optional(),
})

const Delivery = z.object({
  kind: z.literal('delivery'),
  id: Line,
  messageId: MessageId,
  tenantId: Line,
  at: z.int(),
  recipients: z.array(z.int()).max(RECIPIENTS_MAX),
  outcome: z.enum([
    'delivered',
    'deferred',
    'bounced',
    'held',
    'ambiguous',
    'released',
    'discarded',
    'rerouted',
    'paused',
  ]),
  attempt: z.int(),
  nextAttemptAt: z.int().nullable(),
  nextHop: z.object({ host: Line, ip: OptionalLine, port: z.int() }).nullable(),
  tls: z
    .object({
      version: Line,
      cipher: Line,
      verified: z.boolean(),
      by: z.enum(['dane', 'mta-sts', 'policy']).optional(),
      fault: Line.optional(),
      stsTestFailed: z.literal(true).optional(),
      certificate: z
        .object({ subject: Line, issuer: Line, notAfter: z.number(), fingerprint: Line })
        .optional(),
    })
    .nullable(),
  reply: Reply,
  durationMs: z.number(),
  dsnId: OptionalLine,
  signatures: z
    .array(z.object({ kind: z.enum(['dkim', 'arc']), domain: Line, selector: Line, algorithm: Line }))
    .max(SIGNATURES_MAX)
    .optional(),
  unsigned: Line.optional(),
  banner: z.enum(['placed', ...BANNER_LEFT]).optional(),
  by: Line.optional(),
})

const EndedDeferrals = z
  .array(
    z.object({
      reversePath: Line,
      forwardPath: Line,
      clientIp: Line,
      identity: Line,
      firstAt: z.int(),
      endedAt: z.int(),
      attempts: z.int(),
    }),
  )
  .max(DEFERRALS_MAX)

const Greylist = z.object({
  kind: z.literal('greylist'),
  id: Line,
  at: z.int(),
  tenantId: Line,
  deferred: z.int(),
  observed: z.int(),
  lost: z.int(),
  lostListed: EndedDeferrals,
  accepted: EndedDeferrals,
  passes: z.array(z.object({ identity: Line, at: z.int() })).max(DEFERRALS_MAX),
})

const ReportShape = z.discriminatedUnion('kind', [Refused, Accepted, Delivery, Greylist])

/** Lines of usual length are taken as they are; `count` of a refusal is at least 1. */
const KNOWN: ReadonlyMap<z.core.$ZodType, QuickCheck> = new Map<z.core.$ZodType, QuickCheck>([
  [Line, (value) => typeof value === 'string' && value.length <= LINE_MAX],
  [MessageId, (value) => typeof value === 'string' && idTime(value) !== null],
  [Count, (value) => Number.isSafeInteger(value) && (value as number) >= 1],
])
const isReport = quickCheck(ReportShape, KNOWN)

type ReadReport = z.infer<typeof ReportShape>

/** Whether a parsed report is plainly right: what it holds is taken as it is. */
export function isPlainReport(report: unknown): report is EdgeReport {
  return isReport(report)
}

/** Judges a parsed report by its schema; texts that are too long are cut. */
export function checkedReport(report: unknown): z.ZodSafeParseResult<ReadReport> {
  return ReportShape.safeParse(report)
}
