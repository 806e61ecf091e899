// The JSON log: one line an event, control characters escaped by JSON, secrets printed as [secret].
import type { EventFields, Sink } from './emit.ts'

/** Who writes; stands in every line. */
export type LogOrigin = { readonly role: string; readonly slot: number | null; readonly pid: number }

/** A value that must never be read in a log: prints as `[secret]` everywhere. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The only way to the value. */
  reveal(): string {
    return this.#value
  }
  toJSON(): string {
    return '[secret]'
  }
  toString(): string {
    return '[secret]'
  }
}

/** Builds a sink that hands finished lines to `writeLine`. */
export function createLog(origin: LogOrigin, now: () => number, writeLine: (line: string) => void): Sink {
  return {
    write(level, name, fields) {
      const line = JSON.stringify({
        time: new Date(now()).toISOString(),
        level,
        event: name,
        role: origin.role,
        ...(origin.slot === null ? {} : { slot: origin.slot }),
        pid: origin.pid,
        ...plain(fields),
      })
      writeLine(`${line}\n`)
    },
  }
}

function plain(fields: EventFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error ? { message: value.message, stack: value.stack } : value,
  ])
  return Object.fromEntries(entries)
}
