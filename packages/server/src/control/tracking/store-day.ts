// Writes a batch of reports into one day's file. A message whose outcome is in the same batch, as it is with
// most, is written once with it.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { AcceptedReport, DeliveryReport, RefusedReport, Report } from '#link/reports.ts'
import type { NewMessageRow } from '#store/tracking-schema.ts'
import type { NoteTaker } from './notes.ts'
import {
  attemptRow,
  type MessageRows,
  messageRows,
  outcomeText,
  type Place,
  type TenantOfDomain,
} from './rows.ts'
import { afterDelivery, statusOf } from './status.ts'
import { tokensOf } from './words.ts'

export type DayWrites = {
  readonly [Name in 'message' | 'words' | 'attempt' | 'statuses' | 'update']: StatementSync
}

type Context = {
  readonly place: Place
  readonly tenantOfDomain: TenantOfDomain
  readonly notes: NoteTaker
}

/** A message of the batch, and what became of it within the batch. */
type Waiting = {
  readonly report: AcceptedReport | RefusedReport
  readonly rows: MessageRows
  readonly deliveries: DeliveryReport[]
}

/** Prepares every statement once; they live as long as the connection. */
export function prepareWrites(database: DatabaseSync): DayWrites {
  return {
    message:
      database.prepare(`insert into tracking_message (day, id, tenant_id, at, direction, status, reverse_path,
      author, forward_path, recipient_count, subject, reason, client_ip, size, count, node, slot, statuses,
      delay_ms, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`),
    words: database.prepare('insert into tracking_words (rowid, words) values (?, ?)'),
    attempt: database.prepare(`insert into tracking_attempt (day, message_id, id, tenant_id, at, body)
      values (?, ?, ?, ?, ?, ?) on conflict do nothing`),
    statuses: database.prepare(
      'select statuses, at, delay_ms from tracking_message where tenant_id = ? and id = ?',
    ),
    update: database.prepare(`update tracking_message set statuses = ?, status = ?, reason = ?, delay_ms = ?
      where tenant_id = ? and id = ?`),
  }
}

/** Stores reports within the open transaction. Stored twice is stored once, since ids are keys. */
export function storeReports(write: DayWrites, reports: readonly Report[], context: Context): void {
  const waiting = new Map<string, Waiting>()
  for (const report of reports) {
    if (report.kind === 'delivery') storeAttempt(write, report, { ...context, waiting })
    else if (!waiting.has(report.id)) {
      const rows = messageRows(report, context.place, context.tenantOfDomain)
      waiting.set(report.id, { report, rows, deliveries: [] })
    }
  }
  for (const message of waiting.values()) storeMessage(write, message, context)
}

function storeAttempt(
  write: DayWrites,
  report: DeliveryReport,
  {
    waiting,
    notes,
    tenantOfDomain,
  }: Pick<Context, 'notes' | 'tenantOfDomain'> & { readonly waiting: ReadonlyMap<string, Waiting> },
): void {
  const { changes } = write.attempt.run(...(Object.values(attemptRow(report)) as SQLInputValue[]))
  if (changes === 0) return
  const message = waiting.get(report.messageId)
  if (message?.rows.message.tenant_id === report.tenantId) message.deliveries.push(report)
  else {
    updateStored(write, report)
    notes.note(report, tenantOfDomain)
  }
}

function storeMessage(write: DayWrites, { report, rows, deliveries }: Waiting, context: Context): void {
  const { notes, tenantOfDomain } = context
  const { message, words } = rows
  for (const delivery of deliveries) Object.assign(message, outcomeOf(message, delivery))
  const { changes, lastInsertRowid } = write.message.run(...(Object.values(message) as SQLInputValue[]))
  const isNew = changes !== 0
  // First messages are noted again when a batch comes twice: the note may have been lost. Refusals would
  // count double.
  if (isNew || report.kind === 'accepted') notes.note(report, tenantOfDomain)
  for (const delivery of deliveries) notes.note(delivery, tenantOfDomain)
  if (isNew) write.words.run(lastInsertRowid, tokensOf(message.tenant_id, words))
  // It was stored by an earlier batch, and the outcomes are new.
  else for (const delivery of deliveries) updateStored(write, delivery)
}

function updateStored(write: DayWrites, report: DeliveryReport): void {
  const row = write.statuses.get(report.tenantId, report.messageId)
  if (!row) return
  const { statuses, status, reason, delay_ms } = outcomeOf(row as Settled, report)
  write.update.run(statuses, status, reason, delay_ms, report.tenantId, report.messageId)
}

type Settled = Pick<NewMessageRow, 'statuses' | 'at' | 'delay_ms'>

/** What a delivery report changes in the row of its message. */
function outcomeOf(row: Settled, report: DeliveryReport) {
  const statuses = afterDelivery(row.statuses, report)
  const status = statusOf(statuses)
  const delay = status === 'delivered' ? Math.max(0, report.at - row.at) : null
  return { statuses, status, reason: outcomeText(report), delay_ms: row.delay_ms ?? delay }
}
