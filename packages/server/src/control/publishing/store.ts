// The publisher's storage over the control store: dirty tenants, shards by digest, versions and the feed.
import { sql } from 'kysely'
import type { FeedItem } from '#link/feed-page.ts'
import type { PublishingStore } from '#link/publisher.ts'
import type { AddressGroup } from '#policy/rule.ts'
import { batchedLists, changesIn } from '#store/feed.ts'
import type { Db, Store, Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { settingOf as archiveSettingOf } from '../archive/store.ts'
import { lostDomainsOf } from '../domain/claim-store.ts'
import { outboundRows } from '../outbound/shard-rows.ts'
import { attributeGroups } from '../policy/attribute-store.ts'
import { groupOf, ruleOf } from '../policy/rows.ts'
import { groupsOf, memberAddresses } from '../policy/store.ts'
import { heldDaysOf } from '../retention/store.ts'
import { taughtOf } from '../screening/store.ts'
import { autoAllowRow } from '../sender/auto-allow-store.ts'
import { arcOf, keysInUse } from '../signing/store.ts'
import { fillLists } from './fill.ts'

/** An edge that is fetching a version just replaced still finds its shards. */
const REPLACED_KEPT_MS = 10 * 60_000
/** Versions kept for a look back. */
const VERSIONS_KEPT = 100
/**
 * Addresses of users in all groups that policies of a tenant name: some 10 MB of settings at each edge.
 * Beyond it, the last groups by id are cut.
 */
const GROUP_ADDRESSES_MAX = 250_000

export function createPublishingStore(store: Store): PublishingStore {
  // Publishing is for all tenants at once.
  const db = acrossTenants(store.db)
  return {
    async version() {
      const row = await db
        .selectFrom('snapshot')
        .select(({ fn }) => fn.max('version').as('version'))
        .executeTakeFirst()
      return row?.version ?? 0
    },
    async shards() {
      const rows = await db
        .selectFrom('shard')
        .select(['tenant_id', 'digest', 'body'])
        .where('replaced_at', 'is', null)
        .orderBy('tenant_id')
        .execute()
      return rows.map(({ tenant_id, digest, body }) => ({ tenantId: tenant_id, digest, body }))
    },
    async shard(digest) {
      const row = await db.selectFrom('shard').select('body').where('digest', '=', digest).executeTakeFirst()
      return row?.body ?? null
    },
    async dirty(limit) {
      const rows = await db
        .selectFrom('tenant_dirty')
        .select(['tenant_id', 'mark'])
        .orderBy('since')
        .limit(limit)
        .execute()
      return rows.map(({ tenant_id, mark }) => ({ tenantId: tenant_id, mark }))
    },
    rowsOf: (tenantId) => rowsOf(db, tenantId),
    publish: (change) => store.transaction((trx) => publish(acrossTenants(trx), change)),
    feedPosition: () => feedPosition(db),
    feedFloor: () => feedFloor(db),
    async feed(after, limit) {
      const rows = await db
        .selectFrom('feed')
        .select(['position', 'tenant_id', 'list', 'key', 'value'])
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit)
        .execute()
      return itemsOf(rows, limit)
    },
    fill: (cursor, limit) => fillLists(db, { cursor, limit }),
    compactFeed: (before) => store.transaction((trx) => compactFeed(acrossTenants(trx), before)),
  }
}

/**
 * Rows as items: at least `limit` of them where there are, and never half a row, as its items share a place.
 */
function itemsOf(
  rows: readonly Pick<Row<'feed'>, 'position' | 'tenant_id' | 'list' | 'key' | 'value'>[],
  limit: number,
): readonly FeedItem[] {
  const items: FeedItem[] = []
  for (const row of rows) {
    for (const change of changesIn(row)) items.push({ position: row.position, ...change })
    if (items.length >= limit) break
  }
  return items
}

async function rowsOf(db: Db, tenantId: string): ReturnType<PublishingStore['rowsOf']> {
  const tenant = await db
    .selectFrom('tenant')
    .select(['id', 'slug', 'settings_revision', 'postmaster', 'delivery_paused'])
    .where('id', '=', tenantId)
    .executeTakeFirst()
  if (!tenant) return null
  const [domains, routes, authorizedOutbounds, policies, groups, signingKeys, arc, autoAllow, outbound] =
    await Promise.all([
      db.selectFrom('domain').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('route').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('authorized_outbound').selectAll().where('tenant_id', '=', tenantId).execute(),
      db
        .selectFrom('policy')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('enabled', '=', 1)
        .execute(),
      groupsOf(db, tenantId),
      keysInUse(db, tenantId),
      arcOf(db, tenantId),
      autoAllowRow(db, tenantId),
      outboundRows(db, tenantId),
    ])
  const named = new Set(policies.flatMap(({ from_group, to_group }) => [from_group, to_group]))
  const withUsers = groups.filter(({ id, member_count }) => named.has(id) && member_count > 0)
  const members = await memberAddresses(
    db,
    tenantId,
    withUsers.map(({ id }) => id),
    GROUP_ADDRESSES_MAX,
  )
  const rules = policies.map(ruleOf)
  const attributes = await attributeGroups(db, { tenantId, rules, limit: GROUP_ADDRESSES_MAX })
  const compiled = {
    rules,
    groups: [...groups.map((row) => withMembers(groupOf(row), members.get(row.id))), ...attributes],
  }
  const heldDays = await heldDaysOf(db, tenantId)
  const archive = await archiveSettingOf(db, tenantId)
  const spamTaught = (await taughtOf(db, tenantId))?.packed ?? null
  const lostDomains = await lostDomainsOf(db, tenantId)
  const parts = { lostDomains, archive, spamTaught, signingKeys, arc, autoAllow, outbound, heldDays }
  return { tenant, domains, routes, authorizedOutbounds, ...compiled, ...parts }
}

/** Users of a group count under all their addresses. */
function withMembers(group: AddressGroup, members: readonly string[] = []): AddressGroup {
  if (members.length === 0) return group
  return { ...group, addresses: [...new Set([...group.addresses, ...members])].toSorted() }
}

async function publish(trx: Trx, change: Parameters<PublishingStore['publish']>[0]): Promise<void> {
  const { version, feedPosition, shards, compiled, now } = change
  if (compiled.length > 0) {
    const tenantIds = compiled.map(({ tenantId }) => tenantId)
    await trx
      .updateTable('shard')
      .set({ replaced_at: now })
      .where('tenant_id', 'in', tenantIds)
      .where('replaced_at', 'is', null)
      .execute()
  }
  for (const { tenantId, digest, body } of shards) {
    await trx
      .insertInto('shard')
      .values({ digest, tenant_id: tenantId, body, version, created_at: now, replaced_at: null })
      .onConflict((conflict) => conflict.column('digest').doUpdateSet({ replaced_at: null, version }))
      .execute()
  }
  for (const { tenantId, mark } of compiled) {
    await trx.deleteFrom('tenant_dirty').where('tenant_id', '=', tenantId).where('mark', '=', mark).execute()
  }
  await trx.insertInto('snapshot').values({ version, feed_position: feedPosition, created_at: now }).execute()
  await trx
    .deleteFrom('snapshot')
    .where('version', '<=', version - VERSIONS_KEPT)
    .execute()
  await trx
    .deleteFrom('shard')
    .where('replaced_at', '<', now - REPLACED_KEPT_MS)
    .execute()
}

async function feedPosition(db: Db): Promise<number> {
  const row = await db
    .selectFrom('feed')
    .select(({ fn }) => fn.max('position').as('position'))
    .executeTakeFirst()
  return Math.max(row?.position ?? 0, await feedFloor(db))
}

async function feedFloor(db: Db): Promise<number> {
  const row = await db
    .selectFrom('observation')
    .select('value')
    .where('tenant_id', '=', SYSTEM_TENANT)
    .where('subject', '=', 'feed')
    .where('name', '=', 'floor')
    .executeTakeFirst()
  return row ? (JSON.parse(row.value) as { position: number }).position : 0
}

/**
 * Later items replace earlier ones of the same key; old removals go, and the floor says from where one starts
 * over.
 */
async function compactFeed(trx: Trx, before: number): Promise<void> {
  const batched = [...batchedLists]
  await sql`delete from feed where list not in (${sql.join(batched)}) and exists (select 1 from feed as later
    where later.tenant_id = feed.tenant_id and later.list = feed.list and later.key = feed.key
    and later.position > feed.position)`.execute(trx)
  const oldest = await trx
    .selectFrom('feed')
    .select(({ fn }) => fn.max('position').as('position'))
    .where((where) => where.or([where('value', 'is', null), where('list', 'in', batched)]))
    .where('at', '<', before)
    .executeTakeFirst()
  const floor = oldest?.position ?? null
  if (floor === null) return
  await trx
    .deleteFrom('feed')
    .where((where) => where.or([where('value', 'is', null), where('list', 'in', batched)]))
    .where('position', '<=', floor)
    .where('at', '<', before)
    .execute()
  const row = {
    tenant_id: SYSTEM_TENANT,
    subject: 'feed',
    name: 'floor',
    value: JSON.stringify({ position: floor }),
  }
  await trx
    .insertInto('observation')
    .values({ ...row, checked_at: before, next_check_at: null, failures: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'subject', 'name'])
        .doUpdateSet({ value: row.value, checked_at: before }),
    )
    .execute()
}
