// Rows of digests: settings, choices, what was sent, and the links in it.
import type { DigestDelegate, DigestLanguage, DigestSchedule } from '@gatepost/contract/digest.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type StoredDigest = {
  readonly enabled: boolean
  readonly schedule: DigestSchedule
  readonly language: DigestLanguage
  readonly classes: readonly string[]
  readonly delegates: readonly DigestDelegate[]
  readonly nextAt: number | null
  readonly lastAt: number | null
  readonly revision: number
}

export async function digestOf(db: Db, tenantId: string): Promise<StoredDigest | null> {
  const row = await db
    .selectFrom('digest_setting')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row ? readRow(row) : null
}

function readRow(row: Row<'digest_setting'>): StoredDigest {
  return {
    enabled: row.enabled === 1,
    schedule: JSON.parse(row.schedule) as DigestSchedule,
    language: row.language,
    classes: JSON.parse(row.classes) as string[],
    delegates: JSON.parse(row.delegates) as DigestDelegate[],
    nextAt: row.next_at,
    lastAt: row.last_at,
    revision: row.revision,
  }
}

export async function writeDigest(trx: Trx, tenantId: string, digest: StoredDigest): Promise<void> {
  const values = {
    enabled: digest.enabled ? 1 : 0,
    schedule: JSON.stringify(digest.schedule),
    language: digest.language,
    classes: JSON.stringify(digest.classes),
    delegates: JSON.stringify(digest.delegates),
    next_at: digest.nextAt,
    last_at: digest.lastAt,
    revision: digest.revision,
  } as const
  await trx
    .insertInto('digest_setting')
    .values({ tenant_id: tenantId, ...values })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(values))
    .execute()
}

/** Organisations whose digest is due. */
export async function dueDigests(db: Db, now: number): Promise<readonly string[]> {
  const rows = await acrossTenants(db)
    .selectFrom('digest_setting')
    .select('tenant_id')
    .where('enabled', '=', 1)
    .where('next_at', '<=', now)
    .limit(100)
    .execute()
  return rows.map(({ tenant_id: id }) => id)
}

/** Organisations that were never planned for. */
export async function tenantsWithoutDigest(db: Db): Promise<readonly string[]> {
  const rows = await acrossTenants(db)
    .selectFrom('tenant')
    .leftJoin('digest_setting', 'digest_setting.tenant_id', 'tenant.id')
    .select('tenant.id')
    .where('digest_setting.tenant_id', 'is', null)
    .limit(1_000)
    .execute()
  return rows.map(({ id }) => id)
}

/** Organisations that tell their users at once, and have mail nobody was told of. */
export async function tenantsToldAtOnce(db: Db): Promise<readonly string[]> {
  const rows = await acrossTenants(db)
    .selectFrom('held_setting')
    .select('tenant_id')
    .where('notify_at_once', '=', 1)
    .limit(1_000)
    .execute()
  return rows.map(({ tenant_id: id }) => id)
}

export type Choice = { readonly digest: 'on' | 'off' | null; readonly language: DigestLanguage | null }

export async function choicesOf(db: Db, tenantId: string): Promise<ReadonlyMap<string, Choice>> {
  const rows = await db.selectFrom('digest_choice').selectAll().where('tenant_id', '=', tenantId).execute()
  return new Map(rows.map(({ mailbox, digest, language }) => [mailbox, { digest, language }]))
}

/** What one mailbox chose; null where it did not. */
export async function choiceOf(
  db: Db,
  { tenantId, mailbox }: { readonly tenantId: string; readonly mailbox: string },
): Promise<Choice | null> {
  const row = await db
    .selectFrom('digest_choice')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('mailbox', '=', mailbox)
    .executeTakeFirst()
  return row === undefined ? null : { digest: row.digest, language: row.language }
}

export async function writeChoice(
  trx: Trx,
  place: { readonly tenantId: string; readonly mailbox: string },
  choice: Choice,
): Promise<void> {
  await trx
    .insertInto('digest_choice')
    .values({ tenant_id: place.tenantId, mailbox: place.mailbox, ...choice })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'mailbox']).doUpdateSet(choice))
    .execute()
}

export async function noteSent(trx: Trx, row: Row<'digest_sent'>): Promise<void> {
  await trx
    .insertInto('digest_sent')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function lastSentTo(db: Db, tenantId: string, mailbox: string): Promise<number | null> {
  const row = await db
    .selectFrom('digest_sent')
    .select(({ fn }) => fn.max('at').as('at'))
    .where('tenant_id', '=', tenantId)
    .where('mailbox', '=', mailbox)
    .executeTakeFirst()
  return row?.at ?? null
}

export async function countSent(db: Db, tenantId: string, since: number): Promise<number> {
  const row = await db
    .selectFrom('digest_sent')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('at', '>=', since)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

export type LinkRow = Row<'digest_link'>

export async function insertLinks(trx: Trx, rows: readonly LinkRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 100) {
    await trx
      .insertInto('digest_link')
      .values(rows.slice(at, at + 100))
      .execute()
  }
}

/** By the digest of its token; it names the tenant itself. */
export async function linkOf(db: Db, digest: string): Promise<LinkRow | null> {
  const row = await acrossTenants(db)
    .selectFrom('digest_link')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row ?? null
}

/** Claims a link for its one use; false when somebody was quicker. */
export async function useLink(
  trx: Trx,
  { tenant_id, digest }: LinkRow,
  used: { readonly at: number; readonly for: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('digest_link')
    .set({ used_at: used.at, used_for: used.for })
    .where('tenant_id', '=', tenant_id)
    .where('digest', '=', digest)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What could not be done is open again. */
export async function reopenLink(trx: Trx, { tenant_id, digest }: LinkRow): Promise<void> {
  await trx
    .updateTable('digest_link')
    .set({ used_at: null, used_for: null })
    .where('tenant_id', '=', tenant_id)
    .where('digest', '=', digest)
    .execute()
}

export async function dropOldDigests(db: Db, before: number): Promise<void> {
  const all = acrossTenants(db)
  await all.deleteFrom('digest_link').where('expires_at', '<', before).execute()
  await all.deleteFrom('digest_sent').where('at', '<', before).execute()
}

/** Marks held recipients as told of. */
export async function markTold(
  trx: Trx,
  tenantId: string,
  items: readonly { readonly messageId: string; readonly index: number }[],
  at: number,
): Promise<void> {
  const byMessage = Map.groupBy(items, ({ messageId }) => messageId)
  for (const [messageId, of] of byMessage) {
    await trx
      .updateTable('held_mail')
      .set({ told_at: at })
      .where('tenant_id', '=', tenantId)
      .where('message_id', '=', messageId)
      .where(
        'recipient_index',
        'in',
        of.map(({ index }) => index),
      )
      .execute()
  }
}

/** Mailboxes with held mail of these classes; only what nobody was told of, where asked. */
export async function mailboxesWithHeld(
  db: Db,
  query: {
    readonly tenantId: string
    readonly classes: readonly string[]
    readonly untoldOnly: boolean
    readonly heldBefore: number
  },
): Promise<readonly string[]> {
  if (query.classes.length === 0) return []
  const rows = await db
    .selectFrom('held_mail')
    .select('mailbox')
    .distinct()
    .where('tenant_id', '=', query.tenantId)
    .where('state', '=', 'held')
    .where('direction', '=', 'inbound')
    .where('class', 'in', [...query.classes])
    .where('held_at', '<=', query.heldBefore)
    .$if(query.untoldOnly, (more) => more.where('told_at', 'is', null))
    .orderBy('mailbox')
    .limit(50_000)
    .execute()
  return rows.map(({ mailbox }) => mailbox)
}
