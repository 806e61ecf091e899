// A thread of slot 0: follows the change feed and writes the machine's replica, so that no worker ever blocks
// on it.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#platform/clock.ts'
import { createLinkClient } from './client.ts'
import { LONG_POLL_MS, linkPaths } from './protocol.ts'
import { REPLICA_SCHEMA } from './replica.ts'
import { FeedPage } from './snapshot.ts'

export type ReplicaWriterData = { readonly path: string; readonly socketPath: string }

const RETRY_MS = 500 // Control may be starting; half a second is unnoticed and cheap.

/** Applies one page in one transaction and remembers its position. */
export function applyPage(database: DatabaseSync, page: FeedPage): void {
  const put = database.prepare(
    'insert or replace into entry (tenant_id, list, key, source) values (?, ?, ?, ?)',
  )
  const drop = database.prepare('delete from entry where tenant_id = ? and list = ? and key = ?')
  const meta = database.prepare('insert or replace into meta (name, value) values (?, ?)')
  const last = page.items.at(-1)?.position ?? page.position
  database.exec('begin immediate')
  try {
    if (page.restart) database.exec('delete from entry')
    if (page.restart) meta.run('complete', 0)
    for (const { tenantId, list, key, value } of page.items) {
      if (value) put.run(tenantId, list, key, value.source)
      else drop.run(tenantId, list, key)
    }
    meta.run('position', last)
    if (last >= page.position) meta.run('complete', 1)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

/** Opens the file for writing: WAL and NORMAL, since every row can be fetched again (decisions 23). */
export function openForWriting(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 1_000 })
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${REPLICA_SCHEMA}`)
  return database
}

async function follow({ path, socketPath }: ReplicaWriterData): Promise<void> {
  const database = openForWriting(path)
  const link = createLinkClient(socketPath)
  const stopped = new AbortController()
  parentPort?.once('message', () => stopped.abort())
  const stored = database.prepare("select value from meta where name = 'position'")
  while (!stopped.signal.aborted) {
    const after = Number(stored.get()?.value ?? -1)
    try {
      const { status, text } = await link.get(`${linkPaths.feed}?after=${after}`, {
        timeoutMs: LONG_POLL_MS + 10_000,
        signal: stopped.signal,
      })
      if (status === 204) continue
      if (status !== 200) throw new Error(`feed: ${status}`)
      applyPage(database, FeedPage.parse(JSON.parse(text)))
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

if (parentPort && workerData?.socketPath) await follow(workerData as ReplicaWriterData)
