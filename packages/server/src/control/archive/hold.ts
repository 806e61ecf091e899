// Legal holds: what fits a search stays until the hold ends, whatever retention or an erasure would do.
import {
  ARCHIVE_HOLDS_MAX,
  type ArchiveHold,
  type addArchiveHold,
} from '@gatepost/contract/archive-settings.ts'
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import { newId } from '#platform/random.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { ArchiveDeps } from './deps.ts'
import { endHold, holdsOf, insertHold, settingOf } from './store.ts'

export async function listHolds({ tenantId }: Scope, { store }: ArchiveDeps) {
  const rows = await holdsOf(store.db, tenantId)
  return { items: rows.map(shown) }
}

/** Throws `archive-off`, `invalid-input`, `limit-reached`. */
export async function addHold(
  scope: Scope,
  input: BodyOf<typeof addArchiveHold>,
  { store, clock }: ArchiveDeps,
): Promise<ArchiveHold> {
  const { tenantId } = scope
  const { name, reason, query } = input
  if (Object.values(query).every((value) => value === undefined || value === '')) {
    const message = 'Say what is held: a person, words or dates. To keep everything, keep it for ever.'
    throw invalidInput([{ path: '/query', message }])
  }
  const at = clock.now()
  return store.transaction(async (trx) => {
    if ((await settingOf(trx, tenantId)) === null) throw problem('archive-off')
    const there = await holdsOf(trx, tenantId)
    if (there.filter(({ ended_at }) => ended_at === null).length >= ARCHIVE_HOLDS_MAX) {
      throw problem('limit-reached')
    }
    const row: Row<'archive_hold'> = {
      id: newId('hld', at),
      tenant_id: tenantId,
      name,
      reason,
      query: JSON.stringify(query),
      created_at: at,
      created_by: scope.actor.name,
      ended_at: null,
      ended_by: null,
    }
    await insertHold(trx, row)
    const after = { reason, query }
    await appendAudit(trx, scope, {
      action: 'archive.hold-added',
      subject: `hold ${name}`,
      before: null,
      after,
      at,
    })
    return shown(row)
  })
}

export async function releaseHold(scope: Scope, id: string, { store, clock }: ArchiveDeps): Promise<void> {
  const at = clock.now()
  await store.transaction(async (trx) => {
    const row = await endHold(trx, scope.tenantId, { id, at, by: scope.actor.name })
    if (row === null) throw problem('not-found', 'There is no such hold any more.')
    const before = { reason: row.reason }
    const event = { action: 'archive.hold-ended', subject: `hold ${row.name}`, before, after: null, at }
    await appendAudit(trx, scope, event)
  })
}

function shown(row: Row<'archive_hold'>): ArchiveHold {
  return {
    id: row.id,
    name: row.name,
    reason: row.reason,
    query: JSON.parse(row.query) as ArchiveHold['query'],
    createdAt: row.created_at,
    createdBy: row.created_by,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
  }
}
