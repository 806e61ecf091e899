// Mail that an end user got, and what they say of it (H5): spam, phish, or wanted. The archive's copy becomes
// a lesson; without one the sender is blocked for this mailbox and the person is told where to forward it.
import type { BodyOf, OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import type { listOwnMail, reportOwnMail } from '@gatepost/contract/portal.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { Problem, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { unteachSpam } from '../screening/learn.ts'
import { copyOf, type ReportDeps } from '../screening/report-delivered.ts'
import { learnReported, noteReport, reportAddresses, reportsToday } from '../screening/reports.ts'
import { markTakenBack, type ReportRow, reportsOfMessages } from '../screening/reports-store.ts'
import { addSenders, listSenders, removeSender } from '../sender/sender.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { mailboxesOf, ownRecipient, type PortalDeps } from './own.ts'

export type OwnMailDeps = PortalDeps &
  ReportDeps & { readonly tracking: Pick<Tracking, 'listMessages' | 'getMessage'> }

const MAIL_DAYS = 30
const DAY_MS = 86_400_000
/** On the entry that a report made, so that taking it back removes no other. */
const COMMENT = 'Reported in the portal'

/** Delivered mail of the person's own mailbox, newest first, with what they said of it. */
export async function listMailOfMine(
  scope: Scope,
  { limit, after, search }: QueryOf<typeof listOwnMail>,
  deps: OwnMailDeps,
): Promise<OutputOf<typeof listOwnMail>> {
  const reportTo = await reportAddresses(scope, deps)
  const [own] = await mailboxesOf(scope, deps)
  if (own === undefined) return { items: [], next: null, total: 0, reportTo }
  const page = await deps.tracking.listMessages(scope, {
    recipient: own.address,
    status: 'delivered',
    direction: 'inbound',
    from: deps.clock.now() - MAIL_DAYS * DAY_MS,
    limit,
    ...(after === undefined ? {} : { after }),
    ...(search === undefined || search === '' ? {} : { search }),
  })
  const messageIds = page.items.map(({ id }) => id)
  const said = await reportsOfMessages(deps.store.db, {
    tenantId: scope.tenantId,
    mailbox: own.address,
    messageIds,
  })
  const items = page.items.map((row) => ({
    id: row.id,
    at: row.at,
    author: row.author ?? row.reversePath,
    recipient: ownRecipient(row.forwardPath, own),
    subject: row.subject,
    reported: saidOf(said.get(row.id)),
  }))
  return { items, next: page.next, total: null, reportTo }
}

/**
 * Takes a person's word about mail that they got. `wanted` takes an earlier report of theirs back, with its
 * lesson and the block it made. Throws `not-found` for anybody else's mail, `limit-reached` on too many a
 * day.
 */
export async function reportMine(
  scope: Scope,
  { messageId, kind, block }: { readonly messageId: string } & BodyOf<typeof reportOwnMail>,
  deps: OwnMailDeps,
): Promise<OutputOf<typeof reportOwnMail>> {
  const { tenantId } = scope
  const [own] = await mailboxesOf(scope, deps)
  const message = await deps.tracking.getMessage(scope, messageId).catch(nullIfRefused)
  const keys = own?.keys ?? []
  const isTheirs = message?.recipients.some(
    ({ forwardPath, status }) => status === 'delivered' && keys.includes(addressKey(forwardPath)),
  )
  if (own === undefined || message === null || message.direction !== 'inbound' || !isTheirs) {
    throw problem('not-found', 'No such message was delivered to you.')
  }
  const about = { tenantId, mailbox: own.address, messageIds: [messageId] }
  const before = (await reportsOfMessages(deps.store.db, about)).get(messageId)
  if (before !== undefined && before.outcome !== 'taken-back') {
    await takeBack(scope, before, deps)
    if (kind === 'wanted') return { outcome: 'taken-back', blocked: null, reported: null }
  }
  if ((await reportsToday(scope, own.address, deps)).left === 0) {
    throw problem('limit-reached', 'These are enough reports of one person for today.')
  }
  const copy = await copyOf(scope, message, deps)
  const lesson =
    copy === null
      ? null
      : await learnReported(scope, { kind, content: copy, reversePath: message.reversePath }, deps)
  const author = message.author ?? message.reversePath
  const isBlocked = block && kind !== 'wanted' && author !== null
  const blocked = isBlocked ? await blockSender(scope, { user: own.address, sender: author }, deps) : null
  const outcome = lesson !== null ? 'learned' : copy === null ? 'no-copy' : 'limit'
  const { subject } = message
  const noted = { kind, way: 'portal', mailbox: own.address, messageId, author, subject, outcome } as const
  await noteReport(scope, { ...noted, lessonId: lesson?.id, blocked }, deps)
  return { outcome, blocked, reported: kind }
}

/** Null where the address cannot be blocked: one of the organisation's own. */
async function blockSender(
  scope: Scope,
  { user, sender }: { readonly user: string; readonly sender: string },
  deps: OwnMailDeps,
): Promise<string | null> {
  const input = { user, senders: [sender], action: 'block', onlyIfAuthenticated: false } as const
  return addSenders(scope, { ...input, comment: COMMENT, expiresAt: null }, deps).then(
    () => sender,
    nullIfRefused,
  )
}

/** A refusal is an answer; anything else is a fault, and no “no”. */
function nullIfRefused(error: unknown): null {
  if (error instanceof Problem) return null
  throw error
}

/** A lesson or an entry that an administrator removed meanwhile is gone already. */
async function takeBack(scope: Scope, report: ReportRow, deps: OwnMailDeps): Promise<void> {
  const { lesson_id: lesson, blocked, mailbox, id } = report
  if (lesson !== null) await unteachSpam(scope, lesson, deps).catch(nullIfRefused)
  if (blocked !== null) {
    const query = { limit: 50, user: mailbox, search: blocked }
    const { items } = await listSenders(scope, query, deps)
    const entry = items.find((one) => one.comment === COMMENT && one.sender === addressKey(blocked))
    if (entry !== undefined) await removeSender(scope, entry.id, deps)
  }
  await deps.store.transaction((trx) => markTakenBack(trx, scope.tenantId, id))
}

function saidOf(report: ReportRow | undefined): ReportRow['kind'] | null {
  return report === undefined || report.outcome === 'taken-back' ? null : report.kind
}
