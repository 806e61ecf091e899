// Answers for Connect: all steps, checks that run now, and skipping.
import * as contract from '@gatepost/contract/connect.ts'
import { checkStep, getConnect, skipStep } from '#control/connect/connect.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function connectBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.getConnect, (request) => getConnect(scopeOf(request), deps)),
    on(contract.checkStep, (request) => checkStep(scopeOf(request), request.params.step, deps)),
    on(contract.skipStep, (request) => {
      const input = { step: request.params.step, skipped: request.body.skipped }
      return skipStep(scopeOf(request), input, deps)
    }),
  ]
}
