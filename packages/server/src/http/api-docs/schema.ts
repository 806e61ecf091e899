// JSON Schema as lists of fields that people read: what a field is, whether it is needed, and its bounds. A
// shape that a page has shown already is named by a link and not written again.
import { escapeHtml } from './frame.ts'

/** The parts of JSON Schema that the contract uses. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema | false
  readonly properties?: { readonly [name: string]: Schema }
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly description?: string
  readonly default?: unknown
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Shapes with an id, by their text: of one page. */
export type Shapes = Map<string, string>

/** Shorter ones are quicker read again than looked up. */
const SHARED_FROM = 300
/** Deeper shapes than the contract has; what lies below stands in /openapi.json. */
const DEPTH_MAX = 8

/** The fields of an object, or what stands in its place. */
export function fieldsOf(schema: Schema, shapes: Shapes, depth = 0): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const need = schema.required?.includes(name) ? '<span class="need">required</span>, ' : ''
    const means = field.description ? `<br>${escapeHtml(field.description)}` : ''
    return `<div><dt><code>${escapeHtml(name)}</code></dt><dd>${need}${typeOf(field)}${means}${within(field, shapes, depth)}</dd></div>`
  })
  return rows.length === 0 ? '' : `<dl class="fields">${rows.join('')}</dl>`
}

/** What a value is, in words: “list of text, at most 50”. */
export function typeOf(schema: Schema): string {
  const bounds = [boundsOf(schema), defaultOf(schema)].filter((text) => text !== '').join(', ')
  return bounds === '' ? plainType(schema) : `${plainType(schema)}, ${bounds}`
}

function plainType(schema: Schema): string {
  const choices = choicesOf(schema)
  if (choices.length > 0) return orOf(choices.map(plainType))
  if (schema.const !== undefined) return literalOf(schema.const)
  if (schema.enum) return schema.enum.map(literalOf).join(' · ')
  if (Array.isArray(schema.type)) return orOf(schema.type.map((type) => plainType({ ...schema, type })))
  switch (schema.type) {
    case 'array':
      return schema.items ? `list of ${plainType(schema.items)}` : 'list'
    case 'object':
      return schema.properties || !isSchema(schema.additionalProperties)
        ? 'object'
        : `object of ${plainType(schema.additionalProperties)} by name`
    case 'string':
      return schema.format ? `text (${escapeHtml(schema.format)})` : 'text'
    case 'integer':
      return 'whole number'
    case 'boolean':
      return 'true or false'
    default:
      return typeof schema.type === 'string' ? schema.type : 'any value'
  }
}

/** Unions of many shapes say how many; simple ones say all. */
function orOf(types: readonly string[]): string {
  const different = [...new Set(types)]
  const objects = types.filter((type) => type === 'object').length
  const named = different.map((type) =>
    type === 'object' && objects > 1 ? `one of ${objects} objects` : type,
  )
  return named.join(' or ')
}

function literalOf(value: unknown): string {
  return `<code>${escapeHtml(JSON.stringify(value))}</code>`
}

function boundsOf(schema: Schema): string {
  const length = rangeOf(schema.minLength, schema.maxLength)
  if (length !== '') return `${length} characters`
  const items = rangeOf(schema.minItems, schema.maxItems)
  if (items !== '') return `${items} entries`
  return rangeOf(schema.minimum, schema.maximum)
}

function rangeOf(from: number | undefined, to: number | undefined): string {
  const low = from === undefined || from <= Number.MIN_SAFE_INTEGER || from === 0 ? null : from
  const high = to === undefined || to >= Number.MAX_SAFE_INTEGER ? null : to
  const shown = (value: number): string => value.toLocaleString('en-GB')
  if (low !== null && high !== null) return `${shown(low)} to ${shown(high)}`
  if (high !== null) return `at most ${shown(high)}`
  return low === null ? '' : `at least ${shown(low)}`
}

function defaultOf(schema: Schema): string {
  if (schema.default === undefined) return ''
  const text = JSON.stringify(schema.default)
  return text.length > 60 ? '' : `default <code>${escapeHtml(text)}</code>`
}

/** The shapes inside a field, folded. */
function within(schema: Schema, shapes: Shapes, depth: number): string {
  const inside = shapesIn(schema)
  if (inside.length === 0) return ''
  if (depth >= DEPTH_MAX) return ' (the rest stands in <a href="/openapi.json">/openapi.json</a>)'
  const text = JSON.stringify(inside)
  const earlier = shapes.get(text)
  if (earlier !== undefined) return `: <a href="#${earlier}">fields as shown above</a>`
  const id = text.length < SHARED_FROM ? '' : ` id="shape-${shapes.size + 1}"`
  if (id !== '') shapes.set(text, `shape-${shapes.size + 1}`)
  const parts = inside.map((shape) =>
    inside.length === 1
      ? fieldsOf(shape, shapes, depth + 1)
      : `<details><summary>${titleOf(shape)}</summary>${fieldsOf(shape, shapes, depth + 1)}</details>`,
  )
  const names = inside.length === 1 ? namesOf(inside[0]!) : `${inside.length} shapes`
  return `<details${id}><summary>${names}</summary>${parts.join('')}</details>`
}

/** Objects with fields that a value may be or hold. */
function shapesIn(schema: Schema): readonly Schema[] {
  const choices = choicesOf(schema)
  if (choices.length > 0) return choices.flatMap(shapesIn)
  if (schema.items) return shapesIn(schema.items)
  if (schema.properties) return Object.keys(schema.properties).length > 0 ? [schema] : []
  return isSchema(schema.additionalProperties) ? shapesIn(schema.additionalProperties) : []
}

/** A shape of several is told by the field that has one value only. */
function titleOf(shape: Schema): string {
  const told = Object.entries(shape.properties ?? {}).find(([, { const: value }]) => value !== undefined)
  return told ? `<code>${escapeHtml(told[0])}</code> ${literalOf(told[1].const)}` : namesOf(shape)
}

const NAMES_SHOWN = 6

export function namesOf(shape: Schema): string {
  const names = Object.keys(shape.properties ?? {})
  const more = names.length - NAMES_SHOWN
  return escapeHtml(names.slice(0, NAMES_SHOWN).join(', ')) + (more > 0 ? ` and ${more} more` : '')
}

function choicesOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? []
}

function isSchema(value: Schema | boolean | undefined): value is Schema {
  return typeof value === 'object'
}
