// Who wrote to whom, out of what edges reported of inbound mail that was let in, the newest first.
import type { AuthenticationFact } from '#policy/facts.ts'
import { bodyOf } from './body.ts'
import { dayOfId } from './days.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type InboundPage = {
  /** Counted from 1970, UTC. */
  readonly day: number
  /** Only messages before this id; null for the first page. */
  readonly before: string | null
  readonly limit: number
}

export type InboundLetter = {
  readonly id: string
  readonly at: number
  readonly author: string | null
  /** Null where nobody looked or the results could not be had. */
  readonly authentication: AuthenticationFact | null
  /** Those for whom it was not held. */
  readonly recipients: readonly string[]
}

/** One page of a day. */
export async function inboundLetters(
  tenantId: string,
  { day, before, limit }: InboundPage,
  storage: TrackingStorage,
): Promise<readonly InboundLetter[]> {
  if (before !== null && dayOfId(before) !== day) return []
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(['id', 'at', 'author', 'body'])
    .where('day', '=', day)
    .where('tenant_id', '=', tenantId)
    .where('direction', '=', 'inbound')
    .where('size', 'is not', null)
    .$if(before !== null, (rows) => rows.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(limit)
  const rows = await storage.read(day, query.compile())
  return rows.map(({ id, at, author, body }) => {
    const { recipients, facts } = bodyOf(body)
    const found = facts.authentication
    const letIn = recipients.filter(({ held }) => held === undefined)
    return {
      id,
      at,
      author,
      authentication: found?.kind === 'known' ? found.value : null,
      recipients: letIn.map(({ forwardPath }) => forwardPath),
    }
  })
}
