// The machine's replica of lists that grow (recipients): one SQLite file, written by slot 0, read by every
// worker.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fileExists } from '#platform/files.ts'

export type ReplicaAnswer =
  | { readonly kind: 'known'; readonly value: { readonly source: string } | null }
  | { readonly kind: 'failed'; readonly why: string }

export type Replica = {
  /** Microseconds; never waits. */
  lookUp(tenantId: string, list: 'recipient', key: string): ReplicaAnswer
  /** The feed position the file has reached; -1 when there is no file yet. */
  position(): number
  close(): void
}

type OpenFile = {
  readonly database: DatabaseSync
  readonly begin: StatementSync
  readonly commit: StatementSync
  /** Rows as arrays: one that is made an object costs more than finding it. */
  readonly entry: StatementSync
  readonly position: StatementSync
  readonly complete: StatementSync
  /** Whether the list is whole, in the view that is open. */
  isComplete: boolean
}

/**
 * Look-ups within this time share one view of the file, because taking a view costs twice a look-up. A change
 * is
 * seen so much later; what `position` tells is seen from then on.
 */
const VIEW_MS = 20

export const REPLICA_SCHEMA = `
create table if not exists entry (
  tenant_id text not null, list text not null, key text not null, source text not null,
  primary key (tenant_id, list, key)
) without rowid, strict;
create table if not exists meta (name text primary key, value integer not null) without rowid, strict;
`

/** Opens the replica for reading, as soon as its file exists. */
export function openReplica(path: string): Replica {
  let opened: OpenFile | null = null
  const open = (): OpenFile | null => {
    if (opened) return opened
    if (!fileExists(path)) return null
    try {
      const database = new DatabaseSync(path, { readOnly: true, timeout: 50 })
      opened = {
        database,
        begin: database.prepare('begin'),
        commit: database.prepare('commit'),
        entry: database.prepare('select source from entry where tenant_id = ? and list = ? and key = ?'),
        position: database.prepare("select value from meta where name = 'position'"),
        complete: database.prepare("select value from meta where name = 'complete'"),
        isComplete: false,
      }
      opened.entry.setReturnArrays(true)
      return opened
    } catch {
      return null // The writer has not made its tables yet.
    }
  }
  const endView = (): void => {
    if (opened?.database.isTransaction) opened.commit.run()
  }
  const takeView = (file: OpenFile): void => {
    if (file.database.isTransaction) return
    file.begin.run()
    file.isComplete = file.complete.get()?.value === 1
    // A view that is kept would keep the log of the file from being written back.
    setTimeout(endView, VIEW_MS).unref()
  }
  return {
    lookUp(tenantId, list, key) {
      const file = open()
      if (!file) return { kind: 'failed', why: 'the replica is not here yet' }
      try {
        takeView(file)
        const row = file.entry.get(tenantId, list, key) as readonly unknown[] | undefined
        if (row) return { kind: 'known', value: { source: String(row[0]) } }
        // A list that is being filled again has no word on who is missing (law 4).
        if (!file.isComplete) return { kind: 'failed', why: 'the replica is being filled' }
        return { kind: 'known', value: null }
      } catch (error) {
        return { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
      }
    },
    position() {
      try {
        endView()
        return Number(open()?.position.get()?.value ?? -1)
      } catch {
        return -1
      }
    },
    close() {
      endView()
      opened?.database.close()
      opened = null
    },
  }
}
