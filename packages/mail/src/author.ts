// The authors of a message: the mailboxes of its From fields, as anti-spoofing must see them. RFC 5322
// §3.6.2.
import type { MailboxOptions } from './address.ts'
import { type AddressEntry, parseAddressList } from './address-list.ts'
import { fieldsNamed, type HeaderField } from './header.ts'

/** More authors than this are no letter of anyone; what lies beyond is not looked at. */
const AUTHORS_MAX = 100

/**
 * Every author of every From field. A proper message has one field with one author; a policy that trusts
 * the author should also look at `countField(fields, 'from')`.
 */
export function authorsOf(fields: readonly HeaderField[], options: MailboxOptions = {}): AddressEntry[] {
  const authors: AddressEntry[] = []
  for (const field of fieldsNamed(fields, 'from')) {
    const max = AUTHORS_MAX - authors.length
    if (max <= 0) break
    authors.push(...parseAddressList(field.value, { ...options, max }).entries)
  }
  return authors
}
