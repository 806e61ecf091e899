// Writes a batch of reports into one day's file.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { ReadReport } from '#link/report-batch.ts'
import type { NewMessageRow } from '#store/tracking-schema.ts'
import {
  type BatchMessage,
  batchRows,
  isAttempt,
  outcomeOf,
  type ReadDelivery,
  type Settled,
} from './batch-rows.ts'
import type { NoteTaker } from './notes.ts'
import { attemptRow, type Place, type TenantOfDomain } from './rows.ts'
import { tokensOf } from './words.ts'

export type DayWrites = {
  readonly [Name in 'message' | 'words' | 'attempt' | 'stored' | 'update']: StatementSync
}

type Context = {
  readonly place: Place
  readonly tenantOfDomain: TenantOfDomain
  readonly notes: NoteTaker
}

/**
 * Prepares every statement once; they live as long as the connection. Nobody parsed the end of the body:
 * searches that look into it must not meet what is no JSON.
 */
export function prepareWrites(database: DatabaseSync): DayWrites {
  return {
    message:
      database.prepare(`insert into tracking_message (day, id, tenant_id, at, direction, status, reverse_path,
      author, forward_path, recipient_count, subject, reason, client_ip, size, count, node, slot, statuses,
      delay_ms, body, attempt) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
      iif(json_valid(?20), ?20, '{}'), ?21) on conflict do nothing`),
    words: database.prepare('insert into tracking_words (rowid, words) values (?, ?)'),
    attempt: database.prepare(`insert into tracking_attempt (day, message_id, id, tenant_id, at, body)
      values (?, ?, ?, ?, ?, ?) on conflict do nothing`),
    stored: database.prepare(
      'select statuses, at, delay_ms, attempt from tracking_message where tenant_id = ? and id = ?',
    ),
    update: database.prepare(`update tracking_message set statuses = ?, status = ?, reason = ?, delay_ms = ?
      where tenant_id = ? and id = ?`),
  }
}

/** Stores reports within the open transaction. Stored twice is stored once, since ids are keys. */
export function storeReports(write: DayWrites, reports: readonly ReadReport[], context: Context): void {
  const { messages, later } = batchRows(reports, context.place, context.tenantOfDomain)
  for (const delivery of later) storeLater(write, delivery, context)
  for (const message of messages) storeMessage(write, message, context)
}

function storeMessage(write: DayWrites, { report, rows, deliveries }: BatchMessage, context: Context): void {
  const { notes, tenantOfDomain } = context
  const { message, words } = rows
  const { changes, lastInsertRowid } = write.message.run(...(Object.values(message) as SQLInputValue[]))
  const isNew = changes !== 0
  // First messages are noted again when a batch comes twice: the note may have been lost. Refusals would
  // count double.
  if (isNew || report.kind === 'accepted') notes.note(report, tenantOfDomain)
  if (!isNew) {
    // It was stored by an earlier batch, and some of the outcomes may be new.
    for (const delivery of deliveries) storeLater(write, delivery, context)
    return
  }
  for (const [at, delivery] of deliveries.entries()) {
    if (at > 0) insertAttempt(write, delivery)
    notes.note(delivery.report, tenantOfDomain)
  }
  write.words.run(lastInsertRowid, tokensOf(message.tenant_id, words))
}

/** An outcome whose message was stored before, or never. */
function storeLater(write: DayWrites, delivery: ReadDelivery, { notes, tenantOfDomain }: Context): void {
  const { report } = delivery
  const { tenantId, messageId } = report
  const row = write.stored.get(tenantId, messageId) as (Settled & Pick<NewMessageRow, 'attempt'>) | undefined
  if (row !== undefined && isAttempt(row.attempt, report)) return
  if (!insertAttempt(write, delivery)) return
  if (row !== undefined) {
    const { statuses, status, reason, delay_ms } = outcomeOf(row, report)
    write.update.run(statuses, status, reason, delay_ms, tenantId, messageId)
  }
  notes.note(report, tenantOfDomain)
}

/** False where it is there already. */
function insertAttempt(write: DayWrites, { report, text }: ReadDelivery): boolean {
  return write.attempt.run(...(Object.values(attemptRow(report, text)) as SQLInputValue[])).changes !== 0
}
