// Answers for domains: the list, their proof, how recipients are validated, and the MX records.
import * as contract from '@gatepost/contract/domain.ts'
import { mxGatesOf } from '#control/connect/gates.ts'
import { observe } from '#control/connect/observe.ts'
import {
  addDomain,
  checkDomain,
  getDomain,
  listDomains,
  removeDomain,
  updateDomain,
} from '#control/domain/domain.ts'
import { handDomainOver, listDomainClaims } from '#control/domain/handover.ts'
import { checkMx, mxViewOf, requireValidated } from '#control/domain/mx.ts'
import { zoneOfDomain } from '#control/domain/zone.ts'
import type { ControlDeps, Scope } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import { byOf } from './portfolio.ts'

export function domainBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listDomains, (request) => listDomains(scopeOf(request), deps)),
    on(contract.addDomain, (request) => addDomain(scopeOf(request), request.body, deps)),
    on(contract.getDomain, (request) => getDomain(scopeOf(request), request.params.domain, deps)),
    on(contract.checkDomain, (request) => checkDomain(scopeOf(request), request.params.domain, deps)),
    on(contract.updateDomain, (request) => {
      const input = { domain: request.params.domain, change: request.body, expected: request.ifMatch }
      return updateDomain(scopeOf(request), input, deps)
    }),
    on(contract.removeDomain, async (request) => {
      await removeDomain(scopeOf(request), request.params.domain, deps)
      return {}
    }),
    on(contract.getDomainZone, (request) => zoneOfDomain(scopeOf(request), request.params.domain, deps)),
    on(contract.getMx, (request) => mxView(scopeOf(request), request.params.domain, deps)),
    on(contract.checkMx, async (request) => {
      const scope = scopeOf(request)
      await checkMx(await requireValidated(scope, request.params.domain, deps), deps)
      return mxView(scope, request.params.domain, deps)
    }),
    on(contract.listDomainClaims, () => listDomainClaims(deps)),
    on(contract.handDomainOver, async (request) => {
      await handDomainOver(byOf(request), request.params.claim, deps)
      return {}
    }),
  ]
}

/** The records of a domain beside what the other steps say of it. */
async function mxView(scope: Scope, reference: string, deps: ControlDeps) {
  const row = await requireValidated(scope, reference, deps)
  const gates = mxGatesOf(await observe(scope.tenantId, deps), row.id)
  return mxViewOf(scope, row.id, gates, deps)
}
