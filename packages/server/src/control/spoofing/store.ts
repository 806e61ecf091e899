// Queries of senders that use our domains from outside.
import type { Db, Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import type { SpoofNote, SpoofSample } from '../tracking/protection-notes.ts'

export type SpoofSourceRow = Row<'spoof_source'>
export type SpoofKey = {
  readonly tenantId: string
  readonly domain: string
  readonly kind: SpoofSourceRow['kind']
  readonly source: string
}

/** Kept an organisation: forgers come from anywhere, so networks that never got through make room first. */
const SOURCES_MAX = 500
const SOURCES_SPARE = 50

/** Keeps who sent as us. */
export async function keepSpoofs(store: Store, notes: readonly SpoofNote[]): Promise<void> {
  if (notes.length === 0) return
  await store.transaction(async (trx) => {
    for (const note of notes) await keepSpoof(trx, note)
    for (const tenantId of new Set(notes.map((note) => note.tenantId))) await trim(trx, tenantId)
  })
}

export function spoofSources(db: Db, tenantId: string, since: number): Promise<SpoofSourceRow[]> {
  return db
    .selectFrom('spoof_source')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('last_seen_at', '>=', since)
    .orderBy('last_seen_at', 'desc')
    .limit(SOURCES_MAX)
    .execute()
}

export async function findSource(db: Db, key: SpoofKey): Promise<SpoofSourceRow | null> {
  const row = await db
    .selectFrom('spoof_source')
    .selectAll()
    .where('tenant_id', '=', key.tenantId)
    .where('domain', '=', key.domain)
    .where('kind', '=', key.kind)
    .where('source', '=', key.source)
    .executeTakeFirst()
  return row ?? null
}

export async function setDismissed(trx: Trx, key: SpoofKey, at: number | null): Promise<void> {
  await trx
    .updateTable('spoof_source')
    .set({ dismissed_at: at })
    .where('tenant_id', '=', key.tenantId)
    .where('domain', '=', key.domain)
    .where('kind', '=', key.kind)
    .where('source', '=', key.source)
    .execute()
}

export function sampleOf(row: Pick<SpoofSourceRow, 'sample'>): SpoofSample {
  return JSON.parse(row.sample) as SpoofSample
}

async function keepSpoof(trx: Trx, note: SpoofNote): Promise<void> {
  const { tenantId, domain, kind, source, at, accepted, refused, reported } = note
  const owner = await trx
    .selectFrom('domain')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', domain)
    .executeTakeFirst()
  // An edge may report for a domain that was removed meanwhile.
  if (owner === undefined) return
  const sample = JSON.stringify(note.sample)
  await trx
    .insertInto('spoof_source')
    .values({
      tenant_id: tenantId,
      domain,
      kind,
      source,
      first_seen_at: at,
      last_seen_at: at,
      accepted,
      refused,
      reported,
      sample,
      dismissed_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'domain', 'kind', 'source']).doUpdateSet((set) => ({
        last_seen_at: at,
        accepted: set('spoof_source.accepted', '+', accepted),
        refused: set('spoof_source.refused', '+', refused),
        reported: set('spoof_source.reported', '+', reported),
        sample,
      })),
    )
    .execute()
}

async function trim(trx: Trx, tenantId: string): Promise<void> {
  const counted = await trx
    .selectFrom('spoof_source')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (Number(counted?.rows ?? 0) <= SOURCES_MAX) return
  const least = await trx
    .selectFrom('spoof_source')
    .select(['domain', 'kind', 'source'])
    .where('tenant_id', '=', tenantId)
    .orderBy('accepted')
    .orderBy('reported')
    .orderBy('last_seen_at')
    .limit(SOURCES_SPARE)
    .execute()
  for (const { domain, kind, source } of least) {
    await trx
      .deleteFrom('spoof_source')
      .where('tenant_id', '=', tenantId)
      .where('domain', '=', domain)
      .where('kind', '=', kind)
      .where('source', '=', source)
      .execute()
  }
}
