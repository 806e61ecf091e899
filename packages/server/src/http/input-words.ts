// What is wrong with a field, for people: the schema library's own words are made for programmers.
import type * as z from 'zod'

type Issue = z.core.$ZodIssue

/** Messages that a schema of ours did not choose begin so. */
const OF_THE_LIBRARY = /^(?:Invalid|Too (?:small|big)|Unrecognized|Not a )/

const TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
])

/** Choices named in full; of more the documentation has the list. */
const CHOICES_MAX = 20

/** A sentence for one issue. Messages written with the schema stay as they are. */
export function inputWords(issue: Issue): string {
  if (!OF_THE_LIBRARY.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPES.get(issue.expected) ?? issue.expected
      return issue.message.endsWith('received undefined')
        ? `This is missing. Expected ${expected}.`
        : `Expected ${expected}.`
    }
    case 'unrecognized_keys':
      return `Not known here: ${issue.keys.join(', ')}.`
    case 'invalid_value':
      return `Expected ${choices(issue.values.map(String))}.`
    case 'too_small':
      return `Expected ${bound('at least', Number(issue.minimum), issue.origin)}.`
    case 'too_big':
      return `Expected ${bound('at most', Number(issue.maximum), issue.origin)}.`
    default:
      return discriminator(issue.message) ?? issue.message
  }
}

function bound(words: string, limit: number, origin: string): string {
  if (origin === 'string') {
    if (words === 'at least' && limit === 1) return 'text; this is empty'
    return `${words} ${limit} ${limit === 1 ? 'character' : 'characters'}`
  }
  if (origin === 'array' || origin === 'set') return `${words} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  return `a number of ${words} ${limit}`
}

function choices(all: readonly string[]): string {
  if (all.length > CHOICES_MAX) return `one of the ${all.length} values that the documentation lists`
  return all.length === 1 ? `${all[0]}` : `one of: ${all.join(', ')}`
}

/** `Expected 'a' | 'b'` of a kind that decides about the other fields. */
function discriminator(message: string): string | null {
  const all = [...message.matchAll(/'([^']+)'/g)].map(([, value = '']) => value)
  return all.length === 0 ? null : `Expected ${choices(all)}.`
}
