// Answers for held mail: the list, a safe look, and what is done about it.
import * as contract from '@gatepost/contract/held.ts'
import { actOnHeldMail } from '#control/hold/act.ts'
import { forwardHeldMail, forwardManyHeld } from '#control/hold/forward.ts'
import { getHeldMail, listHeldMail, summaryOfHeld } from '#control/hold/held.ts'
import { previewHeldMail } from '#control/hold/preview.ts'
import { getHeldSettings, setHeldRules } from '#control/hold/settings.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function heldBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listHeld, (request) => listHeldMail(scopeOf(request), request.query, deps)),
    on(contract.getHeldSummary, (request) => summaryOfHeld(scopeOf(request), deps)),
    on(contract.getHeld, (request) => getHeldMail(scopeOf(request), request.params.message, deps)),
    on(contract.previewHeld, (request) => previewHeldMail(scopeOf(request), request.params.message, deps)),
    on(contract.actOnHeld, (request) => actOnHeldMail(scopeOf(request), request.body, deps)),
    on(contract.forwardHeld, (request) =>
      forwardHeldMail(scopeOf(request), request.params.message, request.body, deps),
    ),
    on(contract.forwardHeldMany, (request) => forwardManyHeld(scopeOf(request), request.body, deps)),
    on(contract.getHeldSettings, (request) => getHeldSettings(scopeOf(request), deps)),
    on(contract.setHeldSettings, (request) =>
      setHeldRules(scopeOf(request), { ...request.body, expected: request.ifMatch }, deps),
    ),
  ]
}
