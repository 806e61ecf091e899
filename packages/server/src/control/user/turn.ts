// Long work on lists gives way to requests that wait: control is one process with one event loop.
import { setImmediate } from 'node:timers/promises'

/** Items worked on between two turns: a few milliseconds. */
export const ITEMS_PER_TURN = 500

/** Ends this turn of the event loop; the work goes on in the next one. */
export function letOthersIn(): Promise<void> {
  return setImmediate()
}
