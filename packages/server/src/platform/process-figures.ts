// What a process says of itself: delay of its event loop, memory, processor time. For metrics.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Fine enough for a bar of 50 ms, and cheap. */
const RESOLUTION_MS = 20
const NS_PER_SECOND = 1e9

export type ProcessFigures = {
  /** Figures since the last call, by the names of events/families.ts without prefix. */
  read(): { readonly gauges: ReadonlyMap<string, number>; readonly cpuSeconds: number }
  stop(): void
}

/** Begins to watch this process. */
export function watchProcess(startedAt: number): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  // The watch reports the time between two of its ticks, of which its resolution is no delay.
  const seconds = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NS_PER_SECOND - RESOLUTION_MS / 1000)
  return {
    read() {
      const { heapUsed, rss } = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      const gauges = new Map([
        ['event_loop_delay_p50_seconds', seconds(delay.percentile(50))],
        ['event_loop_delay_p99_seconds', seconds(delay.percentile(99))],
        ['event_loop_delay_max_seconds', seconds(delay.max)],
        ['heap_used_bytes', heapUsed],
        ['resident_memory_bytes', rss],
        ['start_time_seconds', startedAt / 1000],
      ])
      delay.reset()
      return { gauges, cpuSeconds: (user + system) / 1e6 }
    },
    stop: () => delay.disable(),
  }
}
