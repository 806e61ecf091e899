// Answers for organisations: the list, one of them, and where its settings are live.
import * as contract from '@gatepost/contract/tenant.ts'
import { createTenant, getLiveness, getTenant, listTenants, updateTenant } from '#control/tenant/tenant.ts'
import { type Binding, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function tenantBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listTenants, (request) => listTenants(signedInOf(request), request.query, deps)),
    on(contract.createTenant, (request) => {
      const { person, token } = signedInOf(request)
      // Somebody has to administer it: of a token, whoever made it.
      const actor = { kind: 'person', id: token?.madeBy ?? person.id, name: person.name } as const
      const by = { actor, from: request.clientAddress }
      return createTenant(by, request.body, deps)
    }),
    on(contract.getTenant, (request) => getTenant(scopeOf(request), deps)),
    on(contract.updateTenant, (request) => {
      const input = { change: request.body, expected: request.ifMatch }
      return updateTenant(scopeOf(request), input, deps)
    }),
    on(contract.getLiveness, async (request) => getLiveness(scopeOf(request), deps)),
  ]
}
