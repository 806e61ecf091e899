// The bytes of an uploaded list become text; a file that is no text is refused with what to do about it.

export type FileText =
  | { readonly kind: 'text'; readonly text: string; readonly warning: string | null }
  | { readonly kind: 'refused'; readonly reason: string }

const SAVE_AGAIN = 'Save it as “CSV UTF-8” and upload it again.'
const WARNING =
  'The file is not in UTF-8, so it was read as Windows-1252. Look at the names in the preview; ' +
  'if letters are wrong, save the file as “CSV UTF-8” and upload it again.'
/** Bytes that Windows-1252 leaves open: a file that has them is in another encoding. */
const UNUSED_1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/** UTF-8, or UTF-16 by its mark or its zero bytes; else Windows-1252, said in the warning. */
export function readText(bytes: Uint8Array): FileText {
  if (isWorkbook(bytes)) return refused(`This is an Excel workbook, not a CSV file. ${SAVE_AGAIN}`)
  const utf16 = utf16Of(bytes)
  if (utf16 !== null) {
    const text = decoded(bytes, utf16)
    return text === null ? refused(`The file is damaged UTF-16. ${SAVE_AGAIN}`) : taken(text, null)
  }
  const nul = bytes.indexOf(0)
  if (nul >= 0) return refused(`Line ${lineOf(bytes, nul)} holds a NUL character. ${SAVE_AGAIN}`)
  const text = decoded(bytes, 'utf-8')
  if (text !== null) return taken(text, null)
  const odd = bytes.findIndex((byte) => UNUSED_1252.has(byte))
  if (odd >= 0) {
    return refused(`The encoding of line ${lineOf(bytes, odd)} cannot be told. ${SAVE_AGAIN}`)
  }
  return taken(new TextDecoder('windows-1252').decode(bytes), WARNING)
}

/** XLSX is a zip file; the older XLS begins with the mark of compound files. */
function isWorkbook([a, b, c, d]: Uint8Array): boolean {
  return (a === 0x50 && b === 0x4b && c === 3 && d === 4) || (a === 0xd0 && b === 0xcf && c === 0x11)
}

/** By its mark, or by the zero bytes that ASCII has in UTF-16. */
function utf16Of([first, second, third, fourth]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first && second === 0 && third && fourth === 0) return 'utf-16le'
  if (first === 0 && second && third === 0 && fourth) return 'utf-16be'
  return null
}

function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line += 1
  return line
}

function taken(text: string, warning: string | null): FileText {
  return { kind: 'text', text, warning }
}

function refused(reason: string): FileText {
  return { kind: 'refused', reason }
}
