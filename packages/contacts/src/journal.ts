// The checkpoint of a run as text: one line a page, each with its own digest, so that a line that a power cut
// broke is known and left out. Pure; whoever holds the file appends.
import { createHash } from 'node:crypto'
import { Collection, type LeftOut, nothingLeftOut, type Pair } from './collect.ts'
import type { Standing, Step } from './run.ts'
import type { Part } from './source.ts'

/** What must be the same for a run to be resumed. */
export type Head = {
  readonly version: 1
  readonly source: string
  /** Digest of source and rules; no secret is part of it. */
  readonly fingerprint: string
  readonly ownDomains: readonly string[]
  readonly startedAt: number
}

export type JournalState = {
  readonly head: Head
  readonly standing: Standing | null
  readonly collection: Collection
  readonly seen: number
  readonly leftOut: LeftOut
  readonly skipped: readonly Skipped[]
}

/** A part that was given up; an untouched one is read when the run is started again. */
export type Skipped = Part & { readonly why: string; readonly isUntouched: boolean }

type Line =
  | { readonly kind: 'head'; readonly head: Head }
  /**
   * A second one puts the parts into another order: those before `from` are done, and nothing untouched is.
   */
  | {
      readonly kind: 'parts'
      readonly parts: readonly (readonly [string, string])[]
      readonly from?: number
    }
  | { readonly kind: 'step'; readonly step: Omit<Step, 'pairs'>; readonly pairs: readonly PairCells[] }

type PairCells = readonly [
  user: string,
  external: string,
  count: number,
  first: number | null,
  last: number | null,
]

/** A line that begins a file. */
export const headLine = (head: Head): string => sealed({ kind: 'head', head })

export const partsLine = (parts: readonly Part[], from = 0): string =>
  sealed({ kind: 'parts', parts: parts.map(({ id, title }) => [id, title]), from })

/**
 * The order of parts in which those that were given up untouched come once more, at the end; null where there
 * are none.
 */
export function partsAgain(
  { parts, index }: Pick<Standing, 'parts' | 'index'>,
  skipped: readonly Skipped[],
): { readonly parts: readonly Part[]; readonly from: number; readonly again: number } | null {
  const ids = new Set(skipped.filter(({ isUntouched }) => isUntouched).map(({ id }) => id))
  if (ids.size === 0) return null
  const done = parts.slice(0, index).filter(({ id }) => !ids.has(id))
  const again = parts.slice(0, index).filter(({ id }) => ids.has(id))
  return { parts: [...done, ...parts.slice(index), ...again], from: done.length, again: again.length }
}

export function stepLine({ pairs, ...step }: Step): string {
  const cells = pairs.map(({ user, external, count, first, last }): PairCells => {
    return [user, external, count, first, last]
  })
  return sealed({ kind: 'step', step, pairs: cells })
}

/**
 * Reads a checkpoint; `whole` is how many octets of it are good. Null where it is none of ours. What stands
 * behind the first broken line was never acknowledged to anybody and is left out.
 */
export function readJournal(
  octets: Uint8Array,
): { readonly state: JournalState; readonly whole: number } | null {
  const text = new TextDecoder()
  let whole = 0
  let head: Head | null = null
  const reading = new Reading()
  for (let start = 0; ; ) {
    const end = octets.indexOf(10, start)
    if (end === -1) break
    const line = unsealed(text.decode(octets.subarray(start, end)))
    if (line === null) break
    if (line.kind === 'head') head = line.head
    else reading.take(line)
    start = end + 1
    whole = start
  }
  return head === null ? null : { state: reading.state(head), whole }
}

class Reading {
  #parts: readonly Part[] | null = null
  #index = 0
  #cursor: string | null = null
  #seen = 0
  #leftOut: LeftOut = nothingLeftOut
  #skipped: Skipped[] = []
  readonly #collection = new Collection()

  take(line: Exclude<Line, { readonly kind: 'head' }>): void {
    if (line.kind === 'parts') {
      this.#parts = line.parts.map(([id, title]) => ({ id, title }))
      this.#index = line.from ?? 0
      this.#skipped = this.#skipped.filter(({ isUntouched }) => !isUntouched)
      return
    }
    const { step, pairs } = line
    for (const [user, external, count, first, last] of pairs)
      this.#collection.add({ user, external, count, first, last })
    this.#index = step.isPartDone ? step.index + 1 : step.index
    this.#cursor = step.isPartDone ? null : step.cursor
    this.#seen += step.seen
    this.#leftOut = sumOf(this.#leftOut, step.leftOut)
    if (step.skipped !== null) this.#skipped.push(skippedBy(step, this.#parts ?? []))
  }

  state(head: Head): JournalState {
    const parts = this.#parts
    return {
      head,
      standing: parts === null ? null : { parts, index: this.#index, cursor: this.#cursor },
      collection: this.#collection,
      seen: this.#seen,
      leftOut: this.#leftOut,
      skipped: this.#skipped,
    }
  }
}

/** What a step that gave a part up leaves to say. */
export function skippedBy(step: Omit<Step, 'pairs'>, parts: readonly Part[]): Skipped {
  const { id = '', title = '' } = parts[step.index] ?? {}
  return { id, title, why: step.skipped ?? '', isUntouched: step.isUntouched ?? false }
}

export function sumOf(a: LeftOut, b: LeftOut): LeftOut {
  return {
    automatic: a.automatic + b.automatic,
    foreign: a.foreign + b.foreign,
    old: a.old + b.old,
    mailing: a.mailing + b.mailing,
  }
}

/** The same state in as few lines as it takes, for a file that has grown long. */
export function compacted(state: JournalState): string {
  const { head, standing, collection, seen, leftOut, skipped } = state
  if (standing === null) return headLine(head)
  const lines = [headLine(head), partsLine(standing.parts)]
  const base = { index: standing.index, cursor: standing.cursor, isPartDone: false } as const
  const nothing = { seen: 0, pairs: [], leftOut: nothingLeftOut }
  for (const { id, why, isUntouched } of skipped) {
    const index = standing.parts.findIndex((part) => part.id === id)
    lines.push(stepLine({ ...base, ...nothing, index, skipped: why, isUntouched }))
  }
  const pairs: readonly Pair[] = collection.pairs()
  for (let start = 0; start < pairs.length; start += PAIRS_PER_LINE) {
    const some = pairs.slice(start, start + PAIRS_PER_LINE)
    lines.push(stepLine({ ...base, seen: 0, pairs: some, leftOut: nothingLeftOut, skipped: null }))
  }
  lines.push(stepLine({ ...base, seen, pairs: [], leftOut, skipped: null }))
  return lines.join('')
}

const PAIRS_PER_LINE = 5_000
const DIGEST_LENGTH = 12

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH)

function sealed(line: Line): string {
  const text = JSON.stringify(line)
  return `${digestOf(text)} ${text}\n`
}

function unsealed(line: string): Line | null {
  const text = line.slice(DIGEST_LENGTH + 1)
  if (line[DIGEST_LENGTH] !== ' ' || digestOf(text) !== line.slice(0, DIGEST_LENGTH)) return null
  return JSON.parse(text) as Line
}
