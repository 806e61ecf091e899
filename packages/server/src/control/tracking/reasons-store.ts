// Why mail was refused, deferred or held in the last 24 hours: the newest rows of each status are enough.
import type { MessageReasons } from '@gatepost/contract/message.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scope } from '../scope.ts'
import { DAY_MS, dayOf, idFloor } from './days.ts'
import { reasonText } from './list-store.ts'
import type { TrackingStorage } from './tracking-store.ts'

export type { MessageReasons } from '@gatepost/contract/message.ts'

const STATUSES = ['refused', 'deferred', 'held'] as const
/** Rows read for each status and day: the shares are as good as those of all. */
const ROWS_MAX = 5_000
const REASONS_MAX = 20

export async function countReasons(
  scope: Scope,
  storage: TrackingStorage,
  clock: Clock,
): Promise<MessageReasons> {
  const from = clock.now() - DAY_MS
  const counts = new Map<string, MessageReasons['items'][number]>()
  let sampled = false
  for (const day of (await storage.days()).filter((one) => one >= dayOf(from))) {
    for (const status of STATUSES) {
      const newest = storage.builder
        .selectFrom('tracking_message')
        .select(['reason', 'count'])
        .where('day', '=', day)
        .where('tenant_id', '=', scope.tenantId)
        .where('status', '=', status)
        .where('id', '>=', idFloor(from))
        .orderBy('id', 'desc')
        .limit(ROWS_MAX)
      const rows = await storage.read(day, newest.compile())
      sampled ||= rows.length === ROWS_MAX
      for (const { reason, count } of rows) {
        if (reason === '') continue
        const key = `${status} ${reason}`
        const before = counts.get(key)?.count ?? 0
        counts.set(key, { reason, means: reasonText(reason), status, count: before + Number(count) })
      }
    }
  }
  const items = [...counts.values()].sort((a, b) => b.count - a.count).slice(0, REASONS_MAX)
  return { items, sampled }
}
