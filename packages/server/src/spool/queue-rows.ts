// What people do with the rows that wait: look, hold, release, discard, reroute, try now; and the end of a
// pause. Runs in the writer thread, in small parts, so that no message waits long for its 250.
import type { QueuedMessage, QueuedRecipient, QueueFilter } from '#link/queue-orders.ts'
import type { DeliveryReport } from '#link/reports.ts'
import { newId } from '#platform/random.ts'
import type { Statements } from './database.ts'
import type { Outbox } from './outbox.ts'
import type {
  QueueAnswerOf,
  QueueChange,
  QueueChangeQuestion,
  QueueExpired,
  QueueOpenRow,
  QueueQuestion,
  QueueSelected,
} from './queue-wire.ts'
import { emptyTally, inTransaction, keepStates, statesOf, type Tally } from './rows.ts'
import type { Envelope } from './spool.ts'
import { dueNow, stateOf } from './states.ts'
import { PAUSED, type RecipientState } from './wire.ts'

/** Rows read at one go: some milliseconds, in which no message is stored. */
const ROWS_PER_LOOK = 500
/** Recipients listed of one message; all of them count. */
const RECIPIENTS_LISTED_MAX = 50

type Row = Record<string, unknown>
type States = Map<number, RecipientState>
type Select = Extract<QueueQuestion, { kind: 'queue-select' }>
type Expired = Extract<QueueQuestion, { kind: 'queue-expired' }>
type Open = Extract<QueueQuestion, { kind: 'queue-open' }>

/** Up to `limit` messages of a tenant behind `after`, oldest first, with their open recipients that match. */
export function selectWaiting(sql: Statements, { tenantId, filter, after, limit }: Select): QueueSelected {
  const items: QueuedMessage[] = []
  const rows = sql.scan.all(after ?? '', ROWS_PER_LOOK)
  for (const { id, queued, held, tenant } of rows) {
    if (tenant !== tenantId || (filter.state !== null && (filter.state === 'held' ? held : queued) === 0))
      continue
    const row = sql.readMessage.get(String(id))!
    const { envelope, states } = readRow(row)
    const indexes = matchesOf(envelope, states, filter)
    if (indexes.length === 0) continue
    items.push(listed(envelope, states, indexes))
    if (items.length >= limit) return { items, next: String(id) }
  }
  return { items, next: rows.length < ROWS_PER_LOOK ? null : String(rows.at(-1)?.id) }
}

/** One message with the recipients that match; null when there is none of this tenant. */
export function openMessage(sql: Statements, { tenantId, filter, messageId }: Open): QueueOpenRow | null {
  const row = sql.readMessage.get(messageId)
  if (row === undefined) return null
  const { envelope, states } = readRow(row)
  if (envelope.tenantId !== tenantId) return null
  const indexes = matchesOf(envelope, states, filter)
  return { envelope: String(row.envelope), states: row.states as string | null, indexes }
}

/**
 * Messages of any tenant whose held recipients have all been held since before `before`. Ids are in the order
 * of time, so the look ends at the first message that came later.
 */
export function selectExpired(sql: Statements, { before, after, limit }: Expired): QueueExpired {
  const items: QueueExpired['items'][number][] = []
  const rows = sql.scan.all(after ?? '', ROWS_PER_LOOK)
  for (const { id, held } of rows) {
    if (Number(held) === 0) continue
    const row = sql.readMessage.get(String(id))!
    const { envelope, states } = readRow(row)
    if (envelope.receivedAt >= before) return { items, next: null }
    const since = Math.max(
      ...[...states.values()]
        .filter(([letter]) => letter === 'h')
        .map(([, , , at]) => (at === 0 ? envelope.receivedAt : at)),
    )
    if (since >= before) continue
    const why = [...states.values()].find(([letter]) => letter === 'h')?.[4]?.reply ?? null
    items.push({ envelope: String(row.envelope), why, since })
    if (items.length >= limit) return { items, next: String(id) }
  }
  return { items, next: rows.length < ROWS_PER_LOOK ? null : String(rows.at(-1)?.id) }
}

export function pausedTenants(sql: Statements): readonly string[] {
  return sql.pausedTenants.all().map(({ tenant }) => String(tenant))
}

type Done = {
  readonly answer: QueueAnswerOf[QueueChangeQuestion['kind']]
  readonly tally: Tally
  readonly touched: readonly string[]
  /** May be unlinked now. */
  readonly files: readonly string[]
}

/** Changes rows and tells of it, in one transaction: a person's decision is durable with its report. */
export function changeQueue(sql: Statements, question: QueueChangeQuestion, outbox: Outbox): Done {
  const restore = outbox.save()
  try {
    return inTransaction(sql, () => {
      if (question.kind === 'queue-unpause') return unpause(sql, question)
      const { reports, ...done } = change(sql, question.change)
      outbox.append(sql, reports, false)
      outbox.trim(sql)
      return done
    })
  } catch (error) {
    restore()
    throw error
  }
}

function change(sql: Statements, asked: QueueChange): Done & { readonly reports: readonly string[] } {
  const tally = emptyTally()
  const touched: string[] = []
  const files: string[] = []
  const reports: string[] = []
  let found = 0
  let recipients = 0
  for (const id of asked.messageIds) {
    const row = sql.readMessage.get(id)
    if (row === undefined) continue
    const { envelope, states } = readRow(row)
    if (envelope.tenantId !== asked.tenantId) continue
    found += 1
    const changed = matchesOf(envelope, states, asked.filter).filter((index) => {
      const after = decided(states.get(index)!, asked)
      if (after !== null) states.set(index, after)
      return after !== null
    })
    if (changed.length === 0) continue
    const file = keepStates(sql, { id, row, states }, tally)
    if (file !== null) files.push(file)
    touched.push(id)
    recipients += changed.length
    const outcome = OUTCOMES[asked.action]
    if (outcome !== null) reports.push(JSON.stringify(reportOf(asked, outcome, { id, states, changed })))
  }
  return { answer: { found, messages: touched.length, recipients }, tally, touched, files, reports }
}

/** The state after a person's decision; null where it changes nothing. */
function decided(before: RecipientState, { action, now, routeId }: QueueChange): RecipientState | null {
  const [letter, attempts, first, due, notes] = before
  switch (action) {
    case 'retry':
      return letter === 'q' ? dueNow(before, now) : null
    case 'hold':
      return letter === 'q' ? stateOf('h', attempts, { first, due: now, notes }) : null
    case 'release':
      // It starts anew: the days it was held are not the next hop's fault.
      return letter === 'h'
        ? stateOf('q', 0, { first: null, due: now, notes: { ...notes, released: 1 } })
        : null
    case 'discard':
      return letter === 'h' ? stateOf('x', attempts, { first, due: 0 }) : null
    case 'reroute': {
      if (routeId === null) return null
      const chosen = { ...notes, route: routeId }
      return letter === 'q'
        ? dueNow(stateOf('q', attempts, { first, due, notes: chosen }), now)
        : stateOf('h', attempts, { first, due, notes: chosen })
    }
  }
}

const OUTCOMES: { readonly [Action in QueueChange['action']]: DeliveryReport['outcome'] | null } = {
  // No outcome: the attempt that follows has one.
  retry: null,
  hold: 'held',
  release: 'released',
  discard: 'discarded',
  reroute: 'rerouted',
}

function reportOf(
  { tenantId, by, reason, now }: QueueChange,
  outcome: DeliveryReport['outcome'],
  about: { readonly id: string; readonly states: States; readonly changed: readonly number[] },
): DeliveryReport {
  return {
    kind: 'delivery',
    id: newId('rep', now),
    messageId: about.id,
    tenantId,
    at: now,
    recipients: about.changed,
    outcome,
    attempt: Math.max(...about.changed.map((index) => about.states.get(index)?.[1] ?? 0)),
    nextAttemptAt: outcome === 'released' || outcome === 'rerouted' ? now : null,
    nextHop: null,
    tls: null,
    reply: { code: 0, status: null, text: reason ?? '' },
    durationMs: 0,
    dsnId: null,
    by,
  }
}

/** Makes paused recipients of a tenant due; what is still paused is found so by delivery. */
function unpause(
  sql: Statements,
  { tenantId, after, now, limit }: Extract<QueueChangeQuestion, { kind: 'queue-unpause' }>,
): Done {
  const touched = sql.pausedIds.all(tenantId, after ?? '', limit).map(({ id }) => String(id))
  for (const id of touched) {
    const row = sql.readMessage.get(id)!
    const { states } = readRow(row)
    for (const [index, state] of states) if (state[3] >= PAUSED) states.set(index, dueNow(state, now))
    keepStates(sql, { id, row, states }, emptyTally())
  }
  const next = touched.length < limit ? null : touched.at(-1)!
  return { answer: { messages: touched.length, next }, tally: emptyTally(), touched, files: [] }
}

function readRow(row: Row): { readonly envelope: Envelope; readonly states: States } {
  const text = String(row.envelope)
  return { envelope: JSON.parse(text) as Envelope, states: statesOf(text, row.states as string | null) }
}

/** Open recipients that the filter means. */
function matchesOf({ id, reversePath, recipients }: Envelope, states: States, filter: QueueFilter): number[] {
  const search = filter.search?.toLowerCase() ?? null
  const isWhole =
    search === null || id.includes(search) || (reversePath ?? '<>').toLowerCase().includes(search)
  const wanted = filter.state === null ? 'qh' : filter.state === 'held' ? 'h' : 'q'
  return recipients.flatMap(({ index, forwardPath, archive }) => {
    const [letter, , , , notes] = states.get(index) ?? ['d']
    // The way to the archive is nobody's to change, except where a restore held it.
    if (archive !== undefined && letter !== 'h') return []
    if (!wanted.includes(letter)) return []
    const path = forwardPath.toLowerCase()
    // Why it is held counts too: what a restore held is released apart from what a policy held.
    const why = letter === 'h' ? (notes?.reply ?? '').toLowerCase() : ''
    if (!isWhole && !path.includes(search) && !why.includes(search)) return []
    if (filter.domain !== null && path.slice(path.lastIndexOf('@') + 1) !== filter.domain) return []
    if (filter.indexes !== undefined && !filter.indexes.includes(index)) return []
    return [index]
  })
}

function listed(envelope: Envelope, states: States, indexes: readonly number[]): QueuedMessage {
  const { id, direction, reversePath, receivedAt, size } = envelope
  const paths = new Map(envelope.recipients.map(({ index, forwardPath }) => [index, forwardPath]))
  const recipients = indexes
    .slice(0, RECIPIENTS_LISTED_MAX)
    .map((index) => recipientOf(index, paths.get(index) ?? '', states.get(index)!))
  return { id, direction, reversePath, receivedAt, size, recipientCount: indexes.length, recipients }
}

function recipientOf(index: number, forwardPath: string, state: RecipientState): QueuedRecipient {
  const [letter, attempts, firstAttemptAt, due, notes] = state
  const paused = due >= PAUSED
  return {
    index,
    forwardPath,
    state: letter === 'h' ? 'held' : 'queued',
    attempts,
    firstAttemptAt,
    nextAttemptAt: letter === 'h' || paused ? null : due,
    paused,
    lastReply: notes?.reply ?? null,
    routeId: notes?.route ?? null,
    released: notes?.released === 1,
  }
}
