// Tag lists of DKIM: signatures, seals and key records (RFC 6376 §3.2).

const TAG_NAME = /^[A-Za-z][A-Za-z0-9_]*$/
/** Signatures have some 14 tags. */
const TAGS_MAX = 100

/** Tags by name, in their order. Null for what is no tag list: a name twice makes the whole list invalid. */
export function parseTagList(text: string): ReadonlyMap<string, string> | null {
  const parts = text.split(';', TAGS_MAX + 2)
  if (parts.length > TAGS_MAX) return null
  const tags = new Map<string, string>()
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!
    const equals = part.indexOf('=')
    if (equals === -1) {
      // One semicolon may end the list.
      if (at === parts.length - 1 && at > 0 && trimmed(part) === '') break
      return null
    }
    const name = trimmed(part.slice(0, equals))
    if (!TAG_NAME.test(name) || tags.has(name)) return null
    tags.set(name, trimmed(part.slice(equals + 1)))
  }
  return tags
}

/** A value without any white space: base64 and numbers may be folded anywhere. */
export function unfolded(value: string): string {
  return value.replace(/[ \t\r\n]+/g, '')
}

/** The parts of a list with colons, lower case, without empty ones. */
export function colonList(value: string): string[] {
  return value
    .split(':')
    .map((part) => trimmed(part).toLowerCase())
    .filter((part) => part !== '')
}

/** Without folding white space at both ends; a regular expression would take the square of its length. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isFolding(text.charCodeAt(start))) start++
  while (end > start && isFolding(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isFolding(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10
}
