// The description of requests refuses what the server refuses, field by field, in every depth.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { openApi } from './openapi.ts'
import { isStrict, requestSchema } from './request-schema.ts'
import { readableIn, unknownFields } from './unknown-fields.ts'

type Node = {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly items?: Node
  readonly properties?: { readonly [name: string]: Node }
  readonly additionalProperties?: Node | boolean
  readonly patternProperties?: { readonly [pattern: string]: unknown }
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}
/** An object of the description, and how to make a request whose value there holds more fields. */
type Place = {
  readonly node: Node
  readonly path: string
  readonly with: (...fields: readonly string[]) => unknown
}

/** Something of the right form: which kind of several it is must be told, nothing else. */
function sample(node: Node): unknown {
  if (node.const !== undefined) return node.const
  if (node.enum) return node.enum[0]
  const [option] = node.anyOf ?? node.oneOf ?? []
  if (option) return sample(option)
  if (node.type === 'array') return node.items ? [sample(node.items)] : []
  if (node.properties)
    return Object.fromEntries(Object.entries(node.properties).map(([name, inside]) => [name, sample(inside)]))
  return node.type === 'object' ? {} : 'x'
}

function* placesIn(node: Node, path: string, put: (value: unknown) => unknown): Generator<Place> {
  for (const [at, option] of (node.anyOf ?? node.oneOf ?? []).entries())
    yield* placesIn(option, `${path}|${at}`, put)
  if (node.items) yield* placesIn(node.items, `${path}/0`, (value) => put([value]))
  if (typeof node.additionalProperties === 'object')
    yield* placesIn(node.additionalProperties, `${path}/any`, (value) => put({ any: value }))
  if (!node.properties) return
  const whole = sample(node) as { readonly [name: string]: unknown }
  const more = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, 1]))
  yield { node, path, with: (...fields) => put({ ...whole, ...more(fields) }) }
  for (const [name, inside] of Object.entries(node.properties))
    yield* placesIn(inside, `${path}/${name}`, (value) => put({ ...whole, [name]: value }))
}

const UNKNOWN = 'zzUnknown'

test('every object of every request is as closed as the server says, and nothing else is', () => {
  let closed = 0
  let passed = 0
  for (const endpoint of endpoints) {
    for (const part of ['query', 'body'] as const) {
      const schema = requestSchema(endpoint, part) as Node
      const readable = readableIn(endpoint, part)
      const found = (value: unknown) =>
        isStrict(endpoint) ? unknownFields(endpoint[part], value, readable).map(({ path }) => path) : []
      for (const { node, path, with: having } of placesIn(schema, '', (value) => value)) {
        const where = `${endpoint.name} ${part}${path}`
        const isRefused = found(having(UNKNOWN)).some((one) => one.endsWith(UNKNOWN))
        // Where nothing at all is taken, agents are refused as well.
        const isNothing = Object.keys(node.properties ?? {}).length === 0
        if (isStrict(endpoint) || !isNothing)
          assert.equal(node.additionalProperties === false, isRefused, where)
        closed += Number(isRefused)
        const names = namesPassed(node)
        assert.deepEqual(names.length === 0 ? [] : found(having(...names)), [], where)
        passed += names.length
        if (!isRefused || readable === undefined) continue
        const said = new Set([...names, ...Object.keys(node.properties ?? {})])
        assert.deepEqual(new Set([...readable, ...Object.keys(node.properties ?? {})]), said, where)
      }
    }
  }
  assert.ok(closed > 700, `${closed}`)
  assert.ok(passed > 300, `${passed}`)
})

function namesPassed({ patternProperties = {} }: Node): readonly string[] {
  return Object.keys(patternProperties).flatMap((pattern) => {
    assert.match(pattern, /^\^\(\?:\w+(?:\|\w+)*\)\$$/)
    return pattern.slice('^(?:'.length, -')$'.length).split('|')
  })
}

type Operation = {
  readonly operationId: string
  readonly 'x-unknown-fields': string
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Node } } }
  readonly responses: { readonly [status: string]: unknown }
}

test('the document carries it: bodies closed, agents spared, a body of several kinds described', () => {
  const { paths } = openApi(endpoints, '1') as {
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  }
  const operations = new Map(
    Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => [one.operationId, one])),
  )
  const bodyOf = (name: string) => operations.get(name)?.requestBody?.content['application/json']?.schema
  assert.equal(bodyOf('addUser')?.additionalProperties, false)
  assert.deepEqual(namesPassed(bodyOf('addUser') ?? {}), [], 'nothing was read before')
  assert.ok(namesPassed(bodyOf('updateUser') ?? {}).includes('revision'))
  assert.equal(bodyOf('agentWork')?.additionalProperties, undefined)
  assert.equal(operations.get('agentWork')?.['x-unknown-fields'], 'passed-over')
  assert.equal(operations.get('listUsers')?.['x-unknown-fields'], 'refused')
  assert.ok((bodyOf('startContacts')?.oneOf ?? []).length > 1)
  const undescribed = endpoints.filter(
    ({ name, method, raw, body }) =>
      !raw && method !== 'GET' && method !== 'DELETE' && !body.safeParse({}).success && !bodyOf(name),
  )
  assert.deepEqual(undescribed, [])
})
