// A thread of slot 0: follows the change feed and writes the machine's replica, so that no worker ever blocks
// on it.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { systemClock } from '#platform/clock.ts'
import { createLinkClient } from './client.ts'
import { type FeedPage, readFeedPage } from './feed-page.ts'
import { LONG_POLL_MS, linkPaths } from './protocol.ts'
import { REPLICA_FORMAT, REPLICA_SCHEMA } from './replica.ts'
import { type AllowedAhead, writeAhead } from './replica-ahead.ts'

export type ReplicaWriterData = { readonly path: string; readonly socketPath: string }

export type ToReplicaWriter = 'stop' | readonly AllowedAhead[]

const RETRY_MS = 500 // Control may be starting; half a second is unnoticed and cheap.

/**
 * Applies one page in one transaction and remembers its position, and where to go on with lists that are
 * filled from their tables.
 */
export function applyPage(database: DatabaseSync, page: FeedPage): void {
  database.exec('begin immediate')
  try {
    if (page.restart) startOver(database)
    const meta = database.prepare('insert or replace into meta (name, value) values (?, ?)')
    const put = database.prepare('insert or replace into entry (list, key, value) values (?, ?, ?)')
    const drop = database.prepare('delete from entry where list = ? and key = ?')
    const numberOf = listNumbers(database)
    for (const { tenantId, list, key, value } of page.items) {
      if (value) put.run(numberOf(tenantId, list), key, JSON.stringify(value))
      else drop.run(numberOf(tenantId, list), key)
    }
    const { fill } = page
    if (typeof fill === 'string') meta.run('fill', fill)
    else if (fill === null) database.exec("delete from meta where name = 'fill'")
    // A page of tables says nothing of the feed: reading that goes on where it was.
    const isOfTables = fill !== undefined && !page.restart
    const last = isOfTables ? positionIn(database) : (page.items.at(-1)?.position ?? page.position)
    meta.run('position', last)
    const isFilling = database.prepare("select 1 from meta where name = 'fill'").get() !== undefined
    if (last >= page.position && !isFilling) meta.run('complete', 1)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

/** What control's feed brings in a moment anyway: a fault costs that moment. */
function allowAhead(database: DatabaseSync, entries: readonly AllowedAhead[]): void {
  try {
    writeAhead(database, entries, systemClock.now())
  } catch (error) {
    parentPort?.postMessage({ kind: 'trouble', why: String(error) })
  }
}

function positionIn(database: DatabaseSync): number {
  return Number(database.prepare("select value from meta where name = 'position'").get()?.value ?? -1)
}

/** Dropping tables of millions of rows is quick where deleting the rows is not. */
function startOver(database: DatabaseSync): void {
  database.exec('drop table if exists entry; drop table if exists list; drop table if exists meta')
  database.exec(REPLICA_SCHEMA)
  database.prepare("insert into meta (name, value) values ('complete', 0)").run()
}

function listNumbers(database: DatabaseSync): (tenantId: string, list: string) => number {
  const numbers = new Map<string, number>()
  const find = database.prepare('select number from list where tenant_id = ? and name = ?')
  const make = database.prepare('insert into list (tenant_id, name) values (?, ?)')
  return (tenantId, list) => {
    const name = `${list} ${tenantId}`
    const known = numbers.get(name)
    if (known !== undefined) return known
    const number = Number(find.get(tenantId, list)?.number ?? make.run(tenantId, list).lastInsertRowid)
    numbers.set(name, number)
    return number
  }
}

/**
 * Opens the file for writing: WAL and NORMAL, since every row can be fetched again (decisions 23). A file of
 * another format is emptied and filled anew.
 */
export function openForWriting(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 1_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  if (database.prepare('pragma user_version').get()?.user_version !== REPLICA_FORMAT) startOver(database)
  else database.exec(REPLICA_SCHEMA)
  return database
}

async function follow({ path, socketPath }: ReplicaWriterData): Promise<void> {
  const database = openForWriting(path)
  const link = createLinkClient(socketPath)
  const stopped = new AbortController()
  parentPort?.on('message', (message: ToReplicaWriter) => {
    if (message === 'stop') stopped.abort()
    else if (!stopped.signal.aborted) allowAhead(database, message)
  })
  const stored = database.prepare('select value from meta where name = ?')
  while (!stopped.signal.aborted) {
    const after = Number(stored.get('position')?.value ?? -1)
    const fill = stored.get('fill')?.value
    const query = new URLSearchParams({ after: String(after) })
    if (fill !== undefined) query.set('fill', String(fill))
    try {
      const { status, text } = await link.get(`${linkPaths.feed}?${query}`, {
        timeoutMs: LONG_POLL_MS + 10_000,
        signal: stopped.signal,
      })
      if (status === 204) continue
      if (status !== 200) throw new Error(`feed: ${status}`)
      const page = readFeedPage(text)
      if (!page.ok) throw new Error(`feed: ${page.fault} (${page.at})`)
      applyPage(database, page.value)
    } catch (error) {
      if (stopped.signal.aborted) break
      parentPort?.postMessage({
        kind: 'trouble',
        why: error instanceof Error ? error.message : String(error),
      })
      await systemClock.sleep(RETRY_MS, stopped.signal)
    }
  }
  link.close()
  database.close()
}

if (parentPort && workerData?.socketPath) {
  giveBackWhenCalm()
  await follow(workerData as ReplicaWriterData)
}
