// How senders, recipients and missing subjects are named in rows: the author if known, local people without
// our domain.
import type { MessageRow } from '@gatepost/contract/message.ts'

/** The author's address, else the reverse-path, else the client's address. */
export function senderOf(row: Pick<MessageRow, 'author' | 'reversePath' | 'clientIp'>): string {
  return row.author || row.reversePath || row.clientIp || 'null sender'
}

/** The first recipient, and how many more. */
export function recipientOf(row: Pick<MessageRow, 'forwardPath' | 'recipientCount'>): string {
  if (!row.forwardPath) return '–'
  return row.recipientCount > 1 ? `${row.forwardPath} and ${row.recipientCount - 1} more` : row.forwardPath
}

export function personOf(address: string, ownDomain: string): string {
  return ownDomain === '' ? address : address.replace(`@${ownDomain}`, '')
}

/** Stands for a missing subject: a transaction that we ended at its envelope never showed us one. */
export function noSubject({ status }: Pick<MessageRow, 'status'>): string {
  return status === 'refused' || status === 'deferred' ? 'Subject not seen' : 'No subject'
}
