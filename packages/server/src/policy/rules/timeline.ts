// Rules of one place in the index: which of them is the newest that is valid at a moment, without a walk.
import type { PolicyRule } from '../rule.ts'

/** A rule as it stands in the index, with the specificity of the sides that sender and recipient met. */
export type Entry = { readonly rule: PolicyRule; readonly from: number; readonly to: number }

/** Negative when `a` comes first: override, then From, then To, then the newest (decisions 15). */
export function byPrecedence(a: Entry, b: Entry): number {
  return (
    Number(b.rule.override) - Number(a.rule.override) ||
    b.from - a.from ||
    b.to - a.to ||
    newestFirst(a.rule, b.rule)
  )
}

/** Ids break the tie of one millisecond, so that every edge chooses alike. */
export function newestFirst(a: PolicyRule, b: PolicyRule): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

export function isValidAt({ validFrom, validUntil }: PolicyRule, now: number): boolean {
  return (validFrom === null || validFrom <= now) && (validUntil === null || now < validUntil)
}

/** Entries that differ in age and validity only. Asked often, it answers by a binary search. */
export class Timeline {
  readonly entries: Entry[] = []
  /** From `starts[i]` on, `winners[i]` is the newest valid one. Made at the first question. */
  #starts: readonly number[] | null = null
  #winners: readonly (Entry | null)[] = []

  static of(...entries: readonly Entry[]): Timeline {
    const made = new Timeline()
    made.entries.push(...entries)
    return made
  }

  add(entry: Entry): void {
    this.entries.push(entry)
    this.#starts = null
  }

  /** The newest entry valid at `now`. */
  at(now: number): Entry | null {
    const starts = this.#starts ?? this.#paint()
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= now) low = middle + 1
      else high = middle
    }
    return this.#winners[low - 1] ?? null
  }

  /** Paints the newest rules first onto the stretches of time that nobody has painted yet. */
  #paint(): readonly number[] {
    const edges = new Set<number>([Number.NEGATIVE_INFINITY])
    for (const { rule } of this.entries) {
      if (rule.validFrom !== null) edges.add(rule.validFrom)
      if (rule.validUntil !== null) edges.add(rule.validUntil)
    }
    const starts = [...edges].sort((a, b) => a - b)
    const at = new Map(starts.map((start, index) => [start, index]))
    const winners: (Entry | null)[] = starts.map(() => null)
    // The next stretch at or behind each that is not painted; paths are shortened as they are walked.
    const next = [...starts.keys(), starts.length]
    const unpainted = (index: number): number => {
      let end = index
      while (next[end] !== end) end = next[end]!
      for (let step = index; step !== end; ) {
        const further = next[step]!
        next[step] = end
        step = further
      }
      return end
    }
    for (const entry of [...this.entries].sort((a, b) => newestFirst(a.rule, b.rule))) {
      const { validFrom, validUntil } = entry.rule
      const until = validUntil === null ? starts.length : at.get(validUntil)!
      const from = at.get(validFrom ?? Number.NEGATIVE_INFINITY)!
      for (let index = unpainted(from); index < until; index = unpainted(index)) {
        winners[index] = entry
        next[index] = index + 1
      }
    }
    this.#winners = winners
    this.#starts = starts
    return starts
  }
}
