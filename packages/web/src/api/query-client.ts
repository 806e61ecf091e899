// The cache of answers: retries only what may heal by itself, and notices when the session ended.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ProblemError } from './problem-error.ts'

const RETRIES_MAX = 2

/** @param onSignedOut called when a request finds no session any more */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: Error) => {
    if (error instanceof ProblemError && error.problem === 'not-signed-in') onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < RETRIES_MAX && mayHeal(error),
      },
      mutations: { retry: false },
    },
  })
}

function mayHeal(error: Error): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status >= 500)
}
