// What the thread that writes day files does with reports; the thread that only searches loads none of it.
import type { DatabaseSync } from 'node:sqlite'
import { type ReadReport, readBatch } from '#link/report-batch.ts'
import { NoteTaker } from './notes.ts'
import { type Removed, removeRows } from './remove-rows.ts'
import { dayOfReport, type Place } from './rows.ts'
import { type DayWrites, prepareWrites, storeReports } from './store-day.ts'
import type { Removal, Taken } from './tracking-store.ts'

/** The message of the error that a body which is no batch ends with. */
export const NOT_A_BATCH = 'not a batch of reports'

type OpenDay = { readonly database: DatabaseSync; readonly write: DayWrites | null }

/** Takes batches of reports, and remembers between them what was noted already. */
export class BatchTaker {
  readonly #opened: (day: number) => OpenDay
  readonly #notes = new NoteTaker()
  #domains: ReadonlyMap<string, string> = new Map()

  constructor(opened: (day: number) => OpenDay) {
    this.#opened = opened
  }

  /** The statements of a day that is open; they live as long as its connection. */
  prepare(database: DatabaseSync): DayWrites {
    return prepareWrites(database)
  }

  /**
   * Stores a batch: one transaction a day it touches. Stored twice is stored once, since ids are keys. Throws
   * `NOT_A_BATCH` for a body that is none.
   */
  take(body: string, oldestDay: number): Taken {
    const batch = readBatch(body)
    if (!batch.ok) throw new Error(NOT_A_BATCH)
    const { node, slot, reports, greylist, acknowledged, rejected } = batch.value
    const byDay = new Map<number, ReadReport[]>()
    for (const read of reports) {
      const day = dayOfReport(read.report)
      // What is older than everything we keep would only make a file to be dropped again.
      if (day < oldestDay) continue
      const list = byDay.get(day)
      if (list) list.push(read)
      else byDay.set(day, [read])
    }
    for (const [day, list] of byDay) this.#storeDay(day, list, { node, slot })
    return { node, slot, acknowledged, rejected, greylist, notes: this.#notes.take() }
  }

  /** Removes one batch of messages of a day. */
  remove(day: number, what: Removal, after: number): Removed {
    return removeRows(this.#opened(day).database, what, after)
  }

  /** Whose a domain is; reports of refusals are told apart by it. */
  domainsChanged(domains: ReadonlyMap<string, string>): void {
    this.#domains = domains
  }

  /** Notes that could not be kept are taken again from the same reports. */
  forgetNotes(): void {
    this.#notes.forget()
  }

  #storeDay(day: number, reports: readonly ReadReport[], place: Place): void {
    const { database, write } = this.#opened(day)
    const tenantOfDomain = (domain: string): string | undefined => this.#domains.get(domain)
    database.exec('begin immediate')
    try {
      storeReports(write!, reports, { place, tenantOfDomain, notes: this.#notes })
      database.exec('commit')
    } catch (error) {
      database.exec('rollback')
      this.#notes.forget()
      throw error
    }
  }
}
