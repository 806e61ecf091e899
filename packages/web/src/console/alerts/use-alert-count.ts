// How many alerts are open, for the navigation.
import { listAlerts } from '@gatepost/contract/alert.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { count } from '#shared/format.ts'

const READ_MS = 30_000
const COUNT_MAX = 50

/** Undefined while nothing is wrong. */
export function useAlertCount(tenant: string, enabled: boolean): string | undefined {
  const { data } = useEndpoint(
    listAlerts,
    { params: { tenant }, query: { limit: COUNT_MAX } },
    { enabled, refetchInterval: READ_MS, staleTime: READ_MS / 2 },
  )
  if (!data || data.items.length === 0) return undefined
  return `${count(data.items.length)}${data.next === null ? '' : '+'}`
}
