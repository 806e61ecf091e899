// The steps of an organisation, read often while something waits: pages turn green by themselves.
import { type Connect, getConnect } from '@gatepost/contract/connect.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'

const BUSY_MS = 2_000
const CALM_MS = 10_000

export function useConnect(): UseQueryResult<Connect, Error> {
  const tenant = useSlug()
  return useEndpoint(
    getConnect,
    { params: { tenant } },
    { refetchInterval: (connect) => (isBusy(connect) ? BUSY_MS : CALM_MS) },
  )
}

function isBusy(connect: Connect | undefined): boolean {
  return connect?.steps.some(({ state }) => state === 'waiting' || state === 'in-progress') ?? true
}
