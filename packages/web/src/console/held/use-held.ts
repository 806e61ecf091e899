// Acting on held mail: what is read again afterwards, and the last result for the note above the list.
import { actOnHeld, getHeld, getHeldSummary, listHeld } from '@gatepost/contract/held.ts'
import { listQueue } from '@gatepost/contract/queue.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { call } from '#api/call.ts'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import type { HeldSearch } from './held-search.ts'
import type { Acted, HeldAction } from './held-words.ts'

export type Body = {
  readonly action: HeldAction
  /** Left out where everything that a filter matches is meant. */
  readonly messages?: string[]
  readonly scope?: 'recipient' | 'everyone'
  readonly about?: 'address' | 'domain'
  readonly notify?: boolean
  readonly rejectReason?: 'inappropriate' | 'confidential' | 'restricted' | 'policy' | 'unwanted'
  readonly reason?: string
}

/** A filter as the list has it; the state is always held. */
export type HeldFilterOf = Omit<HeldSearch, 'state'>

/** What a run over everything that matches came to so far. */
export type Progress = Acted & { readonly isRunning: boolean }

const NOTHING_YET: Progress = { messages: 0, entries: 0, waiting: 0, left: [], isRunning: true }
const LEFT_MAX = 50

/** Acts on everything that a filter matches, part by part, until nothing is left or somebody stops it. */
export function useHeldRun(onEnd: (acted: Acted & { readonly action: HeldAction }) => void) {
  const tenant = useSlug()
  const client = useQueryClient()
  const [progress, setProgress] = useState<Progress | null>(null)
  const [error, setError] = useState<unknown>(null)
  const stopped = useRef(false)
  const run = async (filter: HeldFilterOf, body: Body): Promise<void> => {
    stopped.current = false
    setError(null)
    let sum = NOTHING_YET
    setProgress(sum)
    try {
      for (let more = true; more && !stopped.current; ) {
        const input = { params: { tenant }, body: { ...body, filter: { ...filter, state: 'held' as const } } }
        const part = await call(actOnHeld, input)
        sum = added(sum, part)
        setProgress(sum)
        // What stays as it is would be found again and again.
        more = part.more && part.messages + part.waiting > 0
      }
    } catch (fault) {
      setError(fault)
    }
    setProgress(null)
    await client.invalidateQueries()
    onEnd({ ...sum, action: body.action })
  }
  return {
    run: (filter: HeldFilterOf, body: Body) => void run(filter, body),
    progress,
    error,
    stop: () => (stopped.current = true),
  }
}

function added(sum: Progress, part: Acted): Progress {
  return {
    messages: sum.messages + part.messages,
    entries: sum.entries + part.entries,
    waiting: sum.waiting + part.waiting,
    left: [...sum.left, ...part.left].slice(0, LEFT_MAX),
    isRunning: true,
  }
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
  return {
    run,
    result,
    show: setResult,
    dismiss: () => setResult(null),
    error: act.error,
    isRunning: act.isPending,
  }
}
