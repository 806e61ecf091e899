// Which kill doubled which message: one whose first copy had come when the kill struck, and whose outcome was
// not written yet.
import type { MailHost } from '@gatepost/sandbox/mail-host.ts'

/** What was killed: one worker, the control plane, or the whole family. */
export type Role = 'edge' | 'control' | 'all'

export type DoublesOf = {
  readonly kills: number
  readonly doubled: number
  /** By a single kill. */
  readonly most: number
}

export type Doubles = {
  /** A kill struck at this time of `performance.now()`; mail had flowed for so many milliseconds. */
  kill(role: Role, when: { readonly flowedMs: number; readonly at: number }): void
  byRole(): Readonly<Record<Role, DoublesOf>>
  /** By the time that mail had flowed before the kill: kills of control are left out. */
  byTime(): Readonly<Record<string, DoublesOf>>
  /**
   * How long before its kill the first copy of each doubled message had come, in milliseconds, in order:
   * below zero are those that were still on the wire.
   */
  windows(): readonly number[]
}

/** Ends of the rows of `byTime`, in milliseconds of flowing mail. */
const FLOWED_MS = [500, 1000, 2000, 4000, Number.POSITIVE_INFINITY]

/** What the victim had sent may still be read by the mail host after its death. */
const ON_THE_WIRE_MS = 250

type Kill = { readonly role: Role; readonly flowedMs: number; readonly at: number; doubled: number }

/** Follows a mail host from now on. */
export function countDoubles(host: Pick<MailHost, 'follow'>): Doubles {
  const firstAt = new Map<string, number>()
  const kills: Kill[] = []
  const windows: number[] = []
  host.follow(({ messageId }) => {
    const first = firstAt.get(messageId)
    if (first === undefined) {
      firstAt.set(messageId, performance.now())
      return
    }
    // A control plane delivers nothing, so it is never the cause.
    const cause = kills.find(({ role, at }) => role !== 'control' && at >= first - ON_THE_WIRE_MS)
    if (cause === undefined) return
    cause.doubled += 1
    windows.push(cause.at - first)
  })
  const ofRole = (wanted: Role): DoublesOf => doublesOf(kills.filter(({ role }) => role === wanted))
  const ofTime = (endMs: number, index: number): readonly [string, DoublesOf] => {
    const beginMs = FLOWED_MS[index - 1] ?? 0
    const some = kills.filter(
      ({ role, flowedMs }) => role !== 'control' && flowedMs >= beginMs && flowedMs < endMs,
    )
    return [`from ${beginMs} ms`, doublesOf(some)]
  }
  return {
    kill: (role, when) => void kills.push({ role, ...when, doubled: 0 }),
    byRole: () => ({ edge: ofRole('edge'), control: ofRole('control'), all: ofRole('all') }),
    byTime: () => Object.fromEntries(FLOWED_MS.map(ofTime)),
    windows: () => windows.toSorted((a, b) => a - b),
  }
}

function doublesOf(kills: readonly Kill[]): DoublesOf {
  const doubled = kills.map((kill) => kill.doubled)
  return {
    kills: kills.length,
    doubled: doubled.reduce((sum, count) => sum + count, 0),
    most: Math.max(0, ...doubled),
  }
}
