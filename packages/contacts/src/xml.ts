// SOAP answers as trees: the one file that knows fast-xml-parser. No entity of a document is ever expanded.
import { XMLParser } from 'fast-xml-parser'

/**
 * A node: its children by name without prefix, its attributes with `@` before theirs, its text as `#text`.
 */
export type Xml = { readonly [name: string]: unknown }

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
})

/** Reads a document; null where it is none. */
export function parseXml(text: string): Xml | null {
  try {
    return nodeOf(parser.parse(text, true))
  } catch {
    return null
  }
}

/** A value as a node, or null. */
export function nodeOf(value: unknown): Xml | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Xml) : null
}

/** The child at a path of names, the first where there are several; null where there is none. */
export function childOf(node: Xml | null, ...path: readonly string[]): Xml | null {
  let at: Xml | null = node
  for (const name of path) at = nodeOf(childrenOf(at, name)[0])
  return at
}

/** All children of a name: nodes, and texts where an element holds nothing else. */
export function childrenOf(node: Xml | null, name: string): readonly unknown[] {
  const value = node !== null && Object.hasOwn(node, name) ? node[name] : undefined
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** The text of a child, its five entities decoded; null where there is none. */
export function textAt(node: Xml | null, name: string): string | null {
  const value = childrenOf(node, name)[0]
  const text = typeof value === 'string' ? value : nodeOf(value)?.['#text']
  return typeof text === 'string' && text !== '' ? decoded(text) : null
}

/** An attribute, or null. */
export function attributeOf(node: Xml | null, name: string): string | null {
  const value = node?.[`@${name}`]
  return typeof value === 'string' ? decoded(value) : null
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
])

function decoded(text: string): string {
  return text.replace(
    /&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (all, name, number, hex) => {
      if (name !== undefined) return ENTITIES.get(String(name).toLowerCase()) ?? all
      const code = number === undefined ? Number.parseInt(String(hex), 16) : Number(number)
      return code <= 0x10ffff && code > 0 ? String.fromCodePoint(code) : all
    },
  )
}

/** Text as it may stand in an element or an attribute. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}
