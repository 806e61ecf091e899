// Transfer encodings (RFC 2045 §6.7, §6.8) written anew, for bodies that were decoded to be changed.

const LINE_MAX = 76

/** `octets` in base64 or quoted-printable with CRLF; `isEnded` closes the last line. */
export function encodeTransfer(octets: Uint8Array, encoding: string, isEnded: boolean): Uint8Array {
  const text = encoding === 'base64' ? base64(octets) : quotedPrintable(octets)
  return Buffer.from(isEnded && !text.endsWith('\r\n') ? `${text}\r\n` : text, 'latin1')
}

function base64(octets: Uint8Array): string {
  return (
    Buffer.from(octets)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n')
}

/** Line feeds and returns by themselves are content, not line ends. */
function quotedPrintable(octets: Uint8Array): string {
  const lines: string[] = []
  const content = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  let from = 0
  for (let end = content.indexOf('\r\n'); end !== -1; end = content.indexOf('\r\n', from)) {
    lines.push(...softLines(content.subarray(from, end)))
    from = end + 2
  }
  lines.push(...softLines(content.subarray(from)))
  return lines.join('\r\n')
}

/** One line of content as lines of at most 76 characters, all but the last ending in `=`. */
function softLines(octets: Uint8Array): string[] {
  const lines: string[] = []
  let line = ''
  for (let i = 0; i < octets.length; i++) {
    const octet = octets[i]!
    const isLast = i === octets.length - 1
    const isBlank = octet === 32 || octet === 9
    const isPlain = (octet > 32 && octet < 127 && octet !== 61) || (isBlank && !isLast)
    const sign = isPlain
      ? String.fromCharCode(octet)
      : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
    if (line.length + sign.length >= LINE_MAX) {
      lines.push(`${line}=`)
      line = ''
    }
    line += sign
  }
  lines.push(line)
  return lines
}
