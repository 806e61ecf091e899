// The command line of `npm run bench`.
import { join } from 'node:path'
import { parseArgs } from 'node:util'

export type BenchOptions = {
  readonly isQuick: boolean
  readonly rounds: number
  /** Messages of a whole cell; cells of large messages send a share of them. */
  readonly messages: number
  /** The first is the subject, the others are its peers. */
  readonly targets: readonly string[]
  /** Starts of cell names; empty means all. */
  readonly cells: readonly string[]
  /** Null prints the results and writes no file. */
  readonly out: string | null
  readonly workDir: string | null
}

export const USAGE = `npm run bench -- [--quick] [--rounds N] [--messages N] [--targets gatepost,postfix,haraka]
                 [--cells w1,w2-one,…] [--out FILE] [--work-dir FOLDER]
  --quick      one round of few messages, without the slow cells; writes no file unless --out is given
  --rounds     interleaved rounds (3)
  --messages   messages a cell (10,000; quick 600)
  --targets    the first is compared with the others
  --cells      starts of cell names
  --out        results as Markdown (bench/results.md)
  --work-dir   parent of the servers' temporary folders: names the disk that is measured`

const ROUNDS_DEFAULT = 3
const MESSAGES_DEFAULT = 10_000
const MESSAGES_QUICK = 600
const TARGETS_DEFAULT = 'gatepost,postfix,haraka'

/** What was asked for doesn't exist: answered with the usage, not with a stack. */
export class UsageError extends Error {}

/** Throws a UsageError on an unknown option or a number that isn't one. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = readArguments(args)
  const isQuick = values.quick
  return {
    isQuick,
    rounds: wholeNumber('rounds', values.rounds, isQuick ? 1 : ROUNDS_DEFAULT),
    messages: wholeNumber('messages', values.messages, isQuick ? MESSAGES_QUICK : MESSAGES_DEFAULT),
    targets: listOf(values.targets),
    cells: listOf(values.cells),
    out: values.out ?? (isQuick ? null : join(import.meta.dirname, 'results.md')),
    workDir: values['work-dir'] ?? null,
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        messages: { type: 'string' },
        targets: { type: 'string', default: TARGETS_DEFAULT },
        cells: { type: 'string', default: '' },
        out: { type: 'string' },
        'work-dir': { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} needs a whole number above 0`)
  return value
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
