// What of a report matters to auto allow: calculation alone, for the thread that stores reports.
import { createHash } from 'node:crypto'
import type { AcceptedReport, RefusedReport, Report } from '#link/reports.ts'

/** Whose answers one message permits. */
export type CorrespondenceNote = {
  readonly tenantId: string
  readonly at: number
  readonly messageId: string
  readonly user: string
  readonly to: readonly string[]
  /** Digests of the message ids it answers. */
  readonly answers: readonly string[]
}

/** An entry by auto allow under which something bad came. */
export type BadEntryNote = {
  readonly tenantId: string
  readonly at: number
  readonly id: string
  readonly messageId: string
}

export type HeldNote = { readonly tenantId: string; readonly at: number; readonly digest: string }

export type CorrespondenceNotes = {
  readonly made: readonly CorrespondenceNote[]
  readonly bad: readonly BadEntryNote[]
  readonly held: readonly HeldNote[]
}

/** Policies that look at what a message holds: their word on one answer is a word on its sender. */
const SCREENING: ReadonlySet<string> = new Set(['virus', 'attachments', 'spam'])
const PERMITTED: ReadonlySet<string> = new Set(['permitted-by-auto-allow', 'auto-allow-sampled'])

/** What of a report matters here; called for every report. */
export function correspondenceIn(report: Report): Partial<CorrespondenceNotes> | null {
  if (report.kind === 'refused') return refusedIn(report)
  if (report.kind !== 'accepted' || report.origin !== 'smtp') return null
  const { tenantId, at, id: messageId } = report
  if (report.direction === 'outbound') {
    if (report.correspondence === undefined) return null
    const { user, to, answers } = report.correspondence
    return { made: [{ tenantId, at, messageId, user, to, answers: answers.map(digestOfMessageId) }] }
  }
  const isHeld = report.recipients.some(
    ({ held }) => held === 'by-policy' || held === 'refused-for-this-recipient',
  )
  if (!isHeld) return null
  const { messageIdField } = report
  return {
    bad: badEntriesIn(report).map((entry) => ({ tenantId, at, messageId, id: entry })),
    held: messageIdField === null ? [] : [{ tenantId, at, digest: digestOfMessageId(messageIdField) }],
  }
}

/** Message ids are compared, never shown. */
export function digestOfMessageId(field: string): string {
  return createHash('sha256').update(field.trim().replace(/^<|>$/g, '')).digest('base64url').slice(0, 22)
}

/** What is worse than held is refused, and says no less of its sender. */
function refusedIn(report: RefusedReport): Partial<CorrespondenceNotes> | null {
  const { tenantId, at, id: messageId, direction, outcome } = report
  if (tenantId === null || direction !== 'inbound' || outcome !== 'refused') return null
  const entry = badEntryIn(report.explanation, report.facts)
  return entry === null ? null : { bad: [{ tenantId, at, messageId, id: entry }] }
}

function badEntriesIn(report: AcceptedReport): readonly string[] {
  const ids = new Set<string>()
  for (const recipient of report.recipients) {
    const judged = recipient.message ?? report
    const facts = judged.facts.managedSender === undefined ? recipient.facts : judged.facts
    const entry = badEntryIn([...recipient.explanation, ...judged.explanation], facts)
    if (entry !== null) ids.add(entry)
  }
  return [...ids]
}

/** The entry that permitted what screening held or refused. */
function badEntryIn(
  explanation: AcceptedReport['explanation'],
  { managedSender: fact }: AcceptedReport['facts'],
): string | null {
  const isScreened = explanation.some(
    ({ policy, kind }) => SCREENING.has(policy) && (kind === 'hold' || kind === 'reject'),
  )
  const isPermitted = explanation.some(({ because }) => PERMITTED.has(because))
  if (!isScreened || !isPermitted || fact?.kind !== 'known') return null
  return fact.value.permit?.source === 'auto-allow' ? fact.value.permit.id : null
}
