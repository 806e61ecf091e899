// How many messages are held, for the navigation.
import { getHeldSummary } from '@gatepost/contract/held.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { count } from '#shared/format.ts'

const READ_MS = 30_000

/** Undefined while nothing is held or nobody could tell. */
export function useHeldCount(tenant: string, enabled: boolean): string | undefined {
  const { data } = useEndpoint(
    getHeldSummary,
    { params: { tenant } },
    { enabled, refetchInterval: READ_MS, staleTime: READ_MS / 2 },
  )
  return data && data.messages > 0 ? count(data.messages) : undefined
}
