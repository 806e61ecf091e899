// The outbox: reports kept until control has stored them. Chunks of a transaction's reports, not a row each.
import type { Statements } from './database.ts'
import type { OutboxText } from './wire.ts'

/** Reports of one row at most, so that an acknowledgement in the middle of a row keeps little. */
const REPORTS_PER_ROW_MAX = 256

/**
 * Between the reports of a row. JSON text holds no line feed, so no report has to be parsed to find its end.
 */
const SEPARATOR = '\n'

/**
 * Numbers and bounds the reports of one spool. Numbers and counts live in memory; `save` undoes a failed
 * transaction.
 */
export class Outbox {
  readonly #max: number
  #next: number
  #floor: number
  /** Reports of all rows that are still there. */
  #waiting: number

  private constructor(start: {
    readonly next: number
    readonly floor: number
    readonly waiting: number
    readonly max: number
  }) {
    this.#next = start.next
    this.#floor = start.floor
    this.#waiting = start.waiting
    this.#max = start.max
  }

  /** Reads the state from the file. */
  static open(sql: Statements, max: number): Outbox {
    const floor = Number(sql.getMeta.get('outbox-floor')?.value ?? 0)
    const row = sql.reportsTotal.get()
    const next = Math.max(floor + 1, Number(row?.next ?? 0))
    return new Outbox({ next, floor, waiting: Number(row?.waiting ?? 0), max })
  }

  get waiting(): number {
    return this.#waiting
  }

  /** The number of the next report. */
  get next(): number {
    return this.#next
  }

  /** Returns what undoes the changes in memory if the transaction that follows fails. */
  save(): () => void {
    const before = { next: this.#next, floor: this.#floor, waiting: this.#waiting }
    return () => {
      this.#next = before.next
      this.#floor = before.floor
      this.#waiting = before.waiting
    }
  }

  /** Stores reports within the open transaction. */
  append(sql: Statements, reports: readonly string[], refusals: boolean): void {
    for (let from = 0; from < reports.length; from += REPORTS_PER_ROW_MAX) {
      const part = reports.slice(from, from + REPORTS_PER_ROW_MAX)
      sql.insertReports.run(this.#next, part.length, refusals ? 1 : 0, part.join(SEPARATOR))
      this.#next += part.length
      this.#waiting += part.length
    }
  }

  /** Forgets reports up to and including `sequence`, within the open transaction. */
  acknowledge(sql: Statements, sequence: number): void {
    const upTo = Math.min(sequence, this.#next - 1)
    if (upTo <= this.#floor) return
    for (const row of sql.deleteReports.all(upTo, upTo)) this.#waiting -= Number(row.count)
    this.#setFloor(sql, upTo)
  }

  /** Keeps the outbox within its bound: refusals go first, then the oldest. Returns how many were dropped. */
  trim(sql: Statements): number {
    let dropped = 0
    while (this.#waiting > this.#max) {
      const row = sql.oldestRefusals.get() ?? sql.oldestReports.get()
      if (row === undefined) break
      sql.deleteReportsAt.run(Number(row.first))
      this.#waiting -= Number(row.count)
      dropped += Number(row.count)
    }
    return dropped
  }

  /**
   * The oldest reports as the JSON text of `ReportBatch['reports']`, a report a line: control finds their
   * ends without parsing them.
   */
  read(sql: Statements, limit: number): OutboxText {
    const items: string[] = []
    let last = this.#floor
    for (const row of sql.reportsFrom.iterate(this.#floor)) {
      let sequence = Number(row.first)
      for (const report of String(row.reports).split(SEPARATOR)) {
        if (sequence > this.#floor && items.length < limit) {
          items.push(`{"sequence":${sequence},"report":${report}}`)
          last = sequence
        }
        sequence += 1
      }
      if (items.length >= limit) break
    }
    return { json: items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n]`, count: items.length, last }
  }

  /** Kept in the file, so that no number is used twice when the table is empty at the next start. */
  #setFloor(sql: Statements, floor: number): void {
    sql.setMeta.run('outbox-floor', floor)
    this.#floor = floor
  }
}
