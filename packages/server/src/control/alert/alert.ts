// Raises and clears alerts (U5): one open alert of a kind and subject, and word of it through the channels,
// written in the transaction of whoever noticed.
import type { AlertEvent, AlertKind, AlertSaid, AlertSeverity } from '@gatepost/contract/alert.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, saidOf, type Text } from '@gatepost/contract/sayings.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { channelOf, findOpen, insertSends } from './store.ts'

export type NewAlert = {
  /** Null for the installation itself. */
  readonly tenantId: string | null
  readonly kind: AlertKind
  /** What it is about, such as a host or a domain: the same thing later is the same alert. */
  readonly subject: string
  /** The subject as pages show it, where it is no name. */
  readonly subjectSaid?: Said
  readonly severity: AlertSeverity
  /** What happened and what it means for mail. */
  readonly text: Text
  readonly remedy: Text
  /** Page below the console's address, such as `/t/acme/queue`. */
  readonly link: string
}

/** Of the subject, which may come from outside. */
const SUBJECT_MAX = 300
const TEXT_MAX = 1_000
/** Of the codes with their values; what is longer shows its English, which is cut. */
const SAID_MAX = 4_000
/** "All is well again" waits a little: what comes and goes within it is told once. */
export const SETTLE_MS = 120_000

/**
 * Opens an alert, or brings the open one up to date. Word is sent when it opens and when it becomes critical.
 * Idempotent by tenant, kind and subject. Returns the id.
 */
export async function raiseAlert(trx: Trx, alert: NewAlert, now: number): Promise<string> {
  const tenantId = alert.tenantId ?? SYSTEM_TENANT
  const { kind, severity, link } = alert
  const subject = alert.subject.slice(0, SUBJECT_MAX)
  const words = {
    text: english(alert.text).slice(0, TEXT_MAX),
    remedy: english(alert.remedy).slice(0, TEXT_MAX),
    said: saidOfAlert(alert),
    link,
  }
  const open = await findOpen(trx, { tenantId, kind, subject })
  if (open) {
    await trx
      .updateTable('alert')
      .set({ ...words, severity, seen_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', open.id)
      .execute()
    if (severity === 'critical' && open.severity === 'warning') await tell(trx, open, 'raised', now)
    return open.id
  }
  const again = await reopen(trx, { tenantId, kind, subject }, { ...words, severity, seen_at: now })
  if (again !== null) return again
  const id = newId('alr', now)
  const row: Row<'alert'> = {
    id,
    tenant_id: tenantId,
    kind,
    subject,
    severity,
    ...words,
    raised_at: now,
    seen_at: now,
    cleared_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    muted_until: null,
    escalated_at: null,
    is_open: 1,
  }
  // Two processes may notice the same thing at once: the second finds it told.
  const made = await trx
    .insertInto('alert')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'subject', 'is_open']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made) await tell(trx, row, 'raised', now)
  return id
}

/** Its texts as codes, as they are kept; null where none has one. */
function saidOfAlert({ subjectSaid, text, remedy }: NewAlert): string | null {
  const said: AlertSaid = { subject: subjectSaid, text: saidOf(text), remedy: saidOf(remedy) }
  const json = JSON.stringify(said)
  return json === '{}' || json.length > SAID_MAX ? null : json
}

/** Ends an open alert; word of it goes out once it has stayed so for a while. Does nothing where none is. */
export async function clearAlert(
  trx: Trx,
  alert: { readonly tenantId: string | null; readonly kind: AlertKind; readonly subject: string },
  now: number,
): Promise<void> {
  const tenantId = alert.tenantId ?? SYSTEM_TENANT
  const key = { tenantId, kind: alert.kind, subject: alert.subject.slice(0, SUBJECT_MAX) }
  const open = await findOpen(trx, key)
  if (!open) return
  await trx
    .updateTable('alert')
    .set({ cleared_at: now, is_open: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', open.id)
    .execute()
  const isMuted = open.muted_until !== null && open.muted_until > now
  if (!isMuted) await tell(trx, open, 'cleared', now)
}

/** Puts word of an event in the way of every channel, unless the kind is silenced there. */
export async function tell(
  trx: Trx,
  { id, tenant_id: tenantId, kind }: Pick<Row<'alert'>, 'id' | 'tenant_id' | 'kind'>,
  event: Exclude<AlertEvent, 'test'>,
  now: number,
): Promise<void> {
  const channel = await channelOf(trx, tenantId)
  if (channel.silenced.includes(kind)) return
  const dueAt = event === 'cleared' ? now + SETTLE_MS : now
  const channels = channel.row?.webhook_url ? (['webhook', 'mail'] as const) : (['mail'] as const)
  const sends = channels.map((name) => ({ alertId: id, event, channel: name, dueAt }))
  await insertSends(trx, tenantId, sends, now)
}

/** What was cleared a moment ago and is back: the same alert goes on, and the word of its end is not sent. */
async function reopen(
  trx: Trx,
  { tenantId, kind, subject }: { readonly tenantId: string; readonly kind: string; readonly subject: string },
  fields: Pick<Row<'alert'>, 'text' | 'remedy' | 'said' | 'link' | 'severity' | 'seen_at'>,
): Promise<string | null> {
  const last = await trx
    .selectFrom('alert')
    .select(['id'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('cleared_at', '>', fields.seen_at - SETTLE_MS)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!last) return null
  const dropped = await trx
    .updateTable('alert_send')
    .set({ state: 'dropped', why: 'It was back before word of its end went out.' })
    .where('tenant_id', '=', tenantId)
    .where('alert_id', '=', last.id)
    .where('event', '=', 'cleared')
    .where('state', '=', 'waiting')
    .where('attempts', '=', 0)
    .returning('id')
    .execute()
  // The end was told already, or nothing was ever told: then it is a new alert.
  if (dropped.length === 0) return null
  await trx
    .updateTable('alert')
    .set({ ...fields, cleared_at: null, is_open: 1 })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', last.id)
    .execute()
  return last.id
}
