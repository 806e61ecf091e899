// A batch of reports as the rows that it becomes, the same for both databases. A message whose outcome is in
// the same batch, as it is with most, is written once with it and with its first attempt.
import type { ReadReport } from '#link/report-batch.ts'
import type { DeliveryReport } from '#link/reports.ts'
import type { NewMessageRow } from '#store/tracking-schema.ts'
import {
  type MessageRows,
  messageRows,
  outcomeText,
  type Place,
  type ReadMessage,
  type TenantOfDomain,
} from './rows.ts'
import { afterDelivery, statusOf } from './status.ts'

export type ReadDelivery = { readonly report: DeliveryReport; readonly text: string }

/** A message of the batch, and what became of it within the batch: its row tells the end, and the first. */
export type BatchMessage = {
  readonly report: ReadMessage['report']
  readonly rows: MessageRows
  readonly deliveries: readonly ReadDelivery[]
}

export type BatchRows = {
  readonly messages: readonly BatchMessage[]
  /** Outcomes of messages that came earlier. */
  readonly later: readonly ReadDelivery[]
}

type Waiting = BatchMessage & { readonly deliveries: ReadDelivery[] }

/** Of reports that are twice in a batch the first counts. */
export function batchRows(
  reports: readonly ReadReport[],
  place: Place,
  tenantOfDomain: TenantOfDomain,
): BatchRows {
  const messages = new Map<string, Waiting>()
  const later: ReadDelivery[] = []
  for (const read of reports) {
    const { report, text } = read
    if (report.kind !== 'delivery') {
      if (messages.has(report.id)) continue
      const rows = messageRows({ ...read, report }, place, tenantOfDomain)
      messages.set(report.id, { report, rows, deliveries: [] })
      continue
    }
    const message = messages.get(report.messageId)
    if (message?.rows.message.tenant_id !== report.tenantId) later.push({ report, text })
    else if (!message.deliveries.some((other) => other.report.id === report.id)) {
      settle(message, { report, text })
    }
  }
  return { messages: [...messages.values()], later }
}

function settle({ rows, deliveries }: Waiting, delivery: ReadDelivery): void {
  const { message } = rows
  Object.assign(message, outcomeOf(message, delivery.report))
  message.attempt ??= delivery.text
  deliveries.push(delivery)
}

export type Settled = Pick<NewMessageRow, 'statuses' | 'at' | 'delay_ms'>

/** What a delivery report changes in the row of its message. */
export function outcomeOf(row: Settled, report: DeliveryReport) {
  const statuses = afterDelivery(row.statuses, report)
  const status = statusOf(statuses)
  const delay = status === 'delivered' ? Math.max(0, report.at - row.at) : null
  return { statuses, status, reason: outcomeText(report), delay_ms: row.delay_ms ?? delay }
}

/** Whether the attempt in a message's row is this one. */
export function isAttempt(attempt: string | null, { id }: DeliveryReport): boolean {
  return attempt !== null && (JSON.parse(attempt) as DeliveryReport).id === id
}
