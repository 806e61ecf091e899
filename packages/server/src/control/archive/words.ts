// An entry as its row of the index: words by where they stand, and what it can be filtered by. Pure.
import type { ArchiveSource, EntryRecord } from './record.ts'
import { facet, flagFacet, indexText } from './terms.ts'

export type Indexed = Pick<EntryRecord, 'subject' | 'people' | 'attachments' | 'flags' | 'direction'> & {
  readonly sources: readonly ArchiveSource[]
  readonly text: string
}

/** A row of the index. */
export type WordDoc = {
  readonly subject: string
  readonly people: string
  readonly body: string
  readonly attachment: string
  readonly facet: string
}

export function docOf(entry: Indexed): WordDoc {
  const { subject, people, attachments, text } = entry
  const facets = new Set<string>([`dir${entry.direction}`, ...entry.sources.map((source) => `src${source}`)])
  for (const flag of entry.flags) facets.add(flagFacet(flag))
  if (attachments.length > 0) facets.add('hasattachment')
  const words: string[] = []
  for (const { address, name, as, expandedFrom } of people) {
    words.push(name ?? '', address)
    facets.add(facet('any', address))
    facets.add(facet(as === 'from' ? 'from' : 'to', address))
    facets.add(facet('domain', address.slice(address.lastIndexOf('@') + 1)))
    if (expandedFrom !== undefined) {
      words.push(expandedFrom)
      facets.add(facet('any', expandedFrom))
      facets.add(facet('to', expandedFrom))
    }
  }
  return {
    subject: indexText(subject),
    people: indexText(words.join(' ')),
    body: indexText(text),
    attachment: indexText(attachments.join(' ')),
    facet: [...facets].join(' '),
  }
}
