// Queries of mail that people reported.
import type { Db, Trx } from '#store/open.ts'
import type { MailReportTable } from '#store/spam-tables.ts'

export type ReportRow = MailReportTable

export async function insertReport(trx: Trx, row: ReportRow): Promise<void> {
  await trx.insertInto('mail_report').values(row).execute()
}

/** Newest first. */
export async function reportRows(
  db: Db,
  {
    tenantId,
    limit,
    after,
  }: { readonly tenantId: string; readonly limit: number; readonly after: string | null },
): Promise<ReportRow[]> {
  let query = db.selectFrom('mail_report').selectAll().where('tenant_id', '=', tenantId)
  if (after !== null) query = query.where('id', '<', after)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** Outcomes of one person's reports since then. */
export async function outcomesOf(
  db: Db,
  {
    tenantId,
    mailbox,
    since,
  }: { readonly tenantId: string; readonly mailbox: string; readonly since: number },
): Promise<readonly ReportRow['outcome'][]> {
  const rows = await db
    .selectFrom('mail_report')
    .select('outcome')
    .where('tenant_id', '=', tenantId)
    .where('mailbox', '=', mailbox)
    .where('at', '>=', since)
    .execute()
  return rows.map(({ outcome }) => outcome)
}

export async function isLetterKnown(db: Db, tenantId: string, letter: string): Promise<boolean> {
  const row = await db
    .selectFrom('mail_report')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('letter', '=', letter)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** What a person said of these messages, the latest word each. */
export async function reportsOfMessages(
  db: Db,
  asked: { readonly tenantId: string; readonly mailbox: string; readonly messageIds: readonly string[] },
): Promise<ReadonlyMap<string, ReportRow>> {
  if (asked.messageIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('mail_report')
    .selectAll()
    .where('tenant_id', '=', asked.tenantId)
    .where('mailbox', '=', asked.mailbox)
    .where('message_id', 'in', [...asked.messageIds])
    .orderBy('id', 'asc')
    .execute()
  return new Map(rows.map((row) => [row.message_id!, row]))
}

export async function markTakenBack(trx: Trx, tenantId: string, id: string): Promise<void> {
  await trx
    .updateTable('mail_report')
    .set({ outcome: 'taken-back', lesson_id: null, blocked: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}
