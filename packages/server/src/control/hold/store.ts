// Rows of held mail: pages of messages with their recipients, figures, and the marks of decisions.
import { addressKey } from '@gatepost/mail/address.ts'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Db, Trx } from '#store/open.ts'
import type { Row, Schema } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type HeldRow = Row<'held_mail'>

export type HeldQuery = {
  readonly tenantId: string
  readonly state: HeldRow['state']
  readonly class?: string | undefined
  readonly search?: string | undefined
  /** An address or a domain. */
  readonly recipient?: string | undefined
  readonly asked?: 'request' | 'second' | undefined
  /** Only these messages. */
  readonly messages?: readonly string[] | undefined
  /** Address keys of recipients: a user's own mail. */
  readonly mailboxes?: readonly string[] | undefined
  /** Not yet told of in a digest. */
  readonly untold?: boolean | undefined
  readonly heldSince?: number | undefined
}

type Builder = ExpressionBuilder<Schema, 'held_mail'>

/** Recipients listed of one message. */
const RECIPIENTS_READ_MAX = 1_000

/** Ids of up to `limit` matching messages before `after`, newest first. */
export async function heldMessageIds(
  db: Db,
  query: HeldQuery,
  page: { readonly limit: number; readonly after: string | null },
): Promise<string[]> {
  const rows = await db
    .selectFrom('held_mail')
    .select('message_id')
    .distinct()
    .where('tenant_id', '=', query.tenantId)
    .where((where) => matching(where, query))
    .$if(page.after !== null, (more) => more.where('message_id', '<', page.after!))
    .orderBy('message_id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(({ message_id }) => message_id)
}

type ForAnother = {
  readonly tenantId: string
  readonly classes: readonly string[]
  /** Who cannot be the second person after having been the first; null can be neither. */
  readonly by: string | null
  /** Only these messages. */
  readonly messages: readonly string[] | undefined
}

/** Ids of up to `limit` messages that are held under these classes and wait for another person than `by`. */
export async function idsForAnother(
  db: Db,
  { tenantId, classes, by, messages }: ForAnother,
  limit: number,
): Promise<string[]> {
  if (classes.length === 0) return []
  const rows = await db
    .selectFrom('held_mail')
    .select('message_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'held')
    .where('class', 'in', [...classes])
    .$if(messages !== undefined, (some) => some.where('message_id', 'in', [...messages!]))
    .$if(by !== null, (some) =>
      some.where((row) => row.or([row('seconded_by', 'is', null), row('seconded_by', '=', by)])),
    )
    .limit(limit)
    .execute()
  return rows.map(({ message_id }) => message_id)
}

/** The matching recipients of these messages. */
export async function heldRowsOf(db: Db, query: HeldQuery, ids: readonly string[]): Promise<HeldRow[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('held_mail')
    .selectAll()
    .where('tenant_id', '=', query.tenantId)
    .where('message_id', 'in', [...ids])
    .where((where) => matching(where, query))
    .orderBy('message_id', 'desc')
    .orderBy('recipient_index')
    .limit(RECIPIENTS_READ_MAX * ids.length)
    .execute()
}

function matching(where: Builder, query: HeldQuery) {
  const { class: name, search, recipient, asked, messages, mailboxes, untold, heldSince } = query
  const parts = [where('state', '=', query.state)]
  if (name !== undefined) parts.push(where('class', '=', name))
  if (messages !== undefined) parts.push(where('message_id', 'in', [...messages]))
  if (mailboxes !== undefined) parts.push(where('mailbox', 'in', [...mailboxes]))
  if (untold === true) parts.push(where('told_at', 'is', null))
  if (heldSince !== undefined) parts.push(where('held_at', '>=', heldSince))
  if (asked === 'request') parts.push(where('requested_at', 'is not', null))
  if (asked === 'second') parts.push(where('seconded_by', 'is not', null))
  if (recipient !== undefined) {
    const key = addressKey(recipient.replace(/^@/, ''))
    parts.push(key.includes('@') ? where('mailbox', '=', key) : where('mailbox', 'like', likeEnd(`@${key}`)))
  }
  if (search !== undefined) {
    const part = `%${escaped(search.toLowerCase())}%`
    const like = (column: 'author' | 'reverse_path' | 'subject' | 'message_id') =>
      sql<boolean>`lower(${sql.ref(column)}) like ${part} escape '!'`
    parts.push(where.or([like('author'), like('reverse_path'), like('subject'), like('message_id')]) as never)
  }
  return where.and(parts)
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, '!$&')
}

/** Addresses hold no wildcards worth matching: `_` may only match too much, which the domain forbids. */
function likeEnd(end: string): string {
  return `%${end.replace(/%/g, '')}`
}

/** Recipients that are to be judged again by now, of all organisations. */
export function againDue(
  db: Db,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<HeldRow[]> {
  return acrossTenants(db)
    .selectFrom('held_mail')
    .selectAll()
    .where('state', '=', 'held')
    .where('again_at', '<=', now)
    .orderBy('again_at')
    .limit(limit)
    .execute()
}

type Judged = Partial<Pick<HeldRow, 'class' | 'because' | 'rule_name' | 'judged' | 'again_at'>>

/** Notes what judging it again came to. */
export async function markJudged(
  trx: Trx,
  place: { readonly tenantId: string; readonly messageId: string; readonly indexes: readonly number[] },
  change: Judged,
): Promise<void> {
  await trx
    .updateTable('held_mail')
    .set(change)
    .where('tenant_id', '=', place.tenantId)
    .where('message_id', '=', place.messageId)
    .where('recipient_index', 'in', [...place.indexes])
    .where('state', '=', 'held')
    .execute()
}

export type HeldCounts = {
  readonly classes: readonly { readonly class: string; readonly messages: number }[]
  readonly messages: number
  readonly oldestAt: number | null
  readonly requested: number
  readonly second: number
}

export async function countHeld(db: Db, tenantId: string): Promise<HeldCounts> {
  const held = db.selectFrom('held_mail').where('tenant_id', '=', tenantId).where('state', '=', 'held')
  const classes = await held
    .select(({ fn }) => ['class', fn.count<number>('message_id').distinct().as('messages')])
    .groupBy('class')
    .orderBy('class')
    .execute()
  const all = await held
    .select(({ fn }) => [
      fn.count<number>('message_id').distinct().as('messages'),
      fn.min('held_at').as('oldest'),
    ])
    .executeTakeFirst()
  const asked = async (column: 'requested_at' | 'seconded_at'): Promise<number> => {
    const row = await held
      .select(({ fn }) => fn.count<number>('message_id').distinct().as('messages'))
      .where(column, 'is not', null)
      .executeTakeFirst()
    return Number(row?.messages ?? 0)
  }
  return {
    classes: classes.map((row) => ({ class: row.class, messages: Number(row.messages) })),
    messages: Number(all?.messages ?? 0),
    oldestAt: all?.oldest ?? null,
    requested: await asked('requested_at'),
    second: await asked('seconded_at'),
  }
}

/** How many messages are held for these addresses. */
export async function countHeldOf(db: Db, tenantId: string, mailboxes: readonly string[]): Promise<number> {
  const row = await db
    .selectFrom('held_mail')
    .select(({ fn }) => fn.count<number>('message_id').distinct().as('messages'))
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'held')
    .where('direction', '=', 'inbound')
    .where('mailbox', 'in', [...mailboxes])
    .executeTakeFirst()
  return Number(row?.messages ?? 0)
}

type Places = { readonly tenantId: string; readonly messageId: string; readonly indexes: readonly number[] }

/** Marks held recipients; decided ones are left. Resolves with how many were marked. */
export async function markHeld(
  trx: Trx,
  { tenantId, messageId, indexes }: Places,
  marks: Partial<Omit<HeldRow, 'tenant_id' | 'message_id' | 'recipient_index' | 'recipient' | 'mailbox'>>,
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('held_mail')
    .set(marks)
    .where('tenant_id', '=', tenantId)
    .where('message_id', '=', messageId)
    .where('recipient_index', 'in', [...indexes])
    .where('state', '=', 'held')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Rows held longer than held mail can be, and old decided ones, go. */
export async function dropOldHeld(trx: Trx, before: number): Promise<number> {
  const { numDeletedRows } = await acrossTenants(trx)
    .deleteFrom('held_mail')
    .where('held_at', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
