// The machine's replica of lists that grow (recipients, managed senders, greylist passes): one SQLite file,
// written by slot 0, read by every worker.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fileExists } from '#platform/files.ts'
import type { ReplicaList, ReplicaValue } from './snapshot.ts'

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

type Asked = { readonly tenantId: string; readonly list: ReplicaList; readonly key: string }

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
  /** Answers of the version seen: every message asks the same few things of a sender and a recipient. */
  readonly answers: Map<string, ReplicaAnswer>
  /** Whether the list is whole, in the view that is open. */
  isComplete: boolean
  /** tenant, list → its number in the file; kept for one view, since a restart may number anew. */
  readonly numbers: Map<string, number | null>
}

/**
 * Look-ups within this time share one view of the file, because taking a view costs twice a look-up. A change
 * is
 * seen so much later; what `position` tells is seen from then on.
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
    file.numbers.clear()
    const [version] = file.version.get() as unknown as Cells
    if (version !== file.seenVersion) file.answers.clear()
    file.seenVersion = Number(version)
    // A view that is kept would keep the log of the file from being written back.
    setTimeout(endView, VIEW_MS).unref()
  }
  const parsed = createParser()
  const find = (file: OpenFile, { tenantId, list, key }: Asked): ReplicaAnswer => {
    // Entries that come and go may be old ones while the file is filled; a recipient stays one.
    const isTrusted = file.isComplete || list === 'recipient'
    const number = isTrusted ? numberOf(file, tenantId, list) : null
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
        if (file.isComplete && numberOf(file, tenantId, list) === null) return UNLISTED
        const question = `${list} ${tenantId} ${key}`
        const kept = file.answers.get(question)
        if (kept !== undefined) return kept
        const answer = find(file, { tenantId, list, key })
        if (answer.kind === 'known') keep(file.answers, question, answer)
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
      answers: new Map(),
      isComplete: false,
      numbers: new Map(),
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

function keep(answers: Map<string, ReplicaAnswer>, question: string, answer: ReplicaAnswer): void {
  // A map whose first keys were deleted one by one is slow to find its next first one.
  if (answers.size >= ANSWERS_KEPT_MAX) answers.clear()
  answers.set(question, answer)
}

function numberOf(file: OpenFile, tenantId: string, list: ReplicaList): number | null {
  const name = `${list} ${tenantId}`
  const found = file.numbers.get(name)
  if (found !== undefined) return found
  const row = file.list.get(tenantId, list)
  const number = row ? Number(row.number) : null
  file.numbers.set(name, number)
  return number
}
