// Memory that a start or a busy hour left behind is given back once a thread is calm: V8 lets garbage lie,
// and room for short-lived objects stand, until something new needs the place.
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import v8 from 'node:v8'
import vm from 'node:vm'

/** Long enough behind a start for its work to be done; what is shorter-lived pays nothing. */
const LOOK_MS = 5_000
/** Share of the time since the last look that a thread may have worked and still be called calm. */
const CALM_UTILIZATION = 0.05
/** A collection of everything stops the thread for 30 to 60 ms, so it is not done again and again. */
const BETWEEN_MS = 60_000
/** Worth a collection: a quarter more than the last one left, and more than this. */
const GROWTH = 1.25
const GROWTH_BYTES = 1024 * 1024
/** What lives is what a collection takes its time for; above this the pause would be felt. */
const HEAP_BYTES_MAX = 128 * 1024 * 1024

/**
 * Watches this thread until it ends or the returned function is called. Each thread calls it for itself;
 * nothing waits for it. `lookMs` is the time between two looks.
 */
export function giveBackWhenCalm({ lookMs = LOOK_MS }: { readonly lookMs?: number } = {}): () => void {
  let utilization: EventLoopUtilization = performance.eventLoopUtilization()
  let left = 0
  let notBefore = 0
  const timer = setInterval(() => {
    const before = utilization
    utilization = performance.eventLoopUtilization()
    const now = performance.now()
    if (
      now < notBefore ||
      performance.eventLoopUtilization(utilization, before).utilization > CALM_UTILIZATION
    )
      return
    if (!isWorthwhile(heldBytes(), left)) return
    if (!collect()) return
    left = heldBytes()
    notBefore = now + BETWEEN_MS
    utilization = performance.eventLoopUtilization()
  }, lookMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Whether a heap of `held` bytes is worth a collection when the last one left `left`. */
export function isWorthwhile(held: number, left: number): boolean {
  return held <= HEAP_BYTES_MAX && held > left * GROWTH + GROWTH_BYTES
}

/** Memory of this thread's heap that the machine gives, used or not, with what objects hold outside of it. */
function heldBytes(): number {
  const { total_physical_size, external_memory } = v8.getHeapStatistics()
  return total_physical_size + external_memory
}

type Collector = (how: {
  readonly type: 'major'
  readonly execution: 'sync'
  readonly flavor: 'last-resort'
}) => void

let collector: Collector | null = null

/**
 * Collects everything and gives back whole pages; V8's ordinary collections keep them for what comes next.
 * False when it could not be done this time.
 */
function collect(): boolean {
  collector ??= exposed()
  collector?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  return collector !== null
}

/**
 * V8's own function, which only a flag shows. The flag is taken back at once: compiled code is kept by flags,
 * and a thread that starts under others must compile Node's own modules anew. Flags belong to the process:
 * another thread may take it back in between, and then there is none until the next look.
 */
function exposed(): Collector | null {
  v8.setFlagsFromString('--expose-gc')
  try {
    return vm.runInNewContext('globalThis.gc ?? null') as Collector | null
  } finally {
    v8.setFlagsFromString('--no-expose-gc')
  }
}
