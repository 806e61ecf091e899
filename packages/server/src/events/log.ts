// The JSON log: one line an event, control characters escaped, secrets printed as [secret].
import { flatText } from '@gatepost/mail/bytes.ts'
import type { Level } from './catalogue.ts'
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
 * What JSON leaves as it is and a terminal or an editor acts on: DEL, C1 controls, line separators, and the
 * marks that turn the direction of text around.
 */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/
const UNSAFE_ALL = new RegExp(UNSAFE, 'g')

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * Builds a sink that hands finished lines to `writeLine`. Lines are put together from texts, because every
 * message writes two: what is the same in each is written once, and the fields go to JSON as they are.
 */
export function createLog(origin: LogOrigin, now: () => number, writeLine: (line: string) => void): Sink {
  const { role, slot, pid } = origin
  const writer = slot === null ? { role, pid } : { role, slot, pid }
  const written = JSON.stringify(writer).slice(1, -1)
  const timeOf = isoTimes()
  /** What stands between the time and the fields. Each event has one level. */
  const heads = new Map<string, string>()
  const headOf = (level: Level, name: string): string => {
    let head = heads.get(name)
    if (head === undefined) {
      head = flatText('","level":"', level, '","event":"', name, '",', written)
      heads.set(name, head)
    }
    return head
  }
  return {
    write(level, name, fields) {
      const time = timeOf(now())
      if (needsCare(fields)) {
        writeLine(`${safe(JSON.stringify({ time, level, event: name, ...writer, ...plain(fields) }))}\n`)
      } else {
        writeLine(`{"time":"${time}${headOf(level, name)}${behind(safe(JSON.stringify(fields)))}\n`)
      }
    },
  }
}

function safe(json: string): string {
  return UNSAFE.test(json) ? json.replace(UNSAFE_ALL, escaped) : json
}

/** The members of an object behind others, and the end of both. */
function behind(json: string): string {
  return json === '{}' ? '}' : `,${json.slice(1)}`
}

/** Names a field may share with the head of a line: the field's value then stands in its place. */
const HEAD: ReadonlySet<string> = new Set(['time', 'level', 'event', 'role', 'slot', 'pid'])
/** Most fields have longer names and need no look-up. */
const HEAD_LENGTH_MAX = 5

function needsCare(fields: EventFields): boolean {
  for (const name in fields) {
    if (name.length <= HEAD_LENGTH_MAX && HEAD.has(name)) return true
    const value = fields[name]
    if (typeof value === 'object' && value instanceof Error) return true
  }
  return false
}

const MILLISECONDS = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`)

/** Writes times; the text of a second serves all its milliseconds. */
function isoTimes(): (ms: number) => string {
  let second = Number.NaN
  let text = ''
  return (ms) => {
    const now = Math.floor(ms / 1000)
    if (now !== second) {
      second = now
      text = new Date(now * 1000).toISOString().slice(0, -'000Z'.length)
    }
    return text + MILLISECONDS[ms - now * 1000]!
  }
}

function plain(fields: EventFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error ? { message: value.message, stack: value.stack } : value,
  ])
  return Object.fromEntries(entries)
}
