// Claims of a domain that another organisation holds (C1): what looks noted of both records, and what is
// derived from it. Nothing here is ticked off.
import type { DomainClaim, ProofGone } from '@gatepost/contract/domain.ts'
import type { Db } from '#store/open.ts'
import { readObservation, writeObservation } from '../connect/observation-store.ts'
import type { ProofOutcome } from './proof.ts'
import type { DomainRow } from './store.ts'

const HOUR_MS = 3_600_000
/** The holder's record must have been seen missing for so long: one lost by mistake is back by then. */
export const LOST_MS = 3 * 24 * HOUR_MS
/** The claimant's record must stand for so long: the holder was told, and has a day at least to speak up. */
export const NOTICE_MS = 24 * HOUR_MS
/** What lies between two looks without the record counts as without, unless nobody looked for longer. */
export const GAP_MAX_MS = HOUR_MS

const GONE = 'proof-gone'
export const CLAIM = 'domain-claim'

/** What looks at the holder's record showed since it was there last. */
export type Gone = { readonly since: number; readonly lastAt: number; readonly countedMs: number }

/** What is kept of a claim beside the pending domain of who claims. */
export type Claim = {
  readonly claimedAt: number
  /** Since when the claimant's own record has been seen; null while it is not there. */
  readonly provenAt: number | null
  /** When the holder was told first. */
  readonly toldAt: number | null
}

type Key = Pick<DomainRow, 'id' | 'tenant_id'>

/** Another look without the record: gaps in which nobody could look count neither way (law 4). */
export function nextGone(kept: Gone | null, now: number): Gone {
  if (kept === null) return { since: now, lastAt: now, countedMs: 0 }
  const gap = Math.max(0, now - kept.lastAt)
  return { since: kept.since, lastAt: now, countedMs: kept.countedMs + (gap <= GAP_MAX_MS ? gap : 0) }
}

/** Keeps what a look at the record of a validated domain showed. */
export async function noteProof(db: Db, row: Key, kind: ProofOutcome['kind'], now: number): Promise<void> {
  if (kind === 'unknown') return
  const kept = await goneOf(db, row)
  if (kind === 'found' && kept === null) return
  const value = kind === 'found' ? null : nextGone(kept, now)
  await writeObservation(db, keyOf(row, GONE), { value, checkedAt: now, nextCheckAt: null, failures: 0 })
}

export async function goneOf(db: Db, row: Key): Promise<Gone | null> {
  return (await readObservation<Gone | null>(db, keyOf(row, GONE)))?.value ?? null
}

export async function claimOf(db: Db, row: Key): Promise<Claim | null> {
  return (await readObservation<Claim | null>(db, keyOf(row, CLAIM)))?.value ?? null
}

/** Null ends the claim. */
export async function keepClaim(db: Db, row: Key, value: Claim | null, now: number): Promise<void> {
  await writeObservation(db, keyOf(row, CLAIM), { value, checkedAt: now, nextCheckAt: null, failures: 0 })
}

export function isGone(gone: Gone | null): boolean {
  return gone !== null && gone.countedMs >= LOST_MS
}

export function isProven({ provenAt }: Claim, now: number): boolean {
  return provenAt !== null && provenAt <= now - NOTICE_MS
}

export function shownGone(gone: Gone | null): ProofGone {
  return {
    state: gone === null ? 'there' : 'gone',
    since: gone?.since ?? null,
    hours: Math.floor((gone?.countedMs ?? 0) / HOUR_MS),
    hoursNeeded: LOST_MS / HOUR_MS,
    met: isGone(gone),
  }
}

/** The claim as its claimant sees it: of the holder only what whoever writes to the zone may know. */
export function shownClaim(
  claim: Claim,
  {
    gone,
    expiresAt,
    now,
  }: { readonly gone: Gone | null; readonly expiresAt: number | null; readonly now: number },
): DomainClaim {
  const { claimedAt, provenAt } = claim
  const isAwaited = isProven(claim, now) && isGone(gone)
  return {
    claimedAt,
    proof: {
      since: provenAt,
      metAt: provenAt === null ? null : provenAt + NOTICE_MS,
      met: isProven(claim, now),
    },
    gone: provenAt === null ? { ...shownGone(null), state: 'unknown' } : shownGone(gone),
    consent: isAwaited ? 'awaited' : 'too-early',
    expiresAt: expiresAt ?? now,
  }
}

function keyOf({ id, tenant_id }: Key, name: string) {
  return { tenantId: tenant_id, subject: id, name }
}
