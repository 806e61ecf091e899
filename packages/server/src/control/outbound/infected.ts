// Malware that an organisation's own senders tried to send: an account or a machine in foreign hands. Seen in
// reports of refusals, kept for the alert and for Connect.
import type { Db, Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { InfectedNote } from './infected-note.ts'

const NAME = 'outbound-malware'
/** Kept for each organisation: an author is what a client says, so the oldest make room. */
const KEPT_MAX = 200

type Kept = { readonly what: string; readonly count: number }

/** Keeps the newest of each sender. Part of the transaction that keeps the other notes. */
export async function keepInfected(
  trx: Trx,
  { tenantId, identity, at, count, what }: InfectedNote,
): Promise<void> {
  const value = JSON.stringify({ what, count } satisfies Kept)
  await trx
    .insertInto('observation')
    .values({
      tenant_id: tenantId,
      subject: identity,
      name: NAME,
      value,
      checked_at: at,
      next_check_at: null,
      failures: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'subject', 'name']).doUpdateSet({ value, checked_at: at }),
    )
    .execute()
  const oldest = await trx
    .selectFrom('observation')
    .select('subject')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', NAME)
    .orderBy('checked_at', 'desc')
    .offset(KEPT_MAX)
    .limit(KEPT_MAX)
    .execute()
  for (const { subject } of oldest) {
    await trx
      .deleteFrom('observation')
      .where('tenant_id', '=', tenantId)
      .where('name', '=', NAME)
      .where('subject', '=', subject)
      .execute()
  }
}

export type InfectedSender = InfectedNote & { readonly slug: string }

/** Senders of all organisations that tried it since a time, the newest last. */
export async function infectedSenders(db: Db, since: number): Promise<readonly InfectedSender[]> {
  const rows = await acrossTenants(db)
    .selectFrom('observation')
    .innerJoin('tenant', 'tenant.id', 'observation.tenant_id')
    .select(['observation.tenant_id', 'subject', 'value', 'checked_at', 'slug'])
    .where('observation.name', '=', NAME)
    .where('checked_at', '>=', since)
    .orderBy('checked_at')
    .execute()
  return rows.map(({ tenant_id, subject, value, checked_at, slug }) => {
    const { what, count } = JSON.parse(value) as Kept
    return { tenantId: tenant_id, identity: subject, at: checked_at, count, what, slug }
  })
}
