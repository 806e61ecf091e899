// Addresses of users as people and directories write them, read into the form that mail is compared by (decisions 22).
import { domainToASCII } from 'node:url'
import { addressKey, formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'

export type UserAddress = {
  /** As it is shown and written to. */
  readonly address: string
  readonly key: string
  readonly domain: string
}

export type AddressFault = 'address-syntax' | 'address-foreign'

/** Reads one address and compares its domain with the organisation's validated ones. */
export function readUserAddress(
  text: string,
  domains: ReadonlySet<string>,
): Parsed<UserAddress, AddressFault> {
  const mailbox = mailboxIn(text)
  if (!mailbox?.domain || mailbox.domain.startsWith('[')) return fail('address-syntax')
  if (!domains.has(mailbox.domain)) return fail('address-foreign')
  return ok({ address: formatMailbox(mailbox), key: addressKey(mailbox), domain: mailbox.domain })
}

/** What to do about a fault, for a form or a row. */
export function addressRemedy(fault: AddressFault, text: string): string {
  if (fault === 'address-syntax') return `“${text}” is not an e-mail address. Write it like ann@acme.example.`
  return `${text.slice(text.lastIndexOf('@') + 1).replace(/>$/, '')} is not a validated domain of yours. Validate it first.`
}

/** Folded for prefix search: NFKD, marks stripped, lower case. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** A name without what would break a line or a log. */
export function cleanName(text: string): string {
  return text
    .replace(/\p{C}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
}

/** `ann@acme.example`, `mailto:ann@acme.example` or `Ann <ann@acme.example>`. */
function mailboxIn(text: string): Mailbox | null {
  const angled = /^[^<>]*<([^<>]+)>$/.exec(text.trim())
  return mailboxOf((angled?.[1] ?? text).replace(/^\s*mailto:/i, ''), { toAscii: domainToASCII })
}
