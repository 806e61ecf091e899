// Addresses of users as people and directories write them, read into the form that mail is compared by
// (decisions 22).
import { domainToASCII } from 'node:url'
import { addressKey, formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { ancestorsOf } from '../domain/name.ts'

export type UserAddress = {
  /** As it is shown and written to. */
  readonly address: string
  readonly key: string
  readonly domain: string
}

/** Domains of the organisation: name → whether it is validated. */
export type OwnDomains = ReadonlyMap<string, boolean>

export type AddressFault = 'address-syntax' | 'address-foreign'

/** As the contract has it for forms. */
export const NAME_LENGTH_MAX = 200

/** Reads one address and compares its domain with the organisation's validated ones. */
export function readUserAddress(text: string, domains: OwnDomains): Parsed<UserAddress, AddressFault> {
  const mailbox = mailboxIn(text)
  if (!mailbox?.domain || mailbox.domain.startsWith('[')) return fail('address-syntax')
  if (domains.get(mailbox.domain) !== true) return fail('address-foreign')
  return ok({ address: formatMailbox(mailbox), key: addressKey(mailbox), domain: mailbox.domain })
}

/** What to do about a fault, for a form or a row. */
export function addressRemedy(fault: AddressFault, text: string, domains: OwnDomains): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
  if (fault === 'address-syntax')
    return `“${shown}” is not an e-mail address. Write it like ann@acme.example.`
  const domain = mailboxIn(text)?.domain ?? ''
  if (domains.has(domain)) return `${domain} is not validated yet. Validate it first.`
  const parent = ancestorsOf(domain).find((name) => domains.get(name) === true)
  if (parent) return `${domain} is not in your list of domains. Add it: below ${parent} it needs no proof.`
  return `${domain} is not a domain of yours. Add and validate it first, or correct the address.`
}

/** Folded for prefix search: NFKD, marks stripped, lower case. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

/** A name without what would break a line or turn its direction. Joiners stay: some scripts need them. */
export function cleanName(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** `ann@acme.example`, `mailto:ann@acme.example` or `Ann <ann@acme.example>`. */
function mailboxIn(text: string): Mailbox | null {
  const angled = /^[^<>]*<([^<>]+)>$/.exec(text.trim())
  return mailboxOf((angled?.[1] ?? text).replace(/^\s*mailto:/i, ''), { toAscii: domainToASCII })
}
