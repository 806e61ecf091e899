// Address books besides sent mail (X1, by an option): whom somebody keeps as a contact is somebody they want
// mail from. Each mailbox's book is a part of its own, read in one piece, so that nothing counts twice.
import type { Letter } from './letter.ts'
import type { Page, Part } from './source.ts'

const PREFIX = 'contacts:'
const WORDS = ' (contacts)'

/** Entries of one book; more is no book of a person. */
export const BOOK_ENTRIES_MAX = 100_000

/** The part that stands for the address book of a mailbox. */
export const addressBookPart = ({ id, title }: Part): Part => ({ id: PREFIX + id, title: title + WORDS })

/** The mailbox whose address book a part is; null for any other part. */
export function bookOf({ id, title }: Part): Part | null {
  if (!id.startsWith(PREFIX)) return null
  return { id: id.slice(PREFIX.length), title: title.slice(0, -WORDS.length) }
}

/** A contact counts as one letter to all its addresses, without a date. */
export function contactLetter(owner: string, addresses: readonly string[]): Letter {
  return { author: null, owner, recipients: addresses, at: null, isAutomatic: false, isContact: true }
}

/** All of a book as one page. */
export function bookPage(owner: string, contacts: readonly (readonly string[])[]): Page {
  const letters = contacts
    .filter((addresses) => addresses.length > 0)
    .map((addresses) => contactLetter(owner, addresses))
  return { letters, seen: contacts.length, total: contacts.length, next: null }
}
