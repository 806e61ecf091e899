// Search over the guides: words in titles and headings weigh more than those in the text.

import type { GuideText } from './library.ts'
import { plainOf } from './markdown.ts'

export type FoundGuide = {
  readonly guide: string
  readonly title: string
  readonly shelf: string
  /** The heading below which the words stand, with its anchor. */
  readonly heading: string | null
  readonly hash: string
  readonly score: number
}

const TITLE = 8
const HEADING = 4
const WORDS_MAX = 8

/** Guides in which every word begins some word, the best first. */
export function findGuides(shelves: readonly GuideText[], query: string): readonly FoundGuide[] {
  const words = wordsOf(query).slice(0, WORDS_MAX)
  if (words.length === 0) return []
  return shelves
    .flatMap((each) => rank(each, words) ?? [])
    .sort((one, other) => other.score - one.score || one.title.localeCompare(other.title))
}

function rank(each: GuideText, words: readonly string[]): FoundGuide | null {
  const all = wordsOf(each.text)
  if (!words.every((word) => all.some((one) => one.startsWith(word)))) return null
  const headings = each.blocks.flatMap((block) =>
    block.kind === 'heading' && block.level > 1 ? [{ text: plainOf(block.parts), id: block.id }] : [],
  )
  const hitsOf = (text: string) => {
    const own = wordsOf(text)
    return words.filter((word) => own.some((one) => one.startsWith(word))).length
  }
  const best = headings
    .map((heading) => ({ ...heading, hits: hitsOf(heading.text) }))
    .sort((one, other) => other.hits - one.hits)[0]
  const heading = best && best.hits > 0 ? best : null
  const score = hitsOf(each.title) * TITLE + (heading?.hits ?? 0) * HEADING
  const { guide, title, shelf } = each
  return { guide, title, shelf, heading: heading?.text ?? null, hash: heading?.id ?? '', score }
}

/** Lower case without marks, letters and digits only. */
export function wordsOf(text: string): readonly string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}
