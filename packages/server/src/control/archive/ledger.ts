// Appends to an organisation's archive: entries, further copies of them, removals. Runs in the writing
// thread.
import { hash } from 'node:crypto'
import { newId } from '#platform/random.ts'
import { type Extract, mergePeople } from './extract.ts'
import { type Month, type MonthFiles, monthOf, SOURCE_BITS } from './month-file.ts'
import {
  type AdditionRecord,
  type ArchivedPerson,
  type ArchiveFlag,
  type ArchiveRecord,
  type ArchiveSource,
  CHAIN_START,
  chained,
  type EntryRecord,
} from './record.ts'
import type { ArchiveKeys } from './seal.ts'
import { docOf, type WordDoc } from './words.ts'

/** Where a chain ends. */
export type Head = { readonly seq: number; readonly hash: string }

/** A copy that was read and may be entered. */
export type Copy = {
  readonly delivery: string
  readonly source: ArchiveSource
  readonly direction: EntryRecord['direction']
  readonly people: readonly ArchivedPerson[]
  readonly flags: readonly ArchiveFlag[]
  readonly fault: string | null
  readonly digest: string
  readonly size: number
  readonly found: Omit<Extract, 'text'>
  readonly doc: WordDoc
}

export type Entered =
  | { readonly kind: 'new' | 'merged'; readonly id: string; readonly seq: number }
  /** This delivery was entered before. */
  | { readonly kind: 'known' }

/** Copies of one message come within this time: a month back is looked at too. */
const TWIN_MS_MAX = 35 * 86_400_000

export class Ledger {
  readonly #files: MonthFiles
  readonly #heads = new Map<string, Head>()

  constructor(files: MonthFiles) {
    this.#files = files
  }

  /** The newest record of an organisation. */
  head(tenantId: string): Head {
    const known = this.#heads.get(tenantId)
    if (known !== undefined) return known
    let head: Head = { seq: 0, hash: CHAIN_START }
    for (const month of this.#files.months(tenantId).toReversed()) {
      const row = this.#files
        .open(tenantId, month)!
        .sql('select seq, hash from record order by seq desc limit 1')
        .get()
      if (row === undefined) continue
      head = { seq: Number(row.seq), hash: String(row.hash) }
      break
    }
    this.#heads.set(tenantId, head)
    return head
  }

  /** Whether a delivery was entered before, as far as one may come twice. */
  isKnown(tenantId: string, delivery: string, now: number): boolean {
    return this.#recent(tenantId, now).some(
      (month) => month.sql('select 1 from record where delivery = ?').get(delivery) !== undefined,
    )
  }

  /** The entry that a copy is the same message as, or null. */
  twinOf(tenantId: string, { found, digest }: Pick<Copy, 'found' | 'digest'>, now: number): Twin | null {
    const key = messageKeyOf(found.messageId, digest)
    for (const month of this.#recent(tenantId, now)) {
      const row = month
        .sql('select seq, id from entry where message_key = ? and same_key = ?')
        .get(key, found.sameKey)
      if (row !== undefined) return { month, seq: Number(row.seq), id: String(row.id) }
    }
    return null
  }

  /** Enters copies of one organisation in one transaction a month; durable when it returns. */
  enter(
    tenantId: string,
    copies: readonly Copy[],
    { keys, now }: { keys: ArchiveKeys; now: number },
  ): Entered[] {
    const current = this.#files.open(tenantId, monthOf(now))!
    const before = this.head(tenantId)
    const words: LaterWords[] = []
    const twins: (() => void)[] = []
    try {
      const entered = current.transaction(() => {
        const all = copies.map((copy) => {
          const isKnown = this.isKnown(tenantId, copy.delivery, now)
          if (isKnown) return { kind: 'known' } as const
          const twin = this.twinOf(tenantId, copy, now)
          const append = { tenantId, current, keys, now, words }
          if (twin === null) return this.#enterNew(copy, append)
          const add = this.#enterTwin(copy, twin, append)
          // The month before has a transaction of its own; it holds nothing that the chain rests on.
          if (twin.month === current) add()
          else twins.push(add)
          return { kind: 'merged', id: twin.id, seq: twin.seq } as const
        })
        for (const { month, seq } of words) if (month === current) month.noteLater(seq)
        return all
      })
      for (const add of twins) add()
      for (const { month, seq, doc } of words) {
        if (month !== current) month.noteLater(seq)
        month.indexLater(seq, doc)
      }
      return entered
    } catch (error) {
      this.#heads.set(tenantId, before)
      throw error
    }
  }

  /** Appends a record and returns its place. The caller has a transaction open. */
  append({ tenantId, current, keys }: Append, record: ArchiveRecord, delivery: string | null): number {
    const head = this.head(tenantId)
    const seq = head.seq + 1
    const body = JSON.stringify(record)
    const link = chained(keys.chain, head.hash, { seq, body })
    current
      .sql('insert into record (seq, kind, delivery, body, hash) values (?, ?, ?, ?, ?)')
      .run(seq, record.kind, delivery, body, link)
    this.#heads.set(tenantId, { seq, hash: link })
    return seq
  }

  /** Forgets what is remembered of an organisation: its files are gone, or a transaction was not kept. */
  forget(tenantId: string): void {
    this.#heads.delete(tenantId)
  }

  /** Whether an entry names this content; `without` are such that go. */
  isUsed(
    tenantId: string,
    { digest, key, without = NONE }: { digest: string; key: string; without?: ReadonlySet<number> },
  ): boolean {
    return this.#files.months(tenantId).some((name) => {
      const month = this.#files.open(tenantId, name)!
      const rows = month.hasDigestIndex
        ? month.sql('select seq from entry where digest = ?').all(digest)
        : month.sql('select seq from entry where message_key = ? and digest = ?').all(key, digest)
      return rows.some(({ seq }) => !without.has(Number(seq)))
    })
  }

  #enterNew(copy: Copy, append: Entering): Entered {
    const { found, source, people, flags } = copy
    const id = newId('arc', append.now)
    const record: EntryRecord = {
      kind: 'entry',
      id,
      at: found.at,
      archivedAt: append.now,
      source,
      delivery: copy.delivery,
      direction: copy.direction,
      digest: copy.digest,
      size: copy.size,
      subject: found.subject,
      author: found.author,
      messageId: found.messageId,
      date: found.date,
      people: mergePeople(found.people, people),
      attachments: found.attachments,
      flags: [...new Set([...found.flags, ...flags])],
      ...(copy.fault === null ? {} : { fault: copy.fault }),
    }
    const seq = this.append(append, record, copy.delivery)
    append.current
      .sql('insert into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        seq,
        id,
        found.at,
        copy.size,
        copy.digest,
        messageKeyOf(found.messageId, copy.digest),
        found.sameKey,
        SOURCE_BITS[source],
        copy.direction === 'internal' ? 1 : 0,
      )
    append.words.push({ month: append.current, seq, doc: copy.doc })
    return { kind: 'new', id, seq }
  }

  #enterTwin(copy: Copy, twin: Twin, append: Entering): () => void {
    const { source, people, found, flags } = copy
    const record: AdditionRecord = {
      kind: 'addition',
      id: twin.id,
      of: twin.seq,
      archivedAt: append.now,
      source,
      delivery: copy.delivery,
      people: mergePeople(people, found.people),
      flags,
    }
    const seq = this.append(append, record, copy.delivery)
    append.current.sql('insert into addition values (?, ?)').run(seq, twin.seq)
    return () => {
      const { month } = twin
      month.sql('update entry set sources = sources | ? where seq = ?').run(SOURCE_BITS[source], twin.seq)
      const row = month.sql('select body from record where seq = ?').get(twin.seq)
      const { sources } = month.sql('select sources from entry where seq = ?').get(twin.seq)!
      if (typeof row?.body !== 'string') return
      const entry = JSON.parse(row.body) as EntryRecord
      const all = this.additionsTo(append.tenantId, twin.seq, append.now)
      const merged = docOf({
        ...entry,
        people: mergePeople(entry.people, record.people, ...all.map((one) => one.people)),
        flags: [...new Set([...entry.flags, ...flags])],
        sources: sourcesOf(Number(sources)),
        text: '',
      })
      // The copies have the same words, so that the index needs no look at what is sealed.
      append.words.push({ month, seq: twin.seq, doc: { ...merged, body: copy.doc.body } })
    }
  }

  /** Further copies of an entry, in this month and the one before. */
  additionsTo(tenantId: string, seq: number, now: number): readonly AdditionRecord[] {
    return this.#recent(tenantId, now).flatMap((month) =>
      month
        .sql('select r.body from addition a join record r on r.seq = a.seq where a.entry = ?')
        .all(seq)
        .flatMap(({ body }) => (body === null ? [] : [JSON.parse(String(body)) as AdditionRecord])),
    )
  }

  #recent(tenantId: string, now: number): readonly Month[] {
    const names = new Set([monthOf(now), monthOf(now - TWIN_MS_MAX)])
    const there = new Set(this.#files.months(tenantId))
    return [...names].filter((name) => there.has(name)).map((name) => this.#files.open(tenantId, name)!)
  }
}

const NONE: ReadonlySet<number> = new Set()

export type Append = {
  readonly tenantId: string
  readonly current: Month
  readonly keys: ArchiveKeys
  readonly now: number
}

type Entering = Append & { readonly words: LaterWords[] }
type LaterWords = { readonly month: Month; readonly seq: number; readonly doc: WordDoc }

export function sourcesOf(bits: number): readonly ArchiveSource[] {
  return (['gateway', 'journal'] as const).filter((name) => bits & SOURCE_BITS[name])
}

type Twin = { readonly month: Month; readonly seq: number; readonly id: string }

/** What copies of one message have in common: its id, or its content where it has none. */
export function messageKeyOf(messageId: string | null, digest: string): string {
  if (messageId === null || messageId === '') return `=${digest.slice(0, 23)}`
  return hash('sha256', messageId, 'hex').slice(0, 24)
}
