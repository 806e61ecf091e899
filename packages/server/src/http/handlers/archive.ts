// Answers for the archive: its settings, searches, messages, exports, holds and proofs.
import * as contract from '@gatepost/contract/archive.ts'
import * as settings from '@gatepost/contract/archive-settings.ts'
import type { ArchiveDeps } from '#control/archive/deps.ts'
import {
  cancelExport,
  downloadExport,
  type ExportRunner,
  getExport,
  listExports,
  startExport,
} from '#control/archive/export.ts'
import { addHold, listHolds, releaseHold } from '#control/archive/hold.ts'
import { readArchived, readContent, searchArchive } from '#control/archive/look.ts'
import { listChecks, reconcile, startCheck } from '#control/archive/proof.ts'
import { addRule, destroyArchive, getArchive, removeRule, setArchive } from '#control/archive/settings.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export type ArchiveHandlerDeps = ArchiveDeps & { readonly exports: ExportRunner }

export function archiveBindings(deps: ArchiveHandlerDeps): readonly Binding[] {
  return [
    on(contract.searchArchive, (request) => searchArchive(scopeOf(request), request.query, deps)),
    on(contract.getArchived, ({ params, query, ...request }) =>
      readArchived(scopeOf(request), { id: params.archived, reason: query.reason }, deps),
    ),
    on(contract.getArchivedContent, ({ params, query, ...request }) =>
      readContent(scopeOf(request), { id: params.archived, reason: query.reason }, deps),
    ),
    on(contract.listArchiveExports, (request) => listExports(scopeOf(request), deps)),
    on(contract.startArchiveExport, (request) => startExport(scopeOf(request), request.body, deps)),
    on(contract.getArchiveExport, (request) =>
      getExport(scopeOf(request), request.params.archiveExport, deps),
    ),
    on(contract.cancelArchiveExport, async (request) => {
      await cancelExport(scopeOf(request), request.params.archiveExport, deps)
      return {}
    }),
    on(contract.downloadArchiveExport, (request) =>
      downloadExport(scopeOf(request), request.params.archiveExport, deps),
    ),
    ...settingsBindings(deps),
  ]
}

function settingsBindings(deps: ArchiveHandlerDeps): readonly Binding[] {
  return [
    on(settings.getArchive, (request) => getArchive(scopeOf(request), deps)),
    on(settings.setArchive, ({ body, ifMatch, ...request }) =>
      setArchive(scopeOf(request), { input: body, ifMatch }, deps),
    ),
    on(settings.addArchiveRule, (request) => addRule(scopeOf(request), request.body, deps)),
    on(settings.removeArchiveRule, async (request) => {
      await removeRule(scopeOf(request), request.params.archiveRule, deps)
      return {}
    }),
    on(settings.listArchiveHolds, (request) => listHolds(scopeOf(request), deps)),
    on(settings.addArchiveHold, (request) => addHold(scopeOf(request), request.body, deps)),
    on(settings.endArchiveHold, async (request) => {
      await releaseHold(scopeOf(request), request.params.archiveHold, deps)
      return {}
    }),
    on(settings.reconcileArchive, (request) => reconcile(scopeOf(request), request.query.days, deps)),
    on(settings.verifyArchive, (request) => startCheck(scopeOf(request), deps)),
    on(settings.listArchiveChecks, (request) => listChecks(scopeOf(request), deps)),
    on(settings.destroyArchive, async (request) => {
      await destroyArchive(scopeOf(request), request.body, deps)
      return {}
    }),
  ]
}
