// The page behind the link in our replies: what the sender's side may know of a refusal, and nothing else.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { getRefusal } from '@gatepost/contract/refusal.ts'
import type { Clock } from '#platform/clock.ts'
import { bodyOf } from './body.ts'
import { dayOf, dayOfId } from './days.ts'
import { adviceFor } from './refusal-words.ts'
import { replyText } from './rows.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type Refusal = OutputOf<typeof getRefusal>

const GONE = { state: 'expired', at: null, clientIp: null, reply: null, what: null, advice: [] } as const

/** A code that never was and one whose record is gone look alike, but for its age. */
export async function readRefusal(
  code: string,
  {
    storage,
    clock,
    daysKept,
  }: { readonly storage: TrackingStorage; readonly clock: Clock; readonly daysKept: number },
): Promise<Refusal> {
  const id = `msg_${code}`
  const day = dayOfId(id)
  if (day === null) return { ...GONE, state: 'unknown', advice: [] }
  if (day < dayOf(clock.now()) - daysKept + 1) return { ...GONE, advice: [] }
  const query = storage.builder
    .selectFrom('tracking_message')
    .select(['at', 'client_ip', 'status', 'body'])
    .where('day', '=', day)
    .where('id', '=', id)
    .where('size', 'is', null)
  const [row] = await storage.read(day, query.compile())
  if (!row) return { ...GONE, state: 'unknown', advice: [] }
  const body = bodyOf(row.body)
  const because = body.explanation.find(
    ({ kind }) => kind === 'defer' || kind === 'reject' || kind === 'blind-defer',
  )
  return {
    state: row.status === 'refused' ? 'refused' : 'deferred',
    at: row.at,
    clientIp: row.client_ip,
    reply: body.reply === null ? null : replyText(body.reply),
    ...adviceFor(because?.policy ?? null, because?.kind === 'blind-defer'),
  }
}
