// RCPT: whose mail is this, and do we take it? The policies answer; the first accepted recipient fixes the
// tenant.
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { Command } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { gatherFrom, relayFact } from '#facts/gather.ts'
import type { Directory } from '#facts/sources.ts'
import { decide } from '#policy/decide.ts'
import { rcptPolicies } from '#policy/order.ts'
import type { Direction, Verdict } from '#policy/policy.ts'
import { type RelayWay, relayOf } from '#policy/relay.ts'
import type { CloudProvider, TenantSettings } from '#policy/settings.ts'
import { authorizedFor } from '../credential.ts'
import { forwardedOf, forwardingStep, returnedTo } from '../forwarding.ts'
import { askGreylist, noteGreylisting } from '../greylist.ts'
import { journalTenant, takeJournal } from '../journal.ts'
import { SLOW_REPLY_MS } from '../limits.ts'
import { askSpf, lookUpsOf } from '../look-ups.ts'
import { refuse } from '../refuse.ts'
import { reportWay, takeReportAddress } from '../report-address.ts'
import type { Session } from '../session.ts'
import type { AcceptedRecipient, Transaction } from '../transaction.ts'

/** Refusals that tell a guesser who exists. */
const GUESSES: ReadonlySet<string> = new Set([
  'recipient-unknown',
  'recipient-not-in-directory',
  'recipient-refused-by-host',
  'learning-ended',
])

type RcptCommand = Command & { readonly verb: 'RCPT' }
type Candidate = {
  readonly forwardPath: Mailbox
  readonly command: RcptCommand
  readonly settings: TenantSettings | null
  readonly direction: Direction | null
  readonly pendingCloud: CloudProvider | null
  readonly isForward: boolean
}

/** RFC 5321 §4.1.1.3. Answers at once unless a fact has to be waited for. */
export function rcpt(session: Session, command: RcptCommand): Reply | Promise<Reply> {
  const { edge, wire, transaction } = session
  if (transaction === null) return replies.localError
  transaction.hasAskedRecipient = true
  const { directory, reversePath } = transaction
  const forwardPath = qualified(command.forwardPath, directory, edge.hostname)
  const known = { forwardPath, settings: transaction.settings, direction: transaction.direction }
  if (transaction.recipients.length >= edge.limits.recipientsPerMessage) {
    return refuse(session, { ...known, reply: replies.tooManyRecipients, because: 'too-many-recipients' })
  }
  const journal = journalTenant(session, transaction, forwardPath)
  if (journal !== null || transaction.isJournal) {
    const { parameters } = command
    return takeJournal(session, transaction, { tenantId: journal, forwardPath, parameters })
  }
  const report = reportWay(session, transaction, forwardPath)
  if (report !== null || transaction.isReport) {
    const { parameters } = command
    return takeReportAddress(session, transaction, { way: report, forwardPath, parameters })
  }
  const relay = relayFact(directory, {
    clientIp: wire.clientIp,
    reversePath,
    forwardPath,
    authorizedFor: session.credential?.tenants,
  })
  const way = relayOf(relay, reversePath === null)
  if (way && transaction.recipients.length > 0 && !goesWith(transaction, way)) {
    return refuse(session, { ...known, reply: replies.otherTenant, because: 'other-tenant' })
  }
  const settings = way && (way.tenantId === null ? null : directory.settings(way.tenantId))
  const direction = way?.direction ?? null
  const lookUps = lookUpsOf(session, transaction, { direction, content: null })
  const verdict = decide(rcptPolicies, {
    transaction: {
      clientIp: wire.clientIp,
      helo: session.helo ?? '',
      reversePath,
      forwardPath,
      tenantId: settings?.tenantId ?? null,
      direction,
      clientTls: wire.tls?.version ?? null,
      now: edge.clock.now(),
    },
    settings,
    gather: gatherFrom({
      holder: edge.holder,
      directory,
      relay,
      reversePath,
      forwardPath,
      now: edge.clock.now(),
      settings,
      lookUps,
      greylist: askGreylist(session, transaction, { settings, forwardPath, lookUps }),
      header: null,
      isReturned: isReturned(edge, { settings, forwardPath, reversePath }),
    }),
  })
  const pendingCloud = way?.pending === 'cloud' ? (relay.cloud?.provider ?? null) : null
  const isForward = way?.pending === 'forward'
  const candidate = { forwardPath, command, settings, direction, pendingCloud, isForward }
  return verdict instanceof Promise
    ? verdict.then((late) => settle(session, transaction, candidate, late))
    : settle(session, transaction, candidate, verdict)
}

function settle(
  session: Session,
  transaction: Transaction,
  candidate: Candidate,
  verdict: Verdict,
): Reply | Promise<Reply> {
  const { forwardPath, settings, direction } = candidate
  const { edge } = session
  noteGreylisting(session, transaction, { settings, forwardPath, verdict })
  if (verdict.reply !== null) {
    const because = verdict.explanation.find((step) => step.policy === verdict.by)?.because ?? 'refused'
    const reply = refuse(session, {
      forwardPath,
      settings,
      direction,
      reply: verdict.reply,
      because,
      verdict,
    })
    return GUESSES.has(because) ? slowedDown(session, transaction, reply) : reply
  }
  // The client left while this was found out: a session that ended counts for nobody any more.
  if (session.transaction !== transaction) return replies.localError
  if (
    transaction.settings === null &&
    settings !== null &&
    !edge.tenantConnections.enter(session, settings.tenantId)
  ) {
    edge.emit('edge.tenant.busy', { tenantId: settings.tenantId, clientIp: session.wire.clientIp })
    const about = { forwardPath, settings, direction, verdict }
    return refuse(session, { ...about, reply: replies.tenantBusy, because: 'too-many-connections' })
  }
  // Begun now, so that the result is there when the content is. Guesses at addresses cost no DNS.
  if (direction === 'inbound') askSpf(session, transaction)
  const key = addressKey(forwardPath)
  // The same recipient twice is one delivery.
  if (!transaction.recipients.some((recipient) => recipient.key === key)) {
    for (const recipient of recipientsOf(session, transaction, { ...candidate, key, verdict })) {
      transaction.recipients.push(recipient)
    }
  }
  transaction.settings ??= settings
  transaction.pendingCloud ??= candidate.pendingCloud
  transaction.isForward = candidate.isForward
  // One outbound recipient makes the transaction outbound, so that its author is judged (decisions 3).
  if (transaction.direction !== 'outbound') transaction.direction = direction
  return replies.recipientOk
}

/** One, or two where a forwarding address keeps a copy. */
function recipientsOf(
  { edge }: Session,
  { directory, reversePath }: Transaction,
  accepted: Candidate & { readonly key: string; readonly verdict: Verdict },
): readonly AcceptedRecipient[] {
  const { key, forwardPath, settings, command, verdict } = accepted
  const one = { key, forwardPath, parameters: command.parameters, verdict, forwarded: null }
  const forwarded = settings && forwardedOf(edge, { settings, directory, forwardPath, reversePath })
  if (forwarded === null) return [one]
  const explanation = [...verdict.explanation, forwardingStep(forwarded, reversePath)]
  const gone = { ...one, forwarded, verdict: { ...verdict, explanation } }
  return forwarded.keepCopy ? [gone, one] : [gone]
}

function isReturned(
  edge: Session['edge'],
  about: Pick<Transaction, 'settings' | 'reversePath'> & { readonly forwardPath: Mailbox },
): boolean {
  const { settings, reversePath, forwardPath } = about
  if (reversePath !== null || settings?.srsKey === undefined) return false
  return returnedTo(edge, { settings, forwardPath }) !== null
}

/**
 * One transaction, one tenant (decisions 5); null is the one that the content will name. What has to prove
 * that it was passed on comes alone: its fate is not that of mail for the tenant itself.
 */
function goesWith({ settings, isForward }: Transaction, { tenantId, pending }: RelayWay): boolean {
  return (settings?.tenantId ?? null) === tenantId && isForward === (pending === 'forward')
}

/**
 * Guessing at addresses gets slow, then ends (R3, reliability §3 case 11). Hosts of a tenant are no
 * guessers.
 */
function slowedDown(session: Session, { directory }: Transaction, reply: Reply): Reply | Promise<Reply> {
  const { edge, wire } = session
  const isOurHost = authorizedFor(session, directory).length > 0
  const { limits, clock } = edge
  const count = edge.unknownRecipients.add(wire.clientKey, clock.now())
  if (count <= limits.unknownRecipientsSlow || isOurHost) return reply
  if (count > limits.unknownRecipientsClose) return replies.tooManyUnknownRecipients
  return clock.sleep(SLOW_REPLY_MS).then(() => reply)
}

/**
 * `<Postmaster>` alone is ours to take (RFC 5321 §4.5.1): it goes to the validated domain our host name
 * lies in, when there is one.
 */
function qualified(forwardPath: Mailbox, directory: Directory, hostname: string): Mailbox {
  if (forwardPath.domain !== '') return forwardPath
  for (let domain = hostname; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
    if (directory.tenantOfDomain(domain) !== null) return { localPart: forwardPath.localPart, domain }
  }
  return { localPart: forwardPath.localPart, domain: hostname }
}
