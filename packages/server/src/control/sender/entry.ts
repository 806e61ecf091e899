// Senders as people and files write them, read into the form that decisions compare by (decisions 16, 22).
import { domainToASCII } from 'node:url'
import type { ManagedSender } from '@gatepost/contract/sender.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { managedSenderId } from '#link/managed-sender.ts'
import type { Row } from '#store/schema.ts'
import { readDomainName } from '../domain/name.ts'
import type { OwnDomains } from '../user/address.ts'

/** A sender of a list: an address, or a domain that stands for its sub-domains too. */
export type Sender = { readonly sender: string; readonly domain: string; readonly kind: 'address' | 'domain' }

export type SenderFault = 'sender-syntax' | 'sender-suffix' | 'sender-internal'

export type SenderRow = Row<'managed_sender'>

const MAILBOX = { toAscii: domainToASCII, allowUtf8: true, allowUnderscore: true } as const

/**
 * Reads `bob@news.example`, `Bob <bob@news.example>`, `news.example`, `@news.example` or `*.news.example`.
 * Our own addresses and domains are refused: whoever permits them permits every forgery of a colleague.
 */
export function readSender(text: string, isOwn: (domain: string) => boolean): Parsed<Sender, SenderFault> {
  const bare = bareOf(text)
  const read = bare.lastIndexOf('@') > 0 ? readAddress(bare) : readDomain(bare)
  if (!read.ok) return read
  return isOwn(read.value.domain) ? fail('sender-internal') : read
}

/** Tells whether a domain is one of ours or below one; remembers what it found, as domains repeat. */
export function ownDomainTest(domains: OwnDomains): (domain: string) => boolean {
  const known = new Map<string, boolean>()
  return (domain) => {
    const found = known.get(domain)
    if (found !== undefined) return found
    let isOwn = domains.has(domain)
    for (let dot = domain.indexOf('.'); !isOwn && dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      isOwn = domains.get(domain.slice(dot + 1)) === true
    }
    known.set(domain, isOwn)
    return isOwn
  }
}

const INTERNAL_WHY =
  'An entry for it would let forged mail of colleagues through; trust the service that sends it instead.'

/** What to do about a fault, for a form or a row. */
export function senderRemedy(fault: SenderFault, text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
  switch (fault) {
    case 'sender-syntax':
      return `“${shown}” is no address and no domain. Write it like bob@news.example or news.example.`
    case 'sender-suffix':
      return `“${shown}” covers the domains of many organisations. Write the sender’s own, such as news.${bareOf(text)}.`
    case 'sender-internal':
      return `“${shown}” is one of your own addresses or domains. ${INTERNAL_WHY}`
  }
}

/** An entry as pages and the API show it. */
export function managedSenderOf(
  row: SenderRow,
  { now, isWaiting }: { readonly now: number; readonly isWaiting: boolean },
): ManagedSender {
  const isExpired = row.expires_at !== null && row.expires_at <= now
  return {
    id: managedSenderId(row.user_key, row.sender),
    user: row.user_key,
    sender: row.sender,
    kind: row.sender.includes('@') ? 'address' : 'domain',
    action: row.action,
    source: row.source,
    state: row.suspended_at !== null ? 'suspended' : isExpired ? 'expired' : isWaiting ? 'waiting' : 'active',
    onlyIfAuthenticated: row.only_if_authenticated === 1,
    comment: row.comment,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    messageId: row.suspended_by ?? (row.source === 'auto-allow' ? row.reference : null),
  }
}

/** Without what people and programs put around an address or a domain. */
function bareOf(text: string): string {
  const angled = /^[^<>]*<([^<>]+)>$/.exec(text.trim())
  return (angled?.[1] ?? text)
    .trim()
    .replace(/^(?:mailto|smtp):/i, '')
    .replace(/^\*?[@.]/, '')
}

function readAddress(text: string): Parsed<Sender, SenderFault> {
  const wildcard = /^\*@(.+)$/.exec(text)
  if (wildcard) return readDomain(wildcard[1]!)
  const mailbox = mailboxOf(text, MAILBOX)
  if (!mailbox?.domain || mailbox.domain.startsWith('[')) return fail('sender-syntax')
  return ok({ sender: addressKey(mailbox), domain: mailbox.domain.toLowerCase(), kind: 'address' })
}

function readDomain(text: string): Parsed<Sender, SenderFault> {
  const read = readDomainName(text)
  if (read.ok) return ok({ sender: read.value, domain: read.value, kind: 'domain' })
  return fail(read.fault === 'domain-public-suffix' ? 'sender-suffix' : 'sender-syntax')
}
