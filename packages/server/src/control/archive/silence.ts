// Whether journal mail is missing: nothing came for longer than the organisation allows, in hours in which
// something usually comes. Pure.

export type JournalHour = { readonly hour: number; readonly reports: number; readonly last_at: number }

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const DAY_HOURS = 24
const WEEK_HOURS = 168
/** Weeks that are looked back at. */
const WEEKS = 4
/** Fewer reports in the same hours of other weeks are no habit. */
const USUAL_MIN = 3

export type Silence = {
  readonly isSilent: boolean
  readonly lastAt: number | null
  /** Reports that came in the same hours, on average. */
  readonly usual: number
}

/** `hours` are those of the last five weeks, the oldest first. */
export function silenceOf(
  hours: readonly JournalHour[],
  { now, minutes }: { readonly now: number; readonly minutes: number },
): Silence {
  const last = hours.at(-1)
  if (last === undefined) return { isSilent: false, lastAt: null, usual: 0 }
  const silentMs = now - last.last_at
  const counts = new Map(hours.map(({ hour, reports }) => [hour, reports]))
  const first = hours[0]!.hour
  const quiet: number[] = []
  for (let hour = Math.floor(last.last_at / HOUR_MS) + 1; hour < Math.floor(now / HOUR_MS); hour += 1) {
    quiet.push(hour)
    // Longer than a week of silence is no more telling than a week.
    if (quiet.length >= WEEK_HOURS) break
  }
  const usual = usualOf(quiet, { counts, first })
  const isSilent = silentMs >= minutes * MINUTE_MS && usual >= USUAL_MIN
  return { isSilent, lastAt: last.last_at, usual }
}

/** The average of the same hours of weeks before; of days before, while there is no week yet. */
function usualOf(
  quiet: readonly number[],
  { counts, first }: { readonly counts: ReadonlyMap<number, number>; readonly first: number },
): number {
  const begin = quiet[0]
  if (begin === undefined) return 0
  const hasWeek = begin - first >= WEEK_HOURS
  const step = hasWeek ? WEEK_HOURS : DAY_HOURS
  const back = hasWeek ? WEEKS : WEEK_HOURS / DAY_HOURS
  let sum = 0
  let rounds = 0
  for (let round = 1; round <= back; round += 1) {
    if (begin - round * step < first) break
    rounds += 1
    for (const hour of quiet) sum += counts.get(hour - round * step) ?? 0
  }
  return rounds === 0 ? 0 : sum / rounds
}
