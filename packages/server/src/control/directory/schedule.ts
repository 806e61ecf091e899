// When a connector runs by itself: times of the day on the clock of its zone, summer and winter (D8).
import type { ConnectorSchedule } from '@gatepost/contract/directory.ts'
import { Cron } from 'croner'

/** The next time after `now`; null where no time is set. The zone must be one that exists. */
export function nextRunAt({ times, timeZone }: ConnectorSchedule, now: number): number | null {
  const next = times.map((time) => {
    const [hour, minute] = time.split(':').map(Number)
    // Paused: it computes and never fires; our own loop does.
    const job = new Cron(`0 ${minute} ${hour} * * *`, { timezone: timeZone, paused: true })
    return job.nextRun(new Date(now))?.getTime() ?? null
  })
  const known = next.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Whether this is a time zone that this platform knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
