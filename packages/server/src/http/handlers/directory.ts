// Answers for directory connectors: settings, tests, runs and their differences.
import * as contract from '@gatepost/contract/directory.ts'
import { startConnectorTest } from '#control/directory/checks.ts'
import {
  addConnector,
  getConnector,
  listConnectors,
  removeConnector,
  updateConnector,
} from '#control/directory/connector.ts'
import { getSyncRun, listSyncChanges, listSyncRuns } from '#control/directory/history.ts'
import type { DirectoryDeps } from '#control/directory/kind.ts'
import type { SyncRunner } from '#control/directory/sync.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export type DirectoryHandlerDeps = DirectoryDeps & { readonly directories: SyncRunner }

export function directoryBindings(deps: DirectoryHandlerDeps): readonly Binding[] {
  return [
    on(contract.listConnectors, (request) => listConnectors(scopeOf(request), deps)),
    on(contract.addConnector, (request) => addConnector(scopeOf(request), request.body, deps)),
    on(contract.getConnector, (request) => getConnector(scopeOf(request), request.params.connector, deps)),
    on(contract.updateConnector, (request) => {
      const input = { id: request.params.connector, change: request.body, expected: request.ifMatch }
      return updateConnector(scopeOf(request), input, deps)
    }),
    on(contract.removeConnector, async (request) => {
      await removeConnector(scopeOf(request), request.params.connector, deps)
      return {}
    }),
    on(contract.testConnector, async (request) => {
      const input = { id: request.params.connector, address: request.body.address ?? null }
      // The tests go on by themselves; the page asks again until their results are there.
      return (await startConnectorTest(scopeOf(request), input, deps)).connector
    }),
    ...runBindings(deps),
  ]
}

function runBindings(deps: DirectoryHandlerDeps): readonly Binding[] {
  const { directories } = deps
  return [
    on(contract.syncConnector, (request) => {
      const wish = { trigger: 'person', isPreview: request.body.preview } as const
      return directories.start(scopeOf(request), request.params.connector, wish)
    }),
    on(contract.listSyncRuns, (request) =>
      listSyncRuns(scopeOf(request), request.params.connector, { query: request.query, deps }),
    ),
    on(contract.getSyncRun, (request) => getSyncRun(scopeOf(request), request.params, deps)),
    on(contract.listSyncChanges, (request) =>
      listSyncChanges(scopeOf(request), request.params, { query: request.query, deps }),
    ),
    on(contract.acceptSyncRun, (request) => {
      const { params, body } = request
      const input = { connectorId: params.connector, runId: params.run, removals: body.removals ?? null }
      return directories.accept(scopeOf(request), input)
    }),
    on(contract.cancelSyncRun, (request) =>
      directories.cancel(scopeOf(request), request.params.connector, request.params.run),
    ),
  ]
}
