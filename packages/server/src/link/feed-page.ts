// What the change feed brings, read by hand: the thread that follows it needs nothing else of the schemas,
// and a library of schemas costs a thread more memory than all the rest of its work.
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'

/** Lists that grow; each has entries of its own shape, which only whoever asks for them reads. */
const LISTS = ['recipient', 'managed-sender', 'greylist-pass', 'person', 'known-author'] as const
export type ReplicaList = (typeof LISTS)[number]

/** A small JSON value: an object or an array. */
export type ReplicaValue = { readonly [field: string]: unknown } | readonly unknown[]

/**
 * A change of a list that grows. `value` null removes the key. Ordered by `position`; several may share one,
 * and a page holds all of them.
 */
export type FeedItem = {
  readonly position: number
  readonly tenantId: string
  readonly list: ReplicaList
  /** recipient: the address key (decisions 22). */
  readonly key: string
  /** recipient: `{ source, user? }`. */
  readonly value: ReplicaValue | null
}

export type FeedPage = {
  readonly items: readonly FeedItem[]
  /** The newest position that exists; the reader is current once it has read up to it. */
  readonly position: number
  /** True when the page starts over: the reader must empty its replica first. */
  readonly restart: boolean
  /**
   * Where to go on with lists that are read from their tables first; absent or null when there is nothing
   * more.
   */
  readonly fill?: string | null | undefined
}

/** Reads a page as control sends it. */
export function readFeedPage(text: string): Parsed<FeedPage, 'not-json' | 'not-a-page' | 'not-an-item'> {
  let page: Partial<Record<keyof FeedPage, unknown>> | null
  try {
    page = JSON.parse(text)
  } catch {
    return fail('not-json')
  }
  if (typeof page !== 'object' || page === null) return fail('not-a-page')
  const { items, position, restart, fill } = page
  const isPage =
    Array.isArray(items) &&
    Number.isSafeInteger(position) &&
    typeof restart === 'boolean' &&
    (fill === undefined || fill === null || typeof fill === 'string')
  if (!isPage) return fail('not-a-page')
  const odd = items.findIndex((item) => !isItem(item))
  return odd === -1 ? ok(page as FeedPage) : fail('not-an-item', odd)
}

function isItem(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false
  const { position, tenantId, list, key, value } = item as Partial<Record<keyof FeedItem, unknown>>
  return (
    Number.isSafeInteger(position) &&
    typeof tenantId === 'string' &&
    (LISTS as readonly unknown[]).includes(list) &&
    typeof key === 'string' &&
    typeof value === 'object'
  )
}
