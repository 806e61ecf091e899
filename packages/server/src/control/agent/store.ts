// Queries of agents, their pushes and chunks.
import { sql } from 'kysely'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

export type AgentRow = Row<'agent'>
export type PushRow = Row<'agent_push'>

type Key = { readonly tenantId: string; readonly agentId: string }

export function agentsOf(db: Db, tenantId: string): Promise<AgentRow[]> {
  return db
    .selectFrom('agent')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('site')
    .orderBy('id')
    .execute()
}

export function findAgent(db: Db, { tenantId, agentId }: Key): Promise<AgentRow | undefined> {
  return db
    .selectFrom('agent')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', agentId)
    .executeTakeFirst()
}

/** By the digest of its token or of its code: which tenant it belongs to is what we learn. */
export function agentBy(
  db: Db,
  column: 'token_digest' | 'code_digest',
  digest: string,
): Promise<AgentRow | undefined> {
  return acrossTenants(db).selectFrom('agent').selectAll().where(column, '=', digest).executeTakeFirst()
}

export function updateAgentRow(
  db: Db,
  { tenantId, agentId }: Key,
  change: Partial<Omit<AgentRow, 'id' | 'tenant_id' | 'created_at'>>,
): Promise<unknown> {
  return db
    .updateTable('agent')
    .set(change)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', agentId)
    .execute()
}

/** All pushes of a tenant's agents, newest first. */
export function pushesOf(db: Db, tenantId: string): Promise<PushRow[]> {
  return db
    .selectFrom('agent_push')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('started_at', 'desc')
    .execute()
}

export function findPush(db: Db, { tenantId, agentId }: Key, id: string): Promise<PushRow | undefined> {
  return db
    .selectFrom('agent_push')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The newest listing that is whole. */
export function lastWholePush(db: Db, { tenantId, agentId }: Key): Promise<PushRow | undefined> {
  return db
    .selectFrom('agent_push')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('completed_at', 'is not', null)
    .orderBy('completed_at', 'desc')
    .executeTakeFirst()
}

/** Numbers and sizes of the chunks that are here. */
export function chunksOf(db: Db, { tenantId, agentId }: Key, pushId: string) {
  return db
    .selectFrom('agent_chunk')
    .select(['number', 'entries'])
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('push_id', '=', pushId)
    .orderBy('number')
    .execute()
}

/** What all listings of a tenant take; neither database reads the texts for their lengths. */
export async function stagedOf(
  db: Db,
  tenantId: string,
): Promise<{ readonly chunks: number; readonly octets: number }> {
  const row = await db
    .selectFrom('agent_chunk')
    .select(({ fn }) => [
      fn.countAll<number>().as('chunks'),
      sql<number | null>`sum(octet_length(body))`.as('octets'),
    ])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return { chunks: Number(row.chunks), octets: Number(row.octets ?? 0) }
}

export async function chunkBody(
  db: Db,
  { tenantId, agentId }: Key,
  at: { readonly pushId: string; readonly number: number },
): Promise<string | null> {
  const row = await db
    .selectFrom('agent_chunk')
    .select('body')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('push_id', '=', at.pushId)
    .where('number', '=', at.number)
    .executeTakeFirst()
  return row?.body ?? null
}

/** Drops pushes with their chunks, all but those named. */
export async function dropPushes(db: Db, { tenantId, agentId }: Key, keep: readonly string[]): Promise<void> {
  const kept = keep.length === 0 ? [''] : [...keep]
  await db
    .deleteFrom('agent_chunk')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('push_id', 'not in', kept)
    .execute()
  await db
    .deleteFrom('agent_push')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('id', 'not in', kept)
    .execute()
}
