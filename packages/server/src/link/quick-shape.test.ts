// A quick check may say no to anything, but where it says yes the schema accepts and changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { quickCheck } from './quick-shape.ts'

const Short = z.string().transform((text) => text.slice(0, 4))
const Inner = z.object({ name: Short, tags: z.array(z.enum(['a', 'b'])).max(2), note: z.int().optional() })
const Shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('one'), at: z.int(), inner: Inner.nullable(), any: z.unknown() }),
  z.object({
    kind: z.literal('two'),
    facts: z.record(z.string(), z.unknown()),
    ok: z.boolean(),
    x: z.number(),
  }),
])
const check = quickCheck(
  Shape,
  new Map([[Short, (value: unknown) => typeof value === 'string' && value.length <= 4]]),
)

const ONE = { kind: 'one', at: 1, inner: { name: 'abcd', tags: ['a', 'b'] }, any: { deep: [1] } }
const TWO = { kind: 'two', facts: { a: 1 }, ok: true, x: 0.5 }

test('what is plainly right is seen', () => {
  for (const value of [ONE, { ...ONE, inner: null }, { ...ONE, inner: { ...ONE.inner, note: 2 } }, TWO])
    assert.equal(check(value), true, JSON.stringify(value))
})

const DOUBTFUL: readonly unknown[] = [
  null,
  'one',
  [],
  { ...ONE, kind: 'three' },
  { ...ONE, at: 1.5 },
  { ...ONE, at: '1' },
  { ...ONE, more: 1 },
  { ...ONE, inner: { ...ONE.inner, name: 'abcde' } },
  { ...ONE, inner: { ...ONE.inner, tags: ['c'] } },
  { ...ONE, inner: { ...ONE.inner, tags: ['a', 'a', 'a'] } },
  { ...ONE, inner: { ...ONE.inner, tags: 'a' } },
  { ...ONE, inner: { ...ONE.inner, note: null } },
  { ...ONE, inner: { name: 'abcd' } },
  { ...TWO, facts: [] },
  { ...TWO, facts: null },
  { ...TWO, ok: 1 },
  { ...TWO, x: Number.NaN },
  { kind: 'two', ok: true, x: 1 },
]

test('what is wrong, additional or to be changed is left to the schema', () => {
  for (const value of DOUBTFUL) assert.equal(check(value), false, JSON.stringify(value))
})

test('a yes never differs from the schema, whatever member is exchanged', () => {
  const values: readonly unknown[] = [ONE, TWO, ...DOUBTFUL]
  for (const base of [ONE, TWO] as readonly Record<string, unknown>[]) {
    for (const name of Object.keys(base)) {
      for (const other of [...values, 1, 'a', true, undefined, {}, ['a']]) {
        const value = { ...base, [name]: other }
        if (!check(value)) continue
        const read = Shape.safeParse(value)
        assert.ok(read.success, `${name} = ${JSON.stringify(other)}`)
        assert.deepEqual(read.data, value)
      }
    }
  }
})

test('schemas with rules of their own are never plainly right', () => {
  const odd = [
    z.string().min(1),
    z.number().min(1),
    z.object({ a: z.string() }).refine(() => true),
    z.looseObject({ a: z.string() }),
    z.date(),
    z.union([z.string(), z.number()]),
  ]
  for (const schema of odd) {
    for (const value of ['a', 1, { a: 'a' }]) assert.equal(quickCheck(schema, new Map())(value), false)
  }
})
