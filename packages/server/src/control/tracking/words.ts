// Search words: we split and fold text ourselves, so that SQLite and PostgreSQL give one answer (decisions
// 34).
import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'

/** Words of one message: more would only serve those who flood the index. */
export const WORDS_PER_SUBJECT_MAX = 16
export const RECIPIENTS_INDEXED_MAX = 100
/** A reason, some policies and the rules of all recipients that differ. */
const CAUSES_MAX = 24
const WORD_LENGTH_MAX = 120
/** Words of a query; each costs a look-up. */
const QUERY_WORDS_MAX = 8

const MARKS = /\p{M}+/gu
const WORD = /[\p{L}\p{N}]+/gu
const ASCII = /^[\x20-\x7e]*$/

/** One form for all that look alike: NFKD, marks stripped, lower case. */
export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKD').replaceAll(MARKS, '').toLowerCase()
}

const keys = new Map<string, number>()
const KEYS_KEPT_MAX = 10_000

/**
 * A number that stands for a tenant in the word index. Two tenants may share one: the message tells them
 * apart.
 */
export function tenantKey(tenantId: string): number {
  let key = keys.get(tenantId)
  if (key === undefined) {
    key = hash('sha256', tenantId, 'buffer').readUInt32BE() >>> 1
    if (keys.size >= KEYS_KEPT_MAX) keys.clear()
    keys.set(tenantId, key)
  }
  return key
}

/**
 * A word as a token of the full-text index: led by the tenant's key, so that no search walks through the
 * words of others.
 */
function tokenOf(tenantId: string, word: string): string {
  return `${tenantKey(tenantId).toString(36)}:${word.replaceAll(SEPARATORS, '_')}`
}

/** Would end a token. */
const SEPARATORS = /[\p{Cc} ]/gu

/** What the full-text index is given of a message. */
export function tokensOf(tenantId: string, words: ReadonlySet<string>): string {
  let text = ''
  for (const word of words) text += `${tokenOf(tenantId, word)} `
  return text
}

/** What is asked of the words of a message. A word that is not exact is a beginning. */
export type WordTree =
  | { readonly word: string; readonly isExact: boolean }
  /** One of many whole words. */
  | { readonly oneOf: readonly string[] }
  | { readonly all: readonly WordTree[] }
  | { readonly any: readonly WordTree[] }

export function allOf(trees: readonly WordTree[]): WordTree {
  return trees.length === 1 ? trees[0]! : { all: trees }
}

export function anyOf(trees: readonly WordTree[]): WordTree {
  return trees.length === 1 ? trees[0]! : { any: trees }
}

/** No message has it: words hold letters, digits, or a colon and more. */
const NO_WORD = '-'

/** The query of the full-text index. */
export function tokenQuery(tenantId: string, tree: WordTree): string {
  if ('word' in tree) {
    return `"${tokenOf(tenantId, tree.word).replaceAll('"', '""')}"${tree.isExact ? '' : '*'}`
  }
  if ('oneOf' in tree) {
    const words = tree.oneOf.length === 0 ? [NO_WORD] : tree.oneOf
    return `(${words.map((word) => tokenQuery(tenantId, { word, isExact: true })).join(' OR ')})`
  }
  const [trees, word] = 'all' in tree ? [tree.all, ' AND '] : [tree.any, ' OR ']
  return `(${trees.map((one) => tokenQuery(tenantId, one)).join(word)})`
}

/** The words of a subject. */
export function wordsOf(text: string): readonly string[] {
  return (fold(text).match(WORD) ?? []).map(cut)
}

/** The words a message is found by: addresses, their domains, subject words, message id, client address. */
export function messageWords(message: {
  readonly addresses: readonly (string | null)[]
  readonly subject: string | null
  readonly messageIdField: string | null
  readonly clientIp: string | null
  /** Why it went as it did: `reason:…`, `policy:…`, `rule:…`. */
  readonly causes: readonly string[]
}): ReadonlySet<string> {
  const words = new Set<string>()
  for (const address of message.addresses.slice(0, RECIPIENTS_INDEXED_MAX + 2)) {
    if (!address) continue
    const folded = fold(address)
    words.add(cut(folded))
    const at = folded.lastIndexOf('@')
    if (at >= 0 && at < folded.length - 1) words.add(cut(folded.slice(at + 1)))
  }
  if (message.subject)
    for (const word of wordsOf(message.subject).slice(0, WORDS_PER_SUBJECT_MAX)) words.add(word)
  if (message.messageIdField) words.add(cut(fold(bare(message.messageIdField))))
  if (message.clientIp) words.add(cut(message.clientIp))
  for (const cause of message.causes.slice(0, CAUSES_MAX)) words.add(cut(cause))
  words.delete('')
  return words
}

/** Splits what people type. All words must match, each as the beginning of a word of the message. */
export function queryWords(search: string): readonly WordTree[] {
  return search
    .split(/\s+/)
    .map(bare)
    .filter((token) => token !== '')
    .slice(0, QUERY_WORDS_MAX)
    .map(treeOf)
}

function treeOf(token: string): WordTree {
  const begins = (word: string): WordTree => ({ word, isExact: false })
  const whole = cut(fold(asciiDomain(token)))
  const parts = wordsOf(token)
  if (token.includes('@') || parts.length === 0 || (parts.length === 1 && parts[0] === whole)) {
    return begins(whole)
  }
  // `acme.example` is a domain, but also two words of a subject: the first of them was typed whole.
  const last = parts.length - 1
  return anyOf([begins(whole), allOf(parts.map((word, at) => ({ word, isExact: at < last })))])
}

/** Domains are kept in A-labels; people type them as they read them. */
export function asciiDomain(token: string): string {
  if (ASCII.test(token) || !token.includes('.')) return token
  const at = token.lastIndexOf('@')
  const ascii = domainToASCII(token.slice(at + 1))
  return ascii === '' ? token : token.slice(0, at + 1) + ascii
}

/** Without angle brackets, quotes and separators around it. */
function bare(text: string): string {
  return text.replace(/^[<"'“”,;]+/, '').replace(/(?<![>"'“”,;])[>"'“”,;]+$/, '')
}

/** Cut by whole characters: half a surrogate pair is no text. */
export function cut(word: string): string {
  return word.length <= WORD_LENGTH_MAX ? word : word.slice(0, WORD_LENGTH_MAX).toWellFormed()
}

/** The first text that no longer begins with `prefix`: the end of its range in byte order. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
