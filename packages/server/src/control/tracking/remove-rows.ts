// Takes messages out of a day file of tracking with their attempts and words: for a tenant's shorter
// retention, and to erase a person or an organisation.
import type { DatabaseSync } from 'node:sqlite'
import { readStored } from '#link/report-batch.ts'
import { inTransaction } from '#platform/sqlite-transaction.ts'
import { messageRows } from './rows.ts'
import type { Removal } from './tracking-store.ts'
import { messageWords, tokensOf } from './words.ts'

/** Messages that go at once: reports wait for no more than these. */
const BATCH = 1_000

export type Removed = {
  readonly count: number
  /** Where the next batch goes on; null after the last. */
  readonly next: number | null
}

type Gone = {
  readonly seq: number
  readonly id: string
  readonly tenant_id: string
  readonly reverse_path: string | null
  readonly author: string | null
  readonly forward_path: string | null
  readonly subject: string | null
  readonly client_ip: string | null
  readonly body: string
}

/** Removes the first batch of messages behind a row, with all that hangs on them. */
export function removeRows(database: DatabaseSync, what: Removal, after: number): Removed {
  return inTransaction(database, () => {
    const [condition, parameters] = conditionOf(what, 'id')
    // Whoever names tenants or messages finds them by an index; all but some are met in order.
    const order = what.kind === 'all-but' ? `and seq > ${after} order by seq` : ''
    const gone = database
      .prepare(
        `select seq, id, tenant_id, reverse_path, author, forward_path, subject, client_ip, body
          from tracking_message where ${condition} ${order} limit ${BATCH}`,
      )
      .all(...parameters) as Gone[]
    if (gone.length > 0) removeThese(database, gone)
    if (gone.length === BATCH) return { count: gone.length, next: gone.at(-1)!.seq }
    const [attempts, attemptParameters] = conditionOf(what, 'message_id')
    database.prepare(`delete from tracking_attempt where ${attempts}`).run(...attemptParameters)
    return { count: gone.length, next: null }
  })
}

/**
 * The index keeps no text: each word is taken out of it by what it was put in with. Without secure-delete it
 * would only be marked as gone.
 */
function removeThese(database: DatabaseSync, gone: readonly Gone[]): void {
  database.exec(`insert into tracking_words (tracking_words, rank) values ('secure-delete', 1)`)
  const words = database.prepare(
    `insert into tracking_words (tracking_words, rowid, words) values ('delete', ?, ?)`,
  )
  for (const row of gone) words.run(row.seq, tokensOf(row.tenant_id, wordsOfRow(row)))
  const list = 'select value from json_each(?)'
  database
    .prepare(`delete from tracking_attempt where message_id in (${list})`)
    .run(JSON.stringify(gone.map(({ id }) => id)))
  database
    .prepare(`delete from tracking_message where seq in (${list})`)
    .run(JSON.stringify(gone.map(({ seq }) => seq)))
}

/** As they were when the report came; of a body that nobody can read, those of its columns. */
function wordsOfRow(row: Gone): ReadonlySet<string> {
  const read = readStored(row.body)
  if (read !== null) return messageRows(read, { node: '', slot: 0 }, () => undefined).words
  return messageWords({
    addresses: [row.reverse_path, row.author, row.forward_path],
    subject: row.subject,
    messageIdField: null,
    clientIp: row.client_ip,
    causes: [],
  })
}

function conditionOf(what: Removal, idColumn: string): readonly [string, readonly string[]] {
  const list = 'select value from json_each(?)'
  if (what.kind === 'these') {
    return [`tenant_id = ? and ${idColumn} in (${list})`, [what.tenantId, JSON.stringify(what.ids)]]
  }
  const not = what.kind === 'all-but' ? 'not ' : ''
  return [`tenant_id ${not}in (${list})`, [JSON.stringify(what.tenants)]]
}
