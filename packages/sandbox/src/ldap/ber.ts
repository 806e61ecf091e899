// The few forms of BER (X.690) that LDAP messages are made of, read within bounds and written whole.

/** One element: its tag, and where its content lies. */
export type Element = { readonly tag: number; readonly start: number; readonly end: number }

export const TAG = { boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30 } as const

/** Lengths of five octets and more would be more than a message may have. */
const LENGTH_OCTETS_MAX = 4
const NOT_ENOUGH = null

/**
 * The element at an offset; null while octets are missing. Throws `RangeError` for what no LDAP client
 * writes.
 */
export function elementAt(octets: Buffer, at: number): Element | null {
  const tag = octets[at]
  const first = octets[at + 1]
  if (tag === undefined || first === undefined) return NOT_ENOUGH
  if (first < 0x80) return whole(octets, { tag, start: at + 2, end: at + 2 + first })
  const count = first & 0x7f
  if (count === 0 || count > LENGTH_OCTETS_MAX) throw new RangeError('a length that LDAP does not use')
  if (at + 2 + count > octets.length) return NOT_ENOUGH
  const length = octets.readUIntBE(at + 2, count)
  return whole(octets, { tag, start: at + 2 + count, end: at + 2 + count + length })
}

/** The elements inside one that holds others. Throws `RangeError` when they do not fill it exactly. */
export function childrenOf(octets: Buffer, { start, end }: Element): readonly Element[] {
  const children: Element[] = []
  for (let at = start; at < end; ) {
    const child = elementAt(octets, at)
    if (child === null || child.end > end) throw new RangeError('an element reaches over its end')
    children.push(child)
    at = child.end
  }
  return children
}

export function textOf(octets: Buffer, element: Element | undefined): string {
  return element === undefined ? '' : octets.toString('utf8', element.start, element.end)
}

/** Integers of up to six octets, as many as any field of LDAP needs. */
export function numberOf(octets: Buffer, element: Element | undefined): number {
  const length = element === undefined ? 0 : element.end - element.start
  if (element === undefined || length < 1 || length > 6) throw new RangeError('not a number of LDAP')
  return octets.readIntBE(element.start, length)
}

export function encode(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const head = Buffer.alloc(6)
  head[0] = tag
  head[1] = 0x84
  head.writeUInt32BE(length, 2)
  return Buffer.concat([head, content])
}

export function encodeNumber(tag: number, value: number): Buffer {
  const content = Buffer.alloc(4)
  content.writeInt32BE(value)
  return encode(tag, content)
}

function whole(octets: Buffer, element: Element): Element | null {
  return element.end <= octets.length ? element : NOT_ENOUGH
}
