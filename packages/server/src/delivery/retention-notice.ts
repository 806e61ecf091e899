// What the postmaster of an organisation is told when held messages ended. Pure.
import { withoutControls } from '@gatepost/mail/bytes.ts'
import { formatDate } from '@gatepost/mail/date.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'
import { type DsnMessage, ownReport } from './dsn.ts'

export type Ended = {
  readonly envelope: Envelope
  /** Why it was held, as the queue showed it. */
  readonly why: string | null
  readonly isReturned: boolean
}

/** Held mail waits so long where its organisation chose nothing else. */
export const HELD_DAYS = 14
/** A notice is for reading; the message centre has all. */
const LISTED_MAX = 50
const TEXT_MAX = 200

/** A message of our own with the null reverse-path, so that it can never be answered by a report. */
export function retentionNotice(about: {
  readonly id: string
  readonly tenantId: string
  readonly ended: readonly Ended[]
  readonly settings: TenantSettings
  readonly postmaster: string
  readonly hostname: string
  readonly now: number
}): DsnMessage {
  const { id, tenantId, ended, hostname, now, postmaster, settings } = about
  const days = settings.heldDays ?? HELD_DAYS
  const within = days === 1 ? 'a day' : `${days} days`
  const subject = `${ended.length} held ${ended.length === 1 ? 'message' : 'messages'} ended after ${within}`
  const lines = [
    `From: Gatepost <${authorOf(settings, { postmaster, hostname })}>`,
    `To: <${postmaster}>`,
    `Subject: ${subject}`,
    `Date: ${formatDate(now)}`,
    `Message-ID: <${id}@${hostname}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `Nobody released these messages within ${within}. Those marked as returned went back to their`,
    'sender with a report; the others were discarded, because no report may go to an unproven address.',
    '',
    ...ended.slice(0, LISTED_MAX).flatMap(linesOf),
    ...(ended.length > LISTED_MAX ? [`… and ${ended.length - LISTED_MAX} more.`, ''] : []),
  ]
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n`)
  const envelope: Envelope = {
    id,
    tenantId,
    direction: settings.domains.some(({ name }) => postmaster.endsWith(`@${name}`)) ? 'inbound' : 'outbound',
    reversePath: null,
    parameters: { body: '8BITMIME', smtpUtf8: false, requireTls: false, ret: null, envelopeId: null },
    recipients: [
      { index: 0, forwardPath: postmaster, originalRecipient: null, notify: ['NEVER'], state: 'queued' },
    ],
    receivedAt: now,
    size: bytes.length,
    traceFields: '',
    cuts: [],
    dsnAllowed: false,
    isOurs: true,
  }
  return {
    envelope,
    content: { kind: 'memory', chunks: [bytes] },
    report: ownReport(envelope, { hostname, settings, subject, origin: 'control' }),
  }
}

/** Of a domain that signs where there is one, so that the mail host takes it; as control's letters. */
function authorOf(
  { signing }: TenantSettings,
  { postmaster, hostname }: { readonly postmaster: string; readonly hostname: string },
): string {
  const domains = signing?.keys.map(({ domain }) => domain).sort() ?? []
  const domain = domains.find((name) => postmaster.endsWith(`@${name}`)) ?? domains[0]
  return domain === undefined ? `mailer-daemon@${hostname}` : `postmaster@${domain}`
}

function linesOf({ envelope, why, isReturned }: Ended): readonly string[] {
  const shown = (text: string): string => withoutControls(text).slice(0, TEXT_MAX)
  const { reversePath, recipients, receivedAt, id } = envelope
  return [
    `${isReturned ? 'returned ' : 'discarded'}  ${formatDate(receivedAt)}  ${id}`,
    `  from ${reversePath === null ? 'nobody (a report)' : shown(reversePath)}`,
    `  to   ${shown(recipients.map(({ forwardPath }) => forwardPath).join(', '))}`,
    ...(why === null ? [] : [`  held ${shown(why)}`]),
    '',
  ]
}
