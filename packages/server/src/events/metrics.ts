// Counters from the event catalogue, printed as OpenMetrics text. No addresses as labels.
import { catalogue, type EventDefinition, type EventName } from './catalogue.ts'
import type { Sink } from './emit.ts'

export type Metrics = { readonly sink: Sink; counters(): ReadonlyMap<string, number> }

/** Counts events that the catalogue says to count, and every warning and error by name. */
export function createMetrics(): Metrics {
  const counts = new Map<string, number>()
  return {
    sink: {
      write(level, name) {
        const definition: EventDefinition = catalogue[name]
        if (definition.counts) add(counts, `gatepost_${definition.counts}_total`)
        if (level === 'warn' || level === 'error') add(counts, `gatepost_events_${level}_total`)
      },
    },
    counters: () => counts,
  }
}

/** OpenMetrics exposition of counters and gauges (https://prometheus.io/docs/specs/om/open_metrics_spec/). */
export function openMetrics(
  counters: ReadonlyMap<string, number>,
  gauges: ReadonlyMap<string, number>,
): string {
  const lines: string[] = []
  for (const [name, value] of [...counters].sort()) {
    const family = name.replace(/_total$/, '')
    lines.push(`# TYPE ${family} counter`, `# HELP ${family} ${helpOf(family)}`, `${name} ${value}`)
  }
  for (const [name, value] of [...gauges].sort()) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`)
  return `${lines.join('\n')}\n# EOF\n`
}

function helpOf(family: string): string {
  for (const name of Object.keys(catalogue) as EventName[]) {
    const definition: EventDefinition = catalogue[name]
    if (definition.counts && family === `gatepost_${definition.counts}`) return definition.means
  }
  return 'Events of this level.'
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
