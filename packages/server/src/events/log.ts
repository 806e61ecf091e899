// The JSON log: one line an event, control characters escaped, secrets printed as [secret].
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

/**
 * What JSON leaves as it is and a terminal or an editor acts on: DEL, C1 controls, line separators, and the marks
 * that turn the direction of text around.
 */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/
const UNSAFE_ALL = new RegExp(UNSAFE, 'g')

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

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
      writeLine(`${UNSAFE.test(line) ? line.replace(UNSAFE_ALL, escaped) : line}\n`)
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
