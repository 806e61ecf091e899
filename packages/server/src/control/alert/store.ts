// Queries of alerts, their channels and what is on its way.
import { AlertKind } from '@gatepost/contract/alert.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type AlertRow = Row<'alert'>
export type SendRow = Row<'alert_send'>

export type StoredChannel = {
  /** Null while nobody set anything. */
  readonly row: Row<'alert_channel'> | null
  readonly silenced: readonly string[]
  readonly escalateMinutes: number | null
}

/** An hour: long enough for whoever is on duty to look, short enough for mail that waits. */
const ESCALATE_MINUTES = 60
/** Sends of one round; the rest follow a second later. */
const SENDS_PER_ROUND_MAX = 20
/** Who administers an organisation, told of what concerns its walls. */
const ADMINISTRATORS_MAX = 20
/** Attempts of a round take 15 s at most; another process may try again after that. */
const CLAIM_MS = 60_000
/** Half a year, as the activity of Connect. */
const KEPT_MS = 180 * 24 * 3_600_000

export function findOpen(
  db: Db,
  key: { readonly tenantId: string; readonly kind: string; readonly subject: string },
): Promise<AlertRow | undefined> {
  return db
    .selectFrom('alert')
    .selectAll()
    .where('tenant_id', '=', key.tenantId)
    .where('kind', '=', key.kind)
    .where('subject', '=', key.subject)
    .where('is_open', '=', 1)
    .executeTakeFirst()
}

export function findAlert(db: Db, tenantId: string, id: string): Promise<AlertRow | undefined> {
  return db
    .selectFrom('alert')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Newest first; all tenants where `tenantId` is null. */
export function alertsOf(
  db: Db,
  tenantId: string | null,
  page: { readonly state: 'open' | 'all'; readonly limit: number; readonly after?: string | undefined },
): Promise<AlertRow[]> {
  const { state, limit, after } = page
  return (tenantId === null ? acrossTenants(db) : db)
    .selectFrom('alert')
    .selectAll()
    .$if(tenantId !== null, (query) => query.where('tenant_id', '=', tenantId))
    .$if(state === 'open', (query) => query.where('is_open', '=', 1))
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Open ones that nobody takes care of. */
export async function countUnattended(db: Db, tenantId: string, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('alert')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('is_open', '=', 1)
    .where('acknowledged_at', 'is', null)
    .where((where) => where.or([where('muted_until', 'is', null), where('muted_until', '<=', now)]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Open alerts of some kinds, of all tenants. */
export function openOfKinds(db: Db, kinds: readonly string[]): Promise<AlertRow[]> {
  return acrossTenants(db)
    .selectFrom('alert')
    .selectAll()
    .where('is_open', '=', 1)
    .where('kind', 'in', kinds)
    .execute()
}

/** Open alerts of all tenants that may be due to be told again: escalation, or the end of muting. */
export function unattendedAlerts(db: Db, now: number): Promise<AlertRow[]> {
  return acrossTenants(db)
    .selectFrom('alert')
    .selectAll()
    .where('is_open', '=', 1)
    .where('acknowledged_at', 'is', null)
    .where((where) =>
      where.or([
        where.and([where('escalated_at', 'is', null), where('severity', '=', 'critical')]),
        where('muted_until', '<=', now),
      ]),
    )
    .execute()
}

export async function channelOf(db: Db, tenantId: string): Promise<StoredChannel> {
  const row = await db
    .selectFrom('alert_channel')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  const silenced = AlertKind.array().safeParse(row ? JSON.parse(row.silenced) : [])
  return {
    row: row ?? null,
    silenced: silenced.success ? silenced.data : [],
    escalateMinutes: row ? row.escalate_minutes : ESCALATE_MINUTES,
  }
}

export async function insertSends(
  trx: Trx,
  tenantId: string,
  sends: readonly (Pick<SendRow, 'event' | 'channel'> & {
    readonly alertId: string | null
    readonly dueAt: number
  })[],
  now: number,
): Promise<readonly string[]> {
  const rows = sends.map(({ alertId, event, channel, dueAt }) => ({
    id: newId('snd', now),
    tenant_id: tenantId,
    alert_id: alertId,
    event,
    channel,
    target: null,
    state: 'waiting' as const,
    created_at: now,
    due_at: dueAt,
    sent_at: null,
    why: null,
  }))
  if (rows.length > 0) await trx.insertInto('alert_send').values(rows).execute()
  return rows.map(({ id }) => id)
}

/** Takes what is due for this process: counted as an attempt before it is made, so that none is forgotten. */
export async function claimSends(trx: Trx, now: number): Promise<SendRow[]> {
  const all = acrossTenants(trx)
  const due = await all
    .selectFrom('alert_send')
    .select('id')
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(SENDS_PER_ROUND_MAX)
    .execute()
  if (due.length === 0) return []
  const ids = due.map(({ id }) => id)
  return all
    .updateTable('alert_send')
    .set((set) => ({ due_at: now + CLAIM_MS, attempts: set('attempts', '+', 1) }))
    .where('id', 'in', ids)
    .where('state', '=', 'waiting')
    .returningAll()
    .execute()
}

export async function updateSend(
  db: Db,
  { tenant_id, id }: Pick<SendRow, 'tenant_id' | 'id'>,
  change: Partial<Pick<SendRow, 'state' | 'target' | 'due_at' | 'sent_at' | 'why'>>,
): Promise<void> {
  await db
    .updateTable('alert_send')
    .set(change)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
}

export function sendsBy(
  db: Db,
  tenantId: string,
  of: { readonly alertId?: string; readonly ids?: readonly string[]; readonly limit: number },
): Promise<SendRow[]> {
  return db
    .selectFrom('alert_send')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(of.alertId !== undefined, (query) => query.where('alert_id', '=', of.alertId ?? ''))
    .$if(of.ids !== undefined, (query) => query.where('id', 'in', of.ids ?? []))
    .orderBy('id', 'desc')
    .limit(of.limit)
    .execute()
}

/** Whom mail of the installation goes to where nothing is set: its operators. */
export async function operatorAddresses(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('person')
    .select('email')
    .where('operator', '=', 1)
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map(({ email }) => email)
}

/** Of an organisation's own administrators. */
export async function administratorAddresses(db: Db, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .select('person.email')
    .where('role_binding.tenant_id', '=', tenantId)
    .where('role_binding.role', 'in', ['super', 'full'])
    .where('role_binding.as_operator', '=', 0)
    .orderBy('person.id')
    .limit(ADMINISTRATORS_MAX)
    .execute()
  return rows.map(({ email }) => email)
}

/** Forgets alerts that ended half a year ago, with what was sent about them. */
export async function dropOldAlerts(db: Db, now: number): Promise<void> {
  const all = acrossTenants(db)
  await all
    .deleteFrom('alert_send')
    .where('created_at', '<', now - KEPT_MS)
    .where('state', '!=', 'waiting')
    .execute()
  await all
    .deleteFrom('alert')
    .where('cleared_at', '<', now - KEPT_MS)
    .execute()
}

export type Organisation = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly contactEmail: string
}

/** The organisation of an alert; null for the installation. */
export async function organisationOf(db: Db, tenantId: string): Promise<Organisation | null> {
  if (tenantId === SYSTEM_TENANT) return null
  const row = await db
    .selectFrom('tenant')
    .select(['id', 'slug', 'name', 'contact_email'])
    .where('id', '=', tenantId)
    .executeTakeFirst()
  return row ? { id: row.id, slug: row.slug, name: row.name, contactEmail: row.contact_email } : null
}

/** Through whose settings mail of the installation goes: the organisation that was first. */
export async function firstTenantId(db: Db): Promise<string | null> {
  const row = await db.selectFrom('tenant').select('id').orderBy('created_at').limit(1).executeTakeFirst()
  return row?.id ?? null
}
