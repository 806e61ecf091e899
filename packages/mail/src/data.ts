// The content of DATA: where it ends, its stuffed dots, and the line endings that could smuggle a second
// message.
import { concat, encodeUtf8, toLatin1 } from './bytes.ts'
import { oddPairsIn, SCAN_OCTETS_MAX } from './octet-scan.ts'

export type LineEndingFault = 'bare-cr' | 'bare-lf'
export type DataFault = LineEndingFault | 'too-big'

export type DataReaderOptions = {
  /** Octets of content kept; beyond it the fault is `too-big` and reading goes on to the real end. */
  readonly maxSize?: number | undefined
  /** A bare CR or LF is no fault: for what is sent on to nobody. The end of data is as strict as ever. */
  readonly keepsBare?: boolean | undefined
}

const CR = 13
const LF = 10
const DOT = 46
/** Slices shorter than this are copied together: a view costs more memory than the bytes it shows. */
const SMALL_SLICE = 512
const TAIL_BLOCK = 16_384
/** Longer content is a stream: what was read of it is let go again while more comes. */
const STREAM_OCTETS = 1_048_576
/** What is searched at once. */
const SCAN_BLOCK = SCAN_OCTETS_MAX
const NOTHING = new Uint8Array(0)
const ONE_CR = Uint8Array.of(CR)

/** Where the last chunk stopped, as far as the next byte depends on it. */
type Position = 'in-line' | 'after-cr' | 'line-start' | 'after-dot' | 'after-dot-cr'

/**
 * Reads what follows 354 (RFC 5321 §4.1.1.4, §4.5.2): only CRLF.CRLF ends it. A bare CR or LF (§2.3.8) is
 * remembered as `fault` and reading goes on, so that the refusal comes at the real end and the protocol
 * stays in step. Content is dropped from the first fault on. Views of the pushed chunks are kept: the
 * caller must not reuse their memory.
 */
export class DataReader {
  /** Whether the end of data was seen. */
  done = false
  /** The first thing found wrong. */
  fault: DataFault | null = null
  /** Octets of unstuffed content read so far, also of those not kept. */
  size = 0
  /** What was pushed behind the end of data: the next commands. */
  rest: Uint8Array = NOTHING
  #position: Position = 'line-start'
  #kept: Uint8Array[] = []
  #tail = NOTHING
  #tailStart = 0
  #tailEnd = 0
  readonly #maxSize: number
  readonly #keepsBare: boolean

  constructor(options: DataReaderOptions = {}) {
    this.#maxSize = options.maxSize ?? Number.POSITIVE_INFINITY
    this.#keepsBare = options.keepsBare ?? false
  }

  /** Takes the next bytes from the connection. */
  push(chunk: Uint8Array): void {
    if (this.done) {
      this.rest = this.rest.length === 0 ? chunk : concat([this.rest, chunk])
      return
    }
    for (let at = 0; at < chunk.length && !this.done; at += SCAN_BLOCK) {
      const block = chunk.length <= SCAN_BLOCK ? chunk : chunk.subarray(at, at + SCAN_BLOCK)
      const end = this.#scan(block)
      if (this.done) this.rest = chunk.subarray(at + end)
    }
  }

  /** The unstuffed content in pieces. Empty after a fault. */
  chunks(): Uint8Array[] {
    this.#flushTail()
    return this.#kept
  }

  /** The content read since the last call, which is then forgotten here: for handing large content on. */
  take(): Uint8Array[] {
    const chunks = this.chunks()
    this.#kept = []
    return chunks
  }

  /** The unstuffed content in one piece; copied when there is more than one. */
  content(): Uint8Array {
    return concat(this.chunks())
  }

  /** Reads one block; returns the offset behind the end of data, if that was in it. */
  #scan(block: Uint8Array): number {
    let from = this.#resume(block)
    const { length } = block
    if (this.done || from >= length) return from
    if (this.size > STREAM_OCTETS) makeGarbageLike(block)
    const oddPair = oddPairsIn(block)
    let at = from
    while (at < length) {
      // What stands before `at` is no CR that it could belong to.
      if (block[at] === LF) {
        this.#setFault('bare-lf')
        at++
        continue
      }
      const odd = oddPair(at)
      if (odd === length) break
      if (block[odd] !== LF) {
        const isCr = block[odd] === CR
        this.#setFault(isCr ? 'bare-cr' : 'bare-lf')
        at = isCr ? odd + 1 : odd + 2
        continue
      }
      if (block[odd + 1] !== DOT) {
        // One LF behind another.
        at = odd + 1
        continue
      }
      at = odd + 1
      this.#keep(block, from, at)
      from = ++at
      if (at === length) this.#position = 'after-dot'
      else if (block[at] !== CR) continue
      else if (at + 1 === length) this.#position = 'after-dot-cr'
      else if (block[at + 1] !== LF) continue
      else this.done = true
      return at + 2
    }
    this.#position = endOf(block, at)
    this.#keep(block, from, length)
    return length
  }

  /** Carries on from the position the last block ended in; returns where content in this block starts. */
  #resume(block: Uint8Array): number {
    let from = 0
    for (let at = 0; at < block.length && this.#position !== 'in-line'; ) {
      const byte = block[at]!
      switch (this.#position) {
        case 'after-cr':
          if (byte !== LF) {
            this.#setFault('bare-cr')
            this.#position = 'in-line'
            break
          }
          // The LF is content; a dot behind it may be the last line, so it is kept now.
          this.#keep(block, 0, 1)
          from = ++at
          this.#position = 'line-start'
          break
        case 'line-start':
          if (byte === DOT) from = ++at
          this.#position = byte === DOT ? 'after-dot' : 'in-line'
          break
        case 'after-dot':
          if (byte === CR) from = ++at
          this.#position = byte === CR ? 'after-dot-cr' : 'in-line'
          break
        case 'after-dot-cr':
          if (byte === LF) {
            this.done = true
            return at + 1
          }
          this.#setFault('bare-cr')
          this.#keep(ONE_CR, 0, 1)
          this.#position = 'in-line'
      }
    }
    return from
  }

  #setFault(fault: DataFault): void {
    if (this.fault !== null || (this.#keepsBare && fault !== 'too-big')) return
    this.fault = fault
    this.#kept = []
    this.#tail = NOTHING
    this.#tailStart = this.#tailEnd = 0
  }

  #keep(block: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length <= 0) return
    this.size += length
    if (this.fault !== null) return
    if (this.size > this.#maxSize) {
      this.#setFault('too-big')
      return
    }
    if (length >= SMALL_SLICE) {
      this.#flushTail()
      this.#kept.push(start === 0 && end === block.length ? block : block.subarray(start, end))
      return
    }
    if (this.#tailEnd + length > this.#tail.length) {
      this.#flushTail()
      this.#tail = new Uint8Array(TAIL_BLOCK)
      this.#tailStart = this.#tailEnd = 0
    }
    this.#tail.set(block.subarray(start, end), this.#tailEnd)
    this.#tailEnd += length
  }

  #flushTail(): void {
    if (this.#tailEnd === this.#tailStart) return
    this.#kept.push(this.#tail.subarray(this.#tailStart, this.#tailEnd))
    this.#tailStart = this.#tailEnd
  }
}

/**
 * V8 lets go of blocks that were read when its young heap is full, and does not count them as what fills it:
 * a text of the same length does. Without them a message of 200 MB holds twice the memory; a copy costs
 * little.
 */
function makeGarbageLike(block: Uint8Array): void {
  toLatin1(block)
}

/** Where a block leaves the next one, when everything from `at` on is in order. */
function endOf(block: Uint8Array, at: number): Position {
  const last = block.length - 1
  if (at > last) return 'in-line'
  if (block[last] === CR) return 'after-cr'
  return block[last] === LF ? 'line-start' : 'in-line'
}

/** The offset of a character at or after `from`, or the length of the text. */
function search(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from)
  return at === -1 ? text.length : at
}

/**
 * Looks for bare CR and LF in content that came by BDAT, where no dots are stuffed and the size tells the
 * end (RFC 3030 §2). Keeps its state across chunks.
 */
export class LineEndingCheck {
  fault: LineEndingFault | null = null
  #afterCr = false

  /** Takes the next octets. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.fault === null; at += SCAN_BLOCK) {
      this.#scan(toLatin1(chunk, at, at + SCAN_BLOCK))
    }
  }

  /** Says that no more comes; a CR as last octet is bare then. */
  end(): LineEndingFault | null {
    if (this.#afterCr) this.fault ??= 'bare-cr'
    return this.fault
  }

  #scan(text: string): void {
    let at = 0
    if (this.#afterCr) {
      this.#afterCr = false
      if (text.charCodeAt(0) !== LF) {
        this.fault = 'bare-cr'
        return
      }
      at = 1
    }
    for (;;) {
      const cr = search(text, '\r', at)
      const lf = search(text, '\n', at)
      if (lf < cr) this.fault = 'bare-lf'
      else if (cr < text.length - 1 && lf !== cr + 1) this.fault = 'bare-cr'
      if (cr === text.length - 1) this.#afterCr = true
      if (this.fault !== null || cr >= text.length - 1) return
      at = cr + 2
    }
  }
}

/** The first bare CR or LF of a content, or null: our client sends none on by DATA. RFC 5321 §2.3.8. */
export function bareLineEnding(content: Uint8Array): LineEndingFault | null {
  const check = new LineEndingCheck()
  check.push(content)
  return check.end()
}

const CRLF = encodeUtf8('\r\n')
const ONE_DOT = Uint8Array.of(DOT)

/**
 * Doubles the dots that start a line and ends the content with CRLF (RFC 5321 §4.5.2). Returns the array
 * given when there is nothing to do. The end of data, `.` CRLF, is the caller's to add.
 */
export function stuffDots(content: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  if (content[0] === DOT) parts.push(ONE_DOT)
  // Blocks overlap by two octets, so that CRLF at the end of one still sees the dot behind it.
  for (let start = 0; start < content.length; start += SCAN_BLOCK) {
    const text = toLatin1(content, start, start + SCAN_BLOCK + 2)
    for (let at = text.indexOf('\r\n.'); at !== -1; at = text.indexOf('\r\n.', at + 3)) {
      const dot = start + at + 2
      parts.push(content.subarray(from, dot), ONE_DOT)
      from = dot
    }
  }
  const { length } = content
  const ended = length === 0 || (content[length - 1] === LF && content[length - 2] === CR)
  if (parts.length === 0 && ended) return content
  parts.push(content.subarray(from))
  if (!ended) parts.push(CRLF)
  return concat(parts)
}
