// What a run is made of: its row, its place, and its sentences.
import { newId } from '#platform/random.ts'
import type { Scope } from '../scope.ts'
import type { ConnectorHealth } from './brakes.ts'
import type { RunRow } from './run-store.ts'
import { type ConnectorRow, type Place, troubleOf } from './store.ts'

/** A run at work. `agreed` is the number of leavers and removals that a person said yes to. */
export type Job = { readonly row: ConnectorRow; readonly run: RunRow; readonly agreed: number | null }

/** How a connector is, for the brakes of the others. */
export function healthOf(row: ConnectorRow): ConnectorHealth {
  return {
    id: row.id,
    name: row.name,
    isEnabled: row.enabled === 1,
    isAccepted: row.accepted_at !== null,
    trouble: troubleOf(row)?.saw ?? null,
  }
}

export function isPreview({ run }: Job): boolean {
  return run.is_preview === 1
}

export function placeOf(row: ConnectorRow): Place {
  return { tenantId: row.tenant_id, id: row.id }
}

export function runPlace({ row, run }: Job): Place {
  return { tenantId: row.tenant_id, id: run.id }
}

export function wordsOf({ adds, changes, removals, leaving }: RunRow): string {
  return `${adds} added, ${changes} changed, ${leaving} leaving, ${removals} removed`
}

export function newRun(of: {
  readonly scope: Scope
  readonly row: ConnectorRow
  readonly trigger: RunRow['trigger_kind']
  readonly isPreview: boolean
  readonly now: number
}): RunRow {
  const { scope, row, trigger, isPreview: preview, now } = of
  return {
    id: newId('run', now),
    tenant_id: row.tenant_id,
    connector_id: row.id,
    trigger_kind: trigger,
    is_preview: preview ? 1 : 0,
    state: 'reading',
    started_at: now,
    finished_at: null,
    started_by: scope.actor.name,
    cancel_asked: 0,
    agreed_removals: null,
    needs_yes: 0,
    cursor: null,
    entries_read: 0,
    entries_total: null,
    planned: 0,
    applied: 0,
    adds: 0,
    changes: 0,
    removals: 0,
    leaving: 0,
    held: 0,
    kept: 0,
    skipped: 0,
    why: null,
    remedy: null,
    not_listed: '[]',
  }
}
