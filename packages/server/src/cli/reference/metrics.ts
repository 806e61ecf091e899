// docs/reference/metrics.md from the list of metric families.
import { catalogue, type EventDefinition } from '#events/catalogue.ts'
import { BUCKETS, type Family, families } from '#events/families.ts'
import { code, GENERATED, markdownTable, page } from './markdown.ts'

export function metricsPage(): string {
  return page(
    '# Metrics',
    GENERATED.replace('the source it names', '`packages/server/src/events/families.ts`'),
    [
      '`GET /metrics` on the console’s port answers in OpenMetrics text 1.0, to this machine alone: the request',
      'must come over loopback without a `Forwarded`, `X-Forwarded-For`, `X-Real-IP` or `Via` header. For a collector',
      'elsewhere, let an agent on this machine pass the figures on. The owner of the data folder can also ask the',
      'socket: `curl --unix-socket data/run/admin.sock http://localhost/metrics`.',
    ].join('\n'),
    [
      'Each sample has the labels `node` (the machine) and `slot` (the edge worker’s number, or `control`). Edges',
      'report every 5 seconds; one that is silent for 30 seconds is left out. Counters start at 0 with the process.',
      'No address, tenant or domain is ever a label.',
    ].join('\n'),
    '## Gauges',
    tableOf('gauge'),
    '## Counters',
    tableOf('counter'),
    '## Histograms',
    tableOf('histogram'),
    `Bounds in seconds: ${BUCKETS.join(', ')}.`,
    '## Health',
    markdownTable(
      ['Path', 'Answers'],
      [
        [code('/healthz'), '200 `ok` while the process of control answers at all.'],
        [
          code('/readyz'),
          [
            '200 `ready` when the database of control answers and at least one edge worker was heard of within 10 s,',
            'works with the newest settings (or they are younger than 10 s) and its spool takes messages.',
            'Otherwise 503 with the reason in words.',
          ].join(' '),
        ],
      ],
    ),
  )
}

function tableOf(kind: Family['kind']): string {
  const suffix = kind === 'counter' ? '_total' : ''
  const rows = families
    .filter((family) => family.kind === kind)
    .map(({ name, by, means }) => {
      const labels = by === null ? '' : `${by.label}: ${by.values.join(', ')}`
      return [code(`gatepost_${name}${suffix}`), means, ...(kind === 'gauge' ? [labels] : [eventOf(name)])]
    })
  return markdownTable(['Metric', 'Meaning', kind === 'gauge' ? 'Further label' : 'Event'], rows)
}

/** The event that is counted or timed under this name. */
function eventOf(name: string): string {
  const entries: readonly (readonly [string, EventDefinition])[] = Object.entries(catalogue)
  const found = entries.find(([, { counts, times }]) => counts === name || `${times?.name}_seconds` === name)
  return found ? code(found[0]) : ''
}
