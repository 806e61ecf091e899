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
  readonly entry: StatementSync
  readonly position: StatementSync
  readonly complete: StatementSync
}

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
        entry: database.prepare('select source from entry where tenant_id = ? and list = ? and key = ?'),
        position: database.prepare("select value from meta where name = 'position'"),
        complete: database.prepare("select value from meta where name = 'complete'"),
      }
      return opened
    } catch {
      return null // The writer has not made its tables yet.
    }
  }
  return {
    lookUp(tenantId, list, key) {
      const file = open()
      if (!file) return { kind: 'failed', why: 'the replica is not here yet' }
      try {
        const row = file.entry.get(tenantId, list, key)
        if (row) return { kind: 'known', value: { source: String(row.source) } }
        // A list that is being filled again has no word on who is missing (law 4).
        if (file.complete.get()?.value !== 1) return { kind: 'failed', why: 'the replica is being filled' }
        return { kind: 'known', value: null }
      } catch (error) {
        return { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
      }
    },
    position() {
      try {
        return Number(open()?.position.get()?.value ?? -1)
      } catch {
        return -1
      }
    },
    close() {
      opened?.database.close()
      opened = null
    },
  }
}
