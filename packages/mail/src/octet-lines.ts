// Lines within octets: where the next one begins, and where one ends without its line end.

export const LF = 10
export const CR = 13
const DASH = 45

/** Where the line behind this place begins; the end of the octets where none does. */
export function nextLine(octets: Uint8Array, from: number): number {
  let at = from
  while (at < octets.length && octets[at] !== LF) at++
  return at + 1 > octets.length ? octets.length : at + 1
}

/** The first line from this one on that begins with a dash: most bodies have few dashes, or none. */
export function lineWithDash(octets: Uint8Array, from: number): number {
  for (let at = from; at < octets.length; ) {
    if (octets[at] === DASH) return at
    const dash = octets.indexOf(DASH, at)
    if (dash === -1) break
    at = octets[dash - 1] === LF ? dash : nextLine(octets, dash)
  }
  return octets.length
}

/** The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1). */
export function beforeLineEnd(octets: Uint8Array, at: number): number {
  if (at > 0 && octets[at - 1] === LF) return at > 1 && octets[at - 2] === CR ? at - 2 : at - 1
  return at
}

export function isBlankOrCr(octet: number): boolean {
  return octet === 32 || octet === 9 || octet === CR
}
