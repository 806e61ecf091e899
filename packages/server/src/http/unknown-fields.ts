// Fields of a request that its schema does not know: a misspelt one would do nothing and look done, so the
// answer names it and the known one that was probably meant.
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

/** The unknown fields of `value`, in the order they were sent, inside lists and objects too. */
export function unknownFields(schema: z.ZodType, value: unknown): readonly UnknownField[] {
  const found: UnknownField[] = []
  collect(schema, value, { path: [], found })
  return found
}

type Walk = { readonly path: readonly string[]; readonly found: UnknownField[] }

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
  const isOpen = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever)
  for (const [name, item] of Object.entries(value)) {
    if (walk.found.length >= UNKNOWN_MAX) return
    const inside = Object.hasOwn(shape, name) ? shape[name] : undefined
    const here = below(walk, name)
    if (inside) collect(inside, item, here)
    else if (!isOpen)
      here.found.push({ path: here.path.join('/'), message: wordsOf(name, Object.keys(shape)) })
  }
}

function below({ path, found }: Walk, name: string): Walk {
  return { path: [...path, name.slice(0, NAME_SHOWN_MAX)], found }
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
