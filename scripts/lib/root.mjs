// Where the repository is, and how the scripts speak: every other script leans on these few lines.
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts)

/** One line about what is happening; on stderr, so that the output of a program we start stays its own. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Says what is wrong and what to do about it, and ends the script. */
export function giveUp(text) {
  process.stderr.write(`\nGatepost cannot continue: ${text}\n`)
  process.exit(1)
}
