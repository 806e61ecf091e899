// Rules hashed by who they are about: from side → to side → condition. A look-up costs the same for any
// number of rules, because it asks for keys that the message has and never walks the rules.
import type { Scope } from '../rule.ts'
import { scopeKey, specificityOf, type Tiers } from './scope.ts'
import { byPrecedence, type Entry, Timeline } from './timeline.ts'

/** Key of the rules that ask for neither address nor host name of the client. */
export const NO_CONDITION = ''

type Cell = Map<string, Timeline>

/** Which kinds of scope stand on each side; a select looks only for those. */
type Kinds = { readonly from: Set<Scope['kind']>; readonly to: Set<Scope['kind']> }

export class Grid {
  readonly kinds: Kinds = { from: new Set(), to: new Set() }
  readonly #cells = new Map<string, Map<string, Cell>>()
  /** Keys of the to side, to know what of a recipient can matter. */
  readonly #toKeys = new Set<string>()

  get isEmpty(): boolean {
    return this.#cells.size === 0
  }

  /** Adds a rule under each of its conditions. */
  add(
    rule: Entry['rule'],
    sides: { readonly from: Scope; readonly to: Scope },
    conditions: Iterable<string>,
  ) {
    const { from, to } = sides
    this.kinds.from.add(from.kind)
    this.kinds.to.add(to.kind)
    const row = inner(this.#cells, scopeKey(from), () => new Map<string, Cell>())
    const toKey = scopeKey(to)
    this.#toKeys.add(toKey)
    const cell = inner(row, toKey, () => new Map<string, Timeline>())
    const entry = { rule, from: specificityOf(from), to: specificityOf(to) }
    for (const condition of conditions) inner(cell, condition, () => new Timeline()).add(entry)
  }

  hasTo(key: string): boolean {
    return this.#toKeys.has(key)
  }

  /** The first by precedence among the rules of this grid that fit and are valid at `now`. */
  best(from: Tiers, to: Tiers, conditions: readonly string[], now: number): Entry | null {
    for (const fromTier of from) {
      const rows = this.#rows(fromTier)
      if (rows.length === 0) continue
      for (const toTier of to) {
        let best: Entry | null = null
        for (const row of rows) {
          for (const toKey of toTier) {
            const cell = row.get(toKey)
            if (cell !== undefined) best = newer(best, cell, conditions, now)
          }
        }
        if (best !== null) return best
      }
    }
    return null
  }

  /** Every rule that fits, valid or not; for explanations only. */
  *all(from: Tiers, to: Tiers, conditions: readonly string[]): Generator<Entry> {
    for (const fromTier of from) {
      for (const row of this.#rows(fromTier)) {
        for (const toKey of to.flat()) {
          const cell = row.get(toKey)
          if (cell === undefined) continue
          for (const condition of conditions) yield* cell.get(condition)?.entries ?? []
        }
      }
    }
  }

  #rows(tier: readonly string[]): readonly Map<string, Cell>[] {
    const rows: Map<string, Cell>[] = []
    for (const key of tier) {
      const row = this.#cells.get(key)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }
}

function newer(best: Entry | null, cell: Cell, conditions: readonly string[], now: number): Entry | null {
  let found = best
  for (const condition of conditions) {
    const entry = cell.get(condition)?.at(now) ?? null
    if (entry !== null && (found === null || byPrecedence(entry, found) < 0)) found = entry
  }
  return found
}

function inner<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
