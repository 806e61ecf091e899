// The machine's replica of lists that grow (recipients, managed senders, greylist passes): one SQLite file,
// written by slot 0, read by every worker.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fileExists } from '#platform/files.ts'
import type { ReplicaList, ReplicaValue } from './feed-page.ts'

export type ReplicaAnswer =
  | { readonly kind: 'known'; readonly value: ReplicaValue | null }
  | { readonly kind: 'failed'; readonly why: string }

export type Replica = {
  /** Microseconds; never waits. */
  lookUp(tenantId: string, list: ReplicaList, key: string): ReplicaAnswer
  /** The feed position the file has reached; -1 when there is no file yet. */
  position(): number
  close(): void
}

type Asked = { readonly list: ReplicaList; readonly key: string; readonly number: number | null }

/** A row as an array. */
type Cells = readonly [value: unknown]

const UNLISTED: ReplicaAnswer = { kind: 'known', value: null }

type OpenFile = {
  readonly database: DatabaseSync
  readonly begin: StatementSync
  readonly commit: StatementSync
  /** Rows as arrays: one that is made an object costs more than finding it. */
  readonly entry: StatementSync
  readonly list: StatementSync
  readonly position: StatementSync
  readonly complete: StatementSync
  /** Changes with every commit of the writer. */
  readonly version: StatementSync
  seenVersion: number
  /** Lists by tenant and name, with the answers of the version seen. */
  readonly shelves: Map<string, Map<ReplicaList, Shelf>>
  /** Answers on all shelves. */
  kept: number
  /** Whether the list is whole, in the view that is open. */
  isComplete: boolean
  /** Counts the views: a list's number is believed for one, since a restart may number anew. */
  view: number
}

/** One list of one tenant. Every message asks the same few things of a sender and a recipient. */
type Shelf = {
  /** Its number in the file, and the view that said so. */
  number: number | null
  view: number
  readonly answers: Map<string, ReplicaAnswer>
}

/**
 * Look-ups within this time share one view of the file, because taking a view costs twice a look-up. A change
 * is seen so much later; what `position` tells is seen from then on.
 */
const VIEW_MS = 20

/** Raised when the tables change: the writer makes a file of another format anew, and control fills it. */
export const REPLICA_FORMAT = 2

/** Lists have a short number, so that ten million entries cost their keys and little else. */
export const REPLICA_SCHEMA = `
create table if not exists list (
  number integer primary key, tenant_id text not null, name text not null, unique (tenant_id, name)
) strict;
create table if not exists entry (
  list integer not null, key text not null, value text not null, primary key (list, key)
) without rowid, strict;
create table if not exists meta (name text primary key, value any not null) without rowid, strict;
pragma user_version = ${REPLICA_FORMAT};
`

/** Answers kept: some MB. More start over, so that guesses at addresses cost no memory. */
const ANSWERS_KEPT_MAX = 20_000
/** Values that many entries share are parsed once; more different ones than this start over. */
const VALUES_KEPT_MAX = 1_000

/** Opens the replica for reading, as soon as its file exists. */
export function openReplica(path: string): Replica {
  let opened: OpenFile | null = null
  const open = (): OpenFile | null => {
    opened ??= openFile(path)
    return opened
  }
  const endView = (): void => {
    if (opened?.database.isTransaction) opened.commit.run()
  }
  const takeView = (file: OpenFile): void => {
    if (file.database.isTransaction) return
    file.begin.run()
    file.isComplete = file.complete.get()?.value === 1
    file.view += 1
    const [version] = file.version.get() as unknown as Cells
    if (version !== file.seenVersion) forget(file)
    file.seenVersion = Number(version)
    // A view that is kept would keep the log of the file from being written back.
    setTimeout(endView, VIEW_MS).unref()
  }
  const parsed = createParser()
  const find = (file: OpenFile, { list, key, number: found }: Asked): ReplicaAnswer => {
    // Entries that come and go may be old ones while the file is filled; a recipient stays one.
    const number = file.isComplete || list === 'recipient' ? found : null
    const row = number === null ? undefined : (file.entry.get(number, key) as unknown as Cells | undefined)
    if (row) return { kind: 'known', value: parsed(String(row[0])) }
    // A list that is being filled again has no word on who is missing (law 4).
    if (!file.isComplete) return { kind: 'failed', why: 'the replica is being filled' }
    return UNLISTED
  }
  return {
    lookUp(tenantId, list, key) {
      const file = open()
      if (!file) return { kind: 'failed', why: 'the replica is not here yet' }
      try {
        takeView(file)
        // Most tenants have none of some lists: nothing to look for then.
        const shelf = shelfOf(file, tenantId, list)
        const { number } = shelf
        if (file.isComplete && number === null) return UNLISTED
        const kept = shelf.answers.get(key)
        if (kept !== undefined) return kept
        const answer = find(file, { list, key, number })
        if (answer.kind === 'known') keep(file, shelf, { key, answer })
        return answer
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

/** Null until the writer has made the file and its tables. */
function openFile(path: string): OpenFile | null {
  if (!fileExists(path)) return null
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 50 })
    const file: OpenFile = {
      database,
      begin: database.prepare('begin'),
      commit: database.prepare('commit'),
      entry: database.prepare('select value from entry where list = ? and key = ?'),
      list: database.prepare('select number from list where tenant_id = ? and name = ?'),
      position: database.prepare("select value from meta where name = 'position'"),
      complete: database.prepare("select value from meta where name = 'complete'"),
      version: database.prepare('pragma data_version'),
      seenVersion: 0,
      shelves: new Map(),
      kept: 0,
      isComplete: false,
      view: 0,
    }
    file.entry.setReturnArrays(true)
    file.version.setReturnArrays(true)
    return file
  } catch {
    return null
  }
}

/** Reads values; a text that was read before gives the same object. */
function createParser(): (text: string) => ReplicaValue {
  const values = new Map<string, ReplicaValue>()
  return (text) => {
    const found = values.get(text)
    if (found) return found
    if (values.size >= VALUES_KEPT_MAX) values.clear()
    const value = JSON.parse(text) as ReplicaValue
    values.set(text, value)
    return value
  }
}

function keep(
  file: OpenFile,
  { answers }: Shelf,
  { key, answer }: { readonly key: string; readonly answer: ReplicaAnswer },
): void {
  // A map whose first keys were deleted one by one is slow to find its next first one.
  if (file.kept >= ANSWERS_KEPT_MAX) forget(file)
  file.kept += 1
  answers.set(key, answer)
}

function forget(file: OpenFile): void {
  file.kept = 0
  for (const lists of file.shelves.values()) for (const { answers } of lists.values()) answers.clear()
}

function shelfOf(file: OpenFile, tenantId: string, list: ReplicaList): Shelf {
  let lists = file.shelves.get(tenantId)
  if (lists === undefined) {
    lists = new Map()
    file.shelves.set(tenantId, lists)
  }
  let shelf = lists.get(list)
  if (shelf === undefined) {
    shelf = { number: null, view: -1, answers: new Map() }
    lists.set(list, shelf)
  }
  if (shelf.view !== file.view) {
    const row = file.list.get(tenantId, list)
    shelf.number = row ? Number(row.number) : null
    shelf.view = file.view
  }
  return shelf
}
