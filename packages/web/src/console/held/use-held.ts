// Acting on held mail: what is read again afterwards, and the last result for the note above the list.
import { actOnHeld, getHeld, getHeldSummary, listHeld } from '@gatepost/contract/held.ts'
import { listQueue } from '@gatepost/contract/queue.ts'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import type { Acted, HeldAction } from './held-words.ts'

export type Body = {
  readonly action: HeldAction
  readonly messages: string[]
  readonly scope?: 'recipient' | 'everyone'
  readonly about?: 'address' | 'domain'
  readonly notify?: boolean
  readonly rejectReason?: 'inappropriate' | 'confidential' | 'restricted' | 'policy' | 'unwanted'
  readonly reason?: string
}

export function useHeldActions(onDone: () => void) {
  const tenant = useSlug()
  const [result, setResult] = useState<(Acted & { readonly action: HeldAction }) | null>(null)
  const act = useAction(actOnHeld, {
    readAgain: [listHeld, getHeldSummary, getHeld, listQueue],
    onDone,
  })
  const run = (body: Body): void => {
    setResult(null)
    act.mutate(
      { params: { tenant }, body },
      { onSuccess: (acted) => setResult({ ...acted, action: body.action }) },
    )
  }
  return { run, result, dismiss: () => setResult(null), error: act.error, isRunning: act.isPending }
}
