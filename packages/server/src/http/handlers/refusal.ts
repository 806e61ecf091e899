// Answers to people outside who follow the link in one of our replies; asked for slowly, so that nobody
// guesses.
import * as contract from '@gatepost/contract/refusal.ts'
import { problem } from '#control/problem.ts'
import { Budgets } from '#control/tracking/budgets.ts'
import { type Binding, on } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

/** A person opens a few; a mail administrator with many bounces some dozens. */
const LIMIT = { burst: 30, refillMs: 5_000 }

export function refusalBindings({ tracking, clock }: HandlerDeps): readonly Binding[] {
  const budgets = new Budgets(clock, LIMIT)
  return [
    on(contract.getRefusal, async ({ params, clientAddress }) => {
      const waitS = budgets.take(clientAddress)
      if (waitS > 0) throw problem('too-many-attempts', `Ask again in ${waitS} s.`)
      return tracking.getRefusal(params.code)
    }),
  ]
}
