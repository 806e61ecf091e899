// Delivery reports (RFC 3464): what we tell the reverse-path when a message came late or not at all.
import { formatMailbox, type Mailbox } from './address.ts'
import { concat, encodeUtf8, isAscii, withoutControls } from './bytes.ts'
import { formatDate } from './date.ts'
import { type HeaderField, parseHeaderFields, splitMessage } from './header.ts'
import { encodeOriginalRecipient, encodeXtext } from './xtext.ts'

export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

export type DsnRecipient = {
  readonly forwardPath: Mailbox
  /** As ORCPT gave it, decoded: `rfc822;user@example.org`. */
  readonly originalRecipient: string | null
  readonly action: DsnAction
  /** Enhanced status: `5.1.1`. */
  readonly status: string
  /** What the next hop said, or null when the fault was noticed here. */
  readonly diagnostic: string | null
  readonly remoteMta: string | null
  /** Epoch milliseconds. */
  readonly lastAttemptAt: number | null
  readonly willRetryUntil?: number | null
}

export type Dsn = {
  readonly reportingMta: string
  /** Epoch milliseconds, as all times here. */
  readonly arrivalAt: number
  readonly envelopeId: string | null
  /** Who gets the report. */
  readonly originalReversePath: Mailbox
  readonly recipients: readonly DsnRecipient[]
  readonly ret: 'FULL' | 'HDRS' | null
  readonly originalContent: Uint8Array
  /** A larger original comes back as its header only, so that a report stays small. */
  readonly maxOriginalBytes: number
  /** Without angle brackets. */
  readonly messageId: string
  readonly at: number
  /** A sentence for people, in addition to what the report says by itself; '' for none. */
  readonly reasonText: string
}

/** A report names this many recipients in words; the machine-readable part names all. */
const RECIPIENTS_IN_WORDS_MAX = 50
/** Remote texts are quoted up to this length. */
const DIAGNOSTIC_MAX = 1000

/**
 * Builds a report as a multipart/report message with CRLF line endings. RFC 3464, RFC 6522; RFC 6533 for
 * UTF-8.
 */
export function buildDsn(dsn: Dsn): Uint8Array {
  const international = dsn.recipients.some((recipient) => needsUtf8(recipient)) || needsUtf8Path(dsn)
  const original = originalPart(dsn)
  const text = words(dsn)
  const status = statusLines(dsn, international)
  const boundary = boundaryFor(dsn.messageId, [...text, ...status], original.content)
  // What servers and we ourselves say of a failure may hold any characters.
  const isPlainText = text.every(isAsciiLine)
  const eightBit = international || !isPlainText || !isAscii(original.content)
  const head = [
    ...headerLines(dsn, boundary, eightBit),
    '',
    'This is a report about the delivery of a message, in MIME format (RFC 3464).',
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isPlainText ? '7bit' : '8bit'}`,
    'Content-Language: en',
    '',
    ...text,
    '',
    `--${boundary}`,
    `Content-Type: message/${international ? 'global-' : ''}delivery-status`,
    ...(international ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    ...status,
    `--${boundary}`,
    `Content-Type: ${original.type}`,
    ...(isAscii(original.content) ? [] : ['Content-Transfer-Encoding: 8bit']),
    '',
    '',
  ]
  return concat([encodeUtf8(head.join('\r\n')), original.content, encodeUtf8(`\r\n--${boundary}--\r\n`)])
}

function headerLines(dsn: Dsn, boundary: string, eightBit: boolean): string[] {
  const domain = clean(dsn.reportingMta)
  return [
    `Date: ${formatDate(dsn.at)}`,
    `From: Mail Delivery System <mailer-daemon@${domain}>`,
    `To: <${clean(formatMailbox(dsn.originalReversePath))}>`,
    `Subject: ${dsnSubject(dsn.recipients)}`,
    `Message-ID: <${clean(dsn.messageId).replace(/[<> ]/g, '')}>`,
    ...threadLines(dsn),
    // RFC 3834 §5: nobody answers an automatic report.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    ...(eightBit ? ['Content-Transfer-Encoding: 8bit'] : []),
  ]
}

/** The subject of a report about these recipients. */
export function dsnSubject(recipients: readonly Pick<DsnRecipient, 'action'>[]): string {
  const actions = new Set(recipients.map((recipient) => recipient.action))
  if (actions.has('failed')) return 'Your message could not be delivered'
  if (actions.has('delayed')) return 'Your message is delayed'
  return actions.has('relayed') ? 'Your message was passed on' : 'Your message was delivered'
}

/** Puts the report beside the message it is about, where mail programs show conversations. */
function threadLines(dsn: Dsn): string[] {
  const id = originalFields(dsn.originalContent).find((field) => field.nameLower === 'message-id')?.value
  return id !== undefined && /^<[!-~]{1,250}>$/.test(id) ? [`In-Reply-To: ${id}`, `References: ${id}`] : []
}

function originalFields(content: Uint8Array): readonly HeaderField[] {
  const fields = parseHeaderFields(splitMessage(content).headerBytes)
  return fields.ok ? fields.value : []
}

const HEADLINE: Readonly<Record<DsnAction, string>> = {
  failed: 'could not be delivered to:',
  delayed: 'has not been delivered yet to:',
  delivered: 'was delivered to:',
  relayed: 'was passed on, to a server that sends no delivery reports, for:',
  expanded: 'was delivered to the members of:',
}

function words(dsn: Dsn): string[] {
  const lines = [`This is the mail system at ${clean(dsn.reportingMta)}.`, '']
  for (const action of ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const) {
    const recipients = dsn.recipients.filter((recipient) => recipient.action === action)
    if (recipients.length === 0) continue
    lines.push(`Your message ${HEADLINE[action]}`, '')
    for (const recipient of recipients.slice(0, RECIPIENTS_IN_WORDS_MAX)) {
      lines.push(...recipientWords(recipient))
    }
    const more = recipients.length - RECIPIENTS_IN_WORDS_MAX
    if (more > 0) lines.push(`and ${more} more, named in the second part of this report.`, '')
    const advice = new Set(recipients.map((recipient) => adviceOn(recipient)))
    for (const text of advice) lines.push(...wrapText(text), '')
  }
  if (dsn.reasonText !== '') lines.push(...wrapText(clean(dsn.reasonText)), '')
  lines.push(`The message arrived here on ${formatDate(dsn.arrivalAt)}.`)
  return lines
}

function recipientWords(recipient: DsnRecipient): string[] {
  const lines = [`  ${clean(formatMailbox(recipient.forwardPath))}`]
  if (recipient.diagnostic !== null) {
    const who = recipient.remoteMta === null ? 'The reason' : `The server ${clean(recipient.remoteMta)} said`
    const said = clean(recipient.diagnostic).slice(0, DIAGNOSTIC_MAX)
    lines.push(...wrapText(`${who}: ${said}`).map((line) => `    ${line}`))
  }
  if (recipient.action === 'delayed' && recipient.willRetryUntil != null) {
    lines.push(`    We keep trying until ${formatDate(recipient.willRetryUntil)}.`)
  }
  return [...lines, '']
}

/** What to do, by subject and detail of the status (RFC 3463 §3). */
function adviceOn({ action, status, remoteMta }: DsnRecipient): string {
  if (action === 'delayed') return 'You need not send it again. You will hear from us if we give up.'
  if (action !== 'failed') return 'There is nothing for you to do.'
  if (/^\d\.1\.([0-3]|10)$/.test(status)) {
    return 'Check the address for a mistake in spelling, or ask the recipient for the right one by another way.'
  }
  if (status.endsWith('.2.2'))
    return 'The mailbox is full. Try again later, or tell the recipient by another way.'
  if (/^\d\.(2\.3|3\.4)$/.test(status))
    return 'The message is too large for this recipient. Send a smaller one.'
  // Time ran out: whatever each attempt met.
  if (status.endsWith('.4.7')) {
    return 'We tried for days, and their mail system did not take the message. Try again later, or tell the recipient by another way.'
  }
  if (/^\d\.4\.[0-5]$/.test(status)) {
    return 'No mail system can be reached for this address. Check the part behind the @, or tell the recipient by another way.'
  }
  if (/^\d\.7\./.test(status)) {
    return remoteMta === null
      ? 'The message was not passed on. Show this report to your postmaster, or tell the recipient by another way.'
      : 'Their mail system refused the message by its rules. Ask the recipient, or show this report to your postmaster.'
  }
  return 'Show this report to your postmaster if you do not know what went wrong.'
}

/** The per-message and per-recipient fields of RFC 3464 §2.2 and §2.3; groups end with an empty line. */
function statusLines(dsn: Dsn, international: boolean): string[] {
  const lines = [`Reporting-MTA: dns; ${clean(dsn.reportingMta)}`]
  if (dsn.envelopeId !== null) lines.push(`Original-Envelope-Id: ${encodeXtext(dsn.envelopeId)}`)
  lines.push(`Arrival-Date: ${formatDate(dsn.arrivalAt)}`, '')
  for (const recipient of dsn.recipients) {
    const address = clean(formatMailbox(recipient.forwardPath))
    if (recipient.originalRecipient !== null) {
      lines.push(`Original-Recipient: ${originalRecipientField(recipient.originalRecipient)}`)
    }
    lines.push(`Final-Recipient: ${international && !isAsciiLine(address) ? 'utf-8' : 'rfc822'}; ${address}`)
    lines.push(`Action: ${recipient.action}`, `Status: ${recipient.status}`)
    if (recipient.remoteMta !== null) lines.push(`Remote-MTA: dns; ${clean(recipient.remoteMta)}`)
    if (recipient.diagnostic !== null) {
      const said = asciiOnly(clean(recipient.diagnostic)).slice(0, DIAGNOSTIC_MAX)
      lines.push(
        ...foldField(`Diagnostic-Code: ${recipient.remoteMta === null ? 'x-gatepost' : 'smtp'}; ${said}`),
      )
    }
    if (recipient.lastAttemptAt !== null) {
      lines.push(`Last-Attempt-Date: ${formatDate(recipient.lastAttemptAt)}`)
    }
    if (recipient.action === 'delayed' && recipient.willRetryUntil != null) {
      lines.push(`Will-Retry-Until: ${formatDate(recipient.willRetryUntil)}`)
    }
    lines.push('')
  }
  return lines
}

/** `rfc822; address`, where RFC 3464 §2.3.1 keeps the xtext of ORCPT. */
function originalRecipientField(recipient: string): string {
  return encodeOriginalRecipient(recipient).replace(';', '; ')
}

function originalPart(dsn: Dsn): { readonly type: string; readonly content: Uint8Array } {
  const { originalContent } = dsn
  const { headerBytes } = splitMessage(originalContent)
  const failed = dsn.recipients.some((recipient) => recipient.action === 'failed')
  // RFC 3461 §6.2: the whole message comes back only with a failure.
  const whole = dsn.ret !== 'HDRS' && failed && originalContent.length <= dsn.maxOriginalBytes
  if (whole) {
    return { type: isAscii(headerBytes) ? 'message/rfc822' : 'message/global', content: originalContent }
  }
  const type = isAscii(headerBytes) ? 'text/rfc822-headers' : 'message/global-headers'
  return { type, content: headerBytes.subarray(0, headerCut(headerBytes, dsn.maxOriginalBytes)) }
}

/** Where to cut a header that is too long by itself: behind a line. */
function headerCut(header: Uint8Array, max: number): number {
  return header.length <= max ? header.length : header.lastIndexOf(10, max - 1) + 1
}

/** A boundary made from the message id, which starts no line of the texts nor of the original. */
function boundaryFor(messageId: string, texts: readonly string[], content: Uint8Array): string {
  const base = `=_${messageId.replace(/[^A-Za-z0-9.]/g, '').slice(0, 40)}`
  for (let number = 0; ; number++) {
    const boundary = `${base}_${number}`
    const line = `--${boundary}`
    if (!texts.some((text) => text.startsWith(line)) && !holdsLine(content, line)) return boundary
  }
}

/** Reads byte by byte: an original full of hyphens must not make each of them a search of its own. */
function holdsLine(content: Uint8Array, line: string): boolean {
  const bytes = encodeUtf8(line)
  for (let at = 0; at < content.length; at++) {
    if (content[at] !== 45 || (at > 0 && content[at - 1] !== 10)) continue
    let i = 0
    while (i < bytes.length && content[at + i] === bytes[i]) i++
    if (i === bytes.length) return true
  }
  return false
}

function needsUtf8(recipient: DsnRecipient): boolean {
  return !isAsciiLine(formatMailbox(recipient.forwardPath))
}

function needsUtf8Path(dsn: Dsn): boolean {
  return !isAsciiLine(formatMailbox(dsn.originalReversePath))
}

function isAsciiLine(text: string): boolean {
  return !/[^ -~]/.test(text)
}

function asciiOnly(text: string): string {
  return text.replace(/[^ -~]/g, '?')
}

function clean(text: string): string {
  return withoutControls(text)
}

function foldField(line: string): string[] {
  return wrapText(line).map((part, i) => (i === 0 ? part : `\t${part}`))
}

/**
 * Breaks at spaces to lines of about 76 characters; words longer than a line may be are cut (RFC 5322
 * §2.1.1).
 */
function wrapText(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > 76) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > 900) {
      lines.push(line.slice(0, 900))
      line = line.slice(900)
    }
  }
  return [...lines, line]
}
