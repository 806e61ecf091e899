// What of a report matters to auto allow: calculation alone, for the thread that stores reports.
import { createHash } from 'node:crypto'
import type { AcceptedReport, Report } from '#link/reports.ts'

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
  if (report.kind !== 'accepted' || report.origin !== 'smtp') return null
  const { tenantId, at, id: messageId } = report
  if (report.direction === 'outbound') {
    if (report.correspondence === undefined) return null
    const { user, to, answers } = report.correspondence
    return { made: [{ tenantId, at, messageId, user, to, answers: answers.map(digestOfMessageId) }] }
  }
  const isHeld = report.recipients.some(({ held }) => held === 'by-policy')
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

function badEntriesIn(report: AcceptedReport): readonly string[] {
  const ids = new Set<string>()
  for (const recipient of report.recipients) {
    const judged = recipient.message ?? report
    const isScreened = judged.explanation.some(
      ({ policy, kind }) => SCREENING.has(policy) && (kind === 'hold' || kind === 'reject'),
    )
    const isPermitted = [...recipient.explanation, ...judged.explanation].some(({ because }) =>
      PERMITTED.has(because),
    )
    const fact = judged.facts.managedSender ?? recipient.facts.managedSender
    if (!isScreened || !isPermitted || fact?.kind !== 'known') continue
    if (fact.value.permit?.source === 'auto-allow') ids.add(fact.value.permit.id)
  }
  return [...ids]
}
