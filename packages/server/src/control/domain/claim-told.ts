// A claim's own record: since when it is there, and that both organisations are told the first time (C1).
// Neither learns who the other is.
import type { Db, Store, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import type { Scope } from '../scope.ts'
import { claimOf, keepClaim } from './claim.ts'
import { claimableFrom } from './claim-store.ts'
import type { ProofOutcome } from './proof.ts'
import type { DomainRow } from './store.ts'

/** Who noticed, towards the organisation that holds the domain. */
const CHECKS = { kind: 'system', name: 'domain checks' } as const

/** Whether the row claims what another organisation holds now. */
export async function isClaim(db: Db, row: DomainRow): Promise<boolean> {
  if ((await claimOf(db, row)) === null) return false
  return (await claimableFrom(db, row.name, row.tenant_id)) !== null
}

export async function endClaim(db: Db, row: DomainRow, now: number): Promise<void> {
  if ((await claimOf(db, row)) !== null) await keepClaim(db, row, null, now)
}

/** Keeps what a look at the claimant's record showed; nobody's answer changes nothing. */
export async function noteProven(
  row: DomainRow,
  kind: ProofOutcome['kind'],
  { scope, store, now }: { readonly scope: Scope; readonly store: Store; readonly now: number },
): Promise<void> {
  if (kind === 'unknown' || (await claimOf(store.db, row)) === null) return
  await store.transaction(async (trx) => {
    const claim = await claimOf(trx, row)
    const provenAt = kind === 'found' ? (claim?.provenAt ?? now) : null
    if (claim === null || provenAt === claim.provenAt) return
    const isNews = provenAt !== null && claim.toldAt === null
    await keepClaim(trx, row, { ...claim, provenAt, toldAt: isNews ? now : claim.toldAt }, now)
    if (isNews) await tellBoth(trx, row, { scope, now })
  })
}

/** The alert follows from the claim itself; see `alert/sources/claim.ts`. */
async function tellBoth(
  trx: Trx,
  row: DomainRow,
  { scope, now }: { readonly scope: Scope; readonly now: number },
): Promise<void> {
  const holder = await claimableFrom(trx, row.name, row.tenant_id)
  if (holder === null) return
  const subject = `domain ${row.name}`
  const event = { subject, before: null, after: null, at: now }
  await appendAudit(trx, scope, { ...event, action: 'domain.claim-proven' })
  const theirs = { tenantId: holder.tenant_id, actor: CHECKS, from: 'internal' }
  await appendAudit(trx, theirs, { ...event, action: 'domain.contested' })
  const step = 'validate-domains' as const
  const own = `The record that claims ${row.name} is there; the operator decides once that of its holder is gone`
  await addActivity(trx, { tenantId: row.tenant_id, at: now, kind: 'check', text: own, step })
  const text = `Somebody else proved ${row.name} and claims it: keep your record published if it is yours`
  await addActivity(trx, { tenantId: holder.tenant_id, at: now, kind: 'check', text, step })
}
