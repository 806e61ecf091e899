// The shape of reports as control checks them: what crosses from an edge is believed only after this.

import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import * as z from 'zod'
import { idTime } from '#platform/random.ts'
import { type QuickCheck, quickCheck } from './quick-shape.ts'
import { BANNER_LEFT, type GreylistReport, type Report } from './reports.ts'

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

const Numbered = z.object({ sequence: z.int(), report: z.unknown() })
const Node = z.string().min(1).max(200)
const Slot = z.int().min(0).max(4096)
const BatchShape = z.object({
  node: Node,
  slot: Slot,
  reports: z.array(Numbered),
})

/** Lines of usual length are taken as they are; `count` of a refusal is at least 1. */
const KNOWN: ReadonlyMap<z.core.$ZodType, QuickCheck> = new Map<z.core.$ZodType, QuickCheck>([
  [Line, (value) => typeof value === 'string' && value.length <= LINE_MAX],
  [MessageId, (value) => typeof value === 'string' && idTime(value) !== null],
  [Node, (value) => typeof value === 'string' && value.length >= 1 && value.length <= 200],
  [Slot, (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 4096],
  [Count, (value) => Number.isSafeInteger(value) && (value as number) >= 1],
])
const isReport = quickCheck(ReportShape, KNOWN)
const isBatch = quickCheck(BatchShape, KNOWN)

/** A body that is no batch of reports at all. */
export class NotABatch extends Error {}

export type ReadBatch = {
  readonly node: string
  readonly slot: number
  /** The highest sequence, counting unreadable reports: sending those again would change nothing. */
  readonly acknowledged: number
  readonly reports: readonly Report[]
  /** What greylisting did: for figures and other nodes, not for tracking. */
  readonly greylist: readonly GreylistReport[]
  /** Why a report was left out; at most a few are named. */
  readonly rejected: readonly string[]
}

const REJECTED_NAMED_MAX = 5

/**
 * Reads a body of POST /v1/reports. A single unreadable report is left out, so that it cannot stop the
 * others.
 */
export function readBatch(body: string): Parsed<ReadBatch, 'not-a-batch'> {
  const batch = readHead(parseJson(body))
  if (batch === null) return fail('not-a-batch')
  const { node, slot } = batch
  const reports: Report[] = []
  const greylist: GreylistReport[] = []
  const rejected: string[] = []
  let acknowledged = 0
  for (const { sequence, report } of batch.reports) {
    acknowledged = Math.max(acknowledged, sequence)
    const read = readReport(report)
    if (read.success && read.data.kind === 'greylist') greylist.push(read.data)
    else if (read.success) reports.push(read.data as unknown as Report)
    else if (rejected.length < REJECTED_NAMED_MAX)
      rejected.push(`report ${sequence}: ${z.prettifyError(read.error)}`)
  }
  return ok({ node, slot, acknowledged, reports, greylist, rejected })
}

type Batch = z.infer<typeof BatchShape>

function readHead(batch: unknown): Batch | null {
  if (isBatch(batch)) return batch as Batch
  const read = BatchShape.safeParse(batch)
  return read.success ? read.data : null
}

function readReport(report: unknown): z.ZodSafeParseResult<z.infer<typeof ReportShape>> {
  if (isReport(report)) return { success: true, data: report as z.infer<typeof ReportShape> }
  return ReportShape.safeParse(report)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
