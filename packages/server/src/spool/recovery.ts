// Opening a spool: what a death of the process left behind is counted, set aside or removed. See
// docs/internals/spool.md.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { DeliveryReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import type { Statements } from './database.ts'
import type { Outbox } from './outbox.ts'
import { readOutcomes } from './outcome-log.ts'
import { emptyTally, holdMessage, inTransaction, settleMessage, statesOf } from './rows.ts'
import type { Envelope } from './spool.ts'
import { CLAIMS_MAX } from './suspects.ts'

export type Recovered = {
  /** Messages up to this number were there when the process died; 0 after a clean stop. */
  readonly suspectsUpTo: number
  readonly setAside: readonly string[]
  /** Outcomes that were noted, but not written yet. */
  readonly noted: number
  /** Highest content number in use. */
  readonly lastNumber: number
}

/**
 * Marks the file as open, writes the outcomes that were noted when the process died, sets poison messages
 * aside and removes content that belongs to no message.
 */
export function recover(
  database: DatabaseSync,
  sql: Statements,
  context: {
    readonly outbox: Outbox
    readonly contentFolder: string
    readonly outcomesFile: string
    readonly now: number
    /** Messages are being received just now: contents without a row may be theirs. */
    readonly keepsContents: boolean
  },
): Recovered {
  const wasClosed = Number(sql.getMeta.get('closed')?.value ?? 1) === 1
  const lastNumber = Number(database.prepare('select max(number) as last from message').get()?.last ?? 0)
  let noted = 0
  const setAside = inTransaction(sql, () => {
    noted = applyOutcomes(sql, context)
    if (wasClosed) database.exec('update message set claims = 0 where claims > 0')
    sql.setMeta.run('closed', 0)
    const rows = database.prepare('select id from message where claims >= ? and queued > 0').all(CLAIMS_MAX)
    return rows.map(({ id }) => setMessageAside(sql, String(id), context))
  })
  mkdirSync(context.contentFolder, { recursive: true, mode: 0o700 })
  if (!context.keepsContents) removeOrphans(database, context.contentFolder)
  return { suspectsUpTo: wasClosed ? 0 : lastNumber, setAside, noted, lastNumber }
}

/** Says that this stop is no crash: nothing in hand now is to blame for anything. */
export function markClosed(sql: Statements): void {
  sql.setMeta.run('closed', 1)
}

/** Where a spool stood before a batch: numbers from here on were promised to nobody. */
export type Mark = { readonly lastNumber: number; readonly nextReport: number }

/**
 * Takes back what came after the mark. A batch whose sync failed was refused, yet its end may stand in the
 * log and count as committed when the file is read again; its senders send once more, so it would come twice.
 */
export function takeBack(database: DatabaseSync, sql: Statements, { lastNumber, nextReport }: Mark): void {
  const after = (table: string, column: string, from: number): readonly Record<string, unknown>[] =>
    database.prepare(`select ${column} as at from ${table} where ${column} >= ? limit 1`).all(from)
  const isClean =
    after('message', 'number', lastNumber + 1).length + after('outbox', 'first', nextReport).length === 0
  if (isClean) return
  inTransaction(sql, () => {
    for (const table of ['content', 'message'])
      database.prepare(`delete from ${table} where number > ?`).run(lastNumber)
    database.prepare('delete from outbox where first >= ?').run(nextReport)
  })
}

/**
 * Writes what was noted for recipients that are still open, with its reports; returns how many outcomes that
 * were. All others were written before, and their reports with them.
 */
function applyOutcomes(
  sql: Statements,
  { outbox, outcomesFile }: { readonly outbox: Outbox; readonly outcomesFile: string },
): number {
  let applied = 0
  for (const item of readOutcomes(outcomesFile)) {
    const row = sql.readMessage.get(item.messageId)
    if (row === undefined) continue
    const states = statesOf(String(row.envelope), row.states as string | null)
    const isOpen = (index: number): boolean => {
      const letter = states.get(index)?.[0]
      return letter === 'q' || (item.byPerson && letter === 'h')
    }
    if (!item.recipients.some(isOpen)) continue
    // The messages are counted later, and files without a row are removed then.
    settleMessage(sql, item, emptyTally())
    if (item.report !== null) outbox.append(sql, [item.report], false)
    applied += 1
  }
  return applied
}

function setMessageAside(
  sql: Statements,
  messageId: string,
  { outbox, now }: { readonly outbox: Outbox; readonly now: number },
): string {
  const { tenantId } = JSON.parse(String(sql.readMessage.get(messageId)?.envelope)) as Envelope
  const recipients = holdMessage(sql, messageId, now)
  const report: DeliveryReport = {
    kind: 'delivery',
    id: newId('rep', now),
    messageId,
    tenantId,
    at: now,
    recipients,
    outcome: 'held',
    attempt: CLAIMS_MAX,
    nextAttemptAt: null,
    nextHop: null,
    tls: null,
    reply: {
      code: 451,
      status: '4.3.0',
      text: `held: the gateway ended ${CLAIMS_MAX} times while it delivered this message`,
    },
    durationMs: 0,
    dsnId: null,
  }
  outbox.append(sql, [JSON.stringify(report)], false)
  return messageId
}

/** A file without a row is a message that never got its 250, or one that is done. */
function removeOrphans(database: DatabaseSync, contentFolder: string): void {
  const known = new Set(
    database
      .prepare('select file from message where file is not null')
      .all()
      .map(({ file }) => String(file)),
  )
  for (const name of readdirSync(contentFolder)) {
    if (!known.has(name)) removeContent(contentFolder, name)
  }
}

/** Removes a content that no row names. What cannot be removed now costs room and nothing else. */
export function removeContent(contentFolder: string, name: string): void {
  try {
    rmSync(join(contentFolder, name), { force: true })
  } catch {
    // The next start tries again.
  }
}
