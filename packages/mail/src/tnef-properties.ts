// The list of properties within an attribute of winmail.dat (MS-OXTNEF 2.1.3.4): each of a type that tells
// how long it is. A list that is cut or of an unknown type ends there.
import { decodeWithCharset } from './charset.ts'

export type TnefProperty = {
  readonly id: number
  readonly type: number
  /** The first value. */
  readonly octets: Uint8Array
}

const PROPERTIES_MAX = 4_000
const MANY = 0x1000
/** Ids from here on are named: a set, and a number or a name in it, stand before the value. */
const NAMED_FROM = 0x8000
const TYPE = { object: 0x000d, text8: 0x001e, text16: 0x001f, binary: 0x0102 } as const
const VARIABLE: ReadonlySet<number> = new Set(Object.values(TYPE))
/** Octets of a value, filled up to four. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0x0001, 4],
  [0x0002, 4],
  [0x0003, 4],
  [0x0004, 4],
  [0x0005, 8],
  [0x0006, 8],
  [0x0007, 8],
  [0x000a, 4],
  [0x000b, 4],
  [0x0014, 8],
  [0x0040, 8],
  [0x0048, 16],
])

/** The properties in their order, as far as they can be read. */
export function tnefProperties(octets: Uint8Array): readonly TnefProperty[] {
  const properties: TnefProperty[] = []
  const reader = new Reader(octets)
  const count = Math.min(reader.number(), PROPERTIES_MAX)
  while (properties.length < count) {
    const type = reader.short()
    const id = reader.short()
    if (id >= NAMED_FROM) reader.skipName()
    const value = reader.value(type)
    if (value === null || reader.isOver) break
    properties.push({ id, type: type & ~MANY, octets: value })
  }
  return properties
}

/** A property as text, without what ends it; '' where it is no text. */
export function textValue({ type, octets }: TnefProperty, charset: string): string {
  if (type !== TYPE.text8 && type !== TYPE.text16) return ''
  return decodeWithCharset(octets, type === TYPE.text16 ? 'utf-16le' : charset).split('\0', 1)[0]!
}

class Reader {
  readonly #octets: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(octets: Uint8Array) {
    this.#octets = octets
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  }

  /** Whether more was read than there is. */
  get isOver(): boolean {
    return this.#at > this.#octets.length
  }

  short(): number {
    const at = this.#step(2)
    return this.isOver ? 0 : this.#view.getUint16(at, true)
  }

  number(): number {
    const at = this.#step(4)
    return this.isOver ? 0 : this.#view.getUint32(at, true)
  }

  skipName(): void {
    this.#step(16)
    if (this.number() === 0) this.#step(4)
    else this.#step(filled(this.number()))
  }

  /** The first value of a type; null where nobody knows how long it is. */
  value(type: number): Uint8Array | null {
    const kind = type & ~MANY
    const size = FIXED.get(kind)
    const isVariable = VARIABLE.has(kind)
    if (size === undefined && !isVariable) return null
    const count = isVariable || (type & MANY) !== 0 ? this.number() : 1
    let first: Uint8Array | null = null
    for (let one = 0; one < count && !this.isOver; one += 1) {
      const length = size ?? this.number()
      const at = this.#step(filled(length))
      first ??= this.#octets.subarray(at, at + length)
    }
    return first ?? new Uint8Array()
  }

  #step(by: number): number {
    const at = this.#at
    this.#at += by
    return at
  }
}

function filled(length: number): number {
  return Math.ceil(length / 4) * 4
}
