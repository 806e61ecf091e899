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
  /** A kill strikes now. */
  kill(role: Role): void
  byRole(): Readonly<Record<Role, DoublesOf>>
  /**
   * How long before its kill the first copy of each doubled message had come, in milliseconds, in order:
   * below zero are those that were still on the wire.
   */
  windows(): readonly number[]
}

/** What the victim had sent may still be read by the mail host after its death. */
const ON_THE_WIRE_MS = 250

/** Follows a mail host from now on. */
export function countDoubles(host: Pick<MailHost, 'follow'>): Doubles {
  const firstAt = new Map<string, number>()
  const kills: { readonly role: Role; readonly at: number; doubled: number }[] = []
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
  const ofRole = (wanted: Role): DoublesOf => {
    const some = kills.filter(({ role }) => role === wanted).map(({ doubled }) => doubled)
    return {
      kills: some.length,
      doubled: some.reduce((sum, doubled) => sum + doubled, 0),
      most: Math.max(0, ...some),
    }
  }
  return {
    kill: (role) => void kills.push({ role, at: performance.now(), doubled: 0 }),
    byRole: () => ({ edge: ofRole('edge'), control: ofRole('control'), all: ofRole('all') }),
    windows: () => windows.toSorted((a, b) => a - b),
  }
}
