// A spool from a backup: nobody knows what became of its messages since, so they wait for a person unless
// told otherwise. What tracking saw settled is settled here too.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DeliveryReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import type { SpoolPlace } from './copy.ts'
import { openDatabase, prepareStatements, type Statements } from './database.ts'
import { Outbox } from './outbox.ts'
import { markClosed } from './recovery.ts'
import { emptyTally, inTransaction, keepStates, statesOf } from './rows.ts'
import { stateOf } from './states.ts'
import type { RecipientState } from './wire.ts'

/** What the queue shows of a recipient that was held for this reason. */
export const RESTORED = 'held: restored from a backup; release it if it was not delivered before'

/** In one transaction: small enough for memory, large enough that the disk is not what it waits for. */
const MESSAGES_PER_STEP = 1_000

export type RestoreOptions = {
  readonly now: number
  /** Sends everything again at once instead of holding it. */
  readonly resend: boolean
  /**
   * One letter a recipient as tracking has them (d, b, x are settled); null when it does not know the
   * message.
   */
  readonly lettersOf: (messageId: string, tenantId: string) => string | null
}

export type RestoredSpool = {
  readonly messages: number
  /** Recipients that now wait for a person because of the restore. */
  readonly held: number
  /** Recipients that are sent at the next start. */
  readonly queued: number
  /** Recipients that tracking knows as done: they are not sent again. */
  readonly settled: number
}

/** Prepares a restored spool for its first start, while nobody has it open. Throws what the disk says. */
export function prepareRestored(place: SpoolPlace, options: RestoreOptions): RestoredSpool {
  const database = openDatabase(place.file, null)
  try {
    const sql = prepareStatements(database)
    const outbox = Outbox.open(sql, Number.POSITIVE_INFINITY)
    const sum = { messages: 0, held: 0, queued: 0, settled: 0 }
    for (let after = ''; ; ) {
      const rows = sql.scan.all(after, MESSAGES_PER_STEP)
      if (rows.length === 0) break
      after = String(rows.at(-1)!.id)
      const files: string[] = []
      inTransaction(sql, () => {
        for (const { id, tenant } of rows) {
          const message = { id: String(id), tenantId: String(tenant) }
          const done = restoreMessage(sql, message, { ...options, outbox })
          sum.messages += done.isGone ? 0 : 1
          sum.held += done.held
          sum.queued += done.queued
          sum.settled += done.settled
          if (done.file !== null) files.push(done.file)
        }
      })
      for (const file of files) rmSync(join(place.contentFolder, file), { force: true })
    }
    // The copy was taken from a spool at work: that is no crash, and nothing in it is to blame for one.
    database.exec('update message set claims = 0 where claims > 0')
    markClosed(sql)
    return sum
  } finally {
    database.close()
  }
}

function restoreMessage(
  sql: Statements,
  { id, tenantId }: { readonly id: string; readonly tenantId: string },
  options: RestoreOptions & { readonly outbox: Outbox },
): { held: number; queued: number; settled: number; isGone: boolean; file: string | null } {
  const row = sql.readMessage.get(id)!
  const states = statesOf(String(row.envelope), row.states as string | null)
  const letters = options.lettersOf(id, tenantId)
  const held: number[] = []
  let [queued, settled] = [0, 0]
  for (const [index, state] of states) {
    const [letter, attempts, first, , notes] = state
    if (letter !== 'q' && letter !== 'h') continue
    const end = settledLetter(letters?.[index])
    if (end !== null) {
      settled += 1
      states.set(index, stateOf(end, attempts, { first, due: 0 }))
    } else if (letter === 'q' && options.resend) queued += 1
    else if (letter === 'q') {
      held.push(index)
      states.set(
        index,
        stateOf('h', attempts, { first, due: options.now, notes: { ...notes, reply: RESTORED } }),
      )
    }
  }
  const tally = emptyTally()
  const isChanged = held.length + settled > 0
  const file = isChanged ? keepStates(sql, { id, row, states }, tally) : null
  if (held.length > 0) tell(sql, { id, tenantId, held }, options)
  return { held: held.length, queued, settled, isGone: tally.messages < 0, file }
}

function settledLetter(letter: string | undefined): Extract<RecipientState[0], 'd' | 'b' | 'x'> | null {
  return letter === 'd' || letter === 'b' || letter === 'x' ? letter : null
}

function tell(
  sql: Statements,
  message: {
    readonly id: string
    readonly tenantId: string
    readonly held: readonly number[]
  },
  { now, outbox }: { readonly now: number; readonly outbox: Outbox },
): void {
  const report: DeliveryReport = {
    kind: 'delivery',
    id: newId('rep', now),
    messageId: message.id,
    tenantId: message.tenantId,
    at: now,
    recipients: message.held,
    outcome: 'held',
    attempt: 0,
    nextAttemptAt: null,
    nextHop: null,
    tls: null,
    reply: { code: 451, status: '4.3.0', text: RESTORED },
    durationMs: 0,
    dsnId: null,
  }
  outbox.append(sql, [JSON.stringify(report)], false)
}
