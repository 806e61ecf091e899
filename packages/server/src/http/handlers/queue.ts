// Answers for the queue: what waits, what is done about it, and pauses.
import * as contract from '@gatepost/contract/queue.ts'
import { actOnQueueOf } from '#control/hold/queue-release.ts'
import { changePause, readPause } from '#control/queue/pause.ts'
import { listWaiting, totalWaiting } from '#control/queue/queue.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function queueBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listQueue, (request) => listWaiting(scopeOf(request), request.query, deps)),
    on(contract.getQueueTotals, (request) => totalWaiting(scopeOf(request), deps)),
    on(contract.actOnQueue, (request) => actOnQueueOf(scopeOf(request), request.body, deps)),
    on(contract.getQueuePause, (request) => readPause(scopeOf(request), deps)),
    on(contract.setQueuePause, (request) => changePause(scopeOf(request), request.body, deps)),
  ]
}
