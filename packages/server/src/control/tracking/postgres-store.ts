// Tracking in PostgreSQL: three tables partitioned by day; the same rows and queries as in SQLite.
import { Kysely, PostgresDialect, type RawBuilder, sql, type Transaction } from 'kysely'
import { NotABatch, type ReadReport, readBatch } from '#link/report-batch.ts'
import { postgresPool } from '#store/open.ts'
import { postgresTables, type TrackingSchema, trackingTables } from '#store/tracking-schema.ts'
import { batchRows, isAttempt, outcomeOf, type ReadDelivery } from './batch-rows.ts'
import { dayName, dayOfName } from './days.ts'
import { NoteTaker } from './notes.ts'
import { attemptRow, dayOfReport, type Place, type TenantOfDomain } from './rows.ts'
import type { Removal, Taken, TrackingStorage, WordPlace } from './tracking-store.ts'
import { endOfPrefix, tenantKey, type WordTree } from './words.ts'

/** One for reports, the rest for searches. */
const CONNECTIONS_MAX = 4
/** Any number that only Gatepost uses: makes tables and partitions once. */
const TRACKING_LOCK = 7_305_202_603
/** Rows an insert: the widest has 20 columns, and PostgreSQL takes 65,535 parameters. */
const ROWS_PER_INSERT_MAX = 3_000

type Trx = Transaction<TrackingSchema>

export async function openPostgresTracking(database: string): Promise<TrackingStorage> {
  const db = new Kysely<TrackingSchema>({
    dialect: new PostgresDialect({ pool: postgresPool(database, { max: CONNECTIONS_MAX }) }),
  })
  await db.transaction().execute(async (trx) => {
    await lock(trx)
    for (const statement of postgresTables) await sql.raw(statement).execute(trx)
  })
  const known = new Set(await partitions(db))
  const notes = new NoteTaker()
  let domains: ReadonlyMap<string, string> = new Map()
  let oldestDay = 0
  const inTurn = oneByOne()
  return {
    builder: db,
    found: (place, words) => foundBy(place, words),
    recipients: sql`jsonb_array_elements(body::jsonb -> 'recipients') as recipient (value)`,
    among: (texts) => sql`(select unnest(${texts}::text[]))`,
    // The planner has statistics.
    newest: async () => null,
    days: async () => [...known].sort((a, b) => b - a),
    read: async (_day, query) => (await db.executeQuery(query)).rows,
    take: (body): Promise<Taken> =>
      inTurn(async () => {
        const batch = readBatch(body.toString('utf8'))
        if (!batch.ok) throw new NotABatch('not a batch of reports')
        const { node, slot, acknowledged, greylist, rejected } = batch.value
        const reports = batch.value.reports.filter(
          ({ report, text }) => dayOfReport(report) >= oldestDay && isJson(text),
        )
        for (const day of new Set(reports.map(({ report }) => dayOfReport(report)))) {
          if (known.has(day)) continue
          await addPartition(db, day)
          known.add(day)
        }
        const tenantOfDomain: TenantOfDomain = (domain) => domains.get(domain)
        const added = await db
          .transaction()
          .execute((trx) => store(trx, reports, { node, slot, tenantOfDomain }))
        for (const { report } of reports) {
          const isNoted = report.kind === 'accepted' || report.kind === 'delivery'
          if (isNoted || added.has(report.id)) notes.note(report, tenantOfDomain)
        }
        return { node, slot, acknowledged, rejected, greylist, notes: notes.take() }
      }),
    domainsChanged(changed) {
      domains = changed
    },
    forgetNotes: () => notes.forget(),
    dropBefore: (day) =>
      inTurn(async () => {
        oldestDay = Math.max(oldestDay, day)
        for (const old of [...known].filter((other) => other < day)) {
          for (const table of trackingTables)
            await sql.raw(`drop table if exists ${partitionName(table, old)}`).execute(db)
          known.delete(old)
        }
      }),
    remove: (day, what) => (known.has(day) ? removeRows(db, day, what) : Promise.resolve(0)),
    close: () => db.destroy(),
  }
}

/** A day must not be dropped under a batch that writes into it. */
function oneByOne(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}

/** Words of the messages go with them. */
async function removeRows(db: Kysely<TrackingSchema>, day: number, what: Removal): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const listed = what.kind === 'these' ? [what.tenantId] : what.tenants
    if (listed.length === 0 && what.kind !== 'all-but') return 0
    const gone = await trx
      .deleteFrom('tracking_message')
      .where('day', '=', day)
      .$if(listed.length > 0, (rows) =>
        rows.where('tenant_id', what.kind === 'all-but' ? 'not in' : 'in', listed),
      )
      .$if(what.kind === 'these', (rows) =>
        rows.where('id', 'in', what.kind === 'these' && what.ids.length > 0 ? what.ids : ['']),
      )
      .returning(['id', 'seq'])
      .execute()
    for (let at = 0; at < gone.length; at += ROWS_PER_DELETE) {
      const part = gone.slice(at, at + ROWS_PER_DELETE)
      const ids = part.map(({ id }) => id)
      const seqs = part.map(({ seq }) => seq)
      await trx.deleteFrom('tracking_attempt').where('day', '=', day).where('message_id', 'in', ids).execute()
      await trx.deleteFrom('tracking_word').where('day', '=', day).where('seq', 'in', seqs).execute()
    }
    return gone.length
  })
}

/** Far below PostgreSQL's limit of parameters. */
const ROWS_PER_DELETE = 5_000

function foundBy(place: WordPlace, tree: WordTree): RawBuilder<number> {
  if ('word' in tree) {
    const { day, tenantId, afterSeq = 0 } = place
    const { word, isExact } = tree
    return sql<number>`(select seq from tracking_word where day = ${day} and tenant_key = ${tenantKey(tenantId)}
      and word >= ${word} and ${isExact ? sql`word <= ${word}` : sql`word < ${endOfPrefix(word)}`}
      and seq > ${afterSeq})`
  }
  if ('oneOf' in tree) {
    const { day, tenantId, afterSeq = 0 } = place
    return sql<number>`(select seq from tracking_word where day = ${day} and tenant_key = ${tenantKey(tenantId)}
      and word = any(${tree.oneOf}::text[]) and seq > ${afterSeq})`
  }
  const [trees, joined] = 'all' in tree ? [tree.all, sql` intersect `] : [tree.any, sql` union `]
  return sql<number>`(${sql.join(
    trees.map((one) => foundBy(place, one)),
    joined,
  )})`
}

type StoreContext = Place & { readonly tenantOfDomain: TenantOfDomain }

/** Stores a batch; returns the ids of messages that were new. */
async function store(
  trx: Trx,
  reports: readonly ReadReport[],
  context: StoreContext,
): Promise<ReadonlySet<string>> {
  const { messages, later } = batchRows(reports, context, context.tenantOfDomain)
  const words = new Map(messages.map(({ rows }) => [rows.message.id, rows.words]))
  const added = new Set<string>()
  for (const part of partsOf(messages.map(({ rows }) => rows.message))) {
    const stored = await trx
      .insertInto('tracking_message')
      .values(part)
      .onConflict((conflict) => conflict.doNothing())
      .returning(['seq', 'id', 'day', 'tenant_id'])
      .execute()
    for (const { id } of stored) added.add(id)
    const wordRows = stored.flatMap(({ id, day, seq, tenant_id }) => {
      const row = { day, seq, tenant_key: tenantKey(tenant_id) }
      return [...(words.get(id) ?? [])].map((word) => ({ ...row, word }))
    })
    for (const some of partsOf(wordRows)) {
      await trx
        .insertInto('tracking_word')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  }
  const more: ReadDelivery[] = []
  const unsettled: ReadDelivery[] = [...later]
  for (const { rows, deliveries } of messages) {
    if (added.has(rows.message.id)) more.push(...deliveries.slice(1))
    // It was stored by an earlier batch, and some of the outcomes may be new.
    else unsettled.push(...deliveries)
  }
  await insertAttempts(trx, more)
  await storeLater(trx, unsettled)
  return added
}

/** Returns the ids of those that were not there. */
async function insertAttempts(trx: Trx, deliveries: readonly ReadDelivery[]): Promise<Set<string>> {
  const fresh = new Set<string>()
  for (const part of partsOf(deliveries)) {
    const stored = await trx
      .insertInto('tracking_attempt')
      .values(part.map(({ report, text }) => attemptRow(report, text)))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute()
    for (const { id } of stored) fresh.add(id)
  }
  return fresh
}

/** Outcomes of messages that were stored before, or never. */
async function storeLater(trx: Trx, deliveries: readonly ReadDelivery[]): Promise<void> {
  for (const delivery of deliveries) await storeOneLater(trx, delivery)
}

async function storeOneLater(trx: Trx, delivery: ReadDelivery): Promise<void> {
  const { report } = delivery
  const day = dayOfReport(report)
  const row = await trx
    .selectFrom('tracking_message')
    .select(['statuses', 'at', 'delay_ms', 'attempt'])
    .where('day', '=', day)
    .where('tenant_id', '=', report.tenantId)
    .where('id', '=', report.messageId)
    .executeTakeFirst()
  if (row && isAttempt(row.attempt, report)) return
  const isFresh = (await insertAttempts(trx, [delivery])).size > 0
  if (!row || !isFresh) return
  await trx
    .updateTable('tracking_message')
    .set(outcomeOf(row, report))
    .where('day', '=', day)
    .where('tenant_id', '=', report.tenantId)
    .where('id', '=', report.messageId)
    .execute()
}

/** PostgreSQL looks into bodies as `jsonb`; nobody parsed the end of them yet. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function partsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / ROWS_PER_INSERT_MAX) }, (_, part) =>
    items.slice(part * ROWS_PER_INSERT_MAX, (part + 1) * ROWS_PER_INSERT_MAX),
  )
}

function partitionName(table: string, day: number): string {
  return `${table}_${dayName(day).replaceAll('-', '')}`
}

async function addPartition(db: Kysely<TrackingSchema>, day: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lock(trx)
    for (const table of trackingTables) {
      const name = partitionName(table, day)
      await sql
        .raw(
          `create table if not exists ${name} partition of ${table} for values from (${day}) to (${day + 1})`,
        )
        .execute(trx)
    }
  })
}

async function partitions(db: Kysely<TrackingSchema>): Promise<readonly number[]> {
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits i
    join pg_class c on c.oid = i.inhrelid where i.inhparent = 'tracking_message'::regclass`.execute(db)
  return rows
    .map(({ name }) => name.slice(-8))
    .map((digits) => dayOfName(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`))
    .filter((day) => day !== null)
}

async function lock(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${TRACKING_LOCK})`.execute(trx)
}
