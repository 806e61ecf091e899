// What is wrong with a field, for people: the schema library's own words are made for programmers.
import type { Said } from '@gatepost/contract/saying.ts'
import { say, type Text } from '@gatepost/contract/sayings.ts'
import type * as z from 'zod'

type Issue = z.core.$ZodIssue

/** Messages that a schema of ours did not choose begin so. */
const OF_THE_LIBRARY = /^(?:Invalid|Too (?:small|big)|Unrecognized|Not a )/

const TYPES: ReadonlyMap<string, Said> = new Map([
  ['string', say('input.text')],
  ['number', say('input.number')],
  ['int', say('input.int')],
  ['boolean', say('input.boolean')],
  ['array', say('input.array')],
  ['object', say('input.object')],
  ['record', say('input.object')],
])

/** Choices named in full; of more the documentation has the list. */
const CHOICES_MAX = 20

/** A sentence for one issue. Messages written with the schema stay as they are. */
export function inputWords(issue: Issue): Text {
  if (!OF_THE_LIBRARY.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type': {
      const what = TYPES.get(issue.expected) ?? issue.expected
      return say(issue.message.endsWith('received undefined') ? 'input.missing' : 'input.expected', { what })
    }
    case 'unrecognized_keys':
      return say('input.unknown', { names: issue.keys.join(', ') })
    case 'invalid_value':
      return say('input.expected', { what: choices(issue.values.map(String)) })
    case 'too_small':
      return say('input.expected', { what: bound('min', Number(issue.minimum), issue.origin) })
    case 'too_big':
      return say('input.expected', { what: bound('max', Number(issue.maximum), issue.origin) })
    default:
      return discriminator(issue.message) ?? issue.message
  }
}

function bound(end: 'min' | 'max', limit: number, origin: string): Said {
  if (origin === 'string') {
    if (end === 'min' && limit === 1) return say('input.empty')
    return say(`input.characters-${end}`, { count: limit })
  }
  if (origin === 'array' || origin === 'set') return say(`input.entries-${end}`, { count: limit })
  // A port is no quantity: it is not grouped.
  return say(`input.number-${end}`, { limit: String(limit) })
}

function choices(all: readonly string[]): Text {
  if (all.length > CHOICES_MAX) return say('input.one-of-many', { number: all.length })
  return all.length === 1 ? `${all[0]}` : say('input.one-of', { values: all.join(', ') })
}

/** `Expected 'a' | 'b'` of a kind that decides about the other fields. */
function discriminator(message: string): Said | null {
  const all = [...message.matchAll(/'([^']+)'/g)].map(([, value = '']) => value)
  return all.length === 0 ? null : say('input.expected', { what: choices(all) })
}
