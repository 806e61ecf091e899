// The content as it goes over the wire: signatures and our trace fields first, forged results cut out, dots
// stuffed (RFC 5321 §4.5.2).
import { concat } from '@gatepost/mail/bytes.ts'
import { stuffDots } from '@gatepost/mail/data.ts'
import { holdsOddPair } from '@gatepost/mail/octet-scan.ts'
import type { Envelope } from '#spool/spool.ts'

type Cuts = Envelope['cuts']

const DOT = Uint8Array.of(46)
const CRLF = Uint8Array.of(13, 10)

/** The whole content in one piece, ended by CRLF and stuffed; the final dot is not in it. */
export function wireContent(envelope: Envelope, chunks: readonly Uint8Array[], stamp = ''): Uint8Array {
  return concat(wireParts(envelope, chunks, stamp))
}

/** The same in pieces. Content that needs no change is one of them as it lies in memory, and not copied. */
export function wireParts(
  envelope: Envelope,
  chunks: readonly Uint8Array[],
  stamp = '',
): readonly Uint8Array[] {
  const kept = envelope.cuts.length === 0 ? chunks : withoutCuts(chunks, envelope.cuts)
  const trace = traceBytes(envelope, stamp)
  const [only] = kept
  if (kept.length === 1 && isReady(trace) && isReady(only!)) return [trace, only!]
  const whole = Buffer.concat([trace, ...kept])
  return [isReady(whole) ? whole : stuffDots(whole)]
}

/** Most content has no line that starts with a dot, and one search tells. */
function isReady(content: Uint8Array): boolean {
  const { length } = content
  const isEnded = length >= 2 && content[length - 1] === 10 && content[length - 2] === 13
  return isEnded && content[0] !== 46 && !holdsOddPair(content)
}

/**
 * The same for content that is read from a file: chunk by chunk. A chunk holds only until the next is asked
 * for.
 */
export async function* wireStream(
  envelope: Envelope,
  chunks: AsyncIterable<Uint8Array>,
  stamp = '',
): AsyncGenerator<Uint8Array> {
  const stuffer = new DotStuffer()
  const cutter = new Cutter(envelope.cuts)
  yield* stuffer.push(traceBytes(envelope, stamp))
  for await (const chunk of chunks) {
    for (const part of cutter.push(chunk)) {
      const stuffed = stuffer.push(part)
      if (stuffed.length === 1) yield stuffed[0]!
      else yield concat(stuffed)
    }
  }
  yield* stuffer.end()
}

/** ASCII, or UTF-8 under SMTPUTF8. */
function traceBytes({ traceFields }: Envelope, stamp: string): Buffer {
  return Buffer.from(stamp + traceFields, 'utf8')
}

/** The content without the ranges that are left out. */
export function withoutCuts(chunks: readonly Uint8Array[], cuts: Cuts): Uint8Array[] {
  const cutter = new Cutter(cuts)
  return chunks.flatMap((chunk) => cutter.push(chunk))
}

/** Leaves out byte ranges of a stream. `cuts` are in order and do not overlap. */
class Cutter {
  readonly #cuts: Cuts
  #at = 0

  constructor(cuts: Cuts) {
    this.#cuts = cuts
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const kept: Uint8Array[] = []
    let from = 0
    for (const [start, end] of this.#cuts) {
      const first = Math.max(from, start - this.#at)
      const last = Math.min(chunk.length, end - this.#at)
      if (last <= 0 || first >= chunk.length) continue
      if (first > from) kept.push(chunk.subarray(from, first))
      from = Math.max(from, last)
    }
    this.#at += chunk.length
    if (from < chunk.length) kept.push(chunk.subarray(from))
    return kept
  }
}

/** Stuffs dots in a stream whose chunks end anywhere. */
class DotStuffer {
  /** How much of CRLF the stream ends with; 2 at the start, because the first line starts there. */
  #ending = 2

  push(chunk: Uint8Array): Uint8Array[] {
    const parts: Uint8Array[] = []
    let from = 0
    let at = chunk.indexOf(46)
    while (at !== -1) {
      if (this.#startsLine(chunk, at)) {
        parts.push(chunk.subarray(from, at), DOT)
        from = at
      }
      // The next dot that may start a line stands behind a line feed.
      const feed = chunk.indexOf(10, at)
      at = feed === -1 ? -1 : chunk.indexOf(46, feed)
    }
    parts.push(chunk.subarray(from))
    this.#remember(chunk)
    return parts
  }

  /** CRLF if the content lacks it at its end. */
  end(): Uint8Array[] {
    return this.#ending === 2 ? [] : [CRLF]
  }

  #startsLine(chunk: Uint8Array, at: number): boolean {
    if (at >= 2) return chunk[at - 1] === 10 && chunk[at - 2] === 13
    if (at === 1) return chunk[0] === 10 && this.#ending === 1
    return this.#ending === 2
  }

  #remember(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    const last = chunk[chunk.length - 1]
    if (last === 13) this.#ending = 1
    else if (last !== 10) this.#ending = 0
    else if (chunk.length > 1) this.#ending = chunk[chunk.length - 2] === 13 ? 2 : 0
    else this.#ending = this.#ending === 1 ? 2 : 0
  }
}
