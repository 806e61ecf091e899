// Queries of fetched certificates, of the account at their authority, and of proofs under way.
import type { Db, Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type CertificateRow = Row<'certificate'>

export async function allCertificates(db: Db | Trx): Promise<readonly CertificateRow[]> {
  return db.selectFrom('certificate').selectAll().orderBy('name').execute()
}

export async function findCertificate(db: Db | Trx, name: string): Promise<CertificateRow | null> {
  const row = await db.selectFrom('certificate').selectAll().where('name', '=', name).executeTakeFirst()
  return row ?? null
}

/** What changes where a certificate is fetched anew; cheap, because it is asked every second or two. */
export async function certificateTimes(
  db: Db,
): Promise<readonly Pick<CertificateRow, 'name' | 'directory' | 'issued_at' | 'next_at'>[]> {
  return db
    .selectFrom('certificate')
    .select(['name', 'directory', 'issued_at', 'next_at'])
    .orderBy('name')
    .execute()
}

/** Names that are wanted get a row that is due at once, and those that are not lose theirs. */
export async function keepNames(
  trx: Trx,
  names: readonly string[],
  { directory, now }: { readonly directory: string; readonly now: number },
): Promise<void> {
  await trx.deleteFrom('certificate').where('name', 'not in', names).execute()
  // Another authority: the certificate stays in use until its own is there.
  await trx
    .updateTable('certificate')
    .set({ directory, next_at: now, failures: 0, last_error: null })
    .where('directory', '!=', directory)
    .execute()
  for (const name of names) {
    await trx
      .insertInto('certificate')
      .values({ name, directory, next_at: now, failures: 0 })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
  }
}

export async function changeCertificate(
  trx: Trx,
  name: string,
  fields: Partial<Omit<CertificateRow, 'name'>>,
): Promise<void> {
  await trx.updateTable('certificate').set(fields).where('name', '=', name).execute()
}

export async function findAccountKey(db: Db | Trx, directory: string): Promise<string | null> {
  const row = await db
    .selectFrom('acme_account')
    .select('private_key')
    .where('directory', '=', directory)
    .executeTakeFirst()
  return row?.private_key ?? null
}

/** Returns the sealed key that counts: of two nodes that begin at once, the first one's. */
export async function putAccountKey(trx: Trx, row: Row<'acme_account'>): Promise<string> {
  await trx
    .insertInto('acme_account')
    .values(row)
    .onConflict((conflict) => conflict.column('directory').doNothing())
    .execute()
  return (await findAccountKey(trx, row.directory)) ?? row.private_key
}

export async function putChallenge(trx: Trx, row: Row<'acme_challenge'>): Promise<void> {
  await trx
    .insertInto('acme_challenge')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('token').doUpdateSet({ proof: row.proof, expires_at: row.expires_at }),
    )
    .execute()
}

export async function findChallenge(db: Db, token: string, now: number): Promise<string | null> {
  const row = await db
    .selectFrom('acme_challenge')
    .select('proof')
    .where('token', '=', token)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row?.proof ?? null
}

export async function dropOldChallenges(trx: Trx, now: number): Promise<void> {
  await trx.deleteFrom('acme_challenge').where('expires_at', '<=', now).execute()
}

/** Hosts that MX records of organisations' domains named at the last look, with one of these domains. */
export async function mailHostsSeen(
  { db }: Pick<Store, 'db'>,
  limit: number,
): Promise<ReadonlyMap<string, string>> {
  const rows = await acrossTenants(db)
    .selectFrom('observation')
    .innerJoin('domain', 'domain.id', 'observation.subject')
    .select(['domain.name', 'observation.value'])
    .where('observation.name', '=', 'mx')
    .orderBy('domain.name')
    .limit(limit)
    .execute()
  const found = new Map<string, string>()
  for (const { name, value } of rows) {
    const look = JSON.parse(value) as { readonly records?: readonly { readonly exchange: string }[] }
    for (const { exchange } of look.records ?? []) {
      const host = exchange.replace(/\.$/, '').toLowerCase()
      if (!found.has(host)) found.set(host, name)
    }
  }
  return found
}
