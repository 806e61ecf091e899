// What a name looks like to a person: look-alike characters made one, so that names can be compared (F4,
// reliability §3 case 27).
import { LOOK_ALIKES } from './look-alikes.ts'

/** Names longer than this are cut: no person's name is, and work must stay bounded. */
const TEXT_MAX = 300

/** Characters that a hurried reader takes for each other even in ASCII. */
const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[1|!i]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
]

/** What no reader sees between letters: marks, format characters, and controls such as NUL (case 28). */
const UNSEEN = /[\p{M}\p{Cf}]|(?![\t\n\r])\p{Cc}/gu

let table: Map<number, string> | null = null

/**
 * A text of at most `max` characters. Of a longer one the beginning of what a reader sees: nobody hides a
 * name behind hundreds of characters that have no width.
 */
export function seenText(text: string, max: number): string {
  return text.length <= max
    ? text
    : text
        .replace(UNSEEN, '')
        .replace(/\s{2,}/g, ' ')
        .slice(0, max)
}

/** Two texts with one skeleton look alike. Not a text to show. */
export function skeletonOf(text: string): string {
  const seen = seenText(text, TEXT_MAX)
  if (PLAIN.test(seen)) return alikesOf(seen.toLowerCase())
  const known = tableOf()
  let plain = ''
  for (const character of seen) {
    const codePoint = character.codePointAt(0)!
    plain += known.get(codePoint) ?? (codePoint < 128 ? character : character.normalize('NFKD'))
  }
  return alikesOf(plain.replace(UNSEEN, '').toLowerCase())
}

/** Printable ASCII stands for itself: the table has none of it, and nothing of it is unseen. */
const PLAIN = /^[ -~]*$/

function alikesOf(lower: string): string {
  let found = lower
  for (const [shape, one] of ALIKE) found = found.replace(shape, one)
  return found
}

/** A person's name for comparing: skeleton, words in any order, without marks between them. */
export function nameSkeleton(name: string): string {
  const words = skeletonOf(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return words.sort().join(' ')
}

/** Whether a name says whom it means: one word alone is anybody's. */
export function isTellingName(skeleton: string): boolean {
  return skeleton.includes(' ') && skeleton.length >= 5
}

/**
 * Whether one text becomes the other by at most `max` slips: a character added, left out, changed, or
 * swapped with its neighbour.
 */
export function isWithinSlips(a: string, b: string, max: number): boolean {
  if (Math.abs(a.length - b.length) > max) return false
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let slips = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) slips = Math.min(slips, beforeLast[j - 2]! + 1)
      row.push(slips)
      least = Math.min(least, slips)
    }
    if (least > max) return false
    beforeLast = last
    last = row
  }
  return last[b.length]! <= max
}

function tableOf(): Map<number, string> {
  if (table !== null) return table
  table = new Map()
  for (const [ascii, list] of LOOK_ALIKES) {
    let codePoint = 0
    for (const step of list.split(' ')) {
      codePoint += Number.parseInt(step, 36)
      table.set(codePoint, ascii)
    }
  }
  return table
}
