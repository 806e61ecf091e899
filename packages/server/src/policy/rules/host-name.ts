// Verified host names as rules write them: exact, `.suffix`, or with one `*` in the first label (P3).

/** A pattern taken apart; `text` is its canonical form and its identity. */
export type HostPattern =
  | { readonly kind: 'exact'; readonly text: string }
  /** Every name below the suffix, not the suffix itself. */
  | { readonly kind: 'suffix'; readonly text: string; readonly suffix: string }
  | {
      readonly kind: 'wildcard'
      readonly text: string
      readonly prefix: string
      readonly ending: string
      /** What follows the first label, without its dot. */
      readonly parent: string
    }

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/
const NAME_MAX = 253

/** Reads a pattern; null when it is none. One label alone stands for no host. */
export function readHostPattern(written: string): HostPattern | null {
  const text = written.trim().toLowerCase().replace(/\.$/, '')
  if (text.length > NAME_MAX) return null
  if (text.startsWith('.')) {
    const suffix = text.slice(1)
    return isName(suffix) ? { kind: 'suffix', text, suffix } : null
  }
  const star = text.indexOf('*')
  if (star === -1) return isName(text) ? { kind: 'exact', text } : null
  const dot = text.indexOf('.')
  const parent = text.slice(dot + 1)
  if (dot === -1 || star > dot || text.indexOf('*', star + 1) !== -1 || !isName(parent)) return null
  const prefix = text.slice(0, star)
  const ending = text.slice(star + 1, dot)
  if (!/^[a-z0-9_-]{0,62}$/.test(prefix + ending)) return null
  return { kind: 'wildcard', text, prefix, ending, parent }
}

/** The fixed name at the end of a pattern, which must not reach above a registrable domain. */
export function fixedPart(pattern: HostPattern): string {
  if (pattern.kind === 'suffix') return pattern.suffix
  return pattern.kind === 'wildcard' ? pattern.parent : pattern.text
}

/** Many patterns, hashed: a name costs the same to look up with ten or with ten thousand of them. */
export class HostTable {
  readonly #exact = new Set<string>()
  readonly #suffixes = new Set<string>()
  /** parent → prefix → ending → pattern. */
  readonly #wildcards = new Map<string, Map<string, Map<string, string>>>()

  get isEmpty(): boolean {
    return this.#exact.size + this.#suffixes.size + this.#wildcards.size === 0
  }

  /** Takes a pattern and says its canonical text; null for what is no pattern. */
  add(written: string): string | null {
    const pattern = readHostPattern(written)
    if (pattern === null) return null
    if (pattern.kind === 'exact') this.#exact.add(pattern.text)
    else if (pattern.kind === 'suffix') this.#suffixes.add(pattern.suffix)
    else {
      const prefixes = inner(this.#wildcards, pattern.parent, () => new Map<string, Map<string, string>>())
      inner(prefixes, pattern.prefix, () => new Map<string, string>()).set(pattern.ending, pattern.text)
    }
    return pattern.text
  }

  /** Canonical texts of the patterns that fit one of the names. */
  matching(names: readonly string[]): readonly string[] {
    const found = new Set<string>()
    for (const written of names) {
      const name = written.toLowerCase()
      if (this.#exact.has(name)) found.add(name)
      for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
        const suffix = name.slice(dot + 1)
        if (this.#suffixes.has(suffix)) found.add(`.${suffix}`)
      }
      const dot = name.indexOf('.')
      const prefixes = dot === -1 ? undefined : this.#wildcards.get(name.slice(dot + 1))
      if (prefixes !== undefined) addWildcards(prefixes, name.slice(0, dot), found)
    }
    return [...found]
  }
}

/** At most 64 prefixes and 64 endings: a label has 63 characters. */
function addWildcards(
  prefixes: ReadonlyMap<string, ReadonlyMap<string, string>>,
  label: string,
  found: Set<string>,
): void {
  for (let at = 0; at <= label.length; at++) {
    const endings = prefixes.get(label.slice(0, at))
    if (endings === undefined) continue
    for (let end = at; end <= label.length; end++) {
      const text = endings.get(label.slice(end))
      if (text !== undefined) found.add(text)
    }
  }
}

function isName(text: string): boolean {
  const labels = text.split('.')
  return labels.length >= 2 && labels.every((label) => LABEL.test(label))
}

function inner<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
