// Who wrote to whom, out of what edges reported of accepted outbound mail: authors and recipients by the
// page.
import { bodyOf } from './body.ts'
import { dayOfId } from './days.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type LetterPage = {
  /** Counted from 1970, UTC. */
  readonly day: number
  /** Only messages behind this id; null for the first page. */
  readonly after: string | null
  readonly limit: number
}

export type OutboundLetter = {
  readonly id: string
  readonly at: number
  /** Null for what programs answer with. */
  readonly reversePath: string | null
  readonly author: string | null
  readonly recipients: readonly string[]
  readonly subject: string
}

/** One page of a day, oldest first. */
export async function outboundLetters(
  tenantId: string,
  { day, after, limit }: LetterPage,
  storage: TrackingStorage,
): Promise<readonly OutboundLetter[]> {
  if (after !== null && dayOfId(after) !== day) return []
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(['id', 'at', 'reverse_path', 'author', 'subject', 'body'])
    .where('day', '=', day)
    .where('tenant_id', '=', tenantId)
    .where('direction', '=', 'outbound')
    .where('size', 'is not', null)
    .$if(after !== null, (rows) => rows.where('id', '>', after!))
    .orderBy('id')
    .limit(limit)
  const rows = await storage.read(day, query.compile())
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    reversePath: row.reverse_path,
    author: row.author,
    recipients: bodyOf(row.body).recipients.map(({ forwardPath }) => forwardPath),
    subject: row.subject ?? '',
  }))
}
