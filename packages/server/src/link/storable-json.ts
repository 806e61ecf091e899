// JSON that every database takes. Strangers choose subjects and greetings: PostgreSQL stores no NUL in a
// text, and reads no JSON with half a surrogate pair, so that one message would stop all reports behind it.

/** An escape, with the second half of a pair where one follows. */
const ESCAPE = /\\(?:u([0-9a-f]{4})(?:\\u(d[c-f][0-9a-f]{2}))?|[^u])/gi
const REPLACED = '\\ufffd'

/** The same text with U+FFFD in the place of what cannot be stored. What is no JSON stays none. */
export function storableJson(text: string): string {
  const isSuspect = text.includes('\\u0000') || text.includes('\\ud') || text.includes('\\uD')
  return isSuspect ? text.replace(ESCAPE, storableEscape) : text
}

function storableEscape(all: string, first: string | undefined, second: string | undefined): string {
  if (first === undefined) return all
  const code = Number.parseInt(first, 16)
  if (code >= 0xd800 && code < 0xdc00) return second === undefined ? REPLACED : all
  const own = code === 0 || (code >= 0xdc00 && code < 0xe000) ? REPLACED : all.slice(0, 6)
  return second === undefined ? own : own + REPLACED
}
