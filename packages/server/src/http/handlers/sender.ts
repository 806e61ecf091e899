// Answers for managed senders and their imports.
import * as contract from '@gatepost/contract/sender.ts'
import type { ControlDeps } from '#control/scope.ts'
import {
  commitSenders,
  getSenderImport,
  previewSenders,
  summarizeSenders,
  takeBackSenders,
} from '#control/sender/import.ts'
import {
  addSenders,
  exportSenders,
  listSenders,
  removeSender,
  removeSenders,
  updateSender,
} from '#control/sender/sender.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function senderBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listSenders, (request) => listSenders(scopeOf(request), request.query, deps)),
    on(contract.exportSenders, async (request) => exportSenders(scopeOf(request), request.query, deps)),
    on(contract.getSenderSummary, (request) => summarizeSenders(scopeOf(request), deps)),
    on(contract.addSenders, (request) => addSenders(scopeOf(request), request.body, deps)),
    on(contract.updateSender, (request) => {
      const input = { id: request.params.sender, change: request.body }
      return updateSender(scopeOf(request), input, deps)
    }),
    on(contract.removeSender, async (request) => {
      await removeSender(scopeOf(request), request.params.sender, deps)
      return {}
    }),
    on(contract.removeSenders, (request) => removeSenders(scopeOf(request), request.body, deps)),
    on(contract.previewSenderImport, (request) => {
      const upload = { fileName: request.query.fileName, raw: request.raw }
      return previewSenders(scopeOf(request), upload, deps)
    }),
    on(contract.getSenderImport, (request) =>
      getSenderImport(scopeOf(request), request.params.senderImport, deps),
    ),
    on(contract.commitSenderImport, (request) =>
      commitSenders(scopeOf(request), request.params.senderImport, deps),
    ),
    on(contract.undoSenderImport, (request) =>
      takeBackSenders(scopeOf(request), request.params.senderImport, deps),
    ),
  ]
}
