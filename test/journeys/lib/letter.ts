// What the gateway's own letters say, as people read them: their bodies go out in base64.

/** The bodies of a letter in their order, plain text first. */
export function partsOfLetter(letter: string): readonly string[] {
  return letter
    .split('Content-Transfer-Encoding: base64\r\n\r\n')
    .slice(1)
    .map((part) => Buffer.from(part.split('\r\n--')[0] ?? '', 'base64').toString('utf8'))
}

/** The plain text of a letter. */
export function textOfLetter(content: string | Uint8Array | undefined): string {
  return partsOfLetter(Buffer.from(content ?? '').toString('latin1'))[0] ?? ''
}
