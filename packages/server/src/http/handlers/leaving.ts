// Answers for leaving: exports, the request, and the operator's side.
import * as contract from '@gatepost/contract/leaving.ts'
import {
  agreeToDeparture,
  cancelDeparture,
  getDeparture,
  listDepartures,
  requestDeparture,
} from '#control/leaving/departure.ts'
import { downloadExport, startExport } from '#control/leaving/export.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'
import { byOf } from './portfolio.ts'

export function leavingBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getDeparture, (request) => getDeparture(scopeOf(request), deps)),
    on(contract.startExport, async (request) => (await startExport(scopeOf(request), deps)).shown),
    on(contract.downloadExport, (request) =>
      downloadExport(scopeOf(request), request.params.wholeExport, deps),
    ),
    on(contract.requestDeparture, (request) => requestDeparture(scopeOf(request), request.body, deps)),
    on(contract.cancelDeparture, async (request) => {
      await cancelDeparture(scopeOf(request), deps)
      return {}
    }),
    on(contract.listDepartures, () => listDepartures(deps)),
    on(contract.agreeToDeparture, async (request) => {
      await agreeToDeparture(byOf(request), request.params.departure, deps)
      return {}
    }),
  ]
}
