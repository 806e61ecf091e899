// Ranks what the search knows by itself: every word asked for begins some word of a name, or is within.
import { wordsOf } from '#guides/find.ts'

const LABEL = 6
const FORMER = 3
/** Within a word, as “mail” is in “email”. */
const INSIDE = 1
/** The label begins as asked. */
const BEGINS = 8

type Named = { readonly label: string; readonly alsoCalled: readonly string[]; readonly group?: string }

/** Those that fit, the best first; all of them where nothing is asked for. */
export function ranked<Item extends Named>(items: readonly Item[], query: string): readonly Item[] {
  const asked = wordsOf(query)
  if (asked.length === 0) return items
  return items
    .map((item, index) => ({ item, index, score: scoreOf(item, asked) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || one.index - other.index)
    .map(({ item }) => item)
}

function scoreOf({ label, alsoCalled }: Named, asked: readonly string[]): number {
  const own = wordsOf(label)
  const former = alsoCalled.flatMap(wordsOf)
  let score = label.toLowerCase().startsWith(asked.join(' ')) ? BEGINS : 0
  for (const word of asked) {
    if (own.some((one) => one.startsWith(word))) score += LABEL
    else if (former.some((one) => one.startsWith(word))) score += FORMER
    else if ([label, ...alsoCalled].some((name) => name.toLowerCase().includes(word))) score += INSIDE
    else return 0
  }
  return score
}

/** The former name that was asked for, to be shown beside the present one. */
export function formerNameOf({ label, alsoCalled }: Named, query: string): string | null {
  const asked = wordsOf(query)
  if (asked.length === 0 || scoreOf({ label, alsoCalled: [] }, asked) > 0) return null
  return alsoCalled.find((name) => scoreOf({ label: name, alsoCalled: [label] }, asked) > 0) ?? null
}
