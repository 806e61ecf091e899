// Faults of input are told in words that a person can act on, whatever schema found them; and a filter with a
// typing error never means everything.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actOnHeld } from '@gatepost/contract/held.ts'
import { PolicyDraft } from '@gatepost/contract/policy.ts'
import { actOnQueue } from '@gatepost/contract/queue.ts'
import { english } from '@gatepost/contract/sayings.ts'
import { removeSenders } from '@gatepost/contract/sender.ts'
import { changeUsers } from '@gatepost/contract/user.ts'
import * as z from 'zod'
import { inputWords } from './input-words.ts'

function wordsOf(schema: z.ZodType, value: unknown): readonly string[] {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.map((issue) => english(inputWords(issue)))
}

const cases: readonly (readonly [name: string, schema: z.ZodType, value: unknown, words: string])[] = [
  ['missing', z.object({ name: z.string() }), {}, 'This is missing. Expected text.'],
  ['of another type', z.object({ on: z.boolean() }), { on: 'yes' }, 'Expected true or false.'],
  ['empty', z.string().min(1), '', 'Expected text; this is empty.'],
  ['too short', z.string().min(3), 'a', 'Expected at least 3 characters.'],
  ['too many', z.array(z.string()).max(1), ['a', 'b'], 'Expected at most 1 entry.'],
  ['too large', z.int().max(65_535), 99_999, 'Expected a number of at most 65535.'],
  ['no such choice', z.enum(['known', 'directory']), 'all', 'Expected one of: known, directory.'],
  ['no such field', z.strictObject({}), { x: 1 }, 'Not known here: x.'],
  ['our own words', z.string().min(1, 'Write a name.'), '', 'Write a name.'],
]
for (const [name, schema, value, words] of cases) {
  test(`a field that is ${name}`, () => assert.deepEqual(wordsOf(schema, value), [words]))
}

test('a type that is not known is answered with those that are', () => {
  const [words = ''] = wordsOf(PolicyDraft, { type: 'nope' })
  assert.match(words, /^Expected one of: permitted-senders, .*first-contact\.$/)
})

const typos: readonly (readonly [name: string, body: z.ZodType, value: unknown])[] = [
  ['the queue', actOnQueue.body, { action: 'discard', filter: { domian: 'x.example' } }],
  ['held mail', actOnHeld.body, { action: 'discard', filter: { recipent: 'x.example' } }],
  ['users', changeUsers.body, { action: 'disable', where: { serch: 'x' } }],
  ['senders', removeSenders.body, { usr: 'ann@acme.example', all: true }],
]
for (const [name, body, value] of typos) {
  test(`a typing error in a filter of ${name} is refused instead of meaning everything`, () => {
    assert.match(wordsOf(body, value).join(' '), /Not known here: /)
  })
}
