// What a signature covers of the header (RFC 6376 §3.4.1, §3.4.2, §3.7, §5.4.2), octet for octet.
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import type { HeaderField } from '@gatepost/mail/header.ts'
import type { Signature } from './signature.ts'

/** What of a signature says which octets it covers. */
export type Covering = Pick<Signature, 'signedFields' | 'isHeaderRelaxed'> & {
  readonly field: Pick<HeaderField, 'raw'>
}

/** The fields of a message by lower-case name, as verifiers read them: octets as ISO 8859-1, without CRLF. */
export class SignableHeader {
  readonly #byName = new Map<string, string[]>()
  readonly #relaxed = new Map<string, string>()

  constructor(fields: readonly HeaderField[]) {
    let last: string[] | null = null
    for (const { nameLower, raw } of fields) {
      const text = withoutEnding(toLatin1(raw, 0, raw.length))
      if (nameLower === '' && last !== null) {
        // A line that is no field: some mail programs show it as part of the field above, so it counts to it.
        last.push(`${last.pop()}\r\n${text}`)
        continue
      }
      last = this.#byName.get(nameLower) ?? []
      last.push(text)
      this.#byName.set(nameLower, last)
    }
  }

  count(name: string): number {
    return this.#byName.get(name)?.length ?? 0
  }

  /** The octets that are signed: fields of h= from the bottom up, then the signature without its b=. */
  signedBy({ field, signedFields, isHeaderRelaxed }: Covering): Buffer {
    const taken = new Map<string, number>()
    let text = ''
    for (const name of signedFields) {
      const all = this.#byName.get(name)
      const used = taken.get(name) ?? 0
      // RFC 6376 §5.4.2: a name without a field left stands for nothing, so that none can be added.
      if (all === undefined || used >= all.length) continue
      taken.set(name, used + 1)
      const one = all[all.length - 1 - used]!
      text += `${isHeaderRelaxed ? this.#relax(one) : one}\r\n`
    }
    const own = withoutEnding(toLatin1(field.raw, 0, field.raw.length))
    return Buffer.from(text + withoutSignature(isHeaderRelaxed ? relaxed(own) : own), 'latin1')
  }

  /** Several signatures cover the same fields. */
  #relax(text: string): string {
    let found = this.#relaxed.get(text)
    if (found === undefined) {
      found = relaxed(text)
      this.#relaxed.set(text, found)
    }
    return found
  }
}

export function withoutEnding(text: string): string {
  return text.endsWith('\r\n') ? text.slice(0, -2) : text
}

/** RFC 6376 §3.4.2. White space is SP and TAB alone; names are lowered by their ASCII letters. */
export function relaxed(field: string): string {
  const unfolded = field.includes('\n') ? field.replace(/\r?\n/g, '') : field
  const colon = unfolded.indexOf(':')
  const value = oneBlank(unfolded.slice(colon + 1))
  return `${lowerAscii(oneBlank(unfolded.slice(0, colon)))}:${value}`
}

/** Runs of white space become one space, and go at both ends. */
function oneBlank(text: string): string {
  const single = text.replace(/[ \t]+/g, ' ')
  const start = single.startsWith(' ') ? 1 : 0
  return single.slice(start, single.length > start && single.endsWith(' ') ? -1 : undefined)
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** RFC 6376 §3.7: the value of b= counts as empty, with all white space around it. */
export function withoutSignature(field: string): string {
  const colon = field.indexOf(':')
  const parts = field.slice(colon + 1).split(';')
  for (let at = 0; at < parts.length; at++) {
    const equals = parts[at]!.indexOf('=')
    if (equals === -1 || parts[at]!.slice(0, equals).trim() !== 'b') continue
    parts[at] = parts[at]!.slice(0, equals + 1)
  }
  return field.slice(0, colon + 1) + parts.join(';')
}
