// docs/reference/events.md from the event catalogue.
import { catalogue, type EventDefinition } from '#events/catalogue.ts'
import { code, GENERATED, markdownTable, page } from './markdown.ts'

export function eventsPage(): string {
  const events: readonly (readonly [string, EventDefinition])[] = Object.entries(catalogue)
  return page(
    '# Events',
    GENERATED.replace('the source it names', '`packages/server/src/events/catalogue.ts`'),
    [
      'Each line of the log is a JSON object with `time`, `level`, `event`, `role`, `slot` (edges), `pid` and fields',
      'of its own. Content, subjects and secrets never stand in the log. `GATEPOST_LOG_LEVEL` sets the least level.',
    ].join('\n'),
    markdownTable(
      ['Event', 'Level', 'Meaning'],
      events.map(([name, { level, means }]) => [code(name), level, means]),
    ),
    'Events that are counted or timed: [metrics.md](metrics.md).',
  )
}
