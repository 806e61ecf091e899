// Carries out what people ask of the queue, keeps the sums while it runs, and reads the queue again
// afterwards.
import { actOnQueue, type QueueAction } from '@gatepost/contract/queue.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api/call.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { carryOut, type Order, type Totals } from './act.ts'

export type Result = { readonly action: QueueAction; readonly totals: Totals }

/** @param onDone after an action went through, whole or in part */
export function useActions(tenant: string, onDone: () => void) {
  const client = useQueryClient()
  const words = useWords('queue')
  const [progress, setProgress] = useState<Totals | null>(null)
  const mutation = useMutation<Result, Error, Order>({
    mutationFn: async (order) => {
      setProgress(null)
      const totals = await carryOut(order, {
        send: (body) => call(actOnQueue, { params: { tenant }, body }),
        onProgress: setProgress,
      })
      return { action: order.action, totals }
    },
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ['listQueue'] }),
  })
  const done = progress?.messages ?? 0
  const soFar = progress
    ? words('soFar', { messages: words('messages', { count: done, number: count(done) }) })
    : words('underWay')
  return {
    run: (order: Order) => mutation.mutate(order),
    running: mutation.isPending ? soFar : null,
    result: mutation.data ?? null,
    error: mutation.error,
    /** What was changed before the request that failed. */
    doneBefore: mutation.error && progress ? progress.messages : 0,
    dismiss: mutation.reset,
  }
}
