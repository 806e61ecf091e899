// Since when the proof of a validated domain has been gone, and who else proved it meanwhile (C1).
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { readObservation, writeObservation } from '../connect/observation-store.ts'
import type { DomainRow } from './store.ts'

/** The old proof must have been gone for so long: a record that was lost by mistake is back by then. */
export const LOST_MS = 3 * 24 * 3_600_000

const GONE = 'proof-gone'
export const CLAIM = 'proof-claim'
export type Since = { readonly since: number | null }

/** Keeps since when the proof of a validated domain has been gone; null when it is there. */
export async function noteProof(
  db: Db,
  row: Pick<DomainRow, 'id' | 'tenant_id'>,
  { gone, now }: { readonly gone: boolean; readonly now: number },
): Promise<void> {
  const key = { tenantId: row.tenant_id, subject: row.id, name: GONE }
  const kept = await readObservation<Since>(db, key)
  const since = gone ? (kept?.value.since ?? now) : null
  if (since === (kept?.value.since ?? null)) return
  await writeObservation(db, key, { value: { since }, checkedAt: now, nextCheckAt: null, failures: 0 })
}

/** Another organisation saw its own proof of a domain that was lost: the operator is shown it. */
export async function noteClaim(
  db: Db,
  row: Pick<DomainRow, 'id' | 'tenant_id'>,
  { proven, now }: { readonly proven: boolean; readonly now: number },
): Promise<void> {
  const key = { tenantId: row.tenant_id, subject: row.id, name: CLAIM }
  const kept = await readObservation<Since>(db, key)
  const since = proven ? (kept?.value.since ?? now) : null
  if (since === (kept?.value.since ?? null)) return
  await writeObservation(db, key, { value: { since }, checkedAt: now, nextCheckAt: null, failures: 0 })
}

/** Whether exactly this name is held by proof, and that proof has been gone for days. */
export async function isLost(db: Db, name: string, now: number): Promise<boolean> {
  const holder = await holderOfName(db, name)
  if (holder === null) return false
  const since = await goneSince(db, holder)
  return since !== null && since <= now - LOST_MS
}

/** Epoch milliseconds; null while the proof is there. */
export async function goneSince(db: Db, holder: Pick<DomainRow, 'id' | 'tenant_id'>): Promise<number | null> {
  const key = { tenantId: holder.tenant_id, subject: holder.id, name: GONE }
  return (await readObservation<Since>(db, key))?.value.since ?? null
}

/** Who validated exactly this name by a record of its own. */
export async function holderOfName(db: Db, name: string) {
  const row = await acrossTenants(db)
    .selectFrom('domain')
    .innerJoin('tenant', 'tenant.id', 'domain.tenant_id')
    .select([
      'domain.id',
      'domain.tenant_id',
      'domain.name',
      'domain.token',
      'tenant.slug',
      'tenant.name as tenant',
    ])
    .where('domain.name', '=', name)
    .where('domain.validated_at', 'is not', null)
    .where('domain.validated_by', '!=', 'parent')
    .executeTakeFirst()
  return row ?? null
}
