// Checks parsed JSON against a zod schema without making a copy of it: every message sends reports, and zod
// builds each object anew. The schema stays the only word on the shape; what is not plainly right goes to it.
import type * as z from 'zod'

/** True: the schema would accept the value and return an equal one. False says nothing: ask the schema. */
export type QuickCheck = (value: unknown) => boolean

/** What is known of a schema that cannot be derived, such as one that changes what it reads. */
export type KnownChecks = ReadonlyMap<z.core.$ZodType, QuickCheck>

/** Derives the check once; schemas of a kind it does not know are never plainly right. */
export function quickCheck(schema: z.core.$ZodType, known: KnownChecks): QuickCheck {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const given = known.get(schema)
  if (given !== undefined) return given
  switch (def.type) {
    case 'object':
      return objectCheck(def, known)
    case 'union':
      return 'discriminator' in def ? unionCheck(def as z.core.$ZodDiscriminatedUnionDef, known) : never
    case 'array':
      return arrayCheck(def, known)
    case 'record':
      return isAnyRecord(def) ? isObject : never
    case 'nullable': {
      const inner = quickCheck(def.innerType, known)
      return (value) => value === null || inner(value)
    }
    case 'optional': {
      const inner = quickCheck(def.innerType, known)
      return (value) => value === undefined || inner(value)
    }
    case 'enum': {
      const values: ReadonlySet<unknown> = new Set(Object.values(def.entries))
      return (value) => values.has(value)
    }
    case 'literal': {
      const values: ReadonlySet<unknown> = new Set(def.values)
      return (value) => values.has(value)
    }
    case 'number':
      return numberCheck(def)
    case 'string':
      return def.checks === undefined || def.checks.length === 0 ? isString : never
    case 'boolean':
      return isBoolean
    case 'unknown':
      return always
    default:
      return never
  }
}

type Member = { readonly name: string; readonly check: QuickCheck }

/** No member may be missing or additional: zod leaves out what it does not know. */
function objectCheck(def: z.core.$ZodObjectDef, known: KnownChecks): QuickCheck {
  if (def.catchall !== undefined || hasChecks(def)) return never
  const members = Object.entries(def.shape).map(
    ([name, schema]): Member => ({ name, check: quickCheck(schema, known) }),
  )
  return (value) => {
    if (!isObject(value)) return false
    let expected = 0
    for (const { name, check } of members) {
      const member = value[name]
      if (!check(member)) return false
      if (member !== undefined) expected += 1
    }
    for (const _ in value) expected -= 1
    return expected === 0
  }
}

function unionCheck(def: z.core.$ZodDiscriminatedUnionDef, known: KnownChecks): QuickCheck {
  const byKind = new Map<unknown, QuickCheck>()
  for (const option of def.options) {
    const check = quickCheck(option, known)
    for (const kind of option._zod.propValues?.[def.discriminator] ?? []) byKind.set(kind, check)
  }
  return (value) => isObject(value) && (byKind.get(value[def.discriminator]) ?? never)(value)
}

function arrayCheck(def: z.core.$ZodArrayDef, known: KnownChecks): QuickCheck {
  let max = Number.POSITIVE_INFINITY
  for (const { _zod } of def.checks ?? []) {
    const rule = _zod.def as z.core.$ZodCheckMaxLengthDef
    if (rule.check !== 'max_length') return never
    max = Math.min(max, rule.maximum)
  }
  const check = quickCheck(def.element, known)
  return (value) => {
    if (!Array.isArray(value) || value.length > max) return false
    for (const item of value) if (!check(item)) return false
    return true
  }
}

function isAnyRecord({ keyType, valueType, checks = [] }: z.core.$ZodRecordDef): boolean {
  const { def } = (valueType as z.core.$ZodTypes)._zod
  return quickCheck(keyType, NOTHING_KNOWN) === isString && def.type === 'unknown' && checks.length === 0
}

/** Any number, or `z.int()`. */
function numberCheck(def: z.core.$ZodNumberDef): QuickCheck {
  if (hasChecks(def)) return never
  const format = 'format' in def ? def.format : undefined
  if (format === undefined) return Number.isFinite as QuickCheck
  return format === 'safeint' ? Number.isSafeInteger : never
}

function hasChecks({ checks }: z.core.$ZodTypeDef): boolean {
  return checks !== undefined && checks.length > 0
}

const NOTHING_KNOWN: KnownChecks = new Map()
const never: QuickCheck = () => false
const always: QuickCheck = () => true
const isString: QuickCheck = (value) => typeof value === 'string'
const isBoolean: QuickCheck = (value) => typeof value === 'boolean'

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
