// Lines within octets: where the next one begins, and where one ends without its line end.

export const LF = 10
export const CR = 13

/** Where the line behind this place begins; the end of the octets where none does. */
export function nextLine(octets: Uint8Array, from: number): number {
  let at = from
  while (at < octets.length && octets[at] !== LF) at++
  return at + 1 > octets.length ? octets.length : at + 1
}

/** The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1). */
export function beforeLineEnd(octets: Uint8Array, at: number): number {
  if (at > 0 && octets[at - 1] === LF) return at > 1 && octets[at - 2] === CR ? at - 2 : at - 1
  return at
}

export function isBlankOrCr(octet: number): boolean {
  return octet === 32 || octet === 9 || octet === CR
}
