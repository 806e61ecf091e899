// Which fields of a header belong to an ARC chain, and its newest message signature (RFC 8617 §4).
import type { HeaderField } from '@gatepost/mail/header.ts'

const NAMES = new Set(['arc-seal', 'arc-message-signature', 'arc-authentication-results'])
/** RFC 8617 §4.2.1: at most 50 sets of three fields; one more shows that there are too many. */
const FIELDS_MAX = 151

/** The fields of the chain in their order; more than any chain may have are cut, which makes it fail. */
export function arcFields(fields: readonly HeaderField[]): readonly HeaderField[] {
  return fields.filter(({ nameLower }) => NAMES.has(nameLower)).slice(0, FIELDS_MAX)
}

/** The message signature with the highest instance; null when there is none. */
export function newestMessageSignature(chain: readonly HeaderField[]): HeaderField | null {
  let newest: HeaderField | null = null
  let highest = 0
  for (const field of chain) {
    if (field.nameLower !== 'arc-message-signature') continue
    const instance = Number(/(?:^|;)\s*i\s*=\s*([0-9]{1,2})\s*(?:;|$)/.exec(field.value)?.[1] ?? 0)
    if (instance <= highest) continue
    highest = instance
    newest = field
  }
  return newest
}
