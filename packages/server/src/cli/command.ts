// What a command of the command line is: its words, its flags, and a function that gets them read and
// checked.
import type { BootConfig } from '#boot/config-types.ts'
import type { Clock } from '#platform/clock.ts'
import type { Call } from './client.ts'

export type Flag = {
  readonly name: string
  /** How its value is called in the help; null for one that is only set or not. */
  readonly value: string | null
  /** May be given several times. */
  readonly many?: boolean
  readonly means: string
}

export type Command = {
  /** `domains verify`. */
  readonly path: string
  /** Names of its arguments in order; one that ends with `?` may be left out. */
  readonly args: readonly string[]
  readonly flags: readonly Flag[]
  readonly means: string
  /** Resolves with the exit code: 0, or 1 when what was asked for is not so. */
  readonly run: (context: Context) => Promise<number>
}

export type Context = {
  /** The argument at a position; empty text when it was left out. */
  readonly arg: (index: number) => string
  readonly flag: (name: string) => string | undefined
  readonly flags: (name: string) => readonly string[]
  readonly isSet: (name: string) => boolean
  readonly call: Call
  /** Slug of the organisation meant: `--tenant`, else the only one. */
  readonly tenant: () => Promise<string>
  /** The same command, as it was called, for what comes behind an id. */
  readonly again: (after: string) => string
  /** Prints what came back: as JSON with `--json`, else in words. */
  readonly show: (data: unknown, words: () => string) => void
  readonly config: BootConfig
  readonly clock: Clock
}

/** The command was called in a way it does not know: exit code 2. */
export class UsageError extends Error {}

/** The command was understood, but what it names does not exist or cannot be done: exit code 1. */
export class CommandFailed extends Error {}

/** A command with nothing left out. */
export function command(definition: Pick<Command, 'path' | 'means' | 'run'> & Partial<Command>): Command {
  return { args: [], flags: [], ...definition }
}

/** Reads one of a closed list of words. Throws `UsageError` with the list. */
export function oneOf<const Word extends string>(text: string, words: readonly Word[], what: string): Word {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new UsageError(`${what}: “${text}” is not one of ${words.join(', ')}`)
}

/** Reads a whole number from 1. Throws `UsageError`. */
export function numberOf(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`${what}: “${text}” is not a whole number`)
}
