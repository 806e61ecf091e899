// A listing came whole: every connector that reads this agent runs, with the same brakes as any other (D8).
import type { Store } from '#store/open.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'

/** What starts runs of connectors. */
export type RunStarter = {
  start(
    scope: Scope,
    connectorId: string,
    wish: { readonly trigger: 'pushed'; readonly isPreview: boolean },
  ): Promise<unknown>
}

/** Starts the runs. A connector that is running or not ready yet is left: its next run reads this listing. */
export async function runConnectorsOf(
  agent: { readonly tenantId: string; readonly agentId: string; readonly site: string },
  { store, runs }: { readonly store: Store; readonly runs: RunStarter },
): Promise<void> {
  const { tenantId, agentId, site } = agent
  const rows = await store.db
    .selectFrom('connector')
    .select(['id', 'settings', 'accepted_at'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'agent')
    .where('enabled', '=', 1)
    .execute()
  const scope: Scope = { tenantId, actor: { kind: 'system', name: `agent of ${site}` }, from: 'internal' }
  for (const row of rows) {
    if ((JSON.parse(row.settings) as { readonly agentId?: unknown }).agentId !== agentId) continue
    // Before a person has said yes to a first preview, nothing is taken over by itself.
    const wish = { trigger: 'pushed', isPreview: row.accepted_at === null } as const
    await runs.start(scope, row.id, wish).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
    })
  }
}
