// Words of a message as numbers: what a trained model weighs. Hashing keeps the model small and its words out
// of it; who sent the mail and where it links is kept apart, as only a tenant's own lessons may weigh that.
import { shapeWords } from './shape.ts'
import { fold, type MessageView } from './view.ts'

/** Numbers of the hash: 16 bits keep the model at 64 KiB. */
export const BUCKETS = 65_536
/** Named features share the buckets of words under names of their own, in what an organisation teaches. */
export const FEATURE_PREFIX = 'f:'

export type Token = {
  readonly bucket: number
  readonly value: number
  /** What stood in the message. */
  readonly word: string
  /** Of the sender or of a link: weighed by lessons of the tenant alone. */
  readonly isIdentity: boolean
  readonly kind: 'word' | 'shape' | 'identity'
}

/** Words of the text that are looked at: later ones are mostly signatures, terms and quotes. */
const WORDS_MAX = 400
const WORD_LENGTH_MAX = 24
/** A message has to have some words for each of them to weigh less. */
const WORDS_LEAST = 20

/** The tokens of a message, each bucket once. */
export function tokensOf(view: MessageView): Token[] {
  const found = new Map<number, { word: string; kind: Token['kind']; isStrong: boolean }>()
  const add = (prefix: string, word: string, kind: Token['kind'] = 'word', isStrong = false): void => {
    const bucket = hash(`${prefix}:${word}`)
    if (!found.has(bucket)) found.set(bucket, { word, kind, isStrong })
  }
  const subject = wordsOf(fold(view.subject)).slice(0, 40)
  const name = wordsOf(fold(view.author?.name ?? '')).slice(0, 10)
  const body = wordsOf(fold(view.text)).slice(0, WORDS_MAX)
  for (const word of subject) add('s', word, 'word', true)
  for (const word of name) add('n', word, 'word', true)
  for (const word of [...subject, ...name, ...body]) add('w', word)
  pairs(subject, (pair) => add('s', pair, 'word', true))
  pairs(body, (pair) => add('w', pair))
  for (const word of new Set([...subject, ...name])) grams(word, (gram) => add('g', gram))
  shapeWords(view, (word) => add('h', word, 'shape'))
  identities(view, (word) => add('i', word, 'identity'))
  const scale = 4 / Math.sqrt(Math.max(WORDS_LEAST, found.size))
  return [...found].map(([bucket, { word, kind, isStrong }]) => ({
    bucket,
    word,
    kind,
    isIdentity: kind === 'identity',
    value: kind === 'identity' ? 1 : isStrong ? scale * 1.5 : scale,
  }))
}

function identities(
  { author, links, reverseDomain, replyTo }: MessageView,
  add: (word: string) => void,
): void {
  if (author !== null) {
    add(`author ${author.local}@${author.domain}`)
    add(`author ${author.organisation}`)
  }
  if (reverseDomain !== '') add(`reverse-path ${reverseDomain}`)
  if (replyTo !== null) add(`reply-to ${replyTo.local}@${replyTo.domain}`)
  for (const organisation of new Set(links.map((link) => link.organisation).slice(0, 20)))
    add(`link ${organisation}`)
}

/** Words of folded text: letters of any alphabet, digits as 0, scripts without spaces in pairs of signs. */
export function wordsOf(folded: string): string[] {
  const words: string[] = []
  const bare = folded.replace(/(?<!\S)\S+@\S+|https?:\S+|www\.\S+/g, ' ')
  for (const [run] of bare.matchAll(/[\p{L}\p{N}$€£%']+/gu)) {
    const word = withoutQuotes(run).replace(/\p{N}+/gu, '0')
    if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(word)) {
      for (let at = 0; at < word.length - 1 && words.length < WORDS_MAX; at++)
        words.push(word.slice(at, at + 2))
    } else if (word.length > 1 && word.length <= WORD_LENGTH_MAX) words.push(word)
    if (words.length >= WORDS_MAX) break
  }
  return words
}

/** Without apostrophes at both ends; a pattern would take the square of their number. */
function withoutQuotes(run: string): string {
  let start = 0
  let end = run.length
  while (start < end && run[start] === "'") start++
  while (end > start && run[end - 1] === "'") end--
  return run.slice(start, end)
}

function pairs(words: readonly string[], use: (pair: string) => void): void {
  for (let at = 1; at < words.length; at++) use(`${words[at - 1]} ${words[at]}`)
}

function grams(word: string, use: (gram: string) => void): void {
  for (let at = 0; at + 4 <= word.length; at++) use(word.slice(at, at + 4))
}

/** FNV-1a over UTF-16 units, folded to the number of buckets. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  value ^= value >>> 16
  return (value >>> 0) % BUCKETS
}
