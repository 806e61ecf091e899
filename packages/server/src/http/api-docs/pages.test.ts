// The pages of the API: a light first page, every endpoint on the page of its area, and a search that finds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { problems } from '@gatepost/contract/problem.ts'
import { openApi } from '../openapi.ts'
import { apiPages } from './pages.ts'
import { type Schema, typeOf } from './schema.ts'

const pages = apiPages(JSON.stringify(openApi(endpoints, 'test')))
const first = pages.index('')
const slugs = [
  ...new Set([...first.matchAll(/href="\/docs\/api\/([a-z-]+)"/g)].map(([, slug]) => slug ?? '')),
]

test('the first page is light, and names every endpoint and every problem', () => {
  assert.ok(Buffer.byteLength(first) < 200_000, `${Buffer.byteLength(first)} bytes`)
  const missing = endpoints.filter(({ name }) => !first.includes(`#${name}"`)).map(({ name }) => name)
  assert.deepEqual(missing, [])
  assert.deepEqual(
    Object.keys(problems).filter((name) => !first.includes(`id="problem-${name}"`)),
    [],
  )
})

test('every endpoint stands once, on the page of its area, and links lead somewhere', () => {
  const shown = slugs.map((slug) => pages.area(slug) ?? '')
  const found = shown.flatMap((page) => [...page.matchAll(/<h2 id="(\w+)"/g)].map(([, name]) => name))
  assert.deepEqual(found.toSorted(), endpoints.map(({ name }) => name).toSorted())
  for (const page of shown) {
    const ids = new Set([...page.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id))
    const lost = [...page.matchAll(/href="#([\w-]+)"/g)].map(([, id]) => id).filter((id) => !ids.has(id))
    assert.deepEqual(lost, [])
    assert.ok(Buffer.byteLength(page) < 1_000_000, `${Buffer.byteLength(page)} bytes`)
  }
  assert.equal(pages.area('nowhere'), null)
})

test('a search finds by path, field and problem, and shows its words as words', () => {
  const cases = [
    ['createPolicy', 'create'],
    ['changed-meanwhile policies', 'updatePolicy'],
    ['ADDRESSFIRST', 'SignIn'],
  ] as const
  for (const [search, name] of cases) assert.match(pages.index(search), new RegExp(`#\\w*${name}`))
  assert.match(pages.index('<b>'), /Nothing in the API has the words “&#60;b&#62;”/)
})

test('types are told in words', () => {
  const cases: readonly (readonly [Schema, string])[] = [
    [{ type: 'string', minLength: 1, maxLength: 200 }, 'text, 1 to 200 characters'],
    [{ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, 'whole number'],
    [{ type: 'array', items: { type: 'string' }, maxItems: 50 }, 'list of text, at most 50 entries'],
    [{ anyOf: [{ type: 'object' }, { type: 'object' }, { type: 'null' }] }, 'one of 2 objects or null'],
    [
      { enum: ['a', 'b'], default: 'a' },
      '<code>&#34;a&#34;</code> · <code>&#34;b&#34;</code>, default <code>&#34;a&#34;</code>',
    ],
    [{}, 'any value'],
  ]
  for (const [schema, words] of cases) assert.equal(typeOf(schema), words)
})
