// Reads fields out of JSON that others wrote: what is missing or of another type is null, never a surprise.

export type Json = { readonly [name: string]: unknown }

/** The value as an object, or null. */
export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}

/** A text field that is not empty, or null. */
export function textOf(object: Json | null, name: string): string | null {
  if (object === null || !Object.hasOwn(object, name)) return null
  const value = object[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A truth value, or null when it is absent: absent and false differ in deltas. */
export function flagOf(object: Json | null, name: string): boolean | null {
  if (object === null || !Object.hasOwn(object, name)) return null
  const value = object[name]
  return typeof value === 'boolean' ? value : null
}

/** A list of texts; others in it are left out. */
export function textsOf(object: Json | null, name: string): readonly string[] {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : null
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** A list of objects; others in it are left out. */
export function objectsOf(object: Json | null, name: string): readonly Json[] {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : null
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== null) : []
}

/** JSON as a value, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
