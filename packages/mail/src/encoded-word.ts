// Encoded words in header fields (RFC 2047), read as a mail program shows them; unknown charsets stay as
// written.
import { decodeBase64 } from './base64.ts'
import { concat } from './bytes.ts'
import { decodeKnownCharset } from './charset.ts'

/** RFC 2047 §2 allows 75 characters; programs write and read longer ones, so the limit only stops abuse. */
const ENCODED_WORD_MAX = 4096
/** Beyond this nobody reads a header field, and text rules have seen enough. */
const TEXT_MAX = 65_536

const WORD = /=\?([A-Za-z0-9._:+-]{1,40})(?:\*[A-Za-z0-9-]{0,40})?\?([BbQq])\?([^?\s]*)\?=/y

type Word = { readonly charset: string; readonly bytes: Uint8Array; readonly written: string }

/**
 * Decodes the encoded words of a text. White space between two of them is dropped (RFC 2047 §6.2), and the
 * bytes of neighbours in one charset are joined before decoding, because programs split characters.
 */
export function decodeEncodedWords(text: string): string {
  if (!text.includes('=?')) return text
  const input = text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text
  let decoded = ''
  let run: Word[] = []
  let from = 0
  for (let at = input.indexOf('=?'); at !== -1; at = input.indexOf('=?', at)) {
    const word = wordAt(input, at)
    if (word === null) {
      at += 2
      continue
    }
    const between = input.slice(from, at)
    if (run.length === 0 || !isBlank(between)) {
      decoded += decodeRun(run) + between
      run = []
    }
    run.push(word)
    at += word.written.length
    from = at
  }
  return decoded + decodeRun(run) + input.slice(from) + text.slice(input.length)
}

function wordAt(text: string, at: number): Word | null {
  WORD.lastIndex = at
  // Looked at in a window, so that a long text of question marks does not make each attempt long.
  const window = text.length - at > ENCODED_WORD_MAX ? text.slice(at, at + ENCODED_WORD_MAX) : text
  if (window !== text) WORD.lastIndex = 0
  const match = WORD.exec(window)
  if (match === null) return null
  const bytes = match[2]!.toUpperCase() === 'B' ? decodeBase64(match[3]!) : decodeQ(match[3]!)
  return { charset: match[1]!.toLowerCase(), bytes, written: match[0] }
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** Neighbours in one charset are decoded together. */
function decodeRun(run: readonly Word[]): string {
  let text = ''
  for (let i = 0; i < run.length; ) {
    const { charset } = run[i]!
    let end = i + 1
    while (end < run.length && run[end]!.charset === charset) end++
    text += decodeWords(run.slice(i, end), charset)
    i = end
  }
  return text
}

function decodeWords(words: readonly Word[], charset: string): string {
  const octets = concat(words.map(({ bytes }) => bytes))
  return decodeKnownCharset(octets, charset) ?? words.map(({ written }) => written).join(' ')
}

/** RFC 2047 §4.2: `_` is a space, `=XX` a byte. */
function decodeQ(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code === 95) code = 32
    else if (code === 61 && /^[0-9A-Fa-f]{2}$/.test(text.slice(i + 1, i + 3))) {
      code = Number.parseInt(text.slice(i + 1, i + 3), 16)
      i += 2
    }
    bytes[length++] = code
  }
  return bytes.subarray(0, length)
}
