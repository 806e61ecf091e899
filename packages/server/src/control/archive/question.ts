// Questions to the archive, put into the language of its index. Pure.
import type { ArchiveQuery } from '@gatepost/contract/archive.ts'
import { facet, flagFacet, matchOf, termsOf } from './terms.ts'

export type Compiled = {
  /** Of the full-text index; null asks for everything. */
  readonly match: string | null
  readonly after: number
  readonly before: number
  readonly sizeMin: number
  readonly sizeMax: number
}

/** Compiles a question; '' where words are asked for that hold no letter: nothing is found by them. */
export function compileQuery(query: ArchiveQuery): Compiled {
  const all: string[] = []
  const words = termsOf(query.text ?? '').map(matchOf)
  if (words.length > 0) all.push(`{subject body attachment} : (${words.join(' AND ')})`)
  for (const [value, kind] of [
    [query.person, 'any'],
    [query.from, 'from'],
    [query.to, 'to'],
  ] as const) {
    if (value !== undefined) all.push(...personMatch(value, kind))
  }
  const names = termsOf(query.attachment ?? '').map(matchOf)
  if (names.length > 0) all.push(`attachment : (${names.join(' AND ')})`)
  const facets: string[] = []
  if (query.hasAttachment === true) facets.push('hasattachment')
  if (query.direction !== undefined) facets.push(`dir${query.direction}`)
  if (query.source !== undefined) facets.push(`src${query.source}`)
  if (query.flag !== undefined) facets.push(flagFacet(query.flag))
  for (const one of facets) all.push(`facet : "${one}"`)
  return {
    match: all.length === 0 ? null : all.join(' AND '),
    after: query.after ?? Number.MIN_SAFE_INTEGER,
    before: query.before ?? Number.MAX_SAFE_INTEGER,
    sizeMin: query.sizeMin ?? 0,
    sizeMax: query.sizeMax ?? Number.MAX_SAFE_INTEGER,
  }
}

/**
 * `ann@acme.example` is one address, `@acme.example` a domain, anything else words of names and addresses.
 */
function personMatch(value: string, kind: 'any' | 'from' | 'to'): string[] {
  const text = value.trim()
  const at = text.lastIndexOf('@')
  if (at > 0 && at < text.length - 1) return [`facet : "${facet(kind, text)}"`]
  if (at === 0) return [`facet : "${facet('domain', text.slice(1))}"`]
  const words = termsOf(text).map(({ words, isPrefix }) =>
    matchOf({ words, isPrefix: isPrefix || words.length === 1 }),
  )
  return words.length === 0 ? [] : [`people : (${words.join(' AND ')})`]
}
