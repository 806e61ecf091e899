// Every metric by family: kind, unit and meaning. /metrics and docs/reference/metrics.md read this one list;
// counters and histograms follow from the event catalogue.
import { catalogue, type EventDefinition } from './catalogue.ts'

export type Unit = 'seconds' | 'bytes'

export type Family = {
  /** Without `gatepost_`; ends with its unit, if it has one. */
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly unit: Unit | null
  readonly means: string
  /** One sample a value, told apart by this label. */
  readonly by: { readonly label: string; readonly values: readonly string[] } | null
}

type Gauge = { readonly means: string; readonly unit?: Unit; readonly by?: NonNullable<Family['by']> }

/** What each edge worker measures every five seconds, and what control measures of itself. */
const gauges = {
  edges: { means: 'Edge workers that control heard of within the last minute.' },
  connections_open: { means: 'Open SMTP connections.' },
  sessions: {
    means:
      'SMTP sessions by what they wait for: the next command, content, or our own work (and slow readers).',
    by: { label: 'state', values: ['command', 'intake', 'busy'] },
  },
  queue_messages: { means: 'Messages in the spool that are not done.' },
  queue_recipients: { means: 'Recipients that are queued: due now or later.' },
  held_recipients: { means: 'Recipients that are held and wait for a person.' },
  outbox_reports: { means: 'Tracking reports that control has not stored yet.' },
  spool_ok: { means: '1 while the spool takes messages; 0 while senders get 452.' },
  delivery_messages: { means: 'Messages that delivery has in hand.' },
  delivery_connections: { means: 'Connections to next hops.' },
  delivery_destinations: { means: 'Routes and domains that delivery knows at the moment.' },
  snapshot_version: { means: 'Version of the settings this worker works with; control: the newest one.' },
  event_loop_delay_p50_seconds: { means: 'Median delay of the event loop, last interval.', unit: 'seconds' },
  event_loop_delay_p99_seconds: {
    means: '99th percentile of the delay of the event loop, last interval.',
    unit: 'seconds',
  },
  event_loop_delay_max_seconds: { means: 'Longest delay of the event loop, last interval.', unit: 'seconds' },
  heap_used_bytes: { means: 'JavaScript heap in use.', unit: 'bytes' },
  resident_memory_bytes: { means: 'Memory of the process.', unit: 'bytes' },
  start_time_seconds: { means: 'When the process started, seconds since 1970.', unit: 'seconds' },
} as const satisfies { readonly [name: string]: Gauge }

export type GaugeName = keyof typeof gauges

/** Upper bounds of histograms in seconds: from a message in memory to a next hop that takes its time. */
export const BUCKETS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

const levels: readonly Family[] = (['warn', 'error'] as const).map((level) => ({
  name: `events_${level}`,
  kind: 'counter',
  unit: null,
  means: `Events of level ${level}, whatever their name.`,
  by: null,
}))

const processorTime: Family = {
  name: 'cpu_seconds',
  kind: 'counter',
  unit: 'seconds',
  means: 'Processor time of the process with all its threads.',
  by: null,
}

/** All families, sorted by kind as they are here and by name within the events. */
export const families: readonly Family[] = [
  ...Object.entries(gauges).map(([name, gauge]: [string, Gauge]): Family => {
    const { means, unit = null, by = null } = gauge
    return { name, kind: 'gauge', unit, means, by }
  }),
  ...fromEvents(),
  ...levels,
  processorTime,
]

function fromEvents(): readonly Family[] {
  const definitions: readonly EventDefinition[] = Object.values(catalogue)
  return definitions.flatMap(({ counts, times, means }): readonly Family[] => [
    ...(counts ? [{ name: counts, kind: 'counter', unit: null, means, by: null } as const] : []),
    ...(times ? [histogram(`${times.name}_seconds`, times.means)] : []),
  ])
}

function histogram(name: string, means: string): Family {
  return { name, kind: 'histogram', unit: 'seconds', means, by: null }
}
