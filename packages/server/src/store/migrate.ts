// Brings a database to the schema this release knows, under a lock; a newer schema is refused (decisions 37).
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import { initial } from './migrations/0001-initial.ts'
import { pause } from './migrations/0002-pause.ts'
import { policies } from './migrations/0003-policies.ts'
import { managedSenders } from './migrations/0004-managed-senders.ts'
import { greylistingTables } from './migrations/0005-greylisting.ts'
import { protection } from './migrations/0006-protection.ts'
import { people } from './migrations/0010-people.ts'
import { userAttributes } from './migrations/0011-user-attributes.ts'
import { directories } from './migrations/0012-directories.ts'
import { agents } from './migrations/0014-agents.ts'
import { signInTables } from './migrations/0016-sign-in.ts'
import { signInProfiles } from './migrations/0017-sign-in-profiles.ts'
import { rolesAndTokens } from './migrations/0018-roles.ts'
import { retentionTables } from './migrations/0019-retention.ts'
import { outbound } from './migrations/0020-outbound.ts'
import { signing } from './migrations/0022-signing.ts'
import { autoAllow } from './migrations/0023-auto-allow.ts'
import { tlsPartners } from './migrations/0024-tls.ts'
import { sharedRoutes } from './migrations/0025-shared-routes.ts'
import { routeLogins } from './migrations/0027-route-logins.ts'
import { spamLessons } from './migrations/0028-spam-lessons.ts'
import { heldMail } from './migrations/0030-held.ts'
import { providerApp } from './migrations/0031-provider-app.ts'
import { digests } from './migrations/0032-digests.ts'
import { archiveTables } from './migrations/0034-archive.ts'
import { contacts } from './migrations/0037-contacts.ts'
import { alerts } from './migrations/0039-alerts.ts'
import { checkHistory } from './migrations/0040-check-history.ts'
import { sharingAndLeaving } from './migrations/0041-sharing-and-leaving.ts'
import { templatesAndAddresses } from './migrations/0042-templates-and-addresses.ts'
import { knownAuthors } from './migrations/0045-known-authors.ts'
import { judgedAgain } from './migrations/0046-judged-again.ts'
import { heldFirstContact } from './migrations/0047-held-first-contact.ts'
import { firstContactSeed } from './migrations/0048-first-contact-seed.ts'
import { mailReports } from './migrations/0051-mail-reports.ts'
import { certificates } from './migrations/0052-certificates.ts'
import { senderSearch } from './migrations/0054-sender-search.ts'
import { contactsAgain } from './migrations/0055-contacts-again.ts'
import { lostDomains } from './migrations/0056-lost-domains.ts'
import { said } from './migrations/0057-said.ts'
import { columnTypes, type Dialect, type Migration } from './migrations/migration.ts'
import type { Schema } from './schema.ts'

export const migrations: readonly Migration[] = [
  initial,
  pause,
  policies,
  managedSenders,
  greylistingTables,
  protection,
  people,
  userAttributes,
  directories,
  agents,
  signInTables,
  signInProfiles,
  rolesAndTokens,
  retentionTables,
  outbound,
  signing,
  autoAllow,
  tlsPartners,
  sharedRoutes,
  routeLogins,
  alerts,
  checkHistory,
  sharingAndLeaving,
  templatesAndAddresses,
  spamLessons,
  heldMail,
  digests,
  archiveTables,
  contacts,
  providerApp,
  knownAuthors,
  judgedAgain,
  heldFirstContact,
  firstContactSeed,
  mailReports,
  certificates,
  senderSearch,
  contactsAgain,
  lostDomains,
  said,
].toSorted((a, b) => a.version - b.version)

/** Any number that only Gatepost uses: the key of PostgreSQL's advisory lock around migrations. */
const MIGRATION_LOCK = 7_305_202_601

/** The database cannot be used by this release; the message names what to do. */
export class StoreRefused extends Error {}

/**
 * Applies what is missing in one transaction. Throws `StoreRefused` when the schema is newer than this
 * release.
 */
export async function migrate(
  db: Kysely<Schema>,
  options: { readonly dialect: Dialect; readonly clock: Clock; readonly where: string },
): Promise<void> {
  const { dialect, clock, where } = options
  await db.transaction().execute(async (trx) => {
    // SQLite's transactions begin immediate, which is the lock already.
    if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx)
    const applied = await appliedTo(trx)
    const present = Math.max(0, ...applied)
    const newest = migrations.at(-1)?.version ?? 0
    if (present > newest) {
      throw new StoreRefused(
        `${where} has schema ${present}, but this release knows schemas up to ${newest}. ` +
          'Start the release that wrote it, or restore a backup made before the update.',
      )
    }
    // A lower number may be newer than a higher one: what is missing counts, not what is higher.
    for (const migration of migrations.filter(({ version }) => !applied.has(version))) {
      for (const statement of migration.statements(columnTypes[dialect]))
        await sql.raw(statement).execute(trx)
      const { version, name } = migration
      await trx.insertInto('schema_version').values({ version, name, applied_at: clock.now() }).execute()
    }
  })
}

async function appliedTo(trx: Transaction<Schema>): Promise<ReadonlySet<number>> {
  await sql`create table if not exists schema_version
    (version bigint primary key, name text not null, applied_at bigint not null)`.execute(trx)
  const rows = await trx.selectFrom('schema_version').select('version').execute()
  return new Set(rows.map(({ version }) => Number(version)))
}
