// What happens besides the reply when we refuse: an event, and a report for tracking.
import { formatMailbox, type Mailbox } from '@gatepost/mail/address.ts'
import { type Reply, withLink } from '@gatepost/mail/reply.ts'
import type { EventFields } from '#events/emit.ts'
import type { HeaderFacts } from '#facts/header-facts.ts'
import type { RefusedReport, TrackedClient } from '#link/reports.ts'
import type { Direction, Verdict } from '#policy/policy.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

export type Refusal = {
  readonly forwardPath: Mailbox | null
  readonly settings: TenantSettings | null
  readonly direction: Direction | null
  readonly reply: Reply
  /** A reason of the policies, or a word of the protocol such as `too-big`. */
  readonly because: string
  readonly verdict?: Verdict
  /** By recipient, where they were judged one by one. */
  readonly verdicts?: readonly Verdict[]
  readonly header?: HeaderFacts | undefined
}

/** Notes a refused or deferred recipient; returns the reply for it. */
export function refuse(session: Session, refusal: Refusal): Reply {
  const { transaction } = session
  session.edge.emit('edge.recipient.refused', eventFields(session, transaction, refusal))
  const id = transaction === null ? null : note(session, transaction, refusal)
  return linked(session, refusal, id)
}

/**
 * The reply with the way to the sender's page, where a policy refused and the console has a public address.
 */
function linked(
  { edge }: Session,
  { reply, verdict }: Pick<Refusal, 'reply' | 'verdict'>,
  id: string | null,
): Reply {
  if (edge.senderPage === null || id === null || verdict === undefined) return reply
  return withLink(reply, edge.senderPage + id.slice(id.indexOf('_') + 1))
}

/** Notes that a whole message was refused or deferred: an event, and a row for each recipient it had. */
export function refuseMessage(
  session: Session,
  transaction: Transaction,
  refusal: Omit<Refusal, 'forwardPath' | 'settings' | 'direction'>,
): Reply {
  const { settings, direction } = transaction
  const whole = { ...refusal, settings, direction }
  session.edge.emit(
    'edge.message.refused',
    eventFields(session, transaction, { ...whole, forwardPath: null }),
  )
  let first: string | null = null
  for (const [index, { forwardPath }] of transaction.recipients.entries()) {
    const verdict = refusal.verdicts?.[index] ?? refusal.verdict
    const id = note(session, transaction, { ...whole, forwardPath, ...(verdict && { verdict }) })
    first ??= id
  }
  return linked(session, refusal, first)
}

/** Who the client is, as tracking shows it. */
export function trackedClient({ wire, helo, edge }: Session): TrackedClient {
  return {
    ip: wire.clientIp,
    name: edge.clientNames.knownName(wire.clientIp),
    helo: helo ?? '',
    tls: wire.tls,
  }
}

function eventFields({ wire }: Session, transaction: Transaction | null, refusal: Refusal): EventFields {
  const { forwardPath, settings, reply, because } = refusal
  return {
    clientIp: wire.clientIp,
    tenantId: settings?.tenantId ?? null,
    reversePath: transaction?.reversePath ? formatMailbox(transaction.reversePath) : null,
    forwardPath: forwardPath && formatMailbox(forwardPath),
    code: reply.code,
    because,
    isEarlyTalker: wire.isEarlyTalker,
  }
}

/** Returns the id of its row, or null when it is only counted. */
function note(session: Session, transaction: Transaction, refusal: Refusal): string | null {
  const { edge, wire } = session
  const { reply, verdict, header, settings } = refusal
  return edge.refusals.note(
    // By organisation too: a flood at one must not hide the rows of another, nor be counted into them.
    `${wire.clientKey} ${settings?.tenantId ?? ''} ${refusal.because}`,
    (): RefusedReport => ({
      kind: 'refused',
      id: edge.newMessageId(),
      at: edge.clock.now(),
      tenantId: settings?.tenantId ?? null,
      direction: refusal.direction,
      outcome: reply.code >= 500 ? 'refused' : 'deferred',
      client: trackedClient(session),
      reversePath: transaction.reversePath && formatMailbox(transaction.reversePath),
      forwardPath: refusal.forwardPath && formatMailbox(refusal.forwardPath),
      author: header?.authors[0] ?? null,
      subject: header?.subject ?? null,
      messageIdField: header?.messageIdField ?? null,
      reply: { code: reply.code, status: reply.status, text: reply.lines.join(' ') },
      explanation: verdict?.explanation ?? [],
      facts: verdict?.facts ?? {},
      settingsRevision: settings?.revision ?? null,
      count: 1,
    }),
  )
}
