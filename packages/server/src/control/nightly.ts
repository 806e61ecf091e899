// Work that runs once a night, whenever the process was started.
import type { ControlDeps } from './scope.ts'

const DAY_MS = 86_400_000
const LOOK_MS = 600_000

/**
 * Runs `work` in the given hour of each night (UTC) until the signal aborts, at the latest a day after the
 * last run; a fault is told as an event and the next night tries again.
 */
export async function eachNight(
  { clock, emit }: Pick<ControlDeps, 'clock' | 'emit'>,
  night: { readonly hour: number; readonly what: string; readonly work: () => Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  let ranAt = clock.now()
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal)
    if (signal.aborted) return
    const now = clock.now()
    const isNight = new Date(now).getUTCHours() === night.hour && now - ranAt > DAY_MS / 2
    if (!isNight && now - ranAt < DAY_MS) continue
    ranAt = now
    await night.work().catch((error: unknown) => {
      emit('control.request.failed', { what: night.what, error })
    })
  }
}
