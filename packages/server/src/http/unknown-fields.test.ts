// What a schema does not know is found in every depth, and named with what was probably meant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { PolicyDraft } from '@gatepost/contract/policy.ts'
import * as z from 'zod'
import { fieldNames, unknownFields } from './unknown-fields.ts'

const Flat = z.object({ email: z.string(), name: z.string().optional() })
const Kind = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('a'), address: z.string() }),
  z.object({ kind: z.literal('b'), domain: z.string() }),
])

const cases: readonly (readonly [
  name: string,
  schema: z.ZodType,
  value: unknown,
  paths: readonly string[],
])[] = [
  ['known fields alone', Flat, { email: 'a@b.example', name: 'A' }, []],
  ['beside known ones', Flat, { email: 'a@b.example', nmae: 'A' }, ['nmae']],
  ['in place of one that is missing', Flat, { emial: 'a@b.example' }, ['emial']],
  ['in a list', z.object({ all: z.array(Flat) }), { all: [{ email: '' }, { email: '', x: 1 }] }, ['all/1/x']],
  [
    'behind optional and default',
    z.object({ one: Flat.default({ email: '' }).optional() }),
    { one: { y: 1 } },
    ['one/y'],
  ],
  ['before a transform', Flat.transform(({ email }) => email), { email: '', z: 1 }, ['z']],
  ['of the kind that was chosen', Kind, { kind: 'a', address: '', domain: '' }, ['domain']],
  ['of a kind that has faults', Kind, { kind: 'b', domian: '' }, ['domian']],
  ['where all names are free', z.record(z.string(), Flat), { any: { email: '' } }, []],
  ['in values of free names', z.record(z.string(), Flat), { any: { email: '', q: 1 } }, ['any/q']],
  ['where anything is taken', z.object({ free: z.unknown() }), { free: { a: { b: 1 } } }, []],
  ['of loose objects', z.looseObject({ a: z.string() }), { a: '', b: 1 }, []],
  [
    'named like a method',
    Flat,
    JSON.parse('{"email":"","toString":1,"__proto__":{}}'),
    ['toString', '__proto__'],
  ],
  ['not an object', Flat, 'text', []],
  [
    'in a policy',
    PolicyDraft,
    { type: 'spam-scanning', option: { action: 'tag', levle: 'x' } },
    ['option/levle'],
  ],
]
for (const [name, schema, value, paths] of cases) {
  test(`unknown fields: ${name}`, () => {
    const found = unknownFields(schema, value)
    assert.deepEqual(
      found.map(({ path }) => path),
      paths,
    )
  })
}

test('the nearest known name is offered, or what is known', () => {
  const words = (value: unknown) => unknownFields(Flat, value).map(({ message }) => message)
  assert.deepEqual(words({ emial: 'x' }), ['“emial” is not known here. Did you mean “email”?'])
  assert.deepEqual(words({ colour: 'x' }), ['“colour” is not known here. Known: email, name.'])
  assert.deepEqual(
    unknownFields(z.object({}), { a: 1 })[0]?.message,
    '“a” is not known here: nothing is taken.',
  )
  assert.match(words({ ['x'.repeat(5_000)]: 1 })[0] ?? '', /^“x{60}…” is not known here\. Known: /)
})

test('what was read may be sent back: names of the answer are passed over, others are not', () => {
  const Answer = z.object({ items: z.array(Flat.extend({ id: z.string(), at: z.number() }).nullable()) })
  const readable = fieldNames(Answer)
  assert.deepEqual([...readable].sort(), ['at', 'email', 'id', 'items', 'name'])
  assert.deepEqual(unknownFields(Flat, { id: 'x', at: 1, email: 'a@b.example' }, readable), [])
  const [found, ...more] = unknownFields(Flat, { id: 'x', nmae: 'A', email: '' }, readable)
  assert.deepEqual([found?.path, more], ['nmae', []])
})

test('a thousand unknown fields are answered with fifty', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`field${at}`, at]))
  assert.equal(unknownFields(Flat, many).length, 50)
})

test('every body and query of the contract can be searched for unknown fields', () => {
  for (const { name, body, query } of endpoints) {
    for (const schema of [body, query]) {
      const found = unknownFields(schema, { zzUnknown: 1 })
      assert.ok(found.length <= 1, name)
    }
  }
})
