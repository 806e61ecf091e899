// Hooks over the typed client: reading with cache and polling, and acting with what to read again afterwards.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import {
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type * as z from 'zod'
import { say } from '#shared/toast-store.ts'
import { call, type InputOf } from './call.ts'

type Output<E extends Endpoint> = z.output<E['output']>

/** A confirmation, and its way back where there is one. */
export type Said = { readonly text: string; readonly undo?: () => void }

export type ReadOptions<E extends Endpoint> = {
  readonly enabled?: boolean
  /** Milliseconds between reads, or a function of the last answer; false stops. */
  readonly refetchInterval?: number | false | ((last: Output<E> | undefined) => number | false)
  readonly keepPrevious?: boolean
  readonly staleTime?: number
}

/** Key under which an endpoint's answer is cached: its name first, so that names can be invalidated. */
export function keyOf<E extends Endpoint>(endpoint: E, input?: InputOf<E>): readonly unknown[] {
  const given = input as { readonly params?: unknown; readonly query?: unknown } | undefined
  return [endpoint.name, given?.params ?? {}, given?.query ?? {}]
}

/** Reads an endpoint and keeps the answer fresh. */
export function useEndpoint<E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  options: ReadOptions<E> = {},
): UseQueryResult<Output<E>, Error> {
  const { refetchInterval } = options
  return useQuery<Output<E>, Error>({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ signal }) => send(endpoint, { ...input, signal }),
    enabled: options.enabled ?? true,
    ...(options.staleTime === undefined ? {} : { staleTime: options.staleTime }),
    ...(options.keepPrevious ? { placeholderData: (previous: Output<E> | undefined) => previous } : {}),
    ...(refetchInterval === undefined
      ? {}
      : {
          refetchInterval:
            typeof refetchInterval === 'function'
              ? (query: { state: { data: Output<E> | undefined } }) => refetchInterval(query.state.data)
              : refetchInterval,
        }),
  } as Parameters<typeof useQuery<Output<E>, Error>>[0])
}

/** Acts on an endpoint; afterwards the answers of the named endpoints are read again. */
export function useAction<E extends Endpoint>(
  endpoint: E,
  options: {
    readonly readAgain?: readonly Endpoint[]
    readonly onDone?: (output: Output<E>, client: QueryClient) => void
    /** What was done, for a short confirmation where the page itself shows no change; null says nothing. */
    readonly said?: (output: Output<E>, input: InputOf<E>) => Said | null
  } = {},
): UseMutationResult<Output<E>, Error, InputOf<E>> {
  const client = useQueryClient()
  return useMutation<Output<E>, Error, InputOf<E>>({
    mutationFn: (input) => send(endpoint, input),
    onSuccess: async (output, input) => {
      options.onDone?.(output, client)
      const said = options.said?.(output, input) ?? null
      if (said !== null) say(said.text, said.undo)
      await Promise.all(
        (options.readAgain ?? []).map(({ name }) => client.invalidateQueries({ queryKey: [name] })),
      )
    },
  })
}

/** Sends without the conditional argument of `call`, for code that is generic in the endpoint. */
function send<E extends Endpoint>(endpoint: E, input: InputOf<E>): Promise<Output<E>> {
  const generic = call as (endpoint: E, input: InputOf<E>) => Promise<Output<E>>
  return generic(endpoint, input)
}
