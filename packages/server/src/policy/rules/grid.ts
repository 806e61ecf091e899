// Rules hashed by who they are about: from side → to side and condition. A look-up costs the same for any
// number of rules, because it asks for keys that the message has and never walks the rules.
import type { Scope } from '../rule.ts'
import { ScopeKinds, scopeKey, specificityOf, type Tiers } from './scope.ts'
import { byPrecedence, type Entry, isValidAt, Timeline } from './timeline.ts'

/** Key of the rules that ask for neither address nor host name of the client. */
export const NO_CONDITION = ''

/** Most places hold one rule; a timeline is made for the second. */
type Place = Entry | Timeline

/** Which kinds of scope stand on each side; a select looks only for those. */
type Kinds = { readonly from: ScopeKinds; readonly to: ScopeKinds }

export class Grid {
  readonly kinds: Kinds = { from: new ScopeKinds(), to: new ScopeKinds() }
  readonly #rows = new Map<string, Row>()
  /** Keys of the to side, to know what of a recipient can matter. */
  readonly #toKeys = new Set<string>()

  get isEmpty(): boolean {
    return this.#rows.size === 0
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
    const fromKey = scopeKey(from)
    let row = this.#rows.get(fromKey)
    if (row === undefined) {
      row = new Row()
      this.#rows.set(fromKey, row)
    }
    const toKey = scopeKey(to)
    this.#toKeys.add(toKey)
    const entry = { rule, from: specificityOf(from), to: specificityOf(to) }
    for (const condition of conditions) row.add(placeKey(toKey, condition), entry)
  }

  hasTo(key: string): boolean {
    return this.#toKeys.has(key)
  }

  /** The first by precedence among the rules of this grid that fit and are valid at `now`. */
  best(from: Tiers, to: Tiers, conditions: readonly string[], now: number): Entry | null {
    for (const fromTier of from) {
      const rows = this.#rowsOf(fromTier)
      if (rows.length === 0) continue
      for (const toTier of to) {
        const found = bestOfTier(rows, toTier, { conditions, now })
        if (found !== null) return found
      }
    }
    return null
  }

  /** Every rule that fits, valid or not; for explanations only. */
  *all(from: Tiers, to: Tiers, conditions: readonly string[]): Generator<Entry> {
    for (const fromTier of from) {
      for (const row of this.#rowsOf(fromTier)) {
        for (const toKey of to.flat()) {
          for (const condition of conditions) {
            const place = row.get(placeKey(toKey, condition))
            if (place instanceof Timeline) yield* place.entries
            else if (place !== undefined) yield place
          }
        }
      }
    }
  }

  #rowsOf(tier: readonly string[]): readonly Row[] {
    let rows: Row[] | null = null
    for (const key of tier) {
      const row = this.#rows.get(key)
      if (row === undefined) continue
      if (rows === null) rows = [row]
      else rows.push(row)
    }
    return rows ?? NO_ROWS
  }
}

function bestOfTier(
  rows: readonly Row[],
  toTier: readonly string[],
  { conditions, now }: { readonly conditions: readonly string[]; readonly now: number },
): Entry | null {
  let best: Entry | null = null
  for (const row of rows) {
    for (const toKey of toTier) {
      for (const condition of conditions) {
        const entry = validIn(row.get(placeKey(toKey, condition)), now)
        if (entry !== null && (best === null || byPrecedence(entry, best) < 0)) best = entry
      }
    }
  }
  return best
}

/** Rules with one from side. The first stands by itself: ten thousand maps of one would be megabytes. */
class Row {
  #key = ''
  #place: Place | undefined
  #more: Map<string, Place> | null = null

  get(key: string): Place | undefined {
    return key === this.#key ? this.#place : this.#more?.get(key)
  }

  add(key: string, entry: Entry): void {
    if (this.#place === undefined) this.#key = key
    const place = this.get(key)
    if (place instanceof Timeline) {
      place.add(entry)
      return
    }
    const changed = place === undefined ? entry : Timeline.of(place, entry)
    if (key === this.#key) this.#place = changed
    else {
      this.#more ??= new Map()
      this.#more.set(key, changed)
    }
  }
}

const NO_ROWS: readonly Row[] = []

function placeKey(toKey: string, condition: string): string {
  return condition === NO_CONDITION ? toKey : `${toKey}\t${condition}`
}

function validIn(place: Place | undefined, now: number): Entry | null {
  if (place === undefined) return null
  if (place instanceof Timeline) return place.at(now)
  return isValidAt(place.rule, now) ? place : null
}
