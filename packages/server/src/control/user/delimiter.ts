// Guesses what separates the fields of a list: comma, semicolon or tab. Lists of aliases use the same signs
// inside.
import { isKnownHead } from './heads.ts'

const DELIMITERS = [',', ';', '\t'] as const
/** Looked at; more lines would not change the guess. */
const LINES_MAX = 20
const CHARACTERS_MAX = 100_000
const ADDRESS = /^[^\s@,;|]+@[^\s@,;|]+$/

/**
 * The delimiter that leaves whole addresses or known heads as fields in most lines. Where several do, the one
 * that stands first in most lines: lists of aliases stand behind what they belong to.
 */
export function guessDelimiter(text: string): string {
  const lines = sampleOf(text)
  const scores = DELIMITERS.map((delimiter) => ({
    delimiter,
    whole: lines.filter((line) => line.split(delimiter).some(isWhole)).length,
    leads: lines.filter((line) => firstOf(line) === delimiter).length,
  }))
  // Lines of a single field have whole addresses whatever the delimiter; then it does not matter.
  scores.sort((a, b) => b.whole - a.whole || b.leads - a.leads)
  return scores[0]!.delimiter
}

/** The first lines, with what stands in quotation marks free of delimiters. */
function sampleOf(text: string): readonly string[] {
  return text
    .slice(0, CHARACTERS_MAX)
    .replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replace(/[,;\t\r\n]/g, ' '))
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_MAX)
}

function isWhole(field: string): boolean {
  const text = field.trim()
  return ADDRESS.test(text) || isKnownHead(text)
}

function firstOf(line: string): string | undefined {
  return /[,;\t]/.exec(line)?.[0]
}
