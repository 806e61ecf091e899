// The body hash of DKIM and ARC (RFC 6376 §3.4.3, §3.4.4): octets are canonicalised as they pass, nothing is
// kept. One pass at about a nanosecond an octet, so that mail of any size holds nobody up.
import { createHash } from 'node:crypto'

export type BodyCanon = 'simple' | 'relaxed'

export type BodyHashKind = {
  readonly canon: BodyCanon
  readonly algorithm: 'sha256' | 'sha1'
  /** The l= tag: octets of canonical body that are hashed; null hashes all. */
  readonly length: number | null
}

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
/** Canonical octets wait here for the hash: each call into it costs as much as copying a line. */
const SCRATCH_OCTETS = 32_768
/** Shorter runs are copied one by one: a view of them costs more than they do. */
const SHORT_OCTETS = 96
/** From this length on, octets without white space are not looked at one by one. */
const PLAIN_OCTETS_MIN = 256
/** Octets looked at one by one, until what follows may be plain. */
const RUN_OCTETS_MAX = 2_048
const CRLF = Buffer.from('\r\n')
const BLANK = Buffer.from(' ')
const BARE_CR = Buffer.from('\r')

export class BodyHash {
  readonly #hash
  readonly #length: number
  readonly #isRelaxed: boolean
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_OCTETS)
  #used = 0
  /** Canonical octets so far, hashed or not. */
  #total = 0
  /** Line endings that only count when something follows them. */
  #breaks = 0
  /** White space that only counts when something follows it on its line. */
  #hasBlank = false
  /** The chunk before ended between CR and LF. */
  #hasCr = false
  /** The next space and tab of the chunk at hand. */
  #spaceAt = -1
  #tabAt = -1

  constructor({ canon, algorithm, length }: BodyHashKind) {
    this.#hash = createHash(algorithm)
    this.#isRelaxed = canon === 'relaxed'
    this.#length = length ?? Number.POSITIVE_INFINITY
  }

  /** Takes the next octets of the body. Lines end with CRLF: others were refused on their way in. */
  write(chunk: Uint8Array): void {
    let at = 0
    this.#spaceAt = -1
    this.#tabAt = -1
    if (this.#hasCr && chunk.length > 0) {
      this.#hasCr = false
      if (chunk[0] === LF) {
        this.#endLine()
        at = 1
      } else this.#emitCr()
    }
    while (at < chunk.length) at = this.#isWaiting(chunk, at) ? this.#wait(chunk, at) : this.#run(chunk, at)
  }

  /** The hash in base64, and how many canonical octets the body has. */
  digest(): { readonly hash: string; readonly total: number } {
    if (this.#hasCr) this.#emitCr()
    // RFC 6376 §3.4.4: an empty body stays empty in relaxed form and is one CRLF in simple form.
    if (this.#total > 0 || !this.#isRelaxed) this.#emit(CRLF, 0, 2)
    this.#flush()
    return { hash: this.#hash.digest('base64'), total: this.#total }
  }

  #isWaiting(chunk: Uint8Array, at: number): boolean {
    const octet = chunk[at]!
    return octet === CR || (this.#isRelaxed && (octet === SPACE || octet === TAB))
  }

  /** Takes one octet, or one line ending, that may turn out not to count. */
  #wait(chunk: Uint8Array, at: number): number {
    if (chunk[at] !== CR) {
      this.#hasBlank = true
      return at + 1
    }
    if (at + 1 === chunk.length) this.#hasCr = true
    else if (chunk[at + 1] === LF) {
      this.#endLine()
      return at + 2
    } else this.#emitCr()
    return at + 1
  }

  #endLine(): void {
    this.#hasBlank = false
    this.#breaks++
  }

  /** Copies a run that canonicalisation leaves as it is; returns the offset behind it. */
  #run(chunk: Uint8Array, start: number): number {
    const blank = this.#isRelaxed ? this.#nextBlank(chunk, start) : chunk.length
    const end =
      blank - start < PLAIN_OCTETS_MIN ? runEnd(chunk, start, this.#isRelaxed) : plainEnd(chunk, start, blank)
    this.#settle()
    this.#emit(chunk, start, end)
    return end
  }

  /** Where the next white space stands. Looked for natively: an attachment in base64 has none. */
  #nextBlank(chunk: Uint8Array, from: number): number {
    if (this.#spaceAt < from) this.#spaceAt = positionOf(chunk, SPACE, from)
    if (this.#tabAt < from) this.#tabAt = positionOf(chunk, TAB, from)
    return Math.min(this.#spaceAt, this.#tabAt)
  }

  /** What waited counts, since something follows it. */
  #settle(): void {
    for (; this.#breaks > 0; this.#breaks--) this.#emit(CRLF, 0, 2)
    if (this.#hasBlank) this.#emit(BLANK, 0, 1)
    this.#hasBlank = false
  }

  /** A CR that ends no line is an octet like any other. */
  #emitCr(): void {
    this.#settle()
    this.#emit(BARE_CR, 0, 1)
  }

  #emit(octets: Uint8Array, start: number, end: number): void {
    const left = this.#length - this.#total
    this.#total += end - start
    if (left <= 0) return
    const stop = end - start > left ? start + left : end
    const size = stop - start
    if (size > SCRATCH_OCTETS - this.#used) this.#flush()
    if (size > SCRATCH_OCTETS) {
      this.#hash.update(octets.subarray(start, stop))
      return
    }
    if (size < SHORT_OCTETS) {
      const scratch = this.#scratch
      let to = this.#used
      for (let at = start; at < stop; at++) scratch[to++] = octets[at]!
    } else this.#scratch.set(octets.subarray(start, stop), this.#used)
    this.#used += size
  }

  #flush(): void {
    if (this.#used > 0) this.#hash.update(this.#scratch.subarray(0, this.#used))
    this.#used = 0
  }
}

function positionOf(chunk: Uint8Array, octet: number, from: number): number {
  const at = chunk.indexOf(octet, from)
  return at === -1 ? chunk.length : at
}

/** Without white space only line endings at the end may not count; returns where they begin. */
function plainEnd(chunk: Uint8Array, start: number, blank: number): number {
  let end = blank
  if (end === chunk.length && chunk[end - 1] === CR) end--
  while (end - 2 >= start && chunk[end - 1] === LF && chunk[end - 2] === CR) end -= 2
  return end
}

/** The end of what stays as it is: single spaces between words, single line endings between lines. */
function runEnd(chunk: Uint8Array, start: number, isRelaxed: boolean): number {
  const stop = Math.min(chunk.length, start + RUN_OCTETS_MAX)
  let at = start + 1
  for (; at < stop; at++) {
    const octet = chunk[at]!
    if (octet > SPACE) continue
    if (octet === SPACE) {
      if (isRelaxed && !(chunk[at + 1]! > SPACE)) break
    } else if (octet === CR) {
      if (chunk[at + 1] !== LF || !(chunk[at + 2]! > SPACE)) break
      at += 2
    } else if (octet === TAB && isRelaxed) break
  }
  return Math.min(at, chunk.length)
}
