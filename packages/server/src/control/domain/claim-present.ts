// What a domain's page says of claims: the organisation's own, and those of others on what it holds (C1).
import type { Domain } from '@gatepost/contract/domain.ts'
import type { Db } from '#store/open.ts'
import { observationsNamed } from '../connect/observation-store.ts'
import { CLAIM, type Claim, goneOf, shownClaim, shownGone } from './claim.ts'
import { claimableFrom, liveClaims } from './claim-store.ts'
import { domainStateOf } from './present.ts'
import type { DomainRow } from './store.ts'

export type Claims = Pick<Domain, 'claim' | 'contested'>
export const NO_CLAIMS: Claims = { claim: null, contested: null }

/** By id of the domain; without an entry nothing is claimed. */
export async function claimsAround(
  db: Db,
  tenantId: string,
  { rows, now }: { readonly rows: readonly DomainRow[]; readonly now: number },
): Promise<ReadonlyMap<string, Claims>> {
  const own = await observationsNamed<Claim | null>(db, tenantId, CLAIM)
  const found = new Map<string, Claims>()
  for (const row of rows) {
    const claim = own.get(row.id)?.value ?? null
    if (claim === null || domainStateOf(row, now) !== 'pending') continue
    const holder = await claimableFrom(db, row.name, tenantId)
    if (holder === null) continue
    const shown = shownClaim(claim, { gone: await goneOf(db, holder), expiresAt: row.expires_at, now })
    found.set(row.id, { claim: shown, contested: null })
  }
  const held = new Map(rows.filter((row) => row.validated_at !== null).map((row) => [row.name, row]))
  for (const { name, tenant_id, claim } of await liveClaims(db, { now, names: [...held.keys()] })) {
    const row = held.get(name)
    if (!row || tenant_id === tenantId || claim.provenAt === null) continue
    const since = Math.min(found.get(row.id)?.contested?.since ?? claim.provenAt, claim.provenAt)
    found.set(row.id, { claim: null, contested: { since, gone: shownGone(await goneOf(db, row)) } })
  }
  return found
}
