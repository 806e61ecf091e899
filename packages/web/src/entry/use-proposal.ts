// Asks for the environment of a domain once it is typed, and again only when it changes.
import { proposeEnvironment } from '@gatepost/contract/setup.ts'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { call } from '#api/call.ts'
import { domainName } from '#shared/validation.ts'

const TYPING_MS = 500

export function useProposal(token: string, typed: string) {
  const [domain] = useDebouncedValue(typed.trim(), TYPING_MS)
  return useQuery({
    queryKey: ['proposeEnvironment', domain],
    queryFn: () => call(proposeEnvironment, { body: { token, domain } }),
    enabled: domain !== '' && domainName(domain) === null,
    retry: false,
    staleTime: 60_000,
  })
}
