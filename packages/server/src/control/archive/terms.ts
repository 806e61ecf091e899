// Words of archived messages and of questions about them: split and folded by us, so that every database
// gives one answer (decisions 34).
import { hash } from 'node:crypto'
import { fold } from '../tracking/words.ts'

/** Letters and digits; each character of writing without spaces is a word of its own. */
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu
const DENSE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u
const MIXED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu
/** Longer ones are base64 or addresses of pages: nobody types them. */
const WORD_MAX = 64
/** Words of a question. */
const QUESTION_WORDS_MAX = 16

/** Text as words with one space between them, or as it is where that makes the same words. */
export function indexText(text: string): string {
  if (isPlain(text)) return text
  return wordsIn(text).join(' ')
}

/** Whether the index splits and folds a text by itself as we would: most mail is of that kind. */
function isPlain(text: string): boolean {
  let run = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 0x7e || code === 0) return false
    const isWord = (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
    run = isWord ? run + 1 : 0
    if (run > WORD_MAX) return false
  }
  return true
}

function wordsIn(text: string): string[] {
  const folded = fold(text).replaceAll(MIXED, ' $& ')
  return (folded.match(WORDS) ?? []).map((word) => word.slice(0, WORD_MAX).toWellFormed())
}

/**
 * What people type: words, all of which must be there; "in quotes" one behind the other; a star ends early.
 */
export type Term = { readonly words: readonly string[]; readonly isPrefix: boolean }

export function termsOf(question: string): readonly Term[] {
  const terms: Term[] = []
  for (const [, quoted, plain] of question.matchAll(/"([^"]*)"?|(\S+)/g)) {
    if (terms.length >= QUESTION_WORDS_MAX) break
    const words = wordsIn(quoted ?? plain ?? '')
    if (words.length === 0) continue
    terms.push({ words, isPrefix: plain?.endsWith('*') === true && !DENSE.test(words.at(-1)!) })
  }
  return terms
}

/** A term in the language of the full-text index. */
export function matchOf({ words, isPrefix }: Term): string {
  return `"${words.join(' ')}"${isPrefix ? '*' : ''}`
}

/** One word that stands for an address, a domain or a property. */
export function facet(kind: 'any' | 'from' | 'to' | 'domain', value: string): string {
  let digest = digests.get(value)
  if (digest === undefined) {
    digest = hash('sha256', value.toLowerCase(), 'hex').slice(0, 20)
    if (digests.size >= DIGESTS_MAX) digests.clear()
    digests.set(value, digest)
  }
  return `${kind}${digest}`
}

/** The same few thousand people write all the time. */
const digests = new Map<string, string>()
const DIGESTS_MAX = 20_000

export function flagFacet(flag: string): string {
  return `flag${flag.replaceAll('-', '')}`
}

/** Where the words of a question stand in a text: pieces of it, with what was found marked. */
export function snippetOf(text: string, terms: readonly Term[], max = 220): readonly SnippetPart[] {
  const wanted = new Set(terms.flatMap(({ words }) => words))
  const prefixes = terms.filter(({ isPrefix }) => isPrefix).map(({ words }) => words.at(-1)!)
  const isFound = (word: string): boolean => {
    const folded = fold(word)
    return wanted.has(folded) || prefixes.some((prefix) => folded.startsWith(prefix))
  }
  const plain = text.replaceAll(/\s+/g, ' ').trim()
  let first = -1
  for (const match of plain.matchAll(WORDS)) {
    if (!isFound(match[0])) continue
    first = match.index
    break
  }
  const start = first < 0 ? 0 : Math.max(0, plain.lastIndexOf(' ', Math.max(0, first - 60)) + 1)
  const cut = plain.slice(start, start + max).toWellFormed()
  const parts: { text: string; isFound: boolean }[] = []
  let at = 0
  const add = (piece: string, found: boolean): void => {
    if (piece !== '') parts.push({ text: piece, isFound: found })
  }
  for (const match of cut.matchAll(WORDS)) {
    if (!isFound(match[0])) continue
    add(cut.slice(at, match.index), false)
    add(match[0], true)
    at = match.index + match[0].length
  }
  add(cut.slice(at), false)
  return parts
}

export type SnippetPart = { readonly text: string; readonly isFound: boolean }
