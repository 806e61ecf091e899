// Ten million managed senders, by hand: what a decision's look-ups, the page's searches, an import and the
// disk cost. `node bench/senders.ts [ROWS] [ROUNDS]`; with 0 rows it measures imports into an empty table
// only. The folder is gone afterwards.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fillSenders } from '@gatepost/server/control/sender/fill-store.ts'
import { commitSenders, previewSenders, takeBackSenders } from '@gatepost/server/control/sender/import.ts'
import { listSenders } from '@gatepost/server/control/sender/sender.ts'
import { indexPart } from '@gatepost/server/control/sender/trailing-store.ts'
import { managedSenderFact } from '@gatepost/server/facts/managed-sender.ts'
import { SnapshotHolder } from '@gatepost/server/link/holder.ts'
import { openReplica } from '@gatepost/server/link/replica.ts'
import { applyPage, openForWriting } from '@gatepost/server/link/replica-writer.ts'
import type { TenantSettings } from '@gatepost/server/policy/settings.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import { addOrganisation, type Deps, withStore } from '../test/store/fixtures.ts'

const ROWS = Number(process.argv[2] ?? 10_000_000)
/** Entries a user: what years of contacts come to. */
const PER_USER = 500
const USERS = Math.ceil(ROWS / PER_USER)
const LOOK_UPS = 20_000
const SEARCHES = 20
/** Odd, for a median; the first, cold, is told by itself. */
const IMPORTS = Number(process.argv[3] ?? 15)

const folder = mkdtempSync(join(tmpdir(), 'gatepost-senders-'))
try {
  await withStore({ database: null, dataFolder: folder }, measure)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(deps: Deps): Promise<void> {
  const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
  if (ROWS === 0) return imports(deps, acme)
  print(`${ROWS.toLocaleString('en-GB')} entries of ${USERS.toLocaleString('en-GB')} users`)
  const file = join(folder, 'control.db')
  timed('seed the table and its indexes', () => seed(file, acme.tenantId))
  print(`control.db ${megabytes(file)} MB`)
  const replica = join(folder, 'replica.db')
  timed('seed the replica', () => seedReplica(replica, acme.tenantId))
  print(`replica.db ${megabytes(replica)} MB`)
  lookUps(replica, acme.tenantId)
  await fill(deps)
  await searches(deps, acme)
  await imports(deps, acme)
}

/** Written past Gatepost, since only the reading is measured: the same rows as an import makes. */
function seed(file: string, tenantId: string): void {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  database.exec('pragma cache_size = -400000; pragma synchronous = off; pragma temp_store = memory')
  const indexes = database
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and tbl_name = 'managed_sender' and sql is not null",
    )
    .all() as { name: string; sql: string }[]
  for (const { name } of indexes) database.exec(`drop index ${name}`)
  database.exec('begin')
  database
    .prepare(
      `with recursive row (n) as (select 0 union all select n + 1 from row where n < ${ROWS - 1})
      insert into managed_sender (tenant_id, user_key, sender, sender_domain, action, source,
        only_if_authenticated, comment, created_at, created_by, updated_at, reference)
      select ?, printf('user%06d@acme.example', n / ${PER_USER}),
        printf('c%03d.contact@partner%05d.example', n % ${PER_USER}, (n * 7919) % 40000),
        printf('partner%05d.example', (n * 7919) % 40000),
        case when n % 100000 = 5 then 'block' else 'permit' end,
        case when n % 50000 = 7 then 'manual' else 'imported' end, 0, '', 1, 'Anna', 1, 'imp_1' from row`,
    )
    .run(tenantId)
  database.exec(
    `insert into sender_list (tenant_id, user_key, entries, changed_at)
      select tenant_id, user_key, count(*), 1 from managed_sender group by 1, 2`,
  )
  for (const { sql } of indexes) database.exec(sql)
  database.exec('commit; pragma wal_checkpoint(truncate)')
  database.close()
}

function seedReplica(file: string, tenantId: string): void {
  const database = openForWriting(file)
  applyPage(database, { items: [], position: 1, restart: false })
  database.exec('pragma cache_size = -400000; begin')
  database.prepare("insert into list (number, tenant_id, name) values (1, ?, 'managed-sender')").run(tenantId)
  database.prepare("insert into list (number, tenant_id, name) values (2, ?, 'recipient')").run(tenantId)
  database.exec(
    `with recursive row (n) as (select 0 union all select n + 1 from row where n < ${ROWS - 1})
    insert into entry select 1, printf('user%06d@acme.example', n / ${PER_USER}) || char(10) ||
      printf('c%03d.contact@partner%05d.example', n % ${PER_USER}, (n * 7919) % 40000), '["p","i"]' from row`,
  )
  database.exec(
    `with recursive row (n) as (select 0 union all select n + 1 from row where n < ${USERS - 1})
    insert into entry select 2, printf('user%06d@acme.example', n), '{"source":"manual"}' from row`,
  )
  database.exec('commit; pragma wal_checkpoint(truncate)')
  database.close()
}

/** All look-ups of one decision: whose address, then the sender's address, its domain and the one above. */
function lookUps(file: string, tenantId: string): void {
  const holder = new SnapshotHolder(openReplica(file))
  const settings = { tenantId, domains: [{ name: 'acme.example' }] } as unknown as TenantSettings
  for (const kind of ['known', 'unknown'] as const) {
    const times = new Float64Array(LOOK_UPS)
    let found = 0
    const cpu = process.cpuUsage()
    for (let at = 0; at < LOOK_UPS; at += 1) {
      const n = Math.floor(Math.random() * ROWS)
      const user = `user${String(Math.floor(n / PER_USER)).padStart(6, '0')}`
      const contact = `c${String(n % PER_USER).padStart(3, '0')}.contact`
      const domain = `partner${String((n * 7919) % 40000).padStart(5, '0')}.example`
      const reversePath = {
        localPart: kind === 'known' ? contact : `${contact}x`,
        domain: `${kind === 'known' ? '' : 'mail.'}${domain}`,
      }
      const from = process.hrtime.bigint()
      const fact = managedSenderFact({
        holder,
        settings,
        forwardPath: { localPart: user, domain: 'acme.example' },
        reversePath,
        header: null,
        now: 5,
      })
      times[at] = Number(process.hrtime.bigint() - from) / 1_000
      if (fact.kind === 'known' && fact.value.permit) found += 1
    }
    const used = process.cpuUsage(cpu)
    times.sort()
    const mean = times.reduce((sum, time) => sum + time, 0) / LOOK_UPS
    const p99 = times[Math.floor(LOOK_UPS * 0.99)]!
    const each = (used.user + used.system) / LOOK_UPS
    const figures = [
      `CPU ${us(each)}`,
      `median ${us(times[LOOK_UPS / 2]!)}`,
      `mean ${us(mean)}`,
      `p99 ${us(p99)}`,
    ]
    print(`look-ups of a decision, ${kind} sender: ${figures.join(', ')} (${found} permits)`)
  }
}

/** What an edge that starts over reads: pages in the order of the table. */
async function fill({ store }: Deps): Promise<void> {
  const replica = openForWriting(join(folder, 'fresh.db'))
  const started = performance.now()
  let cursor: string | null = ''
  let rows = 0
  for (let pages = 0; pages < 20 && cursor !== null; pages += 1) {
    const { items, next } = await fillSenders(acrossTenants(store.db), { cursor, limit: 5_000 })
    applyPage(replica, {
      items: items.map((item) => ({ position: 0, ...item })),
      position: 0,
      restart: false,
      fill: next,
    })
    rows += items.length
    cursor = next
  }
  const seconds = (performance.now() - started) / 1_000
  replica.close()
  print(`fill of a new edge: ${Math.round(rows / seconds).toLocaleString('en-GB')} entries a second`)
}

async function searches(deps: Deps, acme: Parameters<typeof listSenders>[0]): Promise<void> {
  const questions = [
    ['first page', {}],
    ['user, exactly', { user: 'user010000@acme.example' }],
    ['beginning of a user', { search: 'user01' }],
    ['beginning of a sender', { search: 'c123' }],
    ['an address', { search: 'c123.contact@partner00123.example' }],
    ['a domain', { search: 'partner31234' }],
    ['found nowhere', { search: 'nobody' }],
    ['blocked (1 in 100,000)', { action: 'block' }],
    ['by hand (1 in 50,000)', { source: 'manual' }],
    ['expired (none)', { state: 'expired' }],
    ['waiting (all)', { state: 'waiting' }],
    ['blocked, beginning of a user', { action: 'block', search: 'user01' }],
  ] as const
  for (const [name, filter] of questions) {
    const times: number[] = []
    let rows = 0
    for (let round = 0; round < SEARCHES; round += 1) {
      const from = performance.now()
      const { items, next } = await listSenders(acme, { limit: 50, ...filter }, deps)
      if (next !== null) await listSenders(acme, { limit: 50, ...filter, after: next }, deps)
      times.push((performance.now() - from) / (next === null ? 1 : 2))
      rows = items.length
    }
    times.sort((a, b) => a - b)
    print(
      `page, ${name}: median ${times[SEARCHES / 2]!.toFixed(1)} ms, worst ${times.at(-1)!.toFixed(1)} ms, ${rows} rows`,
    )
  }
}

async function imports(deps: Deps, acme: Parameters<typeof listSenders>[0]): Promise<void> {
  const lines = Array.from({ length: 50_000 }, (_, index) => {
    return `user${String(index % 1_000).padStart(6, '0')}@acme.example, new${index}@far${index % 4_000}.example, PERMIT`
  })
  const rounds: ImportRound[] = []
  for (let round = 0; round <= IMPORTS; round += 1) {
    const raw = Buffer.from(lines.join('\r\n'))
    await quiet(deps)
    const cpu = process.cpuUsage()
    const own = process.threadCpuUsage()
    const started = performance.now()
    const preview = await previewSenders(acme, { fileName: 'a.csv', raw }, deps)
    const checked = performance.now()
    const ownChecked = process.threadCpuUsage(own)
    const cpuChecked = process.cpuUsage(cpu)
    await commitSenders(acme, preview.id, deps)
    const done = performance.now()
    const used = process.cpuUsage(cpu)
    const ownUsed = process.threadCpuUsage(own)
    await takeBackSenders(acme, preview.id, deps)
    rounds.push({
      'checked, wall': checked - started,
      'stored, wall': done - checked,
      'together, wall': done - started,
      'checked, CPU of control’s own thread': sum(ownChecked),
      'together, CPU of control’s own thread': sum(ownUsed),
      'checked, CPU of all threads': sum(cpuChecked),
      'together, CPU of all threads': sum(used),
      'taken back, wall': performance.now() - done,
    })
  }
  const [first, ...rest] = rounds
  for (const [name, time] of Object.entries(first!)) print(`50,000 rows ${name}: first ${ms(time)}`)
  for (const name of Object.keys(first!)) {
    const times = rest.map((round) => round[name]!).sort((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)]!
    print(`50,000 rows ${name}: median ${ms(median)}, best ${ms(times[0]!)}, worst ${ms(times.at(-1)!)}`)
  }
}

/** The writer has moved what the round before wrote from its log: nobody uploads in that very moment. */
async function quiet({ store }: Deps): Promise<void> {
  while (await indexPart(store));
  await store.db.updateTable('tenant').set({ name: 'Acme' }).execute()
}

type ImportRound = { readonly [figure: string]: number }

/** Milliseconds of user and system together. */
function sum({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system) / 1_000
}

function timed(what: string, work: () => void): void {
  const from = performance.now()
  work()
  print(`${what}: ${((performance.now() - from) / 1_000).toFixed(0)} s`)
}

function us(time: number): string {
  return `${time.toFixed(1)} µs`
}

function ms(time: number): string {
  return `${Math.round(time)} ms`
}

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(0)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
