// Search filters of LDAP (RFC 4511 §4.5.1.7) judged against entries, as far as directory readers ask with
// them.
import { childrenOf, type Element, textOf } from './ber.ts'

/** An entry as the directory keeps it; names of attributes in any case, bytes for what is no text. */
export type LdapEntry = {
  readonly dn: string
  readonly attributes: ReadonlyMap<string, readonly (string | Buffer)[]>
}

const AND = 0xa0
const OR = 0xa1
const NOT = 0xa2
const EQUAL = 0xa3
const SUBSTRINGS = 0xa4
const PRESENT = 0x87
/** Deeper than any reader writes; a filter that never ends must not end the process. */
const DEPTH_MAX = 20

/** Whether the entry fits. What is not understood fits nothing, as RFC 4511 has it for undefined. */
export function fits(octets: Buffer, filter: Element, entry: LdapEntry, depth = 0): boolean {
  if (depth > DEPTH_MAX) throw new RangeError('the filter is too deep')
  const inside = (): readonly Element[] => childrenOf(octets, filter)
  const judged = (part: Element): boolean => fits(octets, part, entry, depth + 1)
  switch (filter.tag) {
    case AND:
      return inside().every(judged)
    case OR:
      return inside().some(judged)
    case NOT:
      return !inside().every(judged)
    case PRESENT:
      return valuesOf(entry, textOf(octets, filter)).length > 0
    case EQUAL: {
      const [name, value] = inside()
      const wanted = value === undefined ? Buffer.alloc(0) : octets.subarray(value.start, value.end)
      return valuesOf(entry, textOf(octets, name)).some((one) => isSame(one, wanted))
    }
    case SUBSTRINGS:
      return fitsParts(octets, inside(), entry)
    default:
      return false
  }
}

/** The values of an attribute; object classes and names are asked for in any case. */
export function valuesOf({ attributes }: LdapEntry, name: string): readonly (string | Buffer)[] {
  const wanted = name.toLowerCase()
  for (const [own, values] of attributes) if (own.toLowerCase() === wanted) return values
  return []
}

function isSame(value: string | Buffer, wanted: Buffer): boolean {
  if (typeof value !== 'string') return value.equals(wanted)
  return value.toLowerCase() === wanted.toString('utf8').toLowerCase()
}

/** `smtp:*@acme.example`: a beginning (0x80), parts between (0x81) and an end (0x82), in this order. */
function fitsParts(octets: Buffer, [name, parts]: readonly Element[], entry: LdapEntry): boolean {
  if (parts === undefined) return false
  const wanted = childrenOf(octets, parts).map((part) => ({
    tag: part.tag,
    text: textOf(octets, part).toLowerCase(),
  }))
  return valuesOf(entry, textOf(octets, name)).some((value) => {
    const text = value.toString().toLowerCase()
    let at = 0
    for (const { tag, text: part } of wanted) {
      const found = tag === 0x82 ? text.length - part.length : text.indexOf(part, at)
      if (found < at || (tag === 0x80 && found !== 0) || !text.startsWith(part, found)) return false
      at = found + part.length
    }
    return true
  })
}
