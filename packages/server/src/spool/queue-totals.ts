// How much waits of a tenant, counted row by row in bounded parts. Runs in the writer thread.
import type { QueueCounts } from '#link/queue-totals.ts'
import type { Statements } from './database.ts'
import type { QueueCounted, QueueQuestion } from './queue-wire.ts'
import { statesOf } from './rows.ts'
import type { Envelope } from './spool.ts'
import { PAUSED } from './wire.ts'

/** Rows read at one go: some milliseconds, in which no message is stored. */
const ROWS_PER_LOOK = 500

type Count = Extract<QueueQuestion, { kind: 'queue-count' }>
type Destination = { domain: string; queued: number; held: number; paused: number }

/** Counts the messages behind `after`, as far as one look goes. */
export function countWaiting(sql: Statements, { tenantId, after }: Count): QueueCounted {
  const rows = sql.scan.all(after ?? '', ROWS_PER_LOOK)
  const byDomain = new Map<string, Destination>()
  const sums = { messages: 0, queued: 0, held: 0, paused: 0, bytes: 0 }
  let oldestAt: number | null = null
  for (const { id, tenant } of rows) {
    if (tenant !== tenantId) continue
    const row = sql.readMessage.get(String(id))!
    const text = String(row.envelope)
    const envelope = JSON.parse(text) as Envelope
    const states = statesOf(text, row.states as string | null)
    sums.messages += 1
    sums.bytes += envelope.size
    oldestAt = Math.min(oldestAt ?? envelope.receivedAt, envelope.receivedAt)
    for (const { index, forwardPath } of envelope.recipients) {
      const [letter, , , due] = states.get(index) ?? ['d', 0, null, 0]
      if (letter !== 'q' && letter !== 'h') continue
      const state = letter === 'h' ? 'held' : due >= PAUSED ? 'paused' : 'queued'
      sums[state] += 1
      const domain = forwardPath.slice(forwardPath.lastIndexOf('@') + 1).toLowerCase()
      const place = byDomain.get(domain) ?? { domain, queued: 0, held: 0, paused: 0 }
      place[state] += 1
      byDomain.set(domain, place)
    }
  }
  const counts: QueueCounts = { ...sums, oldestAt, destinations: [...byDomain.values()] }
  return { counts, next: rows.length < ROWS_PER_LOOK ? null : String(rows.at(-1)?.id) }
}
