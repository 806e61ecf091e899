// Who wrote to whom by one report: calculation alone, for the thread that stores reports.
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Report } from '#link/reports.ts'

/** An author whom a recipient heard from, and when (Unix milliseconds). */
export type AuthorSeen = {
  readonly tenantId: string
  readonly author: string
  /** Address key of the recipient. */
  readonly recipient: string
  readonly at: number
}

const NOBODY: readonly AuthorSeen[] = []

/** What of a report is to be remembered; held mail was not seen by anybody yet. */
export function authorsSeenIn(report: Report): readonly AuthorSeen[] {
  if (report.kind !== 'accepted' || report.origin !== 'smtp' || report.direction !== 'inbound') return NOBODY
  const seen: AuthorSeen[] = []
  for (const recipient of report.recipients) {
    if (recipient.held !== undefined) continue
    const fact = (recipient.message ?? report).facts.firstContact
    if (fact?.kind !== 'known') continue
    const { author, wroteTo, isStale } = fact.value
    if (wroteTo === 'recipient' && !isStale) continue
    const mailbox = mailboxOf(recipient.forwardPath)
    if (mailbox === null) continue
    seen.push({ tenantId: report.tenantId, author, recipient: addressKey(mailbox), at: report.at })
  }
  return seen
}
