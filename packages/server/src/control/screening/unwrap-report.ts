// What a person forwarded as a report: the messages attached to it, or the one that is quoted in its text.
// Pure; whatever the letter holds, the answer is bounded.
import { mailboxOf } from '@gatepost/mail/address.ts'
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import { splitMessage } from '@gatepost/mail/header.ts'
import { textOfHtml } from '@gatepost/mail/html-text.ts'
import { decodedBody, type MimePart, parseMime, textOf } from '@gatepost/mail/mime.ts'

export type Unwrapped =
  /** The message as it came, or its beginning. */
  | { readonly kind: 'attached'; readonly content: Uint8Array }
  /** Its author, subject and words as the mail program wrote them down; its header is lost. */
  | {
      readonly kind: 'quoted'
      readonly author: string | null
      readonly subject: string
      readonly content: Uint8Array
    }
  /** An attached item that only the program that wrote it can read. */
  | { readonly kind: 'unreadable'; readonly name: string }

/** Messages of one letter. */
export const REPORTED_MAX = 20
/** What a message says stands at its beginning. */
const OCTETS = 262_144
const TEXT_MAX = 30_000
const HTML_MAX = 400_000
const PARTS = { parts: 1_000, depth: 30 }
/** Lines in which the block that tells of the quoted message is looked for. */
const LINES_MAX = 400
const HEAD_MAX = 1_000
/** Such a block has at most so many lines, folded recipients counted. */
const BLOCK_LINES = 30

const FIELD = new RegExp(
  '^(?:from|received|return-path|date|subject|to|message-id|delivered-to|mime-version' +
    '|dkim-signature|arc-seal|authentication-results)[ \\t]*:',
  'im',
)
const MESSAGE_TYPES = new Set(['message/rfc822', 'message/global'])
const MESSAGE_FILE = /\.(?:eml|mht)$/i
const ITEM_FILE = /\.msg$|^winmail\.dat$/i
/** Octets that an item of Outlook begins with (a compound file, TNEF). */
const ITEM_STARTS = [Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('789f3e22', 'hex')]
/** How mail programs head what they forward: English, German, French, Spanish, Italian, Dutch, Portuguese. */
const AUTHOR_LINE = /^[>\s*_]*(?:from|von|de|da|van|expéditeur)\s*[*_]*\s*:\s*[*_]*\s*(\S.*)$/i
const SUBJECT_LINE =
  /^[>\s*_]*(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto)\s*[*_]*\s*:[*_]*\s*(.*)$/i
/** Whatever else heads a quotation: `An: …`, `Cc: …`, and empty lines. */
const BLOCK_LINE = /^[>\s*_]*(?:[\p{L} -]{2,20}[*_]*\s?:(?!\/\/).*)?$/u

/** The messages that a letter reports, attached ones first of all: a quotation counts where there is none. */
export function unwrapReport(letter: Uint8Array): readonly Unwrapped[] {
  const { root } = parseMime(letter, PARTS)
  const found: Unwrapped[] = []
  for (const part of outerParts(root)) {
    const one = attachedIn(letter, part)
    if (one !== null) found.push(one)
    if (found.length >= REPORTED_MAX) break
  }
  if (found.some(({ kind }) => kind === 'attached')) return found
  const quoted = quotedIn(letter, root)
  return quoted === null ? found : [quoted]
}

/** Parts of the letter itself: what lies within an attached message belongs to that one. */
function* outerParts(root: MimePart): Iterable<MimePart> {
  const open = [root]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!MESSAGE_TYPES.has(next.type)) {
      for (let at = next.parts.length - 1; at >= 0; at--) open.push(next.parts[at]!)
    }
    yield next
  }
}

function attachedIn(letter: Uint8Array, part: MimePart): Unwrapped | null {
  const name = part.fileName ?? ''
  const isMessage = MESSAGE_TYPES.has(part.type) || MESSAGE_FILE.test(name)
  if (!isMessage && !ITEM_FILE.test(name) && part.type !== 'application/ms-tnef') return null
  const { octets } = decodedBody(letter, part, OCTETS)
  const isItem = ITEM_STARTS.some((start) => start.equals(octets.subarray(0, start.length)))
  if (!isMessage || isItem || !looksLikeMail(octets)) return { kind: 'unreadable', name: name || part.type }
  return { kind: 'attached', content: octets }
}

/** A header field within the first lines: else it is some file with the name of a message. */
function looksLikeMail(octets: Uint8Array): boolean {
  return FIELD.test(toLatin1(octets.subarray(0, 4_096)))
}

/** The message below a line such as `From: …` with a subject near it. */
function quotedIn(letter: Uint8Array, root: MimePart): Unwrapped | null {
  const text = visibleText(letter, root)
  const lines = text.split(/\r?\n/)
  // A line that heads a quotation is short, and a search of a longer one takes its time.
  const heads = lines.slice(0, LINES_MAX + BLOCK_LINES).map((line) => line.slice(0, HEAD_MAX))
  for (let at = 0; at < Math.min(lines.length, LINES_MAX); at++) {
    const from = AUTHOR_LINE.exec(heads[at]!)?.[1]
    if (from === undefined) continue
    const block = heads.slice(at, at + BLOCK_LINES)
    const end = block.findIndex((line) => SUBJECT_LINE.test(line))
    if (end < 0) continue
    const subject = (SUBJECT_LINE.exec(block[end]!)?.[1] ?? '').trim().slice(0, 500)
    const author = addressIn(from)
    const rest = lines.slice(at + end + 1)
    const start = rest.findIndex((line) => !BLOCK_LINE.test(line.slice(0, HEAD_MAX)))
    const body = rest.slice(Math.max(0, start)).map((line) => line.replace(/^(?:> ?)+/, ''))
    return { kind: 'quoted', author, subject, content: rebuilt(author, subject, body.join('\r\n')) }
  }
  return null
}

/** Words and addresses of links, as a reader of the letter has them before the eyes. */
function visibleText(letter: Uint8Array, root: MimePart): string {
  const bodies = [...outerParts(root)]
  const of = (type: string) => bodies.find((part) => part.type === type && part.disposition !== 'attachment')
  const html = of('text/html')
  const read = html === undefined ? null : textOfHtml(textOf(letter, html, HTML_MAX), TEXT_MAX)
  const links = read?.links.map(({ href }) => href).filter((href) => /^https?:/i.test(href)) ?? []
  const tail = links.length === 0 ? '' : `\n${links.slice(0, 100).join('\n')}\n`
  const plain = of('text/plain')
  const text = plain === undefined ? '' : textOf(letter, plain, HTML_MAX).slice(0, TEXT_MAX)
  return `${text.trim() === '' ? (read?.text ?? '') : text}${tail}`
}

function addressIn(text: string): string | null {
  const found = /[^\s<>"'()[\]:;,]{1,64}@[^\s<>"'()[\]:;,]{1,190}/.exec(text)?.[0]
  return found !== undefined && mailboxOf(found) !== null ? found.toLowerCase() : null
}

/** A message with these words, for the reading of words alone. */
function rebuilt(author: string | null, subject: string, body: string): Uint8Array {
  const coded = `=?utf-8?B?${Buffer.from(subject, 'utf8').toString('base64')}?=`
  const head = [
    ...(author === null || !/^[!-~]+$/.test(author) ? [] : [`From: <${author}>`]),
    `Subject: ${coded}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n`), Buffer.from(body.slice(0, TEXT_MAX), 'utf8')])
}

/** The name that our own Received field gave a message (`id msg_…`), where it came through this gateway. */
export function ourIdOf(content: Uint8Array, hostname: string): string | null {
  const { headerBytes } = splitMessage(content.subarray(0, OCTETS))
  const header = toLatin1(headerBytes).replaceAll(/\r?\n[ \t]+/g, ' ')
  for (const [, value = ''] of header.matchAll(/^received:(.*)$/gim)) {
    if (!value.toLowerCase().includes(` by ${hostname.toLowerCase()} `)) continue
    const id = /\bid (msg_[0-9a-z]{10,40})\b/.exec(value)?.[1]
    if (id !== undefined) return id
  }
  return null
}
