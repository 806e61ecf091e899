// What a next hop offers, and what of an envelope can be said to it: parameters, downgrades, refusals.
import type { Reply } from '@gatepost/mail/reply.ts'
import { encodeOriginalRecipient, encodeXtext } from '@gatepost/mail/xtext.ts'
import type { Envelope, EnvelopeRecipient } from '#spool/spool.ts'

export type Capabilities = {
  readonly pipelining: boolean
  readonly startTls: boolean
  readonly eightBit: boolean
  readonly smtpUtf8: boolean
  readonly dsn: boolean
  readonly requireTls: boolean
  readonly size: boolean
  /** Largest message in octets; null when none is told. */
  readonly sizeMax: number | null
  /** Mechanisms of AUTH in capitals (RFC 4954 §3). */
  readonly auth: readonly string[]
}

export const NO_CAPABILITIES: Capabilities = {
  pipelining: false,
  startTls: false,
  eightBit: false,
  smtpUtf8: false,
  dsn: false,
  requireTls: false,
  size: false,
  sizeMax: null,
  auth: [],
}

/** Reads the keywords of an EHLO reply (RFC 5321 §4.1.1.1); the first line is the host's name. */
export function capabilitiesOf(reply: Reply): Capabilities {
  const keywords = new Map<string, string>()
  const auth = new Set<string>()
  for (const line of reply.lines.slice(1)) {
    const [keyword = '', ...parameters] = line.trim().split(/[ =]+/)
    keywords.set(keyword.toUpperCase(), parameters.join(' '))
    // Some hosts say it twice, once as `AUTH=` for clients of before the standard.
    if (keyword.toUpperCase() === 'AUTH') for (const name of parameters) addMechanism(auth, name)
  }
  const size = keywords.get('SIZE')
  const sizeMax = size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : 0
  return {
    pipelining: keywords.has('PIPELINING'),
    startTls: keywords.has('STARTTLS'),
    eightBit: keywords.has('8BITMIME'),
    smtpUtf8: keywords.has('SMTPUTF8'),
    dsn: keywords.has('DSN'),
    requireTls: keywords.has('REQUIRETLS'),
    size: size !== undefined,
    // SIZE 0 and SIZE alone set no limit (RFC 1870 §4).
    sizeMax: sizeMax === 0 ? null : sizeMax,
    auth: [...auth],
  }
}

/** RFC 4422 §3.1: up to 20 letters, digits, hyphens and underscores. */
function addMechanism(mechanisms: Set<string>, name: string): void {
  if (/^[A-Za-z0-9_-]{1,20}$/.test(name)) mechanisms.add(name.toUpperCase())
}

/** What the content has to be, so that it may be sent without an extension the next hop lacks. */
export type ContentNeed = 'seven-bit' | 'ascii-header' | 'text-lines'

export type EnvelopePlan =
  | {
      readonly kind: 'send'
      readonly mail: string
      readonly recipients: readonly string[]
      readonly needs: readonly ContentNeed[]
    }
  | { readonly kind: 'refuse'; readonly status: string; readonly text: string }

/** The commands of an envelope for a next hop, or why it cannot be sent there. */
export function planEnvelope(
  envelope: Envelope,
  recipients: readonly EnvelopeRecipient[],
  hop: { readonly capabilities: Capabilities; readonly verifiedTls: boolean },
): EnvelopePlan {
  const { capabilities } = hop
  const { parameters, size, traceFields } = envelope
  // Recipients of one letter share it: they were grouped by it.
  const forwarded = recipients[0]?.forwarded
  const reversePath = forwarded === undefined ? envelope.reversePath : forwarded.reversePath
  const octets = size + traceFields.length
  if (capabilities.sizeMax !== null && octets > capabilities.sizeMax) {
    return refuse('5.3.4', `the message has ${octets} octets, the next hop takes ${capabilities.sizeMax}`)
  }
  const paths = [reversePath ?? '', ...recipients.map(({ forwardPath }) => forwardPath)]
  const isPlain = !paths.some((path) => NOT_PLAIN.test(path))
  if (!isPlain && paths.some((path) => CONTROL.test(path)))
    return refuse('5.1.3', 'an address holds control characters')
  if (parameters.requireTls && !(hop.verifiedTls && capabilities.requireTls)) {
    return refuse(
      '5.7.30',
      'the sender requires TLS all the way (REQUIRETLS) and the next hop does not offer it',
    )
  }
  const needs: ContentNeed[] = []
  let mail = `MAIL FROM:<${reversePath ?? ''}>`
  if (capabilities.size) mail += ` SIZE=${octets}`
  // Mail may be sent on to addresses that its sender did not name.
  if (parameters.smtpUtf8 || !isPlain) {
    if (capabilities.smtpUtf8) mail += ' SMTPUTF8'
    else if (!isPlain) {
      return refuse(
        '5.6.7',
        'an address holds characters outside ASCII and the next hop does not offer SMTPUTF8',
      )
    } else needs.push('ascii-header')
  }
  if (parameters.body === 'BINARYMIME') needs.push('text-lines')
  if (parameters.body !== '7BIT') {
    if (capabilities.eightBit) mail += ' BODY=8BITMIME'
    else needs.push('seven-bit')
  }
  if (parameters.requireTls) mail += ' REQUIRETLS'
  if (capabilities.dsn) {
    if (parameters.ret !== null) mail += ` RET=${parameters.ret}`
    if (parameters.envelopeId !== null) mail += ` ENVID=${encodeXtext(parameters.envelopeId)}`
  }
  return {
    kind: 'send',
    mail,
    recipients: recipients.map((recipient) => recipientCommand(recipient, capabilities)),
    needs,
  }
}

const CONTROL = /[\u0000-\u001f\u007f]/
/** Control characters or others than ASCII. */
const NOT_PLAIN = /[^ -~]/
function recipientCommand(recipient: EnvelopeRecipient, capabilities: Capabilities): string {
  let command = `RCPT TO:<${recipient.forwardPath}>`
  if (!capabilities.dsn) return command
  if (recipient.notify !== null) command += ` NOTIFY=${recipient.notify.join(',')}`
  if (recipient.originalRecipient !== null)
    command += ` ORCPT=${encodeOriginalRecipient(recipient.originalRecipient)}`
  return command
}

/** The whole envelope cannot be sent: `status` is 5.y.z (RFC 3463). */
export function refuse(status: string, text: string): Extract<EnvelopePlan, { kind: 'refuse' }> {
  return { kind: 'refuse', status, text }
}
