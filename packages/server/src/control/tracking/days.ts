// Days: tracking is kept by the UTC day in which a message's id was made, and is dropped by whole days.
import { idTime, newId } from '#platform/random.ts'

export const DAY_MS = 86_400_000

/** The day of an id, or null when it is none of ours. */
export function dayOfId(id: string): number | null {
  const time = idTime(id)
  return time === null ? null : dayOf(time)
}

export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS)
}

/** `2026-11-21`. */
export function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day of a name, or null. */
export function dayOfName(name: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(name)) return null
  const time = Date.parse(`${name}T00:00:00Z`)
  return Number.isNaN(time) ? null : dayOf(time)
}

const TIME_DIGITS = 10 // 48 bits of milliseconds and two leading zero bits fill ten digits of five.

/** A text below every message id made at `time` or later, and above all made before. */
export function idFloor(time: number): string {
  return newId('msg', Math.max(0, Math.floor(time))).slice(0, 'msg_'.length + TIME_DIGITS)
}
