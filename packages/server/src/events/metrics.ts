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

/** What an event adds to, found out once: two happen with every message. */
type Effect = { readonly counters: readonly Counter[]; readonly histogram: string | null }
/** One that nothing was added to shows where its events belong. */
type Counter = { count: number; isOwn: boolean }

/** Counts events that the catalogue says to count or to time, and every warning and error. */
export function createMetrics(role: keyof typeof OWN_EVENTS): Metrics {
  const counters = new Map<string, Counter>()
  const counterOf = (name: string, isOwn: boolean): Counter => {
    const counter = counters.get(name) ?? { count: 0, isOwn }
    counter.isOwn ||= isOwn
    counters.set(name, counter)
    return counter
  }
  const severities = { warn: counterOf('events_warn', true), error: counterOf('events_error', true) }
  const definitions: readonly (readonly [string, EventDefinition])[] = Object.entries(catalogue)
  const effects = new Map<string, Effect>()
  for (const [name, { level, counts, times }] of definitions) {
    const own: Counter[] = []
    if (counts) own.push(counterOf(counts, OWN_EVENTS[role].test(name)))
    if (level === 'warn' || level === 'error') own.push(severities[level])
    effects.set(name, { counters: own, histogram: times ? `${times.name}_seconds` : null })
  }
  const histograms = new Map<string, { counts: number[]; sum: number }>()
  return {
    sink: {
      write(_level, name, fields) {
        const effect = effects.get(name)
        if (effect === undefined) return
        for (const counter of effect.counters) counter.count += 1
        if (effect.histogram !== null) observe(histograms, effect.histogram, fields)
      },
    },
    counters: () =>
      new Map(
        [...counters].flatMap(([name, { count, isOwn }]) => (isOwn || count > 0 ? [[name, count]] : [])),
      ),
    histograms: () => histograms,
  }
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
