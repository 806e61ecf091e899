// One typed emit: feeds the JSON log and the metrics. Free-form logging does not exist.
import { catalogue, type EventName, type Level } from './catalogue.ts'

export type EventFields = { readonly [field: string]: unknown }

/** Reports that something happened. Never throws, never awaits. Content, subjects and secrets never go in. */
export type Emit = (name: EventName, fields?: EventFields) => void

/** Where events go: a line writer, and counters. */
export type Sink = { write(level: Level, name: EventName, fields: EventFields): void }

const RANK: { readonly [Name in Level]: number } = { debug: 10, info: 20, warn: 30, error: 40 }

/** Builds the emit of a process. Events below `level` are counted but not written. */
export function createEmit(sinks: { readonly log: Sink; readonly metrics: Sink }, level: Level): Emit {
  return (name, fields = {}) => {
    const definition = catalogue[name]
    sinks.metrics.write(definition.level, name, fields)
    if (RANK[definition.level] >= RANK[level]) sinks.log.write(definition.level, name, fields)
  }
}

/** An emit that forgets: for tests and tools. */
export const silentEmit: Emit = () => {}
