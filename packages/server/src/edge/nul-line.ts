// Looks for lines of one dot and NULs. A server behind us that drops NUL would read the end of data there
// (SMTP smuggling), and NUL is no part of 7-bit or 8-bit content anyway (RFC 2045 §2.7, §2.8).

const NUL = 0
const DOT = 46
const CR = 13
const LF = 10

/** Watches raw octets, in whatever pieces they come. */
export class NulLineCheck {
  isFound = false
  /** Where the last octet left us: in a line that could still be one, or in one that cannot. */
  #isCandidate = true
  #dots = 0
  #nuls = 0

  /** Takes the next octets. Without a NUL in sight only the end of the last line matters. */
  push(octets: Uint8Array): void {
    if (this.isFound || octets.length === 0) return
    let at = 0
    if (this.#nuls === 0 && octets.indexOf(NUL) === -1) {
      const lf = octets.lastIndexOf(LF)
      if (lf !== -1) {
        this.#startLine()
        at = lf + 1
      }
    }
    for (; at < octets.length; at++) {
      // A line that is none of these is skipped as a whole.
      if (!this.#isCandidate) {
        at = octets.indexOf(LF, at)
        if (at === -1) return
      }
      this.#take(octets[at]!)
    }
  }

  #take(byte: number): void {
    if (byte === LF) {
      if (this.#isCandidate && this.#nuls > 0 && this.#dots === 1) this.isFound = true
      this.#startLine()
    } else if (byte === NUL) this.#nuls++
    else if (byte === DOT && this.#dots === 0) this.#dots = 1
    else if (byte !== CR) this.#isCandidate = false
  }

  #startLine(): void {
    this.#isCandidate = true
    this.#dots = 0
    this.#nuls = 0
  }
}
