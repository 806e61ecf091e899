// Answers for greylisting: figures, what is deferred now, release and forgetting.
import * as contract from '@gatepost/contract/greylist.ts'
import { decideIdentity, listDeferredNow, listEnded, readGreylisting } from '#control/greylist/greylist.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function greylistBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.getGreylisting, (request) => readGreylisting(scopeOf(request), request.query, deps)),
    on(contract.listDeferred, (request) => listDeferredNow(scopeOf(request), request.query, deps)),
    on(contract.listEndedDeferrals, (request) => listEnded(scopeOf(request), request.query, deps)),
    on(contract.releaseDeferred, (request) =>
      decideIdentity(scopeOf(request), { ...request.body, decision: 'release' }, deps),
    ),
    on(contract.forgetIdentity, (request) =>
      decideIdentity(scopeOf(request), { ...request.body, decision: 'forget' }, deps),
    ),
  ]
}
