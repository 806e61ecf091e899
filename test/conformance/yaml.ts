// As much YAML as the public suites for SPF and ARC are written in. Maps are pairs, because some of them
// name a key twice on purpose.

export type Yaml = string | readonly Yaml[] | YamlMap
export type YamlMap = { readonly pairs: readonly (readonly [string, Yaml])[] }

type Line = { readonly indent: number; readonly text: string; readonly raw: string }

/** All documents of a file. Scalars stay text. */
export function readYaml(text: string): Yaml[] {
  return text
    .split(/^---[ \t]*$/m)
    .map((part) => new Reader(part).document())
    .filter((document) => document !== '')
}

/** The value of a key; undefined when it is absent. */
export function member(map: Yaml | undefined, key: string): Yaml | undefined {
  return pairsOf(map).find(([name]) => name === key)?.[1]
}

export function textOf(map: Yaml | undefined, key: string): string {
  const value = member(map, key)
  return typeof value === 'string' ? value : ''
}

export function pairsOf(value: Yaml | undefined): YamlMap['pairs'] {
  return value !== undefined && typeof value === 'object' && 'pairs' in value ? value.pairs : []
}

export function listOf(value: Yaml | undefined): readonly Yaml[] {
  return Array.isArray(value) ? (value as readonly Yaml[]) : []
}

class Reader {
  readonly #lines: readonly Line[]
  #at = 0

  constructor(text: string) {
    this.#lines = text.split('\n').map((raw) => {
      return { indent: raw.length - raw.trimStart().length, text: raw.trim(), raw }
    })
  }

  document(): Yaml {
    this.#skip()
    const first = this.#lines[this.#at]
    return first === undefined ? '' : this.#block(first.indent)
  }

  #skip(): void {
    for (; this.#at < this.#lines.length; this.#at++) {
      const { text } = this.#lines[this.#at]!
      if (text !== '' && !text.startsWith('#')) return
    }
  }

  #block(indent: number): Yaml {
    const { text } = this.#lines[this.#at]!
    return text === '-' || text.startsWith('- ') ? this.#sequence(indent) : this.#map(indent)
  }

  #sequence(indent: number): Yaml[] {
    const items: Yaml[] = []
    for (this.#skip(); this.#isAt(indent) && /^-( |$)/.test(this.#lines[this.#at]!.text); this.#skip()) {
      const { raw } = this.#lines[this.#at]!
      const rest = raw.trim().slice(1).trimStart()
      const inner = raw.length - rest.length
      if (keyOf(rest) === null) {
        this.#at++
        items.push(scalar(rest))
        continue
      }
      // The first pair of a map stands behind the dash: read it as if it began its own line.
      ;(this.#lines as Line[])[this.#at] = { indent: inner, text: rest, raw: ' '.repeat(inner) + rest }
      items.push(this.#map(inner))
    }
    return items
  }

  #map(indent: number): YamlMap {
    const pairs: [string, Yaml][] = []
    for (this.#skip(); this.#isAt(indent); this.#skip()) {
      const found = keyOf(this.#lines[this.#at]!.text)
      if (found === null) break
      this.#at++
      pairs.push([found.key, this.#value(found.rest, indent)])
    }
    return { pairs }
  }

  #value(rest: string, indent: number): Yaml {
    const block = /^([|>])(-?)$/.exec(rest.replace(/\s+#.*$/, ''))
    if (block) return this.#blockScalar(indent, block[1] === '>', block[2] === '-')
    if (rest !== '') return scalar(this.#continued(rest, indent))
    this.#skip()
    const next = this.#lines[this.#at]
    if (next === undefined) return ''
    const isNested = next.indent > indent || (next.indent === indent && /^-( |$)/.test(next.text))
    return isNested ? this.#block(next.indent) : ''
  }

  /** A plain or quoted scalar goes on over deeper lines. */
  #continued(rest: string, indent: number): string {
    let text = rest
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!
      if (line.text === '' || line.indent <= indent || isWhole(text)) break
      text += ` ${line.text}`
    }
    return text
  }

  #blockScalar(indent: number, isFolded: boolean, isStripped: boolean): string {
    const lines: string[] = []
    let depth: number | null = null
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!
      if (line.text === '') {
        lines.push(depth === null ? '' : line.raw.slice(depth))
        continue
      }
      if (line.indent <= indent) break
      depth ??= line.indent
      lines.push(line.raw.slice(depth))
    }
    while (lines.at(-1) === '') lines.pop()
    const text = isFolded ? lines.join(' ') : lines.join('\n')
    return isStripped || text === '' ? text : `${text}\n`
  }

  #isAt(indent: number): boolean {
    return this.#lines[this.#at]?.indent === indent
  }
}

/** `key: rest`, with the key quoted or not. */
function keyOf(text: string): { readonly key: string; readonly rest: string } | null {
  const match = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'[{#][^#]*?)\s*:(?:\s+(.*))?$/.exec(text)
  if (match === null) return null
  const key = match[1]!
  return { key: /^["']/.test(key) ? (scalar(key) as string) : key, rest: match[2] ?? '' }
}

function isWhole(text: string): boolean {
  if (text.startsWith('"')) return /^"(?:[^"\\]|\\.)*"$/.test(text)
  if (text.startsWith("'")) return /^'(?:[^']|'')*'$/.test(text)
  return text.startsWith('[') ? text.endsWith(']') : false
}

function scalar(text: string): Yaml {
  if (text.startsWith('"')) return doubleQuoted(/^"(?:[^"\\]|\\.)*"/.exec(text)![0])
  if (text.startsWith("'")) return /^'((?:[^']|'')*)'/.exec(text)![1]!.replaceAll("''", "'")
  if (text.startsWith('[')) return flow(text.slice(1, text.lastIndexOf(']')))
  const pair = /^\{\s*(.*?)\s*\}$/.exec(text)
  if (pair) return { pairs: [] }
  return text.replace(/\s+#.*$/, '').trim()
}

function flow(text: string): Yaml[] {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]+/g) ?? []
  return parts.map((part) => part.trim()).flatMap((part) => (part === '' ? [] : [scalar(part)]))
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
])

function doubleQuoted(text: string): string {
  return text.slice(1, -1).replace(/\\(x[0-9A-Fa-f]{2}|.)/g, (_all, code: string) => {
    if (code.startsWith('x') && code.length === 3)
      return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return ESCAPES.get(code) ?? code
  })
}
