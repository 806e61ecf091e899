// The writing side of the greylist: applies changes in one transaction each batch, sweeps what is over, keeps
// the file small under attack, and tallies what happened.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { inTransaction } from '#platform/sqlite-transaction.ts'
import { GREYLIST_SCHEMA } from './file.ts'
import { type AttemptRow, rowOf } from './listing.ts'
import {
  type AttemptRecord,
  type EndedAttempt,
  type GreylistChange,
  type GreylistTally,
  PASS_MEMORY_MS,
  RENEWAL_MS,
  RETRY_WINDOW_MS,
} from './records.ts'

/**
 * Rows kept at most, so that an attack of millions of identities costs some hundred MB of disk and no more.
 * Beyond it the oldest of the tenant with the most leave first: its attack is not the others' trouble.
 */
export type GreylistLimits = { readonly attempts: number; readonly passes: number }
export const GREYLIST_LIMITS: GreylistLimits = { attempts: 500_000, passes: 1_000_000 }
/** Room made at once, so that a flood does not make room for each row. */
const ROOM = 0.1
/** Attempts that a tally lists; the rest is only counted. */
const LOST_LISTED_MAX = 100
/** Rows that one sweep ends, so that no batch waits long behind it. */
const SWEPT_MAX = 20_000

type Tally = {
  deferred: number
  observed: number
  lost: number
  readonly lostListed: EndedAttempt[]
  readonly accepted: EndedAttempt[]
  readonly passes: Map<string, number>
}

/** Opens the file for writing: WAL and NORMAL, so a kill loses nothing that was written (decisions 23). */
export function openGreylistDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 1_000 })
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${GREYLIST_SCHEMA}`)
  return database
}

export class GreylistStore {
  readonly #database: DatabaseSync
  readonly #limits: GreylistLimits
  readonly #statements: ReturnType<typeof prepare>
  readonly #tallies = new Map<string, Tally>()
  #attempts: number
  #passes: number

  constructor(database: DatabaseSync, limits: GreylistLimits = GREYLIST_LIMITS) {
    this.#database = database
    this.#limits = limits
    this.#statements = prepare(database)
    this.#attempts = this.#count('select count(*) as n from attempt')
    this.#passes = this.#count('select count(*) as n from identity')
  }

  /** All of a batch or nothing of it. */
  apply(changes: readonly GreylistChange[]): void {
    inTransaction(this.#database, () => {
      for (const change of changes) this.#applyOne(change)
      while (this.#attempts > this.#limits.attempts) this.#makeRoom('attempt', 'id')
      while (this.#passes > this.#limits.passes)
        this.#makeRoom('identity', 'coalesce(passed_at, first_at, 0)')
    })
  }

  /** Ends what was not retried in time, and forgets passes that were not used. True while there is more. */
  sweep(now: number): boolean {
    return inTransaction(this.#database, () => {
      const before = now - RETRY_WINDOW_MS
      const lost = this.#statements.takeOld.all(before, SWEPT_MAX) as unknown as AttemptRow[]
      for (const row of lost) this.#lose(rowOf(row), now)
      this.#attempts -= lost.length
      const { dropWaiting, dropPassed, dropObserved } = this.#statements
      let dropped = Number(dropWaiting.run(before, SWEPT_MAX).changes)
      dropped += Number(dropPassed.run(now - PASS_MEMORY_MS, SWEPT_MAX).changes)
      dropped += Number(dropObserved.run(now - PASS_MEMORY_MS, SWEPT_MAX).changes)
      this.#passes -= dropped
      return lost.length === SWEPT_MAX || dropped >= SWEPT_MAX
    })
  }

  /** What happened since the last call, by tenant. */
  takeTallies(): GreylistTally[] {
    const taken = [...this.#tallies].map(([tenantId, { passes, ...tally }]) => ({
      tenantId,
      ...tally,
      passes: [...passes].map(([identity, at]) => ({ identity, at })),
    }))
    this.#tallies.clear()
    return taken
  }

  close(): void {
    this.#database.close()
  }

  #applyOne(change: GreylistChange): void {
    switch (change.kind) {
      case 'deferred':
        this.#defer(change.attempt)
        return
      case 'passed': {
        const { tenantId, keys, at, how, message } = change
        if (message !== null) this.#accept(tenantId, message, at)
        for (const key of keys) this.#pass(tenantId, key, at)
        // Who released an identity meant everything that waits under it: each is recognised by its network.
        if (how === 'released') this.#passNetworks(tenantId, keys[0]!, at)
        return
      }
      case 'used': {
        const { tenantId, keys, at, message } = change
        if (message !== null) this.#accept(tenantId, message, at)
        for (const key of keys) this.#statements.renew.run(at, tenantId, key, at - RENEWAL_MS)
        return
      }
      case 'observed': {
        const { tenantId, identity, at } = change
        const isNew = this.#statements.observe.run(tenantId, identity, at).changes > 0
        if (!isNew) return
        this.#passes += 1
        this.#tallyOf(tenantId).observed += 1
        return
      }
      case 'forgotten':
        this.#passes -= Number(this.#statements.forget.run(change.tenantId, change.identity).changes)
        return
    }
  }

  #defer(attempt: AttemptRecord): void {
    const { tenantId, identity, firstAt, lastAt } = attempt
    const { insertAttempt, repeatAttempt, firstRound, startRound } = this.#statements
    const values = [tenantId, attempt.id, attempt.reversePath, attempt.forwardPath] as const
    const seen = [attempt.clientIp, attempt.clientName, attempt.helo] as const
    const rest = [identity, attempt.keys.join('\n'), firstAt, lastAt] as const
    const insert = (): boolean => insertAttempt.run(...values, ...seen, ...rest).changes > 0
    if (insert() || (this.#loseOld(attempt) && insert())) {
      this.#attempts += 1
      this.#tallyOf(tenantId).deferred += 1
    } else {
      repeatAttempt.run(lastAt, tenantId, attempt.forwardPath, attempt.reversePath)
    }
    if (firstRound.run(tenantId, identity, firstAt).changes > 0) this.#passes += 1
    else startRound.run(firstAt, tenantId, identity, firstAt - RETRY_WINDOW_MS)
  }

  #pass(tenantId: string, key: string, at: number): void {
    const before = this.#statements.known.get(tenantId, key) as { passed_at: number | null } | undefined
    if (before === undefined) this.#passes += 1
    this.#statements.pass.run(tenantId, key, at)
    if (before?.passed_at == null || before.passed_at < at - RENEWAL_MS) {
      this.#tallyOf(tenantId).passes.set(key, at)
    }
  }

  #passNetworks(tenantId: string, identity: string, at: number): void {
    const rows = this.#statements.ofIdentity.all(tenantId, identity) as { keys: string }[]
    const networks = rows.flatMap(({ keys }) => keys.split('\n').filter((key) => key.startsWith('net:')))
    for (const key of new Set(networks)) this.#pass(tenantId, key, at)
  }

  #accept(tenantId: string, message: { reversePath: string; forwardPath: string }, at: number): void {
    const { takeAttempt } = this.#statements
    const row = takeAttempt.get(tenantId, message.forwardPath, message.reversePath) as AttemptRow | undefined
    if (row === undefined) return
    this.#attempts -= 1
    this.#tallyOf(tenantId).accepted.push(endedOf(rowOf(row), at))
  }

  /** An attempt of the same message that is over, but not swept yet. */
  #loseOld({ tenantId, forwardPath, reversePath, lastAt }: AttemptRecord): boolean {
    const row = this.#statements.takeOver.get(tenantId, forwardPath, reversePath, lastAt - RETRY_WINDOW_MS) as
      | AttemptRow
      | undefined
    if (row === undefined) return false
    this.#attempts -= 1
    this.#lose(rowOf(row), lastAt)
    return true
  }

  #lose(attempt: AttemptRecord, now: number): void {
    const tally = this.#tallyOf(attempt.tenantId)
    tally.lost += 1
    if (tally.lostListed.length < LOST_LISTED_MAX) tally.lostListed.push(endedOf(attempt, now))
  }

  /** Lets the oldest tenth of the largest tenant go, uncounted: nobody waited for the window's end. */
  #makeRoom(table: 'attempt' | 'identity', order: string): void {
    const { attempts, passes } = this.#limits
    const most = this.#database
      .prepare(`select tenant_id from ${table} group by tenant_id order by count(*) desc limit 1`)
      .get() as { tenant_id: string }
    const key = table === 'attempt' ? 'id' : 'key'
    const { changes } = this.#database
      .prepare(
        `delete from ${table} where tenant_id = ? and ${key} in
         (select ${key} from ${table} where tenant_id = ? order by ${order} limit ?)`,
      )
      .run(most.tenant_id, most.tenant_id, Math.ceil((table === 'attempt' ? attempts : passes) * ROOM))
    if (table === 'attempt') this.#attempts -= Number(changes)
    else this.#passes -= Number(changes)
  }

  #tallyOf(tenantId: string): Tally {
    const known = this.#tallies.get(tenantId)
    if (known !== undefined) return known
    const made: Tally = { deferred: 0, observed: 0, lost: 0, lostListed: [], accepted: [], passes: new Map() }
    this.#tallies.set(tenantId, made)
    return made
  }

  #count(sql: string): number {
    return Number((this.#database.prepare(sql).get() as { n: number }).n)
  }
}

function endedOf(attempt: AttemptRecord, endedAt: number): EndedAttempt {
  const { reversePath, forwardPath, clientIp, identity, firstAt, attempts } = attempt
  return { reversePath, forwardPath, clientIp, identity, firstAt, endedAt, attempts }
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text)
  return {
    known: sql('select passed_at from identity where tenant_id = ? and key = ?'),
    insertAttempt: sql(
      `insert into attempt (tenant_id, id, reverse_path, forward_path, client_ip, client_name, helo,
        identity, keys, first_at, last_at, attempts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
       on conflict do nothing`,
    ),
    repeatAttempt: sql(
      `update attempt set last_at = max(last_at, ?), attempts = attempts + 1
       where tenant_id = ? and forward_path = ? and reverse_path = ?`,
    ),
    takeAttempt: sql(
      'delete from attempt where tenant_id = ? and forward_path = ? and reverse_path = ? returning *',
    ),
    takeOver: sql(
      `delete from attempt where tenant_id = ? and forward_path = ? and reverse_path = ? and first_at < ?
       returning *`,
    ),
    takeOld: sql(
      `delete from attempt where (tenant_id, id) in
        (select tenant_id, id from attempt where first_at < ? order by first_at limit ?) returning *`,
    ),
    // Without an index of its own: people release now and then, and every deferral would pay for it.
    ofIdentity: sql('select keys from attempt where tenant_id = ? and identity = ? limit 1000'),
    // A round begins with its first attempt, and begins anew once the window is over.
    firstRound: sql(
      'insert into identity (tenant_id, key, first_at) values (?, ?, ?) on conflict do nothing',
    ),
    startRound: sql(
      `update identity set first_at = ? where tenant_id = ? and key = ?
       and (first_at is null or first_at < ?)`,
    ),
    pass: sql(
      `insert into identity (tenant_id, key, passed_at) values (?, ?, ?)
       on conflict do update set passed_at = max(excluded.passed_at, coalesce(passed_at, 0)), first_at = null`,
    ),
    renew: sql('update identity set passed_at = ? where tenant_id = ? and key = ? and passed_at < ?'),
    observe: sql(
      `insert into identity (tenant_id, key, observed_at) values (?, ?, ?)
       on conflict do update set observed_at = excluded.observed_at
       where observed_at is null or observed_at < excluded.observed_at - ${PASS_MEMORY_MS}`,
    ),
    forget: sql('delete from identity where tenant_id = ? and key = ?'),
    dropWaiting: sql(dropping('first_at', 'passed_at is null and observed_at is null')),
    dropPassed: sql(dropping('passed_at', 'passed_at is not null')),
    dropObserved: sql(dropping('observed_at', 'observed_at is not null and passed_at is null')),
  }
}

function dropping(column: string, where: string): string {
  return `delete from identity where (tenant_id, key) in
    (select tenant_id, key from identity where ${where} and ${column} < ? order by ${column} limit ?)`
}
