// Brings entries of large imports into the indexes for searches soon after, in parts that let others write.
import type { ControlDeps } from '../scope.ts'
import { indexPart } from './trailing-store.ts'

const LOOK_MS = 5_000
/** Between two parts: as long as a part takes, so that others write every second time. */
const BETWEEN_MS = 50

/** Runs until the signal aborts. What a stop interrupts goes on after the next start. */
export async function watchSenderSearch(
  { store, clock, emit }: Pick<ControlDeps, 'store' | 'clock' | 'emit'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const more = await indexPart(store).catch((error: unknown) => {
      if (!signal.aborted) emit('control.request.failed', { what: 'indexes of senders', error })
      return false
    })
    await clock.sleep(more ? BETWEEN_MS : LOOK_MS, signal)
  }
}
