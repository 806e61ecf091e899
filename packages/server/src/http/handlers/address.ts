// Answers for our own addresses: to everybody, to operators, and to an organisation that has to allow them.
import * as contract from '@gatepost/contract/own-address.ts'
import { announceAddress, listAddresses, withdrawAddress } from '#control/address/address.ts'
import { confirmAddress, ownAddresses, tenantAddresses } from '#control/address/allowed.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'
import { byOf } from './portfolio.ts'

export function addressBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getAddresses, () => listAddresses(deps)),
    on(contract.listOwnAddresses, () => ownAddresses(deps)),
    on(contract.announceAddress, (request) => announceAddress(byOf(request), request.body, deps)),
    on(contract.withdrawAddress, async (request) => {
      await withdrawAddress(byOf(request), request.params.ip, deps)
      return {}
    }),
    on(contract.getTenantAddresses, (request) => tenantAddresses(scopeOf(request), deps)),
    on(contract.confirmAddress, async (request) => {
      const input = { address: request.params.ip, confirmed: request.body.confirmed }
      await confirmAddress(scopeOf(request), input, deps)
      return {}
    }),
  ]
}
