// The end of being held: after 14 days without a decision a message is returned where its sender may be told,
// else discarded; either is recorded, and the organisation's postmaster is told (decisions 11, 12).
import type { Emit } from '#events/emit.ts'
import type { QueueActOrder } from '#link/queue-orders.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'
import type { DsnMessage } from './dsn.ts'
import type { Source } from './in-hand.ts'
import type { QueueTools } from './queue-tools.ts'
import { type Ended, HELD_DAYS, retentionNotice } from './retention-notice.ts'

const DAY_MS = 24 * 3_600_000
/** A day more or less is no matter to what was held for two weeks. */
const LOOK_MS = 3_600_000
/** After a start others have more pressing work. */
const FIRST_LOOK_MS = 60_000
const MESSAGES_PER_GO = 100
const BY = 'retention'

export type RetentionDeps = {
  readonly clock: Clock
  readonly emit: Emit
  readonly config: { readonly hostname: string }
  readonly sources: () => readonly Source[]
  readonly settingsOf: (tenantId: string) => TenantSettings | null
  readonly queue: Pick<QueueTools, 'act'>
  /** Commits a notice and hands it to delivery. */
  readonly store: (message: DsnMessage) => Promise<void>
}

/** Looks every hour until the signal aborts. */
export async function runRetention(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
  await deps.clock.sleep(FIRST_LOOK_MS, signal)
  while (!signal.aborted) {
    for (const source of deps.sources()) {
      // A disk that refuses was said by the spool; the next look comes.
      if (!signal.aborted) await endHeld(source, deps).catch(() => undefined)
    }
    await deps.clock.sleep(LOOK_MS, signal)
  }
}

/** Ends what is over in one spool. Returns how many messages that were. */
export async function endHeld({ spool }: Source, deps: RetentionDeps): Promise<number> {
  // An organisation may choose fewer days; whether it did is known with its settings alone.
  const now = deps.clock.now()
  const before = now - DAY_MS
  const ended = new Map<string, Ended[]>()
  let after: string | null = null
  let count = 0
  do {
    const part: Awaited<ReturnType<typeof spool.queue.expired>> = await spool.queue.expired({
      before,
      after,
      limit: MESSAGES_PER_GO,
    })
    for (const { envelope: text, why, since } of part.items) {
      const envelope = JSON.parse(text) as Envelope
      const days = deps.settingsOf(envelope.tenantId)?.heldDays ?? HELD_DAYS
      if (since >= now - days * DAY_MS) continue
      const isReturned = await end(envelope, days, deps)
      if (isReturned === null) continue
      count += 1
      const { id: messageId, tenantId } = envelope
      deps.emit('delivery.held.ended', { messageId, tenantId, isReturned })
      const list = ended.get(tenantId) ?? []
      list.push({ envelope, why, isReturned })
      ended.set(tenantId, list)
    }
    after = part.next
  } while (after !== null)
  for (const [tenantId, list] of ended) await tell(tenantId, list, deps)
  return count
}

/**
 * Returned where a report may go; what is then still held had nobody to tell and is discarded. Null while the
 * message is in other hands: without its report it must not go, and the next look comes.
 */
async function end(
  envelope: Envelope,
  days: number,
  { queue, clock }: RetentionDeps,
): Promise<boolean | null> {
  const order = (action: QueueActOrder['action']): QueueActOrder => ({
    kind: 'queue-act',
    id: newId('ord', clock.now()),
    tenantId: envelope.tenantId,
    action,
    by: BY,
    reason: `held for ${days} ${days === 1 ? 'day' : 'days'} and not released`,
    routeId: null,
    messageIds: [envelope.id],
    filter: { state: 'held', domain: null, search: null },
    after: null,
  })
  const mayTell = envelope.dsnAllowed && envelope.reversePath !== null
  const bounced = mayTell ? await queue.act(order('bounce')) : null
  if (bounced !== null && bounced.busy > 0) return null
  await queue.act(order('discard'))
  return bounced !== null && bounced.recipients > 0
}

/** Nobody is named as postmaster: then the log and tracking have to do. */
async function tell(tenantId: string, ended: readonly Ended[], deps: RetentionDeps): Promise<void> {
  const { settingsOf, clock } = deps
  const { hostname } = deps.config
  const settings = settingsOf(tenantId)
  if (settings === null || settings.postmaster === null) return
  const now = clock.now()
  const about = { id: newId('msg', now), tenantId, ended, hostname, now }
  await deps.store(retentionNotice({ ...about, settings, postmaster: settings.postmaster }))
}
