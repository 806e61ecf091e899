// What an attempt means: results of recipients become settlements for the spool, reports for tracking and
// DSNs. Pure.
import type { DeliveryReport, TrackedReply } from '#link/reports.ts'
import type { DueRecipient, Envelope, Settlement } from '#spool/spool.ts'
import { type Notice, type NoticeQuestion, noticeOf } from './notice.ts'
import { GIVE_UP_MS, retryAfter, WARNING_ATTEMPT } from './retry.ts'
import type { RecipientResult } from './smtp-client.ts'
import type { Stamp } from './stamp.ts'

export type Attempt = {
  readonly envelope: Envelope
  readonly results: readonly RecipientResult[]
  readonly now: number
  /** Epoch milliseconds at which the attempt began. */
  readonly startedAt: number
  readonly nextHop: DeliveryReport['nextHop']
  readonly tls: DeliveryReport['tls']
  /** The next hop takes DSN parameters, so that success is its to report (RFC 3461 §5.2.2). */
  readonly relaysDsn: boolean
  readonly random: () => number
  readonly newReportId: () => string
  /** Id of the DSN, if one comes of this. */
  readonly newDsnId: () => string
  /** What it was sent with. */
  readonly stamp?: Pick<Stamp, 'made' | 'failed'> | null
  readonly banner?: DeliveryReport['banner'] | null
  /** Who decided, where this is no attempt but a person's decision to return the message. */
  readonly by?: string | undefined
}

export type Conclusion = {
  readonly settlements: readonly Settlement[]
  /** What the reverse-path is to be told, in one DSN. */
  readonly notices: readonly Notice[]
  readonly dsnId: string | null
  /** Recipients that failed for good without a DSN: held as undeliverable. */
  readonly withheld: readonly DueRecipient[]
}

type Decision = {
  readonly outcome: Settlement['outcome']
  readonly reported: DeliveryReport['outcome']
  readonly reply: TrackedReply
  readonly notice: Notice | null
}

/**
 * Decides for each recipient, and gathers those with the same outcome into one settlement with one report.
 */
export function concludeAttempt(attempt: Attempt): Conclusion {
  const groups = new Map<string, { readonly decision: Decision; readonly recipients: DueRecipient[] }>()
  const notices: Notice[] = []
  const withheld: DueRecipient[] = []
  for (const result of attempt.results) {
    const decision = decide(attempt, result)
    if (decision.notice !== null) notices.push(decision.notice)
    if (decision.outcome.kind === 'held') withheld.push(result.recipient)
    // A message for one recipient, as most are, has nobody to share a settlement with.
    const key = attempt.results.length === 1 ? '' : keyOf(decision, result.recipient)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { decision, recipients: [result.recipient] })
    else group.recipients.push(result.recipient)
  }
  const dsnId = notices.length === 0 ? null : attempt.newDsnId()
  const settlements = [...groups.values()].map(({ decision, recipients }) =>
    settlementOf(attempt, decision, { recipients, dsnId }),
  )
  return { settlements, notices, dsnId, withheld }
}

function decide(attempt: Attempt, { recipient, kind, reply, isOurs }: RecipientResult): Decision {
  const { envelope, now, random, relaysDsn } = attempt
  const notice = (action: NoticeQuestion['action'], status: string, willRetryUntil: number | null = null) =>
    noticeOf(envelope, {
      recipient,
      action,
      status,
      reply,
      willRetryUntil,
      remoteMta: isOurs ? null : (attempt.nextHop?.host ?? null),
      at: now,
    })
  if (kind === 'delivered') {
    return { outcome: { kind }, reported: kind, reply, notice: relaysDsn ? null : notice('relayed', '2.0.0') }
  }
  if (kind === 'permanent') return failed(reply, notice('failed', permanentStatus(reply)))
  const attempts = recipient.attempts + 1
  const firstAttemptAt = recipient.firstAttemptAt ?? attempt.startedAt
  const retry = retryAfter({ attempts, firstAttemptAt, now, random: random() })
  if (retry.kind === 'expired') return failed(reply, notice('failed', '5.4.7'))
  return {
    outcome: { kind: 'deferred', nextAttemptAt: retry.at, attempts },
    reported: kind === 'ambiguous' ? 'ambiguous' : 'deferred',
    reply,
    notice:
      attempts === WARNING_ATTEMPT
        ? notice('delayed', transientStatus(reply), firstAttemptAt + GIVE_UP_MS)
        : null,
  }
}

/**
 * A failure that cannot be reported must not vanish: the message is held where people see it (decisions 12).
 */
function failed(reply: TrackedReply, notice: Notice | null): Decision {
  const kind = notice === null ? 'held' : 'bounced'
  return { outcome: { kind }, reported: kind, reply, notice }
}

function permanentStatus({ status }: TrackedReply): string {
  return status?.startsWith('5.') === true ? status : '5.0.0'
}

/** A delay is 4.y.z (RFC 3464 §2.3.4), also where the host said 5yz and we know better. */
function transientStatus({ status }: TrackedReply): string {
  return status?.startsWith('4.') === true ? status : '4.4.7'
}

/** Deferred recipients of one message stay together: the time of the first of a group serves for all. */
function keyOf({ outcome, reported, reply, notice }: Decision, recipient: DueRecipient): string {
  const attempts = outcome.kind === 'deferred' ? recipient.attempts : 0
  return `${outcome.kind} ${reported} ${notice === null} ${attempts} ${reply.code} ${reply.status} ${reply.text}`
}

/** Left out where nothing was signed: most reports stay as short as they are. */
function signedAs(
  stamp: Pick<Stamp, 'made' | 'failed'> | null,
): Pick<DeliveryReport, 'signatures' | 'unsigned'> {
  if (stamp === null) return {}
  const { made, failed } = stamp
  return {
    ...(made.length > 0 ? { signatures: made } : {}),
    ...(failed === null ? {} : { unsigned: failed }),
  }
}

function settlementOf(
  attempt: Attempt,
  decision: Decision,
  { recipients, dsnId }: { readonly recipients: readonly DueRecipient[]; readonly dsnId: string | null },
): Settlement {
  const { envelope, now, by } = attempt
  const isAttempt = by === undefined
  const indexes = recipients.map(({ index }) => index)
  const { outcome } = decision
  const report: DeliveryReport = {
    kind: 'delivery',
    id: attempt.newReportId(),
    messageId: envelope.id,
    tenantId: envelope.tenantId,
    at: now,
    recipients: indexes,
    outcome: decision.reported,
    attempt: Math.max(...recipients.map(({ attempts }) => attempts)) + (isAttempt ? 1 : 0),
    nextAttemptAt: outcome.kind === 'deferred' ? outcome.nextAttemptAt : null,
    nextHop: attempt.nextHop,
    tls: attempt.tls,
    reply: decision.reply,
    durationMs: Math.max(0, now - attempt.startedAt),
    dsnId: decision.notice === null ? null : dsnId,
    ...signedAs(attempt.stamp ?? null),
    ...(attempt.banner == null ? {} : { banner: attempt.banner }),
    ...(isAttempt ? {} : { by }),
  }
  const settlement = { messageId: envelope.id, recipients: indexes, outcome, report }
  return isAttempt ? settlement : { ...settlement, byPerson: true }
}
