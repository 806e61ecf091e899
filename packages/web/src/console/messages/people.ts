// How senders, recipients and missing subjects are named in rows: the author if known, local people without
// our domain.
import type { MessageRow } from '@gatepost/contract/message.ts'
import type { Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'

type Sender = Pick<MessageRow, 'author' | 'reversePath' | 'clientIp'>
type Recipients = Pick<MessageRow, 'forwardPath' | 'recipientCount'>

/** The author's address, else the reverse-path, else the client's address. */
export function senderOf(row: Sender, words: Words): string {
  return row.author || row.reversePath || row.clientIp || words('nullSender')
}

/** The first recipient, and how many more. */
export function recipientOf({ forwardPath, recipientCount }: Recipients, words: Words): string {
  if (!forwardPath) return '–'
  if (recipientCount <= 1) return forwardPath
  return words('andMore', { address: forwardPath, number: count(recipientCount - 1) })
}

export function personOf(address: string, ownDomain: string): string {
  return ownDomain === '' ? address : address.replace(`@${ownDomain}`, '')
}

/** Stands for a missing subject: a transaction that we ended at its envelope never showed us one. */
export function noSubject({ status }: Pick<MessageRow, 'status'>, words: Words): string {
  return words(status === 'refused' || status === 'deferred' ? 'subjectNotSeen' : 'noSubject')
}
