// Every settings change goes through here: a revision with its diff, an audit entry, and the tenant marked
// for the publisher, all in one transaction (decisions 38).
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'

/**
 * Fields that matter to a reader, before or after a change; null where the thing did not exist. Never
 * secrets.
 */
export type SettingsState = { readonly [field: string]: unknown } | null

export type SettingsChange = {
  /** Verb of the past, such as `route.changed`. */
  readonly action: string
  /** What changed, readable later: `route Exchange`. */
  readonly subject: string
  readonly before: SettingsState
  readonly after: SettingsState
  /** Why, in words; the action where nobody gave any. */
  readonly reason?: string
  readonly at: number
}

/**
 * Records a change of a tenant's settings and returns its revision, to be stored in the changed row. Call it
 * first in the transaction: it locks the tenant's row, so that changes of one tenant follow each other. Call
 * `link.settingsChanged()` once the transaction has committed.
 */
export async function changeSettings(trx: Trx, scope: Scope, change: SettingsChange): Promise<number> {
  const { tenantId } = scope
  const tenant = await trx
    .updateTable('tenant')
    .set((set) => ({ settings_revision: set('settings_revision', '+', 1) }))
    .where('id', '=', tenantId)
    .returning('settings_revision')
    .executeTakeFirst()
  if (!tenant) throw problem('not-found')
  await trx
    .insertInto('revision')
    .values({
      id: newId('rev', change.at),
      tenant_id: tenantId,
      number: tenant.settings_revision,
      at: change.at,
      actor: actorName(scope.actor),
      subject: change.subject,
      reason: change.reason ?? change.action,
      diff: JSON.stringify(diffOf(change.before, change.after)),
    })
    .execute()
  await appendAudit(trx, scope, change)
  await markDirty(trx, tenantId, change.at)
  return tenant.settings_revision
}

/** Asks the publisher to look at a tenant again. */
export async function markDirty(trx: Trx, tenantId: string, now: number): Promise<void> {
  await trx
    .insertInto('tenant_dirty')
    .values({ tenant_id: tenantId, mark: 1, since: now })
    .onConflict((conflict) =>
      conflict.column('tenant_id').doUpdateSet((set) => ({ mark: set('tenant_dirty.mark', '+', 1) })),
    )
    .execute()
}

/**
 * Refuses a change that is based on an older revision than the row has (If-Match); null asks for no check.
 */
export function requireRevision(row: { readonly revision: number }, expected: number | null): void {
  if (expected !== null && expected !== row.revision) throw problem('changed-meanwhile')
}

/**
 * A change that names nothing: it makes no revision and no audit entry, since nobody would find what was
 * done.
 */
export function isEmptyChange(change: object): boolean {
  return Object.values(change).every((value) => value === undefined)
}

/** `{ field: [before, after] }` of the fields that differ. */
export function diffOf(before: SettingsState, after: SettingsState): { [field: string]: [unknown, unknown] } {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const changed = [...fields].filter(
    (field) => JSON.stringify(before?.[field]) !== JSON.stringify(after?.[field]),
  )
  return Object.fromEntries(
    changed.map((field) => [field, [before?.[field] ?? null, after?.[field] ?? null]]),
  )
}
