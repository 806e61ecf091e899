// Answers for Connect: all steps, checks that run now, their history, skipping, and locking the mail host.
import * as contract from '@gatepost/contract/connect.ts'
import * as hostCheck from '@gatepost/contract/host-check.ts'
import { checkLock as checkLockEndpoint, getLock as getLockEndpoint } from '@gatepost/contract/lock.ts'
import { checkHistory } from '#control/connect/check-history.ts'
import { checkStep, getConnect, skipStep } from '#control/connect/connect.ts'
import { dropHostReport, getHostCheck } from '#control/connect/host-check.ts'
import { createKnock, type KnockDeps } from '#control/connect/knock.ts'
import { checkLock, getLock } from '#control/connect/lock.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function connectBindings(deps: ControlDeps & KnockDeps): readonly Binding[] {
  const knocking = { ...deps, knock: createKnock(deps) }
  return [
    on(contract.getConnect, (request) => getConnect(scopeOf(request), deps)),
    on(contract.checkStep, (request) => checkStep(scopeOf(request), request.params.step, knocking)),
    on(contract.getStepHistory, async (request) => {
      const { tenantId } = scopeOf(request)
      return { items: await checkHistory(deps.store.db, tenantId, request.params.step) }
    }),
    on(contract.skipStep, (request) => {
      const input = { step: request.params.step, skipped: request.body.skipped }
      return skipStep(scopeOf(request), input, deps)
    }),
    on(hostCheck.getHostCheck, (request) => getHostCheck(scopeOf(request), deps)),
    on(hostCheck.dropHostReport, (request) => dropHostReport(scopeOf(request), request.body, deps)),
    on(getLockEndpoint, (request) => getLock(scopeOf(request), deps)),
    on(checkLockEndpoint, (request) => checkLock(scopeOf(request), deps)),
  ]
}
