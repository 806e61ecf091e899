// What runs did: the list of a connector's runs, one run with its progress, its differences page by page
// (D8).
import type { SyncChange, SyncRun } from '@gatepost/contract/directory.ts'
import { type Page, pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { requireConnector } from './connector.ts'
import { changeOf, changesOf, findRun, type RunRow, runOf, runsOf } from './run-store.ts'

type Deps = Pick<ControlDeps, 'store'>
type RunPath = { readonly connector: string; readonly run: string }
type PageQuery = { readonly limit: number; readonly after?: string | undefined }

export async function listSyncRuns(
  scope: Scope,
  connectorId: string,
  { query, deps }: { readonly query: PageQuery; readonly deps: Deps },
): Promise<Page<SyncRun>> {
  const { id } = await requireConnector(scope, connectorId, deps)
  const asked = { ...query, limit: query.limit + 1 }
  const rows = await runsOf(deps.store.db, { tenantId: scope.tenantId, id }, asked)
  return pageOf(rows, query.limit, { item: runOf, cursor: (row) => row.id })
}

export async function getSyncRun(scope: Scope, path: RunPath, deps: Deps): Promise<SyncRun> {
  return runOf(await requireRun(scope, path, deps))
}

export async function listSyncChanges(
  scope: Scope,
  path: RunPath,
  {
    query,
    deps,
  }: {
    readonly query: PageQuery & { readonly change?: SyncChange['change'] | undefined }
    readonly deps: Deps
  },
): Promise<Page<SyncChange>> {
  const { id } = await requireRun(scope, path, deps)
  const asked = { ...query, limit: query.limit + 1 }
  const rows = await changesOf(deps.store.db, { tenantId: scope.tenantId, id }, asked)
  return pageOf(rows, query.limit, { item: changeOf, cursor: ({ position }) => String(position) })
}

async function requireRun(scope: Scope, { connector, run }: RunPath, { store }: Deps): Promise<RunRow> {
  const row = await findRun(store.db, { tenantId: scope.tenantId, id: run })
  if (row === null || row.connector_id !== connector) throw problem('not-found', 'There is no such run here.')
  return row
}
