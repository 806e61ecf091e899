// What happened around Connect, in sentences: steps that changed, records that were seen, mail that came.
import type { StepName } from '@gatepost/contract/connect.ts'
import { english, saidOf, type Text } from '@gatepost/contract/sayings.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type NewActivity = {
  readonly tenantId: string
  readonly at: number
  readonly kind: Row<'activity'>['kind']
  /** A sentence without a full stop. */
  readonly text: Text
  readonly step?: StepName | null
  readonly messageId?: string | null
}

/** Shown on the overview. */
const SHOWN_MAX = 30
/** Half a year tells the story of an onboarding; the audit log keeps what must be kept longer. */
const KEPT_MS = 180 * 24 * 3_600_000

export async function addActivity(db: Db | Trx, activity: NewActivity): Promise<void> {
  const { tenantId, at, kind, step = null, messageId = null } = activity
  const text = english(activity.text)
  const said = saidJson(activity.text)
  await db
    .insertInto('activity')
    .values({ id: newId('act', at), tenant_id: tenantId, at, kind, text, said, message_id: messageId, step })
    .execute()
}

/** The code of a text as it is kept; null for text that has none. */
export function saidJson(text: Text): string | null {
  const said = saidOf(text)
  return said === undefined ? null : JSON.stringify(said)
}

/** The newest rows of a tenant. */
export function recentActivity(db: Db, tenantId: string): Promise<Row<'activity'>[]> {
  return db
    .selectFrom('activity')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(SHOWN_MAX)
    .execute()
}

export async function dropOldActivity(db: Db, now: number): Promise<void> {
  await acrossTenants(db)
    .deleteFrom('activity')
    .where('at', '<', now - KEPT_MS)
    .execute()
}
