// What the fields of a part say, as a reader takes it: its type, parameters and encoding, for any text.
import type { ContentField } from './content-field.ts'

/** By name; what is written by RFC 2231 goes before what is written plainly. */
export function parametersOf(type: ContentField | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const extended = new Set<string>()
  for (const { name, value, isExtended } of type?.parameters ?? []) {
    if (isExtended ? extended.has(name) : found.has(name)) continue
    if (isExtended) extended.add(name)
    found.set(name, value)
  }
  return found
}

const TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]{1,127}\/[!#$%&'*+.^_`|~0-9a-z-]{1,127}$/

/** Types that most parts have need no pattern. */
const USUAL_TYPES: ReadonlySet<string> = new Set([
  ...['text/plain', 'text/html', 'multipart/alternative', 'multipart/mixed', 'multipart/related'],
  ...['image/png', 'image/jpeg', 'image/gif', 'application/pdf', 'application/octet-stream'],
])
const USUAL_ENCODINGS: ReadonlySet<string> = new Set(['7bit', '8bit', 'quoted-printable', 'base64'])

/** RFC 2045 §5.2: what is absent or broken is read as plain text. */
export function typeOf(
  type: ContentField | null,
  fallback: string,
  faults: { add(fault: 'broken-type'): unknown },
): string {
  if (type === null || type.value === '') return fallback
  if (USUAL_TYPES.has(type.value)) return type.value
  const value = type.value.replace(/\s+/g, '')
  if (TYPE.test(value)) return value
  faults.add('broken-type')
  // `text` and `multipart` alone are written by old programs; their parameters tell what is meant.
  if (value === 'text') return 'text/plain'
  if (value === 'multipart') return 'multipart/mixed'
  return fallback
}

/** The first word: programs write comments and semicolons behind it. */
export function encodingOf(value: string): string {
  if (value === '') return '7bit'
  if (USUAL_ENCODINGS.has(value)) return value
  return (
    value
      .slice(0, 80)
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase()
      .split(/[\s;]/)[0]
      ?.replaceAll('"', '') || '7bit'
  )
}
