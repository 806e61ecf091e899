// Answers for TLS with partners.
import * as contract from '@gatepost/contract/tls.ts'
import type { ControlDeps } from '#control/scope.ts'
import {
  addTlsPartner,
  enforceTlsPartner,
  listTlsPartners,
  removeTlsPartner,
  testTlsPartner,
} from '#control/tls/partner.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function tlsBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listTlsPartners, (request) => listTlsPartners(scopeOf(request).tenantId, deps)),
    // The page polls: the answer does not wait for the hosts.
    on(contract.addTlsPartner, async (request) => {
      return (await addTlsPartner(scopeOf(request), request.body.domain, deps)).partner
    }),
    on(contract.testTlsPartner, async (request) => {
      return (await testTlsPartner(scopeOf(request), request.params.domain, deps)).partner
    }),
    on(contract.enforceTlsPartner, (request) =>
      enforceTlsPartner(scopeOf(request), { ...request.body, domain: request.params.domain }, deps),
    ),
    on(contract.removeTlsPartner, async (request) => {
      await removeTlsPartner(scopeOf(request), request.params.domain, deps)
      return {}
    }),
  ]
}
