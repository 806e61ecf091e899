// How much waits, for the navigation: counted up to a limit, because a queue can be long and lies on the
// edges.
import { listQueue, type QueueState } from '@gatepost/contract/queue.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { count } from '#shared/format.ts'

const READ_MS = 30_000
/** More than this shows as `50+`. */
const COUNT_MAX = 50

/** `3`, `50+`; undefined while nothing waits or nobody could tell. */
export function useQueueCount(tenant: string, state: QueueState, enabled: boolean): string | undefined {
  const { data } = useEndpoint(
    listQueue,
    { params: { tenant }, query: { state, limit: COUNT_MAX } },
    { enabled, refetchInterval: READ_MS, staleTime: READ_MS / 2 },
  )
  if (!data || data.items.length === 0) return undefined
  return `${count(data.items.length)}${data.next === null ? '' : '+'}`
}
