// Whether content may go to a next hop that lacks an extension: looked through as it is read, whatever its
// size.
import { type ContentNeed, type EnvelopePlan, refuse } from './capabilities.ts'
import type { WireContent } from './smtp-client.ts'

/** Takes the content in pieces that end anywhere. */
type Look = {
  /** What was seen so far does not meet the need. */
  readonly isUnmet: boolean
  push(chunk: Uint8Array): void
}

/**
 * Why content, as it goes over the wire, does not meet the first of the needs it fails; null when it does.
 */
export async function unmetNeed(
  content: WireContent,
  needs: readonly ContentNeed[],
): Promise<Extract<EnvelopePlan, { kind: 'refuse' }> | null> {
  const looks = needs.map((need) => ({ need, look: LOOKS[need]() }))
  for await (const chunk of content) {
    for (const { look } of looks) look.push(chunk)
    if (looks[0]?.look.isUnmet) break
  }
  const unmet = looks.find(({ look }) => look.isUnmet)
  return unmet === undefined ? null : REFUSALS[unmet.need]
}

const REFUSALS = {
  'seven-bit': refuse('5.6.3', 'the message holds 8-bit text and the next hop does not offer 8BITMIME'),
  'ascii-header': refuse('5.6.7', 'the header holds UTF-8 and the next hop does not offer SMTPUTF8'),
  'text-lines': refuse('5.6.3', 'the message is binary (BINARYMIME) and can only be sent as text'),
} as const

class SevenBit implements Look {
  isUnmet = false

  push(chunk: Uint8Array): void {
    this.isUnmet ||= chunk.some((octet) => octet > 127)
  }
}

class AsciiHeader implements Look {
  isUnmet = false
  #isOver = false
  /** How much of LF CR LF, which ends the header, was seen. */
  #ending = 0

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isOver; at++) {
      const octet = chunk[at]!
      if (octet > 127) this.isUnmet = true
      if (octet === 10) {
        this.#isOver = this.#ending === 2
        this.#ending = 1
      } else this.#ending = octet === 13 && this.#ending === 1 ? 2 : 0
    }
  }
}

/** RFC 5321 §4.5.3.1.6: 998 octets and CRLF; this is without the LF. */
const LINE_OCTETS_MAX = 999

class TextLines implements Look {
  isUnmet = false
  #length = 0

  push(chunk: Uint8Array): void {
    for (const octet of chunk) {
      this.#length = octet === 10 ? 0 : this.#length + 1
      if (octet === 0 || this.#length > LINE_OCTETS_MAX) this.isUnmet = true
    }
  }
}

const LOOKS: { readonly [Need in ContentNeed]: () => Look } = {
  'seven-bit': () => new SevenBit(),
  'ascii-header': () => new AsciiHeader(),
  'text-lines': () => new TextLines(),
}
