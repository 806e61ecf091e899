// Warnings about senders: what is open, letting one go on, and the limit an hour (6.8).
import type { SenderWarning } from '@gatepost/contract/outbound.ts'
import { HOURLY_RECIPIENTS } from '#policy/sender-rate.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { actorName } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Listed = { items: SenderWarning[]; hourlyRecipients: number; isDefault: boolean }

/** Shown: open ones first. */
const SHOWN_MAX = 100

export async function listSenderWarnings(scope: Scope, { store }: Pick<Deps, 'store'>): Promise<Listed> {
  const { tenantId } = scope
  const [rows, credentials, setting] = await Promise.all([
    warningsOf(store.db, tenantId),
    store.db.selectFrom('smtp_credential').select(['id', 'name']).where('tenant_id', '=', tenantId).execute(),
    store.db
      .selectFrom('outbound_setting')
      .select('hourly_recipients')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst(),
  ])
  const names = new Map(credentials.map(({ id, name }) => [id, name]))
  const chosen = setting?.hourly_recipients ?? null
  return {
    items: rows.map((row) => ({ ...shown(row), identity: names.get(row.identity) ?? row.identity })),
    hourlyRecipients: chosen ?? HOURLY_RECIPIENTS,
    isDefault: chosen === null,
  }
}

/** Lets a sender go on. Throws `not-found`. */
export async function releaseSender(scope: Scope, id: string, deps: Deps): Promise<Listed> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    const row = await trx
      .selectFrom('sender_warning')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw problem('not-found')
    if (row.released_at !== null) return
    const at = clock.now()
    const released_by = actorName(scope.actor)
    const revision = await changeSettings(trx, scope, {
      action: 'sender.released',
      subject: `sender ${row.identity}`,
      before: { action: row.action },
      after: { action: null },
      at,
    })
    await trx
      .updateTable('sender_warning')
      .set({ released_at: at, released_by, revision })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
  })
  link.settingsChanged()
  return listSenderWarnings(scope, deps)
}

/** Null takes the limit that is built in. */
export async function setSenderLimit(
  scope: Scope,
  hourlyRecipients: number | null,
  deps: Deps,
): Promise<Listed> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const before = await listSenderWarnings(scope, deps)
  await store.transaction(async (trx) => {
    const revision = await changeSettings(trx, scope, {
      action: 'sender.limit-set',
      subject: 'limit of recipients an hour',
      before: { hourlyRecipients: before.isDefault ? null : before.hourlyRecipients },
      after: { hourlyRecipients },
      at: clock.now(),
    })
    const fields = { hourly_recipients: hourlyRecipients, revision }
    await trx
      .insertInto('outbound_setting')
      .values({ tenant_id: tenantId, srs_key: null, ...fields })
      .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(fields))
      .execute()
  })
  link.settingsChanged()
  return listSenderWarnings(scope, deps)
}

function warningsOf(db: Db, tenantId: string): Promise<Row<'sender_warning'>[]> {
  return db
    .selectFrom('sender_warning')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy((order) => order.case().when('released_at', 'is', null).then(0).else(1).end())
    .orderBy('began_at', 'desc')
    .limit(SHOWN_MAX)
    .execute()
}

function shown(row: Row<'sender_warning'>): SenderWarning {
  return {
    id: row.id,
    kind: row.kind,
    identity: row.identity,
    action: row.action,
    beganAt: row.began_at,
    recipients: row.recipients,
    usual: row.usual,
    sample: JSON.parse(row.sample) as string[],
    releasedAt: row.released_at,
    releasedBy: row.released_by,
  }
}
