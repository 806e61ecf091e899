// Brings words into the index that wait: in large parts while much comes in, at once before somebody
// searches, and from the sealed content where control was stopped before they were written.
import { extract, INDEXED_OCTETS_MAX, mergePeople } from './extract.ts'
import { sourcesOf } from './ledger.ts'
import type { Month, MonthFiles } from './month-file.ts'
import type { PackedContent } from './packed-content.ts'
import type { EntryRecord } from './record.ts'
import { type ArchiveKeys, readStart } from './seal.ts'
import { additionsOf } from './search.ts'
import { docOf } from './words.ts'

/** Entries and characters that wait at most: a second of work, and some memory. */
const ENTRIES_MAX = 2_000
const CHARACTERS_MAX = 16_000_000
/** Without a search they wait so long at most. */
const LATER_MS = 2_000

type Parts = { readonly files: MonthFiles; readonly content: PackedContent }

export class IndexLater {
  readonly #parts: Parts
  /** Organisations whose files were looked through for what an earlier process left. */
  readonly #recovered = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Writes what is much, and sees to it that the rest follows. */
  afterBatch(): void {
    this.#try(() => {
      for (const month of this.#parts.files.opened()) {
        const { entries, characters } = month.later
        if (entries >= ENTRIES_MAX || characters >= CHARACTERS_MAX) month.indexNow()
      }
    })
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#try(() => this.all())
    }, LATER_MS)
  }

  /** What could not be written waits on; the next search asks again, and its fault is told. */
  #try(work: () => void): void {
    try {
      work()
    } catch {
      // The copies themselves are kept: nobody has to hear of this one.
    }
  }

  /** Everything that waits, of all organisations. */
  all(): void {
    for (const month of this.#parts.files.opened()) month.indexNow()
  }

  /** Everything of one organisation: a search after this finds all that is kept. */
  async settle(tenantId: string, keys: ArchiveKeys): Promise<void> {
    await this.recover(tenantId, keys)
    const { files } = this.#parts
    for (const name of files.months(tenantId)) files.open(tenantId, name)!.indexNow()
  }

  /** Reads again what an earlier process kept and did not index. */
  async recover(tenantId: string, keys: ArchiveKeys): Promise<void> {
    if (this.#recovered.has(tenantId)) return
    const { files } = this.#parts
    for (const name of files.months(tenantId)) {
      for (const seq of files.open(tenantId, name)!.lost()) await this.#read(tenantId, { name, seq, keys })
    }
    this.#recovered.add(tenantId)
  }

  /** The timer goes; what waits is written when the files are closed. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #read(
    tenantId: string,
    { name, seq, keys }: { readonly name: string; readonly seq: number; readonly keys: ArchiveKeys },
  ): Promise<void> {
    const { files, content } = this.#parts
    const month: Month = files.open(tenantId, name)!
    const row = month
      .sql('select r.body, e.sources from entry e join record r on r.seq = e.seq where e.seq = ?')
      .get(seq)
    if (typeof row?.body !== 'string') {
      month.sql('delete from waiting where seq = ?').run(seq)
      return
    }
    const entry = JSON.parse(row.body) as EntryRecord
    const additions = additionsOf(files, tenantId, { month: name, seq })
    // What is missing or changed is found by verifying; its people and subject must be found here.
    const start = await readStart(
      content.read(`${tenantId}/${entry.digest}`),
      keys,
      INDEXED_OCTETS_MAX,
    ).catch(() => null)
    const doc = docOf({
      ...entry,
      people: mergePeople(entry.people, ...additions.map((one) => one.people)),
      flags: [...new Set([...entry.flags, ...additions.flatMap((one) => one.flags)])],
      sources: sourcesOf(Number(row.sources)),
      text: start === null ? '' : extract(start, entry.at).text,
    })
    files.open(tenantId, name)!.indexLater(seq, doc)
  }
}
