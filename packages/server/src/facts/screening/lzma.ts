// Unpacks LZMA (the algorithm of 7z's packed lists) from octets in memory, as Igor Pavlov's specification
// describes it. Output is bounded by who asks, and broken input ends as null, never as an exception.

/** How the packer set the three numbers of an LZMA stream: bits of context for literals and positions. */
export type LzmaProperties = { readonly lc: number; readonly lp: number; readonly pb: number }

/** The first octet of a stream's properties; null for what no packer writes. */
export function lzmaProperties(octet: number): LzmaProperties | null {
  if (octet >= 9 * 5 * 5) return null
  const lc = octet % 9
  const rest = Math.floor(octet / 9)
  const properties = { lc, lp: rest % 5, pb: Math.floor(rest / 5) }
  // More context would only take memory: 7z itself never writes it.
  return lc + properties.lp > 4 ? null : properties
}

/** Exactly `size` octets, or null. */
export function unpackLzma(packed: Uint8Array, properties: LzmaProperties, size: number): Uint8Array | null {
  const decoder = new Decoder(packed, properties, size)
  return decoder.run() ? decoder.out : null
}

const POSITION_STATES = 16
const IS_MATCH = 0
const IS_REP = IS_MATCH + 12 * POSITION_STATES
const IS_REP_G0 = IS_REP + 12
const IS_REP_G1 = IS_REP_G0 + 12
const IS_REP_G2 = IS_REP_G1 + 12
const IS_REP0_LONG = IS_REP_G2 + 12
const SLOT = IS_REP0_LONG + 12 * POSITION_STATES
const SPECIAL = SLOT + 4 * 64
const ALIGN = SPECIAL + 128
const LENGTH = ALIGN + 16
const LENGTH_SIZE = 2 + POSITION_STATES * 16 + 256
const REP_LENGTH = LENGTH + LENGTH_SIZE
const LITERAL = REP_LENGTH + LENGTH_SIZE
const HALF = 1024
const TOP = 2 ** 24
const MATCH_MIN = 2

/** One stream: range decoder, probabilities, and the output that is its own dictionary. */
class Decoder {
  readonly out: Uint8Array
  readonly #packed: Uint8Array
  readonly #properties: LzmaProperties
  readonly #probabilities: Uint16Array
  #at = 5
  #range = 0xffffffff
  #code: number
  #written = 0

  constructor(packed: Uint8Array, properties: LzmaProperties, size: number) {
    this.out = new Uint8Array(size)
    this.#packed = packed
    this.#properties = properties
    this.#probabilities = new Uint16Array(LITERAL + (0x300 << (properties.lc + properties.lp))).fill(HALF)
    let code = 0
    for (let i = 1; i < 5; i++) code = ((code << 8) | (packed[i] ?? 0)) >>> 0
    this.#code = code
  }

  /** False when the octets end too early or point before the beginning. */
  run(): boolean {
    const { out } = this
    const positionMask = (1 << this.#properties.pb) - 1
    let state = 0
    let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0]
    while (this.#written < out.length) {
      // Beyond the end zeros are read: a few belong to the last symbol, more are no stream.
      if (this.#at > this.#packed.length + 5) return false
      const positionState = this.#written & positionMask
      if (this.#bit(IS_MATCH + state * POSITION_STATES + positionState) === 0) {
        this.#literal(state, rep0)
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
        continue
      }
      let length: number
      if (this.#bit(IS_REP + state) === 0) {
        ;[rep3, rep2, rep1] = [rep2, rep1, rep0]
        length = this.#length(LENGTH, positionState)
        state = state < 7 ? 7 : 10
        rep0 = this.#distance(length)
        if (rep0 === 0xffffffff) return false
      } else {
        if (this.#written === 0) return false
        if (this.#bit(IS_REP_G0 + state) === 0) {
          if (this.#bit(IS_REP0_LONG + state * POSITION_STATES + positionState) === 0) {
            state = state < 7 ? 9 : 11
            if (!this.#copy(rep0, 1)) return false
            continue
          }
        } else if (this.#bit(IS_REP_G1 + state) === 0) [rep0, rep1] = [rep1, rep0]
        else if (this.#bit(IS_REP_G2 + state) === 0) [rep0, rep1, rep2] = [rep2, rep0, rep1]
        else [rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2]
        length = this.#length(REP_LENGTH, positionState)
        state = state < 7 ? 8 : 11
      }
      if (!this.#copy(rep0, length + MATCH_MIN)) return false
    }
    return true
  }

  #copy(distance: number, length: number): boolean {
    const { out } = this
    if (distance >= this.#written) return false
    const end = Math.min(out.length, this.#written + length)
    for (let at = this.#written; at < end; at++) out[at] = out[at - distance - 1]!
    this.#written = end
    return true
  }

  #literal(state: number, rep0: number): void {
    const { lc, lp } = this.#properties
    const before = this.#written === 0 ? 0 : this.out[this.#written - 1]!
    const context = ((this.#written & ((1 << lp) - 1)) << lc) + (before >> (8 - lc))
    const base = LITERAL + 0x300 * context
    let symbol = 1
    if (state >= 7) {
      let match = this.out[this.#written - rep0 - 1] ?? 0
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1
        match = (match << 1) & 0xff
        const bit = this.#bit(base + ((1 + matchBit) << 8) + symbol)
        symbol = (symbol << 1) | bit
        if (matchBit !== bit) break
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol)
    this.out[this.#written++] = symbol & 0xff
  }

  #length(base: number, positionState: number): number {
    if (this.#bit(base) === 0) return this.#tree(base + 2 + positionState * 8, 3)
    if (this.#bit(base + 1) === 0)
      return 8 + this.#tree(base + 2 + POSITION_STATES * 8 + positionState * 8, 3)
    return 16 + this.#tree(base + 2 + POSITION_STATES * 16, 8)
  }

  #distance(length: number): number {
    const slot = this.#tree(SLOT + Math.min(length, 3) * 64, 6)
    if (slot < 4) return slot
    const direct = (slot >> 1) - 1
    const distance = ((2 | (slot & 1)) << direct) >>> 0
    if (slot < 14) return distance + this.#reverse(SPECIAL + distance - slot, direct)
    return (distance + this.#directBits(direct - 4) * 16 + this.#reverse(ALIGN, 4)) >>> 0
  }

  #tree(base: number, bits: number): number {
    let symbol = 1
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(base + symbol)
    return symbol - (1 << bits)
  }

  #reverse(base: number, bits: number): number {
    let symbol = 1
    let value = 0
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(base + symbol)
      symbol = (symbol << 1) | bit
      value |= bit << i
    }
    return value
  }

  #directBits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1
      const isSet = this.#code >= this.#range
      if (isSet) this.#code -= this.#range
      value = value * 2 + (isSet ? 1 : 0)
      this.#normalise()
    }
    return value
  }

  #bit(index: number): 0 | 1 {
    const probability = this.#probabilities[index]!
    const bound = (this.#range >>> 11) * probability
    if (this.#code < bound) {
      this.#range = bound
      this.#probabilities[index] = probability + ((2048 - probability) >> 5)
      this.#normalise()
      return 0
    }
    this.#range -= bound
    this.#code -= bound
    this.#probabilities[index] = probability - (probability >> 5)
    this.#normalise()
    return 1
  }

  #normalise(): void {
    if (this.#range >= TOP) return
    this.#range = (this.#range << 8) >>> 0
    this.#code = ((this.#code << 8) | (this.#packed[this.#at++] ?? 0)) >>> 0
  }
}
