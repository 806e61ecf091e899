// What one process counted: events by the catalogue's word, durations in buckets. No addresses, no tenants.
import { catalogue, type EventDefinition } from './catalogue.ts'
import type { EventFields, Sink } from './emit.ts'
import { BUCKETS } from './families.ts'

/** Events per bucket (the last is beyond all bounds) and the sum of their seconds. */
export type Histogram = { readonly counts: readonly number[]; readonly sum: number }

/** One reading of a process. Names as in `families`; a gauge by label is `name.value`. */
export type Measured = {
  readonly counters: ReadonlyMap<string, number>
  readonly gauges: ReadonlyMap<string, number>
  readonly histograms: ReadonlyMap<string, Histogram>
}

export type Metrics = {
  readonly sink: Sink
  counters(): ReadonlyMap<string, number>
  histograms(): ReadonlyMap<string, Histogram>
}

/** Where events of a role begin: their counters stand at 0 from the start, so that the first one is seen. */
const OWN_EVENTS = { edge: /^(edge|spool|delivery)\./, control: /^control\./, supervisor: /^supervisor\./ }

/** Counts events that the catalogue says to count or to time, and every warning and error. */
export function createMetrics(role: keyof typeof OWN_EVENTS): Metrics {
  const counts = new Map<string, number>([
    ['events_warn', 0],
    ['events_error', 0],
  ])
  const definitions: readonly (readonly [string, EventDefinition])[] = Object.entries(catalogue)
  for (const [name, definition] of definitions) {
    if (definition.counts && OWN_EVENTS[role].test(name)) counts.set(definition.counts, 0)
  }
  const histograms = new Map<string, { counts: number[]; sum: number }>()
  return {
    sink: {
      write(level, name, fields) {
        const definition: EventDefinition = catalogue[name]
        if (definition.counts) add(counts, definition.counts)
        if (level === 'warn' || level === 'error') add(counts, `events_${level}`)
        if (definition.times) observe(histograms, `${definition.times.name}_seconds`, fields)
      },
    },
    counters: () => counts,
    histograms: () => histograms,
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function observe(
  histograms: Map<string, { counts: number[]; sum: number }>,
  name: string,
  { durationMs }: EventFields,
): void {
  if (typeof durationMs !== 'number') return
  let histogram = histograms.get(name)
  if (histogram === undefined) {
    histogram = { counts: new Array<number>(BUCKETS.length + 1).fill(0), sum: 0 }
    histograms.set(name, histogram)
  }
  const seconds = Math.max(0, durationMs) / 1000
  let at = 0
  while (at < BUCKETS.length && seconds > BUCKETS[at]!) at += 1
  histogram.counts[at] = histogram.counts[at]! + 1
  histogram.sum += seconds
}
