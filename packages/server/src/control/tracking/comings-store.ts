// How often one message came: attempts that greylisting put off, and the one that was taken, told from any
// of them.
import type { Message } from '@gatepost/contract/message.ts'
import { GREYLIST_DELAY_MS, GREYLIST_WINDOW_MS } from '#policy/greylisting.ts'
import { reasons } from '#policy/reasons.ts'
import type { Scope } from '../scope.ts'
import { listRows, type Row } from './list-store.ts'
import type { TrackingStorage } from './tracking-store.ts'

type Comings = NonNullable<Message['comings']>

/** A retry near the end of its window is still within it; its row is written a moment later. */
const SLACK_MS = 60_000
/** Rows of one sender and recipient looked through on each side. */
const ROWS_MAX = 500
/** Recipients whose deferrals are looked for: the story of the others is the same. */
const RECIPIENTS_MAX = 20
/** Attempts shown; senders that come every second are told by their first and last ones. */
const SHOWN_MAX = 20

const PUT_OFF: ReadonlySet<string> = new Set([
  reasons['greylist-first-contact'],
  reasons['greylist-retried-too-soon'],
])

type About = Pick<Row, 'id' | 'at' | 'direction' | 'reversePath' | 'reason' | 'status' | 'clientIp'> & {
  readonly recipients: readonly string[]
}

/** Null where greylisting put nothing off. */
export async function comingsOf(
  scope: Scope,
  about: About,
  storage: TrackingStorage,
): Promise<Comings | null> {
  const { direction, reversePath, recipients, clientIp } = about
  // A null reverse-path tells no two senders apart; the client does.
  if (direction !== 'inbound' || (reversePath === null && clientIp === null)) return null
  if (recipients.length === 0) return null
  const found: Row[] = []
  let last: Row | null = null
  if (isPutOff(about)) {
    const recipient = recipients[0]!
    const [before, behind] = await Promise.all([
      rowsBetween(scope, { about, recipient, side: 'before' }, storage),
      rowsBetween(scope, { about, recipient, side: 'behind' }, storage),
    ])
    found.push(...untilTaken(before.toReversed()))
    const ended = behind.findIndex((row) => !isPutOff(row))
    found.push(...(ended < 0 ? behind : behind.slice(0, ended)))
    last = behind[ended] ?? null
  } else {
    for (const recipient of recipients.slice(0, RECIPIENTS_MAX)) {
      const before = await rowsBetween(scope, { about, recipient, side: 'before' }, storage)
      found.push(...untilTaken(before.toReversed()))
    }
    if (found.length === 0) return null
  }
  return told(about, found, last)
}

/** Newest first, as far back as nothing else of this sender was taken: that would be another message. */
function untilTaken(newestFirst: readonly Row[]): readonly Row[] {
  const end = newestFirst.findIndex((row) => !isPutOff(row))
  return end < 0 ? newestFirst : newestFirst.slice(0, end)
}

function told(about: About, found: readonly Row[], last: Row | null): Comings {
  const itself = { ...about, forwardPath: about.recipients[0]! }
  const all = [...found, ...(last ? [last] : []), itself].sort(
    (a, b) => a.at - b.at || (a.id < b.id ? -1 : 1),
  )
  const first = all[0]!
  const end = isPutOff(about) ? last : itself
  const shown = all.length <= SHOWN_MAX ? all : [...all.slice(0, SHOWN_MAX - 1), all.at(-1)!]
  return {
    items: shown.map(({ id, at, status, forwardPath }) => ({
      id,
      at,
      status,
      forwardPath: forwardPath ?? '',
    })),
    total: all.length,
    firstAt: first.at,
    endedAt: end?.at ?? null,
    delayMs: end === null ? null : end.at - first.at,
    acceptedFrom: first.at + GREYLIST_DELAY_MS,
    giveUpAt: first.at + GREYLIST_WINDOW_MS,
  }
}

function isPutOff({ status, reason }: Pick<Row, 'status' | 'reason'>): boolean {
  return status === 'deferred' && PUT_OFF.has(reason)
}

/** Rows of this sender and recipient on one side of a message within the window, oldest first. */
async function rowsBetween(
  scope: Scope,
  {
    about,
    recipient,
    side,
  }: { readonly about: About; readonly recipient: string; readonly side: 'before' | 'behind' },
  storage: TrackingStorage,
): Promise<readonly Row[]> {
  const { at, id, reversePath, clientIp } = about
  const reach = GREYLIST_WINDOW_MS + SLACK_MS
  const span = side === 'before' ? { from: at - reach, to: at + 1 } : { from: at, to: at + reach }
  const by = reversePath === null ? { ip: clientIp! } : { sender: reversePath }
  const query = { ...span, limit: ROWS_MAX, direction: 'inbound', recipient, ...by } as const
  const { items } = await listRows(scope, query, storage)
  return items
    .filter((row) => row.id !== id && row.reversePath === reversePath)
    .filter((row) => (side === 'before' ? row.at < at || row.id < id : row.at > at || row.id > id))
    .toReversed()
}
