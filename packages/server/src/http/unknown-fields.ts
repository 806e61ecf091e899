// Fields of a request that its schema does not know: a misspelt one would do nothing and look done, so the
// answer names it and the known one that was probably meant.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import * as z from 'zod'
import { nearestName } from '#platform/nearest.ts'

export type UnknownField = {
  /** JSON path without the leading slash, such as `filter/serch`. */
  readonly path: string
  /** A sentence that names the field and the nearest known one. */
  readonly message: string
}

/** More are not listed: the first few show what is wrong with the rest. */
const UNKNOWN_MAX = 50
/** Names offered where none is near. */
const KNOWN_NAMED_MAX = 20
/** Texts of a request longer than this are cut in the answer. */
const NAME_SHOWN_MAX = 60

/**
 * The unknown fields of `value`, in the order they were sent, inside lists and objects too. Those that bear a
 * name in `readable` are passed over: one may send back what was read.
 */
export function unknownFields(
  schema: z.ZodType,
  value: unknown,
  readable: ReadonlySet<string> = NONE,
): readonly UnknownField[] {
  const found: UnknownField[] = []
  collect(schema, value, { path: [], found, readable })
  return found
}

const NONE: ReadonlySet<string> = new Set()
const namesBySchema = new WeakMap<z.core.$ZodType, ReadonlySet<string>>()

/** The names of all fields that a schema has, in every depth: what an answer of its shape may hold. */
export function fieldNames(schema: z.core.$ZodType): ReadonlySet<string> {
  const known = namesBySchema.get(schema)
  if (known) return known
  const names = new Set<string>()
  gather(schema, { names, seen: new Set() })
  namesBySchema.set(schema, names)
  return names
}

/**
 * The names that are passed over in a part of a request: whoever changes something may send back what was
 * read, with fields that cannot be changed. Undefined where there are none.
 */
export function readableIn(
  { method, output }: Pick<Endpoint, 'method' | 'output'>,
  part: 'params' | 'query' | 'body',
): ReadonlySet<string> | undefined {
  return part === 'body' && (method === 'PUT' || method === 'PATCH') ? fieldNames(output) : undefined
}

/** Whether any name may stand in an object beside those it lists. */
export function isOpen({ def: { catchall } }: z.ZodObject): boolean {
  return catchall !== undefined && !(catchall instanceof z.ZodNever)
}

type Gathering = { readonly names: Set<string>; readonly seen: Set<z.core.$ZodType> }

function gather(schema: z.core.$ZodType, walk: Gathering): void {
  if (walk.seen.has(schema)) return
  walk.seen.add(schema)
  if (schema instanceof z.ZodObject) {
    for (const [name, inside] of Object.entries(schema.shape)) {
      walk.names.add(name)
      gather(inside, walk)
    }
  } else if (schema instanceof z.ZodArray) gather(schema.element, walk)
  else if (schema instanceof z.ZodRecord) gather(schema.valueType, walk)
  else if (schema instanceof z.ZodUnion) for (const option of schema.options) gather(option, walk)
  else if (schema instanceof z.ZodPipe) gather(schema.out, walk)
  else if (isWrapper(schema)) gather(schema.def.innerType, walk)
}

type Walk = {
  readonly path: readonly string[]
  readonly found: UnknownField[]
  readonly readable: ReadonlySet<string>
}

function collect(schema: z.core.$ZodType, value: unknown, walk: Walk): void {
  if (walk.found.length >= UNKNOWN_MAX || typeof value !== 'object' || value === null) return
  if (schema instanceof z.ZodObject) collectOfObject(schema, value, walk)
  else if (schema instanceof z.ZodArray || schema instanceof z.ZodRecord) {
    const inside = schema instanceof z.ZodArray ? schema.element : schema.valueType
    for (const [name, item] of Object.entries(value)) collect(inside, item, below(walk, name))
  } else if (schema instanceof z.ZodUnion) {
    const chosen = schema.options.find((option) => z.safeParse(option, value).success)
    collect(chosen ?? optionByName(schema, value) ?? z.unknown(), value, walk)
  } else if (schema instanceof z.ZodPipe) collect(schema.in, value, walk)
  else if (schema instanceof z.ZodIntersection) throw new Error('no endpoint of ours takes an intersection')
  else if (isWrapper(schema)) collect(schema.def.innerType, value, walk)
}

/** `optional`, `nullable`, `default` and their like: the same fields as what they hold. */
function isWrapper(
  schema: z.core.$ZodType,
): schema is z.core.$ZodType & { readonly def: { readonly innerType: z.core.$ZodType } } {
  return 'def' in schema && typeof schema.def === 'object' && schema.def !== null && 'innerType' in schema.def
}

function collectOfObject(schema: z.ZodObject, value: object, walk: Walk): void {
  const { shape } = schema
  const open = isOpen(schema)
  for (const [name, item] of Object.entries(value)) {
    if (walk.found.length >= UNKNOWN_MAX) return
    const inside = Object.hasOwn(shape, name) ? shape[name] : undefined
    const here = below(walk, name)
    if (inside) collect(inside, item, here)
    else if (!open && !walk.readable.has(name))
      here.found.push({ path: here.path.join('/'), message: wordsOf(name, Object.keys(shape)) })
  }
}

function below({ path, ...walk }: Walk, name: string): Walk {
  return { ...walk, path: [...path, name.slice(0, NAME_SHOWN_MAX)] }
}

/** Of kinds that a field tells apart: the kind that was meant, though something in it is wrong. */
function optionByName({ options, def }: z.ZodUnion, value: object): z.core.$ZodType | undefined {
  const by = 'discriminator' in def && typeof def.discriminator === 'string' ? def.discriminator : null
  if (by === null || !Object.hasOwn(value, by)) return undefined
  const kind = Object.getOwnPropertyDescriptor(value, by)?.value
  return options.find((option) => {
    return option instanceof z.ZodObject && option.shape[by] && z.safeParse(option.shape[by], kind).success
  })
}

function wordsOf(name: string, known: readonly string[]): string {
  const shown = name.length > NAME_SHOWN_MAX ? `${name.slice(0, NAME_SHOWN_MAX)}…` : name
  const nearest = nearestName(name, known)
  if (nearest !== null) return `“${shown}” is not known here. Did you mean “${nearest}”?`
  if (known.length === 0) return `“${shown}” is not known here: nothing is taken.`
  if (known.length > KNOWN_NAMED_MAX) return `“${shown}” is not known here; the documentation lists what is.`
  return `“${shown}” is not known here. Known: ${known.join(', ')}.`
}
