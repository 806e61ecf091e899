// Goes through an archive from its first record to its last, and through every content: what was changed, cut
// or taken away is named.
import { createHmac } from 'node:crypto'
import { ContentMissing } from '#platform/content-files.ts'
import type { Head } from './ledger.ts'
import type { MonthFiles } from './month-file.ts'
import type { PackedContent } from './packed-content.ts'
import { CHAIN_START, chained, type EntryRecord, type RemovalRecord } from './record.ts'
import { type ArchiveKeys, openSealed } from './seal.ts'
import type { CheckFault, CheckResult } from './thread-wire.ts'

/** More is no more telling. */
const FAULTS_MAX = 200
const ROWS_PER_LOOK = 500
/** Contents read at once. */
const READS_MAX = 4

type Parts = { readonly files: MonthFiles; readonly content: PackedContent; readonly keys: ArchiveKeys }

export async function check(
  parts: Parts,
  { tenantId, head }: { readonly tenantId: string; readonly head: Head },
): Promise<CheckResult> {
  const walk = new Walk(parts, tenantId)
  for (const month of parts.files.months(tenantId)) await walk.month(month)
  return walk.end(head)
}

class Walk {
  readonly #parts: Parts
  readonly #tenantId: string
  readonly #faults: CheckFault[] = []
  /** Emptied records that no removal has named yet. */
  readonly #emptied = new Set<number>()
  /** Entries without content: a removal that was stopped between the two may still name them. */
  readonly #bare = new Map<number, CheckFault>()
  #last: Head = { seq: 0, hash: CHAIN_START }
  /** What the chain had where the database remembers it. */
  readonly #hashes = new Map<number, string>()
  #records = 0
  #contents = 0
  #octets = 0

  constructor(parts: Parts, tenantId: string) {
    this.#parts = parts
    this.#tenantId = tenantId
  }

  async month(name: string): Promise<void> {
    const file = this.#parts.files.open(this.#tenantId, name)
    if (file === null) return
    for (let after = 0; ; ) {
      const rows = file
        .sql(
          `select r.seq, r.kind, r.body, r.hash, e.digest, e.id from record r left join entry e on e.seq = r.seq
            where r.seq > ? order by r.seq limit ?`,
        )
        .all(after, ROWS_PER_LOOK)
      const entries: { readonly seq: number; readonly record: EntryRecord }[] = []
      for (const row of rows) {
        const record = this.#link(row)
        if (record === null) continue
        entries.push({ seq: Number(row.seq), record })
        if (row.digest !== record.digest || row.id !== record.id) {
          this.#fault('record-changed', Number(row.seq), {
            id: record.id,
            saw: 'the list names another content',
          })
        }
      }
      for (let at = 0; at < entries.length; at += READS_MAX) {
        await Promise.all(entries.slice(at, at + READS_MAX).map((one) => this.#content(one)))
      }
      if (rows.length < ROWS_PER_LOOK) return
      after = Number(rows.at(-1)!.seq)
    }
  }

  end(head: Head): CheckResult {
    this.#faults.push(...this.#bare.values())
    for (const seq of this.#emptied) {
      this.#fault('record-emptied', seq, {
        id: null,
        saw: 'the record lost its text, and no removal names it',
      })
    }
    if (head.seq > this.#last.seq) {
      const saw = `the chain ends at ${this.#last.seq}, and ${head.seq} was written once`
      this.#fault('end-missing', this.#last.seq + 1, { id: null, saw })
    } else if (head.seq > 0 && this.#hashes.get(head.seq) !== head.hash) {
      this.#fault('record-changed', head.seq, {
        id: null,
        saw: 'the chain is not the one the database remembers',
      })
    }
    const faults = this.#faults.slice(0, FAULTS_MAX)
    return { records: this.#records, contents: this.#contents, octets: this.#octets, faults }
  }

  /** Checks a record against the one before; returns it where it is an entry whose content is to be read. */
  #link(row: Record<string, unknown>): EntryRecord | null {
    const seq = Number(row.seq)
    const link = String(row.hash)
    this.#records += 1
    for (let missing = this.#last.seq + 1; missing < seq && this.#faults.length < FAULTS_MAX; missing += 1) {
      this.#fault('record-missing', missing, { id: null, saw: 'there is no record at this place' })
    }
    const body = row.body === null ? null : String(row.body)
    const isNext = seq === this.#last.seq + 1
    if (body === null) this.#emptied.add(seq)
    else if (isNext && chained(this.#parts.keys.chain, this.#last.hash, { seq, body }) !== link) {
      this.#fault('record-changed', seq, { id: textOrNull(row.id), saw: 'its text does not fit the chain' })
    }
    this.#last = { seq, hash: link }
    this.#hashes.set(seq, link)
    if (body === null) return null
    try {
      const record = JSON.parse(body) as EntryRecord | RemovalRecord | { readonly kind: 'addition' }
      if (record.kind === 'removal') for (const gone of record.seqs) this.#goes(gone)
      return record.kind === 'entry' ? record : null
    } catch {
      return null
    }
  }

  async #content({ seq, record }: { readonly seq: number; readonly record: EntryRecord }): Promise<void> {
    const { content, keys } = this.#parts
    const key = `${this.#tenantId}/${record.digest}`
    const where = (): string => `(message ${record.id}, ${content.whereIs(key)})`
    this.#contents += 1
    try {
      const sum = createHmac('sha256', keys.address)
      for await (const part of openSealed(content.read(key), keys)) {
        sum.update(part)
        this.#octets += part.length
      }
      if (sum.digest('hex') === record.digest) return
      this.#fault('content-changed', seq, {
        id: record.id,
        saw: `the content does not fit its digest ${where()}`,
      })
    } catch (error) {
      const isMissing = error instanceof ContentMissing
      const saw = `${(error as Error).message} ${where()}`
      const fault = {
        kind: isMissing ? 'content-missing' : 'content-changed',
        seq,
        id: record.id,
        saw,
      } as const
      if (isMissing && this.#bare.size < FAULTS_MAX) this.#bare.set(seq, fault)
      else this.#fault(fault.kind, seq, { id: record.id, saw: `${(error as Error).message} ${where()}` })
    }
  }

  #goes(seq: number): void {
    this.#emptied.delete(seq)
    this.#bare.delete(seq)
  }

  #fault(kind: CheckFault['kind'], seq: number, rest: Pick<CheckFault, 'id' | 'saw'>): void {
    if (this.#faults.length < FAULTS_MAX) this.#faults.push({ kind, seq, ...rest })
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
