// Answers for the installation: its readiness, and the one line that everybody sees.
import * as contract from '@gatepost/contract/system.ts'
import { checkReadiness, getReadiness, healthLine } from '#control/readiness/readiness.ts'
import { type Binding, on } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function systemBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getReadiness, () => getReadiness(deps)),
    on(contract.checkReadiness, () => checkReadiness(deps)),
    on(contract.listRefusals, ({ query }) => deps.tracking.listRefusals(query)),
    on(contract.getHealthLine, () => healthLine(deps)),
  ]
}
