// What of a header tells that no person wrote the message for its recipients, and which messages it answers.
import { fieldsNamed, type HeaderField } from '@gatepost/mail/header.ts'

/** Fields that only programs and lists write, by the values that say so. */
const AUTOMATIC: ReadonlyMap<string, RegExp> = new Map([
  ['auto-submitted', /^(?!no\b)/i], // RFC 3834 §5
  ['x-auto-response-suppress', /^(?!none\b)/i],
  ['precedence', /^(?:bulk|list|junk|auto[-_]reply)\b/i],
  ['x-autoreply', /^(?!no\b)/i],
  ['x-autorespond', /^(?!no\b)/i],
  ['list-id', /^/], // RFC 2919
  ['list-unsubscribe', /^/], // RFC 2369
  ['list-post', /^/],
  ['content-type', /^multipart\/report\b/i], // RFC 6522: delivery reports and read receipts
])
/** Of a thread the last messages matter. */
const ANSWERS_MAX = 5
/** The end of a long References field holds the newest. */
const REFERENCES_CHARACTERS_MAX = 4_000

/** The name of the field that says so; null for what a person wrote. */
export function automaticField(fields: readonly HeaderField[]): string | null {
  const found = fields.find(({ nameLower, value }) => AUTOMATIC.get(nameLower)?.test(value) ?? false)
  return found?.name ?? null
}

/** Message ids that the message answers, without their brackets, the nearest first (RFC 5322 §3.6.4). */
export function answersOf(fields: readonly HeaderField[]): readonly string[] {
  const ids = new Set<string>()
  for (const name of ['in-reply-to', 'references']) {
    for (const { value } of fieldsNamed(fields, name)) {
      const found = value.slice(-REFERENCES_CHARACTERS_MAX).match(/<[^<>\s]{3,500}>/g) ?? []
      for (const id of found.reverse()) ids.add(id.slice(1, -1))
    }
  }
  return [...ids].slice(0, ANSWERS_MAX)
}
