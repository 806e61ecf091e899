// Answers for the acceptance test and its reports.
import * as contract from '@gatepost/contract/acceptance.ts'
import { getAcceptance, listAcceptance, startAcceptance } from '#control/acceptance/acceptance.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function acceptanceBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listAcceptance, (request) => listAcceptance(scopeOf(request), deps)),
    on(contract.startAcceptance, async (request) => {
      const { report } = await startAcceptance(scopeOf(request), request.body, deps)
      return report
    }),
    on(contract.getAcceptance, (request) => getAcceptance(scopeOf(request), request.params.report, deps)),
  ]
}
