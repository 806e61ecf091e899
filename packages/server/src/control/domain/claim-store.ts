// Queries of claims (C1): who holds a name by proof, who claims it, and whose accounts hang on it.
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { observationsNamed, writeObservation } from '../connect/observation-store.ts'
import { CLAIM, type Claim } from './claim.ts'
import { ancestorsOf } from './name.ts'
import { type DomainRow, holdersOf } from './store.ts'

export type Party = DomainRow & { readonly slug: string; readonly tenant: string }
export type ClaimRow = Party & { readonly claim: Claim }

/** Who validated exactly this name by a record of its own. */
export async function holderOfName(db: Db, name: string): Promise<Party | null> {
  const row = await acrossTenants(db)
    .selectFrom('domain')
    .innerJoin('tenant', 'tenant.id', 'domain.tenant_id')
    .selectAll('domain')
    .select(['tenant.slug', 'tenant.name as tenant'])
    .where('domain.name', '=', name)
    .where('domain.validated_at', 'is not', null)
    .where((where) =>
      where.or([where('domain.validated_by', 'is', null), where('domain.validated_by', '!=', 'parent')]),
    )
    .executeTakeFirst()
  return row ?? null
}

/**
 * Who holds a name that the tenant may claim: another organisation by a record of its own, and nobody else a
 * name above it. What rests on a domain above goes with that domain alone.
 */
export async function claimableFrom(db: Db, name: string, tenantId: string): Promise<Party | null> {
  const holder = await holderOfName(db, name)
  if (holder === null || holder.tenant_id === tenantId) return null
  const above = await holdersOf(db, ancestorsOf(name))
  return [...above.values()].every((one) => one.tenantId === tenantId) ? holder : null
}

/** Claims that run, of the whole installation or of some names; the oldest first. */
export async function liveClaims(
  db: Db,
  { now, names }: { readonly now: number; readonly names?: readonly string[] },
): Promise<readonly ClaimRow[]> {
  if (names?.length === 0) return []
  const rows = await acrossTenants(db)
    .selectFrom('domain')
    .innerJoin('tenant', 'tenant.id', 'domain.tenant_id')
    .innerJoin('observation', (join) =>
      join
        .onRef('observation.tenant_id', '=', 'domain.tenant_id')
        .onRef('observation.subject', '=', 'domain.id')
        .on('observation.name', '=', CLAIM),
    )
    .selectAll('domain')
    .select(['tenant.slug', 'tenant.name as tenant', 'observation.value'])
    .where('domain.validated_at', 'is', null)
    .where('domain.expires_at', '>', now)
    .$if(names !== undefined, (query) => query.where('domain.name', 'in', [...(names ?? [])]))
    .orderBy('domain.id')
    .execute()
  return rows
    .map(({ value, ...row }) => ({ ...row, claim: JSON.parse(value) as Claim | null }))
    .filter((row): row is typeof row & { claim: Claim } => row.claim !== null)
}

/** Domains that organisations lost since a time, with the address of their pages. */
export function lostSince(db: Db, since: number) {
  return acrossTenants(db)
    .selectFrom('domain')
    .innerJoin('tenant', 'tenant.id', 'domain.tenant_id')
    .select(['domain.tenant_id', 'domain.name', 'domain.lost_at', 'tenant.slug'])
    .where('domain.lost_at', '>', since)
    .where('domain.validated_at', 'is', null)
    .execute()
}

const LOST = 'domain-lost'

/** Keeps that a name was lost, whatever becomes of its row: mail for it may wait for weeks. */
export async function noteLost(db: Db, tenantId: string, name: string, now: number): Promise<void> {
  const key = { tenantId, subject: name, name: LOST }
  await writeObservation(db, key, { value: null, checkedAt: now, nextCheckAt: null, failures: 0 })
}

/** Every name the tenant ever lost, and when it did last. */
export async function lostDomainsOf(db: Db, tenantId: string) {
  const noted = await observationsNamed(db, tenantId, LOST)
  return [...noted].map(([name, { checkedAt }]) => ({ name, lostAt: checkedAt }))
}

/** Names the tenant lost to another organisation: mail for their addresses is somebody else's. */
export async function lostNames(db: Db, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('domain')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('lost_at', 'is not', null)
    .where('validated_at', 'is', null)
    .execute()
  return new Set(rows.map(({ name }) => name))
}

/** Those of the addresses that are not in a domain the tenant lost. */
export async function withoutLost(
  db: Db,
  tenantId: string,
  addresses: readonly string[],
): Promise<readonly string[]> {
  const lost = await lostNames(db, tenantId)
  return lost.size === 0 ? addresses : addresses.filter((one) => !lost.has(mailboxOf(one)?.domain ?? ''))
}

/**
 * Names that go with a domain of one organisation: itself, and validated ones whose nearest proof above is
 * its own.
 */
export function namesGoingWith(
  name: string,
  rows: readonly Pick<DomainRow, 'name' | 'validated_at' | 'validated_by'>[],
): readonly string[] {
  const validated = rows.filter(({ validated_at }) => validated_at !== null)
  const proven = new Set(validated.filter((row) => row.validated_by !== 'parent').map((row) => row.name))
  const below = validated.filter(
    (row) =>
      row.validated_by === 'parent' &&
      ancestorsOf(row.name).find((ancestor) => proven.has(ancestor)) === name,
  )
  return [name, ...below.map((row) => row.name)]
}

/** Accounts that sign in by an address of these names. */
export async function accountsAt(db: Db, names: readonly string[]) {
  const rows = await db
    .selectFrom('person')
    .select(['id', 'email', 'operator', 'user_id'])
    .where((where) => where.or(names.map((name) => where('email_key', 'like', `%@${addressKey(name)}`))))
    .orderBy('id')
    .execute()
  // An underscore of a name stands for any sign in LIKE.
  const wanted = new Set(names)
  return rows.filter(({ email }) => wanted.has(mailboxOf(email)?.domain ?? ''))
}
