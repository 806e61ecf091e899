// The end of data: header facts, the message's policies, and durable before 250 (law 1, RFC 5321 §4.2.5).

import type { DataFault } from '@gatepost/mail/data.ts'
import { splitMessage } from '@gatepost/mail/header.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import { gatherFrom } from '#facts/gather.ts'
import { HEADER_BYTES_MAX, type HeaderFacts, readHeaderFacts } from '#facts/header-facts.ts'
import { messagePolicies, unprovenMessagePolicies } from '#policy/order.ts'
import { combine, decideEach } from '#policy/per-recipient.ts'
import type { Verdict } from '#policy/policy.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { type Content, SpoolUnavailable } from '#spool/spool.ts'
import { proofOf, proveCloud, refuseUnproven } from './cloud-proof.ts'
import type { ContentSink } from './content.ts'
import { correspondenceOf } from './correspondence.ts'
import { acceptedReport, envelopeOf, type Held } from './envelope.ts'
import { askGreylist, learnSender, noteGreylisting } from './greylist.ts'
import { failed } from './guard.ts'
import { headerOfJournal, TAKEN } from './journal.ts'
import { type ContentToJudge, lookUpsOf } from './look-ups.ts'
import { refuseMessage } from './refuse.ts'
import { resentResults } from './resent.ts'
import { countSender } from './sender-counts.ts'
import type { Session } from './session.ts'
import { ownerOf } from './shared-address.ts'
import type { Transaction } from './transaction.ts'

export type ContentFault = DataFault | 'nul-line'

/** Content that broke a rule while it was read. It was read to its end, so the session goes on. */
export function refuseContent(
  session: Session,
  transaction: Transaction,
  content: { readonly fault: ContentFault; readonly size: number },
): Reply {
  const { fault } = content
  if (fault === 'too-big')
    return refuseMessage(session, transaction, { reply: replies.tooBig, because: fault })
  const { clientIp } = session.wire
  session.edge.emit('edge.smuggling.refused', {
    clientIp,
    fault,
    tenantId: transaction.settings?.tenantId ?? null,
  })
  const reply = fault === 'nul-line' ? replies.nulLine : replies.bareLineEnding
  return refuseMessage(session, transaction, { reply, because: fault })
}

/**
 * Judges a whole message and, when it is taken, makes it durable. Only then the reply is 250. What breaks
 * before leaves nothing behind, not even an open file, and is the caller's to answer.
 */
export async function receiveMessage(
  session: Session,
  transaction: Transaction,
  sink: ContentSink,
): Promise<Reply> {
  try {
    return await judgeAndStore(session, transaction, sink)
  } catch (error) {
    sink.discard()
    throw error
  }
}

async function judgeAndStore(session: Session, transaction: Transaction, sink: ContentSink): Promise<Reply> {
  const { edge, wire } = session
  const { recipients } = transaction
  const endedAt = edge.clock.now()
  const head = splitMessage(sink.head())
  const isCut = head.headerBytes.length > HEADER_BYTES_MAX
  const header = isCut ? null : readHeaderFacts(head.headerBytes, edge.hostname)
  if (transaction.isJournal) {
    return takeReport(session, transaction, { header: header?.ok ? header : null, sink, endedAt })
  }
  if (header === null || !header.ok) {
    sink.discard()
    const because = header?.fault ?? 'header-too-big'
    return refuseMessage(session, transaction, { reply: replies.headerTooBig, because })
  }
  const content = { header: header.value, head, sink }
  if (transaction.pendingCloud !== null) await proveCloud(session, transaction, content)
  if (transaction.isReport) return takeSpamReport(session, transaction, { ...content, endedAt })
  const settings = ownerOf(session, transaction, header.value)
  if (settings === null) return refuseUnproven(session, transaction, content)
  transaction.settings = settings
  const verdicts = await judge(session, transaction, content)
  // What could not be written could not be looked into either: the disk is the reason, and not the content.
  if (sink.hasFailed()) return refuseUnstored(session, transaction, sink)
  noteContacts(session, transaction, verdicts)
  const outcome = combine(verdicts)
  if (outcome.kind === 'refuse') {
    sink.discard()
    const { verdict } = outcome
    const because = verdict.explanation.find((step) => step.policy === verdict.by)?.because ?? 'refused'
    return refuseMessage(session, transaction, {
      reply: verdict.reply ?? replies.localError,
      because,
      verdict,
      verdicts,
      header: header.value,
    })
  }
  // Waited for here at the latest, and not for long: the Received field names the client.
  const clientName = await edge.clientNames.name(wire.clientIp)
  return commit(session, transaction, {
    settings,
    header: header.value,
    verdicts,
    // A policy at RCPT may have asked for a hold already.
    held: outcome.held.map(
      (why, at) => why ?? (recipients[at]?.verdict.kind === 'hold' ? 'by-policy' : null),
    ),
    sink,
    clientName,
    endedAt,
    resent: await resentResults(session, verdicts, content),
  })
}

/** Journal mail of a proven source: whatever it holds, it is kept (decisions 20). */
async function takeReport(
  session: Session,
  transaction: Transaction,
  report: Pick<Accepted, 'sink' | 'endedAt'> & { readonly header: { readonly value: HeaderFacts } | null },
): Promise<Reply> {
  const { settings, recipients } = transaction
  const { edge, wire } = session
  return commit(session, transaction, {
    settings: settings!,
    header: headerOfJournal(report.header, edge.hostname),
    verdicts: recipients.map(() => TAKEN),
    held: recipients.map(() => null),
    sink: report.sink,
    clientName: await edge.clientNames.name(wire.clientIp),
    endedAt: report.endedAt,
  })
}

/**
 * Mail that a person forwards to be learned from: what is in it is bad by intent, so nothing is asked of it.
 */
async function takeSpamReport(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge & { readonly endedAt: number },
): Promise<Reply> {
  const { proof } = transaction
  const isProven =
    proof === null || (proof.kind === 'proven' && proof.tenantId === transaction.settings?.tenantId)
  // The proof made it outbound mail; it ends here.
  transaction.direction = 'inbound'
  if (!isProven) return refuseUnproven(session, { ...transaction, direction: 'outbound' }, content)
  return takeReport(session, transaction, { ...content, header: { value: content.header } })
}

/** What greylisting came to. A verdict that several recipients share is one contact of the sender. */
function noteContacts(session: Session, transaction: Transaction, verdicts: readonly Verdict[]): void {
  const { settings, recipients } = transaction
  for (const verdict of new Set(verdicts)) {
    const { forwardPath } = recipients[verdicts.indexOf(verdict)]!
    noteGreylisting(session, transaction, { settings, forwardPath, verdict })
  }
}

/** Asks the message's policies for each recipient; what had to be looked up is shared by them. */
function judge(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge,
): readonly Verdict[] | Promise<readonly Verdict[]> {
  const { edge, wire } = session
  const { directory, settings, direction, reversePath } = transaction
  const now = edge.clock.now()
  const lookUps = lookUpsOf(session, transaction, { direction, content })
  const forwardings = transaction.recipients.flatMap(({ forwarded }) => forwarded?.id ?? [])
  const isOutbound = direction === 'outbound' || transaction.proof !== null
  const sender = () => countSender(session, transaction, content.header)
  const recipients = transaction.recipients.map(({ key, forwardPath }) => ({
    key,
    question: {
      transaction: {
        clientIp: wire.clientIp,
        helo: session.helo ?? '',
        reversePath,
        forwardPath,
        tenantId: settings?.tenantId ?? null,
        direction,
        clientTls: wire.tls?.version ?? null,
        now,
      },
      settings,
      gather: gatherFrom({
        holder: edge.holder,
        directory,
        relay: null,
        reversePath,
        forwardPath,
        now,
        settings,
        lookUps,
        greylist: askGreylist(session, transaction, { settings, forwardPath, lookUps }),
        header: content.header,
        proof: isOutbound ? proofOf(transaction) : undefined,
        forwardings,
        sender,
      }),
    },
  }))
  const isTakenAsInbound = transaction.proof?.kind === 'unproven' && direction === 'inbound'
  return decideEach(isTakenAsInbound ? unprovenMessagePolicies : messagePolicies, recipients)
}

type Accepted = {
  readonly settings: TenantSettings
  readonly header: HeaderFacts
  /** By recipient. */
  readonly verdicts: readonly Verdict[]
  readonly held: Held
  readonly sink: ContentSink
  readonly clientName: string | null
  readonly resent?: string
  /** When the last octet was here. */
  readonly endedAt: number
}

async function commit(session: Session, transaction: Transaction, accepted: Accepted): Promise<Reply> {
  const { edge } = session
  // Nobody is left to hear our 250: the client will come again, and it must not be here twice (RFC 1047).
  if (session.hasEnded) {
    accepted.sink.discard()
    const { header } = accepted
    return refuseMessage(session, transaction, { reply: replies.endedEarly, because: 'client-gone', header })
  }
  const envelope = envelopeOf(session, transaction, {
    ...accepted,
    id: edge.newMessageId(),
    size: accepted.sink.size,
  })
  const allowed = correspondenceOf(session, transaction, accepted)
  const correspondence = allowed === null ? null : allowed.correspondence
  const report = acceptedReport(session, transaction, { ...accepted, envelope, correspondence })
  let content: Content
  try {
    content = await accepted.sink.finish()
    await edge.spool.commitMessage(envelope, content, report)
  } catch (error) {
    if (error instanceof SpoolUnavailable) return refuseUnstored(session, transaction, accepted.sink)
    throw error
  }
  // Durable: what fails from here on takes neither the content away nor the 250 back (law 1).
  try {
    edge.emit('edge.message.accepted', {
      id: envelope.id,
      tenantId: envelope.tenantId,
      direction: envelope.direction,
      clientIp: session.wire.clientIp,
      size: envelope.size,
      recipients: envelope.recipients.length,
      isEarlyTalker: session.wire.isEarlyTalker,
      durationMs: edge.clock.now() - accepted.endedAt,
    })
    edge.onAccepted(envelope, content)
    if (allowed !== null && allowed.ahead.length > 0) edge.allowAhead(allowed.ahead)
    learnSender(session, transaction, accepted.verdicts)
  } catch (error) {
    failed(session, 'accepted content', error)
  }
  session.forgiveErrors()
  return replies.accepted(envelope.id)
}

function refuseUnstored(session: Session, transaction: Transaction, sink: ContentSink): Reply {
  sink.discard()
  const reply = replies.insufficientStorage
  return refuseMessage(session, transaction, { reply, because: 'spool-unavailable' })
}
