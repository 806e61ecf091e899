// Makes a DSN: a message of our own with the null reverse-path, for the spool like any other (RFC 3464, RFC
// 5321 §6.1).
import { mailboxOf } from '@gatepost/mail/address.ts'
import { buildDsn, dsnSubject } from '@gatepost/mail/dsn.ts'
import type { AcceptedReport } from '#link/reports.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Content, Envelope } from '#spool/spool.ts'
import type { Notice } from './notice.ts'
import { wasOwn } from './route.ts'

/** Larger originals come back as their header: a report is for reading. */
export const ORIGINAL_BYTES_MAX = 65_536

export type DsnMessage = {
  readonly envelope: Envelope
  readonly content: Content
  readonly report: AcceptedReport
}

/** Null when the reverse-path is no address that mail can go to. */
export function createDsn(about: {
  readonly id: string
  readonly envelope: Envelope
  readonly notices: readonly Notice[]
  /** The original as it would have been sent, or as much of it as is needed. */
  readonly original: Uint8Array
  readonly hostname: string
  readonly settings: TenantSettings | null
  readonly now: number
}): DsnMessage | null {
  const { id, envelope: original, now, settings } = about
  const reversePath = original.reversePath === null ? null : mailboxOf(original.reversePath)
  if (reversePath === null) return null
  const bytes = buildDsn({
    reportingMta: about.hostname,
    arrivalAt: original.receivedAt,
    envelopeId: original.parameters.envelopeId,
    originalReversePath: reversePath,
    recipients: about.notices,
    // RFC 3461 §4.3 leaves the choice to us when none is given; a header is enough to recognise a message by.
    // What had to have TLS all the way never comes back whole (RFC 8689 §5).
    ret: original.parameters.requireTls ? 'HDRS' : (original.parameters.ret ?? 'HDRS'),
    originalContent: about.original,
    maxOriginalBytes: ORIGINAL_BYTES_MAX,
    messageId: `${id}@${about.hostname}`,
    at: now,
    reasonText: '',
  })
  const { domain } = reversePath
  const isOwn = settings?.domains.some(({ name }) => name === domain) === true
  // Whoever holds the domain by now did not write what this reports of.
  const isInternal = isOwn || (settings !== null && wasOwn(settings, domain, original.receivedAt))
  const envelope: Envelope = {
    id,
    tenantId: original.tenantId,
    direction: isInternal ? 'inbound' : 'outbound',
    reversePath: null,
    parameters: {
      body: bytes.every((byte) => byte < 128) ? '7BIT' : '8BITMIME',
      smtpUtf8: /[^ -~]/.test(original.reversePath ?? ''),
      requireTls: false,
      ret: null,
      envelopeId: null,
    },
    recipients: [
      {
        index: 0,
        forwardPath: original.reversePath ?? '',
        originalRecipient: null,
        // Nobody is told when a report fails (RFC 3461 §6.1).
        notify: ['NEVER'],
        state: 'queued',
      },
    ],
    receivedAt: now,
    size: bytes.length,
    traceFields: '',
    cuts: [],
    dsnAllowed: false,
  }
  return {
    envelope,
    content: { kind: 'memory', chunks: [bytes] },
    report: ownReport(envelope, { ...about, subject: dsnSubject(about.notices), origin: 'dsn' }),
  }
}

/** What tracking learns of a message that the gateway wrote itself. */
export function ownReport(
  envelope: Envelope,
  about: {
    readonly hostname: string
    readonly subject: string
    readonly settings: TenantSettings | null
    readonly origin: AcceptedReport['origin']
  },
): AcceptedReport {
  const { hostname, subject, settings, origin } = about
  return {
    kind: 'accepted',
    id: envelope.id,
    at: envelope.receivedAt,
    tenantId: envelope.tenantId,
    direction: envelope.direction,
    origin,
    client: null,
    reversePath: null,
    author: `mailer-daemon@${hostname}`,
    subject,
    messageIdField: `<${envelope.id}@${hostname}>`,
    size: envelope.size,
    recipients: envelope.recipients.map(({ index, forwardPath }) => ({
      index,
      forwardPath,
      explanation: [],
      facts: {},
    })),
    explanation: [],
    facts: {},
    verdict: 'accept',
    settingsRevision: settings?.revision ?? 0,
  }
}
