// What an outcome makes of the state of one recipient. Pure. See docs/internals/spool.md.
import { PAUSED, type RecipientNotes, type RecipientState, type SettleItem } from './wire.ts'

/** Whether the message is done for these recipients: somebody outside has it, or was told of its end. */
export function isFinalItem({ kind }: SettleItem): boolean {
  return kind === 'delivered' || kind === 'bounced'
}

/** A state; notes are left out where there are none, because most rows have none. */
export function stateOf(
  letter: RecipientState[0],
  attempts: number,
  rest: { readonly first: number | null; readonly due: number; readonly notes?: RecipientNotes | undefined },
): RecipientState {
  const { first, due, notes } = rest
  const isPlain = notes === undefined || Object.keys(notes).length === 0
  return isPlain ? [letter, attempts, first, due] : [letter, attempts, first, due, notes]
}

/** The state after an outcome of delivery. */
export function stateAfter(before: RecipientState, item: SettleItem): RecipientState {
  const [, count, firstBefore, , notes] = before
  const isAttempt =
    !item.byPerson && item.kind !== 'paused' && !(item.kind === 'deferred' && item.attempts === 0)
  const first = firstBefore ?? (isAttempt ? item.at : null)
  const attempts = isAttempt ? count + 1 : count
  switch (item.kind) {
    case 'delivered':
      return stateOf('d', attempts, { first, due: 0 })
    case 'bounced':
      return stateOf('b', attempts, { first, due: 0 })
    case 'held':
      return stateOf('h', attempts, { first, due: item.at, notes: withReply(notes, item.reply) })
    case 'deferred':
      return stateOf('q', item.attempts, {
        first,
        due: item.nextAttemptAt,
        notes: withReply(notes, item.reply),
      })
    case 'paused': {
      const told = { ...withReply(notes, item.reply), paused: 1 } as const
      return stateOf('q', count, { first, due: PAUSED + item.at, notes: told })
    }
  }
}

/** The same recipient due at `now`; the time it was paused does not count towards giving up. */
export function dueNow([letter, attempts, first, due, notes]: RecipientState, now: number): RecipientState {
  const pausedMs = due >= PAUSED ? Math.max(0, now - (due - PAUSED)) : 0
  return stateOf(letter, attempts, { first: first === null ? null : first + pausedMs, due: now, notes })
}

/** Null keeps the reply there was: nothing was tried. After an attempt a pause is news again. */
function withReply(notes: RecipientNotes | undefined, reply: string | null): RecipientNotes | undefined {
  if (reply === null) return notes
  const { paused: _, ...kept } = notes ?? {}
  return { ...kept, reply }
}
