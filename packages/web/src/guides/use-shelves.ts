// All guides with their words, loaded once when somebody searches or opens the list.
import { useQuery } from '@tanstack/react-query'
import { loadShelves } from './library.ts'

export function useShelves(enabled = true) {
  return useQuery({
    queryKey: ['guides'],
    queryFn: loadShelves,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  })
}
