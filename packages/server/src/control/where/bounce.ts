// Reads a bounce that somebody pasted (K1b): who wrote it, what it says, and which attempt of ours it is
// about. Pure. RFC 3464 where it is a delivery report, else the words of it.
import type { WhereBounce } from '@gatepost/contract/where.ts'

const STATUS = /\b([245]\.\d{1,3}\.\d{1,3})\b/
const REPLY = /\b([45]\d\d)[ -](?:#?[45]\.\d{1,3}\.\d{1,3} )?[^\r\n]{3,300}/
const FIELD_MAX = 400

/** Meanings of enhanced status codes (RFC 3463, RFC 7372, RFC 7505) and of those that large hosts add. */
const MEANINGS: ReadonlyMap<string, readonly [means: string, advice: string]> = new Map([
  ['5.1.0', ['The sender’s address was not accepted.', 'Look at the sender’s address and its SPF record.']],
  [
    '5.1.1',
    ['The recipient’s address does not exist.', 'Check its spelling; add the user here if it should exist.'],
  ],
  ['5.1.2', ['The recipient’s domain cannot receive mail.', 'Look at the MX records of the domain.']],
  ['5.1.8', ['The sender’s domain does not exist.', 'The sender has to use a domain that has records.']],
  ['5.1.10', ['The recipient’s domain takes no mail, or its address does not exist.', 'Check the address.']],
  ['5.2.1', ['The mailbox is switched off.', 'Its owner or administrator has to switch it on.']],
  ['5.2.2', ['The mailbox is full.', 'Its owner has to make room; then send it again.']],
  ['5.2.3', ['The message is too large for the mailbox.', 'Send it smaller, or share the file another way.']],
  ['5.3.4', ['The message is too large for the host.', 'Send it smaller, or share the file another way.']],
  [
    '5.4.1',
    ['The host does not take mail for this recipient.', 'Look whether the MX leads to the right host.'],
  ],
  ['5.4.4', ['The host of the recipient’s domain cannot be found.', 'Look at the MX records of the domain.']],
  [
    '5.4.6',
    ['The message went in a circle.', 'Look for forwarding rules that lead back to their beginning.'],
  ],
  ['5.4.310', ['The recipient’s domain does not exist.', 'Check the address.']],
  ['5.4.312', ['The sender’s side could not look up our domain.', 'Look at the MX record from outside.']],
  ['5.7.0', ['The receiving side refuses it by a policy.', 'Its administrator can say which.']],
  ['5.7.1', ['The receiving side refuses it by a policy.', 'Its administrator can say which.']],
  ['5.7.8', ['The login of the sending program was refused.', 'Renew its credential.']],
  [
    '5.7.23',
    ['SPF of the sender’s domain forbids the sending host.', 'Its owner has to add the host to SPF.'],
  ],
  ['5.7.25', ['The sending host has no reverse name.', 'Its operator has to set a PTR record.']],
  ['5.7.26', ['The message is not authenticated.', 'The sender’s domain needs SPF or DKIM that pass.']],
  [
    '5.7.64',
    ['Microsoft 365 does not know the sending host as yours.', 'Look at the connector there (step C5, C6).'],
  ],
  [
    '5.7.515',
    ['The sender’s domain does not meet Outlook’s demands.', 'It needs SPF, DKIM and DMARC that pass.'],
  ],
  [
    '5.7.708',
    ['Microsoft refuses the sending address.', 'Look whether it is listed; ask Microsoft to delist it.'],
  ],
  ['4.2.0', ['The sender is asked to try again: first contact.', 'Nothing: it comes with the next attempt.']],
  ['4.2.2', ['The mailbox is full for now.', 'Its owner has to make room.']],
  ['4.4.1', ['The receiving host did not answer.', 'Look whether it can be reached on port 25.']],
  [
    '4.4.7',
    ['It was tried for days without success.', 'Look at the reply of the host that stands in the report.'],
  ],
  ['4.7.0', ['The sending host is slowed down for its reputation.', 'It is tried again by itself.']],
  ['4.7.1', ['The receiving side puts it off by a policy.', 'It is tried again by itself.']],
])

export type BounceHosts = {
  /** Our own name. */
  readonly hostname: string
  /** Mail hosts we deliver to. */
  readonly nextHops: readonly string[]
}

/** What can be known of it; the message is looked up by whoever asked. */
export function readBounce(pasted: string, { hostname, nextHops }: BounceHosts): WhereBounce {
  const text = unfolded(pasted)
  const status = fieldOf(text, 'Status')?.match(STATUS)?.[1] ?? STATUS.exec(text)?.[1] ?? null
  const diagnostic = fieldOf(text, 'Diagnostic-Code')?.replace(/^smtp\s*;\s*/i, '') ?? null
  const reply = diagnostic ?? REPLY.exec(text)?.[0].trim() ?? null
  const host = hostOf(fieldOf(text, 'Remote-MTA')) ?? hostOf(fieldOf(text, 'Reporting-MTA')) ?? saidBy(text)
  const recipient = addressOf(fieldOf(text, 'Final-Recipient') ?? fieldOf(text, 'Original-Recipient'))
  const messageId = idOf(text)
  if (status === null && reply === null && messageId === null) return UNREADABLE
  const lower = text.toLowerCase()
  const isOurs = messageId !== null || host === hostname.toLowerCase() || lower.includes(`@${hostname}`)
  const isNextHop = !isOurs && host !== null && nextHops.some((hop) => hop.toLowerCase() === host)
  const by = isOurs ? 'us' : isNextHop ? 'next-hop' : 'other'
  const meaning = status === null ? undefined : meaningOf(status)
  return {
    by,
    text: sentenceOf(by, { host, status }),
    status,
    reply: reply?.slice(0, FIELD_MAX) ?? null,
    host,
    recipient,
    means: meaning?.[0] ?? null,
    advice: meaning === undefined ? [] : [meaning[1]],
    messageId,
  }
}

const UNREADABLE: WhereBounce = {
  by: 'unreadable',
  text: 'Nothing in the pasted text looks like a delivery report or an SMTP reply.',
  status: null,
  reply: null,
  host: null,
  recipient: null,
  means: null,
  advice: ['Paste the whole report, with its technical part, or the line with the code.'],
  messageId: null,
}

function sentenceOf(
  by: WhereBounce['by'],
  { host, status }: { readonly host: string | null; readonly status: string | null },
): string {
  const code = status === null ? '' : ` with ${status}`
  if (by === 'us') return `This gateway refused or returned it${code}.`
  if (by === 'next-hop') return `Your mail host ${host} refused it${code}, after we had handed it over.`
  return host === null
    ? `Somebody else refused it${code}: it need not have come to us at all.`
    : `${host} refused it${code}, not this gateway.`
}

function meaningOf(status: string): readonly [string, string] | undefined {
  const same = MEANINGS.get(status)
  if (same !== undefined) return same
  // A detail we do not know says at least what its subject is (RFC 3463 §3).
  const [kind, subject] = status.split('.')
  return MEANINGS.get(`${kind}.${subject}.1`) ?? MEANINGS.get(`${kind}.${subject}.0`)
}

/** Continuation lines joined (RFC 5322 §2.2.3); quoting signs of an answer taken away. */
function unfolded(pasted: string): string {
  return pasted
    .split(/\r?\n/)
    .map((line) => line.replace(/^(?:> ?)+/, ''))
    .join('\n')
    .replace(/\n[ \t]+/g, ' ')
}

function fieldOf(text: string, name: string): string | null {
  for (const line of text.split('\n')) {
    if (
      line.length > name.length &&
      line.slice(0, name.length + 1).toLowerCase() === `${name.toLowerCase()}:`
    )
      return line.slice(name.length + 1).trim()
  }
  return null
}

/** `dns; mx.acme.example`. */
function hostOf(field: string | null): string | null {
  const host = field
    ?.split(';')
    .at(-1)
    ?.trim()
    .split(/[\s[(]/)[0]
    ?.toLowerCase()
  return host !== undefined && /^[a-z0-9.-]{4,253}$/.test(host) && host.includes('.') ? host : null
}

/** `host mx.acme.example[192.0.2.1] said`, as Postfix writes it, and what others write alike. */
function saidBy(text: string): string | null {
  const found = /\b(?:host|server|by)\s+([a-z0-9.-]{4,253})(?:\s*\[[^\]\n]{1,60}\])?\s*(?:said|:)/i.exec(text)
  return hostOf(found?.[1] ?? null)
}

function addressOf(field: string | null): string | null {
  const address = field?.split(';').at(-1)?.trim()
  return address !== undefined && /^[^\s@]{1,64}@[^\s@]{1,253}$/.test(address) ? address : null
}

/** Our reply carries a link whose end is the message's id; our reports and headers carry the id itself. */
function idOf(text: string): string | null {
  const found = /\bmsg_([0-9a-hjkmnp-tv-z]{26})\b/.exec(text) ?? /\/r\/([0-9a-hjkmnp-tv-z]{26})\b/.exec(text)
  return found === null ? null : `msg_${found[1]}`
}
