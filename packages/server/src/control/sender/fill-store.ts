// All entries of all organisations, page by page, for an edge that starts over (decisions 31).
import { sql } from 'kysely'
import { managedSenderKey, managedSenderValue } from '#link/managed-sender.ts'
import type { FilledPage } from '#link/publisher.ts'
import type { Db } from '#store/open.ts'

/** `db` must reach all tenants. The cursor is empty at first, then whatever `next` was. */
export async function fillSenders(
  db: Db,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
): Promise<FilledPage> {
  const place = placeOf(cursor)
  const rows = await db
    .selectFrom('managed_sender')
    .select(['tenant_id', 'user_key', 'sender', 'action', 'source', 'only_if_authenticated', 'expires_at'])
    .select('suspended_at')
    .$if(place !== null, (select) =>
      select.where(sql<boolean>`(tenant_id, user_key, sender) > (${sql.join(place ?? [])})`),
    )
    .orderBy('tenant_id')
    .orderBy('user_key')
    .orderBy('sender')
    .limit(limit)
    .execute()
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    items: rows
      .filter(({ suspended_at }) => suspended_at === null)
      .map((row) => ({
        tenantId: row.tenant_id,
        list: 'managed-sender',
        key: managedSenderKey(row.user_key, row.sender),
        value: managedSenderValue({
          action: row.action,
          source: row.source,
          onlyIfAuthenticated: row.only_if_authenticated === 1,
          expiresAt: row.expires_at,
        }),
      })),
    next: last ? JSON.stringify([last.tenant_id, last.user_key, last.sender]) : null,
  }
}

function placeOf(cursor: string): readonly string[] | null {
  if (cursor === '') return null
  const place: unknown = JSON.parse(cursor)
  return Array.isArray(place) && place.length === 3 ? place.map(String) : null
}
