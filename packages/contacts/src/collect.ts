// Counts who wrote to whom (X1): pure, the same for every source, and the same result in whatever pieces the
// letters come.
import { domainToASCII } from 'node:url'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Letter } from './letter.ts'

/** How often one internal person wrote to one external address. */
export type Pair = {
  readonly user: string
  readonly external: string
  readonly count: number
  /** Milliseconds; null where no letter had a date. */
  readonly first: number | null
  readonly last: number | null
}

/** What is counted; fixed for a run, so that its pieces fit together. */
export type Rules = {
  /** Domains of the organisation in lower case, A-labels; what lies below them is theirs, too. */
  readonly ownDomains: readonly string[]
  /** Older letters do not count; null for all. */
  readonly since: number | null
  /** A letter to more addresses than this is a mailing, not correspondence. */
  readonly recipientsMax: number
}

export const RECIPIENTS_MAX = 100

/** Letters that did not count, by why. */
export type LeftOut = {
  readonly automatic: number
  readonly foreign: number
  readonly old: number
  readonly mailing: number
}

export const nothingLeftOut: LeftOut = { automatic: 0, foreign: 0, old: 0, mailing: 0 }

export type Counted = { readonly pairs: readonly Pair[]; readonly leftOut: LeftOut }

const MAILBOX = { toAscii: domainToASCII, allowUtf8: true, allowUnderscore: true } as const

/** The pairs of some letters, in the order of their addresses. */
export function countLetters(letters: Iterable<Letter>, rules: Rules): Counted {
  const counts = { ...nothingLeftOut }
  const collection = new Collection()
  const own = new Set(rules.ownDomains)
  for (const letter of letters) {
    const why = reasonAgainst(letter, rules)
    if (why !== null) {
      counts[why] += 1
      continue
    }
    const user = ownAddress(letter.author, own) ?? ownAddress(letter.owner, own)
    if (user === null) {
      counts.foreign += 1
      continue
    }
    const externals = new Set(letter.recipients.map(keyOf).filter((key) => key !== null))
    for (const external of externals)
      if (!isOwn(external, own))
        collection.add({ user, external, count: 1, first: letter.at, last: letter.at })
  }
  return { pairs: collection.pairs(), leftOut: counts }
}

function reasonAgainst(letter: Letter, { since, recipientsMax }: Rules): keyof LeftOut | null {
  if (letter.isAutomatic) return 'automatic'
  if (letter.isContact === true) return null
  if (since !== null && (letter.at === null || letter.at < since)) return 'old'
  return letter.recipients.length > recipientsMax ? 'mailing' : null
}

/** The key of an address as the gateway compares it; null for what is no address of the internet. */
export function keyOf(text: string): string | null {
  const mailbox = mailboxOf(text.replace(/^(?:mailto|smtp):/i, ''), MAILBOX)
  if (!mailbox?.domain.includes('.') || mailbox.domain.startsWith('[')) return null
  return addressKey(mailbox)
}

function ownAddress(text: string | null, own: ReadonlySet<string>): string | null {
  const key = text === null ? null : keyOf(text)
  return key !== null && own.has(domainOf(key)) ? key : null
}

/** Whether an address lies in a domain of ours or below one. */
export function isOwn(key: string, own: ReadonlySet<string>): boolean {
  for (let domain = domainOf(key); domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1))
    if (own.has(domain)) return true
  return false
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** Pairs in memory. The order in which they came leaves no mark. */
export class Collection {
  readonly #byUser = new Map<string, Map<string, Pair>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get users(): number {
    return this.#byUser.size
  }

  add(pair: Pair): void {
    const ofUser = this.#byUser.get(pair.user) ?? new Map<string, Pair>()
    if (ofUser.size === 0) this.#byUser.set(pair.user, ofUser)
    const there = ofUser.get(pair.external)
    if (there === undefined) this.#size += 1
    ofUser.set(pair.external, there === undefined ? pair : joined(there, pair))
  }

  /** All pairs by user and external address, compared by their code units and nothing local. */
  pairs(): readonly Pair[] {
    const users = [...this.#byUser].sort(([a], [b]) => order(a, b))
    return users.flatMap(([, pairs]) => [...pairs.values()].sort((a, b) => order(a.external, b.external)))
  }
}

/** Two counts of the same pair as one. */
export function joined(a: Pair, b: Pair): Pair {
  return {
    ...a,
    count: a.count + b.count,
    first: outer(Math.min, a.first, b.first),
    last: outer(Math.max, a.last, b.last),
  }
}

function outer(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return pick(a, b)
}

export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
