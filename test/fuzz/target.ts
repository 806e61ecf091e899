// What a fuzz target is: seeds to start from, and a check that throws when something is wrong.
import type { Random } from './random.ts'

export type Target = {
  readonly name: string
  /** Valid inputs. */
  readonly seeds: readonly string[]
  /** Pieces to put in, beyond single bytes. */
  readonly words: readonly string[]
  /** Reads one input and checks what came out. Any throw or rejection is a finding. */
  check(input: Buffer, random: Random): void | Promise<void>
}
