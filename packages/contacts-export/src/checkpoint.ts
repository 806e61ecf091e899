// The checkpoint on disk: a journal that is appended to and synced after every page, and made short again
// when it has grown.
import { Collection, type LeftOut, nothingLeftOut } from '@gatepost/contacts/collect.ts'
import {
  compacted,
  type Head,
  headLine,
  type JournalState,
  partsAgain,
  partsLine,
  readJournal,
  type Skipped,
  skippedBy,
  stepLine,
  sumOf,
} from '@gatepost/contacts/journal.ts'
import type { Ledger, Standing, Step } from '@gatepost/contacts/run.ts'
import type { Part } from '@gatepost/contacts/source.ts'
import { type Appender, openAppender, readOctets, replaceFile } from './platform.ts'

/** A journal is made short when it is this long and several times what it holds. */
const COMPACT_OCTETS_MIN = 16 * 1024 * 1024
const COMPACT_TIMES = 4

/** A run's checkpoint, open. */
export class Checkpoint implements Ledger {
  readonly head: Head
  readonly collection: Collection
  readonly #path: string
  #appender: Appender
  #parts: readonly Part[]
  #index: number
  #cursor: string | null
  #hasBegun: boolean
  #seen: number
  #leftOut: LeftOut
  #skipped: Skipped[]
  #compactAt: number

  private constructor(path: string, state: JournalState, of: { appender: Appender; octets: number }) {
    this.#path = path
    this.#appender = of.appender
    this.head = state.head
    this.collection = state.collection
    this.#parts = state.standing?.parts ?? []
    this.#index = state.standing?.index ?? 0
    this.#cursor = state.standing?.cursor ?? null
    this.#hasBegun = state.standing !== null
    this.#seen = state.seen
    this.#leftOut = state.leftOut
    this.#skipped = [...state.skipped]
    this.#compactAt = Math.max(COMPACT_OCTETS_MIN, of.octets * COMPACT_TIMES)
  }

  /** Opens what is there, or begins a file with `head`. */
  static async open(path: string, head: Head): Promise<Checkpoint> {
    const octets = await readOctets(path)
    const found = octets === null ? null : readJournal(octets)
    if (found === null) {
      const line = headLine(head)
      await replaceFile(path, line)
      const state: JournalState = {
        head,
        standing: null,
        collection: new Collection(),
        seen: 0,
        leftOut: nothingLeftOut,
        skipped: [],
      }
      const length = Buffer.byteLength(line)
      return new Checkpoint(path, state, { appender: await openAppender(path, length), octets: length })
    }
    const text = compacted(found.state)
    await replaceFile(path, text)
    const length = Buffer.byteLength(text)
    return new Checkpoint(path, found.state, { appender: await openAppender(path, length), octets: length })
  }

  /** What a checkpoint holds, without touching it; null where there is none. */
  static async look(path: string): Promise<JournalState | null> {
    const octets = await readOctets(path)
    return octets === null ? null : (readJournal(octets)?.state ?? null)
  }

  get seen(): number {
    return this.#seen
  }

  get leftOut(): LeftOut {
    return this.#leftOut
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped
  }

  /** How many parts the run has; none before it began. */
  get parts(): number {
    return this.#parts.length
  }

  get isComplete(): boolean {
    return this.#hasBegun && this.#index >= this.#parts.length
  }

  async load(): Promise<Standing | null> {
    return this.#hasBegun ? { parts: this.#parts, index: this.#index, cursor: this.#cursor } : null
  }

  async begin(parts: readonly Part[]): Promise<void> {
    await this.#appender.append(partsLine(parts))
    this.#parts = parts
    this.#hasBegun = true
  }

  /** Puts parts that were given up untouched at the end once more; resolves with how many. */
  async takeAgain(): Promise<number> {
    const next = partsAgain({ parts: this.#parts, index: this.#index }, this.#skipped)
    if (next === null) return 0
    await this.#appender.append(partsLine(next.parts, next.from))
    this.#parts = next.parts
    this.#index = next.from
    this.#skipped = this.#skipped.filter(({ isUntouched }) => !isUntouched)
    return next.again
  }

  async keep(step: Step): Promise<void> {
    const octets = await this.#appender.append(stepLine(step))
    for (const pair of step.pairs) this.collection.add(pair)
    this.#index = step.isPartDone ? step.index + 1 : step.index
    this.#cursor = step.isPartDone ? null : step.cursor
    this.#seen += step.seen
    this.#leftOut = sumOf(this.#leftOut, step.leftOut)
    if (step.skipped !== null) this.#skipped.push(skippedBy(step, this.#parts))
    if (octets > this.#compactAt) await this.#compact()
  }

  close(): Promise<void> {
    return this.#appender.close()
  }

  async #compact(): Promise<void> {
    const text = compacted({
      head: this.head,
      standing: { parts: this.#parts, index: this.#index, cursor: this.#cursor },
      collection: this.collection,
      seen: this.#seen,
      leftOut: this.#leftOut,
      skipped: this.#skipped,
    })
    await this.#appender.close()
    await replaceFile(this.#path, text)
    const length = Buffer.byteLength(text)
    this.#appender = await openAppender(this.#path, length)
    this.#compactAt = Math.max(COMPACT_OCTETS_MIN, length * COMPACT_TIMES)
  }
}
