// Queries of recipients that were taken without being listed.
import type { Db, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import type { SeenRecipientNote } from '../tracking/protection-notes.ts'

export type SeenRecipientRow = Row<'seen_recipient'>

/** Addresses kept a tenant: guesses at addresses must not fill the table, so the least seen make room. */
export const SEEN_MAX = 20_000
/** Removed at once beyond the limit, so that not every note pays for it. */
const SEEN_SPARE = 1_000
/** One statement's parameters stay far below every database's limit. */
const BATCH = 500

/** Adds counts; an address that a user has is not kept. */
export async function keepSeen(trx: Trx, note: SeenRecipientNote, domain: string): Promise<void> {
  const { tenantId, address, at, messages, delivered, refused } = note
  await trx
    .insertInto('seen_recipient')
    .values({
      tenant_id: tenantId,
      domain,
      address,
      first_seen_at: at,
      last_seen_at: at,
      messages,
      delivered,
      refused,
      dismissed_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'address']).doUpdateSet((set) => ({
        last_seen_at: at,
        messages: set('seen_recipient.messages', '+', messages),
        delivered: set('seen_recipient.delivered', '+', delivered),
        refused: set('seen_recipient.refused', '+', refused),
      })),
    )
    .execute()
}

/** Which of these address keys belong to users. */
export async function listedOf(
  db: Db,
  tenantId: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let at = 0; at < keys.length; at += BATCH) {
    const rows = await db
      .selectFrom('user_address')
      .select('address_key')
      .where('tenant_id', '=', tenantId)
      .where('address_key', 'in', keys.slice(at, at + BATCH))
      .execute()
    for (const row of rows) found.add(row.address_key)
  }
  return found
}

/** Makes room for new addresses: those seen least and longest ago go first. */
export async function trimSeen(trx: Trx, tenantId: string): Promise<void> {
  const counted = await trx
    .selectFrom('seen_recipient')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (Number(counted?.rows ?? 0) <= SEEN_MAX) return
  const least = await trx
    .selectFrom('seen_recipient')
    .select('address')
    .where('tenant_id', '=', tenantId)
    .orderBy('delivered')
    .orderBy('messages')
    .orderBy('last_seen_at')
    .limit(SEEN_SPARE)
    .execute()
  for (let at = 0; at < least.length; at += BATCH) {
    await dropSeen(
      trx,
      tenantId,
      least.slice(at, at + BATCH).map(({ address }) => address),
    )
  }
}

export async function dropSeen(trx: Trx, tenantId: string, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return
  await trx
    .deleteFrom('seen_recipient')
    .where('tenant_id', '=', tenantId)
    .where('address', 'in', [...addresses])
    .execute()
}

/** Recipients of a domain that nobody has, most mail first; `after` is the position of the page. */
export function unlistedOf(
  db: Db,
  place: { readonly tenantId: string; readonly domain: string; readonly since: number },
  page: { readonly limit: number; readonly offset: number },
): Promise<SeenRecipientRow[]> {
  return unlisted(db, place)
    .selectAll()
    .orderBy('messages', 'desc')
    .orderBy('address')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
}

/** How many recipients of a domain nobody has, with their messages. */
export async function countUnlisted(
  db: Db,
  place: { readonly tenantId: string; readonly domain: string; readonly since: number },
): Promise<{ readonly addresses: number; readonly messages: number }> {
  const row = await unlisted(db, place)
    .select((select) => [
      select.fn.countAll<number>().as('addresses'),
      select.fn.sum<number>('messages').as('messages'),
    ])
    .executeTakeFirst()
  return { addresses: Number(row?.addresses ?? 0), messages: Number(row?.messages ?? 0) }
}

/** Users of a domain that no directory names. */
export async function notInDirectory(
  db: Db,
  place: { readonly tenantId: string; readonly domain: string },
  limit: number,
): Promise<{ readonly users: number; readonly sample: readonly string[] }> {
  const rows = db
    .selectFrom('user_address')
    .where('tenant_id', '=', place.tenantId)
    .where('domain', '=', place.domain)
    .where('source', '!=', 'directory')
  const [counted, sample] = await Promise.all([
    rows.select((select) => select.fn.countAll<number>().as('users')).executeTakeFirst(),
    rows.select('address').orderBy('address').limit(limit).execute(),
  ])
  return { users: Number(counted?.users ?? 0), sample: sample.map(({ address }) => address) }
}

export async function dismissSeen(
  trx: Trx,
  place: { readonly tenantId: string; readonly domain: string; readonly addresses: readonly string[] },
  now: number,
): Promise<number> {
  const { tenantId, domain, addresses } = place
  const done = await trx
    .updateTable('seen_recipient')
    .set({ dismissed_at: now })
    .where('tenant_id', '=', tenantId)
    .where('domain', '=', domain)
    .where('address', 'in', [...addresses])
    .where('dismissed_at', 'is', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

function unlisted(
  db: Db,
  { tenantId, domain, since }: { readonly tenantId: string; readonly domain: string; readonly since: number },
) {
  return db
    .selectFrom('seen_recipient')
    .where('seen_recipient.tenant_id', '=', tenantId)
    .where('seen_recipient.domain', '=', domain)
    .where('last_seen_at', '>=', since)
    .where('dismissed_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('user_address')
            .select('user_address.address_key')
            .where('user_address.tenant_id', '=', tenantId)
            .whereRef('user_address.address_key', '=', 'seen_recipient.address'),
        ),
      ),
    )
}
