// In which language a person of an organisation is written to: as they chose for digests, else as their
// organisation did, else English.
import type { DigestLanguage } from '@gatepost/contract/digest.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { choiceOf, digestOf } from './store.ts'

export async function readerLanguage(db: Db, tenantId: string, address: string): Promise<DigestLanguage> {
  const mailbox = mailboxOf(address)
  const choice = mailbox === null ? null : await choiceOf(db, { tenantId, mailbox: addressKey(mailbox) })
  return choice?.language ?? (await digestOf(db, tenantId))?.language ?? 'en'
}
