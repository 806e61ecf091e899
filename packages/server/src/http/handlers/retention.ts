// Answers for retention, holds, and the data of a person.
import * as contract from '@gatepost/contract/retention.ts'
import { erasePerson, exportPerson } from '#control/retention/person.ts'
import { addHold, getRetention, removeHold, setRetention } from '#control/retention/retention.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function retentionBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getRetention, (request) => getRetention(scopeOf(request), deps)),
    on(contract.setRetention, (request) => setRetention(scopeOf(request), request.body, deps)),
    on(contract.addHold, (request) => addHold(scopeOf(request), request.body, deps)),
    on(contract.removeHold, async (request) => {
      await removeHold(scopeOf(request), request.params.hold, deps)
      return {}
    }),
    on(contract.exportPerson, (request) => exportPerson(scopeOf(request), request.query.address, deps)),
    on(contract.erasePerson, (request) => erasePerson(scopeOf(request), request.body, deps)),
  ]
}
