// Times, sizes and counts in the words of the look: `12 s ago`, `4 min 10 s`, `24 kB`, `1,186`.
import { locale } from '#i18n/language.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Formats = {
  readonly counts: Intl.NumberFormat
  readonly tenths: Intl.NumberFormat
  readonly scores: Intl.NumberFormat
  readonly days: Intl.NumberFormat
  readonly clock: Intl.DateTimeFormat
  readonly day: Intl.DateTimeFormat
  readonly weekday: Intl.DateTimeFormat
  readonly past: Intl.RelativeTimeFormat
}

const known = new Map<string, Formats>()

/** Formats of the language in use; made once, since making them is slow. */
function formats(): Formats {
  const found = known.get(locale())
  if (found) return found
  const made = {
    counts: new Intl.NumberFormat(locale()),
    tenths: new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }),
    scores: new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    days: new Intl.NumberFormat(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' }),
    clock: new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', year: 'numeric' }),
    weekday: new Intl.DateTimeFormat(locale(), { weekday: 'short' }),
    past: new Intl.RelativeTimeFormat(locale(), { style: 'short', numeric: 'auto' }),
  }
  known.set(locale(), made)
  return made
}

export function count(value: number): string {
  return formats().counts.format(value)
}

/** Points of spam: `3.6`, `5.0`. */
export function score(value: number): string {
  return formats().scores.format(value)
}

/** What parts thousands, for fields that show their number so. */
export function groupMark(): string {
  return (
    formats()
      .counts.formatToParts(10_000)
      .find(({ type }) => type === 'group')?.value ?? ','
  )
}

/** `1 message`, `1,186 messages`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `09:41:52`, in the reader's zone. */
export function timeOfDay(at: number): string {
  return formats().clock.format(at)
}

/** `19 Nov 2026`. */
export function date(at: number): string {
  return formats().day.format(at)
}

/** `Thu 19 Nov 2026, 09:13:52`. */
export function dateTime(at: number): string {
  const { weekday, day, clock } = formats()
  return `${weekday.format(at)} ${day.format(at)}, ${clock.format(at)}`
}

/** `2026-11-19 09:13:52 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `12 s ago`, `4 min ago`, `3 h ago`; older than a day as a date. */
export function ago(at: number, now: number): string {
  const age = now - at
  if (!locale().startsWith('en') && age < DAY) return agoIn(age)
  if (age < 2 * SECOND) return 'just now'
  if (age < MINUTE) return `${Math.round(age / SECOND)} s ago`
  if (age < HOUR) return `${Math.round(age / MINUTE)} min ago`
  if (age < DAY) return `${Math.round(age / HOUR)} h ago`
  return date(at)
}

/** The same in another language, in its own words. */
function agoIn(age: number): string {
  const { past } = formats()
  if (age < 2 * SECOND) return past.format(0, 'second')
  if (age < MINUTE) return past.format(-Math.round(age / SECOND), 'second')
  if (age < HOUR) return past.format(-Math.round(age / MINUTE), 'minute')
  return past.format(-Math.round(age / HOUR), 'hour')
}

/** A span of time: `412 ms`, `1.8 s`, `4 min 10 s`, `3 h 20 min`, `2 days`. */
export function span(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 10 * SECOND) return `${formats().tenths.format(milliseconds / SECOND)} s`
  if (milliseconds < MINUTE) return `${Math.round(milliseconds / SECOND)} s`
  if (milliseconds < HOUR) return pair(milliseconds, [MINUTE, 'min'], [SECOND, 's'])
  if (milliseconds < 2 * DAY) return pair(milliseconds, [HOUR, 'h'], [MINUTE, 'min'])
  return formats().days.format(Math.round(milliseconds / DAY))
}

type Unit = readonly [size: number, name: string]

function pair(milliseconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const units = Math.floor(milliseconds / large)
  const rest = Math.floor((milliseconds % large) / small)
  return rest === 0 ? `${units} ${largeName}` : `${units} ${largeName} ${rest} ${smallName}`
}

/** `38:12`, for counting down. */
export function minutesSeconds(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** `812 B`, `24 kB`, `1.4 MB`, `3.2 GB`; octets in French. */
export function bytes(size: number): string {
  const unit = locale().startsWith('fr') ? 'o' : 'B'
  if (size < 1_000) return `${size} ${unit}`
  if (size < 999_500) return `${Math.round(size / 1_000)} k${unit}`
  if (size < 999_950_000) return `${formats().tenths.format(size / 1_000_000)} M${unit}`
  return `${formats().tenths.format(size / 1_000_000_000)} G${unit}`
}
