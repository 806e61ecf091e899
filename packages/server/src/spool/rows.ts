// The state table of messages: what storing, settling and retrying do to a row. See docs/internals/spool.md.
import type { DatabaseSync } from 'node:sqlite'
import type { Statements } from './database.ts'
import type { Envelope } from './spool.ts'
import { dueNow, stateAfter, stateOf } from './states.ts'
import type { Suspects } from './suspects.ts'
import {
  type CommitItem,
  type ContentRow,
  type DueRow,
  PAUSED,
  type RecipientState,
  type SettleItem,
} from './wire.ts'

/** Changes of the counts within a transaction, added up once it is durable. */
export type Tally = { messages: number; queued: number; held: number }

const EMPTY = new Uint8Array(0)

export function emptyTally(): Tally {
  return { messages: 0, queued: 0, held: 0 }
}

/** Stores one message with its content, due at once for whoever finds it. */
export function insertMessage(
  sql: Statements,
  item: CommitItem,
  place: { readonly number: number; readonly contents: Uint8Array | null; readonly tally: Tally },
): void {
  const { number, contents, tally } = place
  const held = item.recipients - item.queued
  const dueAt = item.queued > 0 ? item.dueAt : null
  sql.insertMessage.run(item.id, number, dueAt, item.recipients, item.queued, held, item.file, item.envelope)
  if (item.file === null) {
    const bytes = contents?.subarray(item.offset, item.offset + item.length) ?? EMPTY
    sql.insertContent.run(number, bytes)
  }
  tally.messages += 1
  tally.queued += item.queued
  tally.held += held
}

/**
 * Records an outcome. Removes the message with its content once no recipient is open; returns the file that
 * may be unlinked after the commit. A message that is gone already is left alone, so that repeating is
 * harmless.
 */
export function settleMessage(sql: Statements, item: SettleItem, tally: Tally): string | null {
  const count = item.recipients.length
  if (item.kind === 'delivered' || item.kind === 'bounced') {
    const gone = sql.deleteWhole.get(item.messageId, count, count)
    if (gone !== undefined) {
      tally.messages -= 1
      tally.queued -= count
      return removeContent(sql, gone)
    }
  }
  const row = sql.readMessage.get(item.messageId)
  if (row === undefined) return null
  const states = statesOf(String(row.envelope), row.states as string | null)
  for (const index of item.recipients) {
    const before = states.get(index)
    // Only queued recipients are delivery's; held ones wait for a person.
    if (before === undefined || (before[0] !== 'q' && !(item.byPerson && before[0] === 'h'))) continue
    states.set(index, stateAfter(before, item))
  }
  return keepStates(sql, { id: item.messageId, row, states }, tally)
}

/** Writes states back, or removes the message; returns the file that may be unlinked after the commit. */
export function keepStates(
  sql: Statements,
  message: {
    readonly id: string
    /** As read by `readMessage`. */
    readonly row: Record<string, unknown>
    readonly states: ReadonlyMap<number, RecipientState>
  },
  tally: Tally,
): string | null {
  const { id, row, states } = message
  const open = openOf(states)
  tally.queued += open.queued - Number(row.queued)
  tally.held += open.held - Number(row.held)
  if (open.queued + open.held === 0) {
    sql.deleteMessage.run(id)
    tally.messages -= 1
    return removeContent(sql, row)
  }
  const tenant = open.isPaused ? (JSON.parse(String(row.envelope)) as Envelope).tenantId : null
  const json = JSON.stringify([...states])
  sql.updateMessage.run(open.dueAt, open.queued, open.held, json, tenant, id)
  return null
}

/** Makes queued recipients due at `now`; returns how many there are. */
export function retryMessage(sql: Statements, messageId: string, now: number): number {
  const row = sql.readMessage.get(messageId)
  if (row === undefined || row.queued === 0) return 0
  const states = statesOf(String(row.envelope), row.states as string | null)
  for (const [index, state] of states) if (state[0] === 'q') states.set(index, dueNow(state, now))
  keepStates(sql, { id: messageId, row, states }, emptyTally())
  return Number(row.queued)
}

/** Holds what is queued of a message: it failed us too often. */
export function holdMessage(sql: Statements, messageId: string, now: number): readonly number[] {
  const row = sql.readMessage.get(messageId)
  if (row === undefined) return []
  const states = statesOf(String(row.envelope), row.states as string | null)
  const queued = [...states].filter(([, state]) => state[0] === 'q').map(([index]) => index)
  for (const index of queued) {
    const [, attempts, first, , notes] = states.get(index)!
    states.set(index, stateOf('h', attempts, { first, due: now, notes }))
  }
  // The messages are counted later, when the file is read.
  keepStates(sql, { id: messageId, row, states }, emptyTally())
  return queued
}

/**
 * What is due, oldest first. Of messages that were there when the process last died, each handing out is
 * counted before it happens, and those that were in hand at such a death before are handed out few at a time
 * (`suspects`).
 */
export function takeDue(
  sql: Statements,
  question: { readonly now: number; readonly limit: number; readonly exclude: readonly string[] },
  suspects: Suspects,
): DueRow[] {
  const found: DueRow[] = []
  const claimed: string[] = []
  suspects.beginLook()
  for (const row of sql.dueIds.iterate(question.now, JSON.stringify(question.exclude))) {
    const id = String(row.id)
    const turn = suspects.take({ id, number: Number(row.number), claims: Number(row.claims) })
    if (turn === 'later') continue
    if (turn === 'claim') claimed.push(id)
    const { envelope, states } = sql.dueRow.get(id)!
    found.push({ envelope: String(envelope), states: states as string | null })
    if (found.length >= question.limit) break
  }
  if (claimed.length === 0) return found
  try {
    inTransaction(sql, () => {
      for (const messageId of claimed) sql.claim.run(messageId)
    })
  } catch (error) {
    for (const messageId of claimed) suspects.settled(messageId)
    throw error
  }
  return found
}

/** The content of a message, or the name of its file. */
export function contentOf(sql: Statements, messageId: string): ContentRow {
  const row = sql.place.get(messageId)
  if (row === undefined) return null
  if (row.file !== null) return { file: String(row.file) }
  const content = sql.content.get(Number(row.number))
  return content === undefined ? null : { bytes: content.bytes as Uint8Array }
}

/** Counts what waits by reading every row: once, when the file is opened. */
export function countAll(database: DatabaseSync): Tally {
  const row = database
    .prepare('select count(*) as messages, sum(queued) as queued, sum(held) as held from message')
    .get()
  return {
    messages: Number(row?.messages ?? 0),
    queued: Number(row?.queued ?? 0),
    held: Number(row?.held ?? 0),
  }
}

/** Runs statements as one transaction. */
export function inTransaction<T>(sql: Statements, work: () => T): T {
  sql.begin.run()
  try {
    const result = work()
    sql.commit.run()
    return result
  } catch (error) {
    rollBack(sql)
    throw error
  }
}

/** Ends a failed transaction; SQLite has done so itself after most disk faults. */
export function rollBack(sql: Statements): void {
  try {
    sql.rollback.run()
  } catch {
    // No transaction is open any more: that is what was wanted.
  }
}

/** The states of a message's recipients: as kept, or as they were received. */
export function statesOf(envelope: string, states: string | null): Map<number, RecipientState> {
  if (states !== null) return new Map(JSON.parse(states) as [number, RecipientState][])
  const { recipients, receivedAt } = JSON.parse(envelope) as Envelope
  return new Map(
    recipients.map(({ index, state, heldBecause: reply }) => {
      const notes = reply === undefined ? undefined : { reply }
      return [index, stateOf(state === 'held' ? 'h' : 'q', 0, { first: null, due: receivedAt, notes })]
    }),
  )
}

function openOf(states: ReadonlyMap<number, RecipientState>) {
  let queued = 0
  let held = 0
  let dueAt: number | null = null
  let isPaused = false
  for (const [state, , , next] of states.values()) {
    if (state === 'h') held += 1
    if (state !== 'q') continue
    queued += 1
    if (next >= PAUSED) isPaused = true
    if (dueAt === null || next < dueAt) dueAt = next
  }
  return { queued, held, dueAt, isPaused }
}

function removeContent(sql: Statements, row: Record<string, unknown>): string | null {
  if (row.file !== null) return String(row.file)
  sql.deleteContent.run(Number(row.number))
  return null
}
