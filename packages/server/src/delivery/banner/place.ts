// Puts a banner at the top of what a reader sees of a message: into each text and HTML body of its MIME tree
// (RFC 2046), in their charset and transfer encoding. Signed and encrypted mail stays octet by octet.
import { concat, indexOfBytes, toLatin1 } from '@gatepost/mail/bytes.ts'
import { decodedBody, type MimeFault, type MimePart, parseMime } from '@gatepost/mail/mime.ts'
import type { BannerLeft } from '#link/reports.ts'
import { bodyOffset } from './html-body.ts'
import { bannerFor, htmlBanner, newPart } from './render.ts'
import { encodeTransfer } from './transfer.ts'

export type Placed =
  | { readonly kind: 'placed'; readonly content: Uint8Array }
  | { readonly kind: 'left'; readonly why: BannerLeft }

type Sentences = readonly string[]
/** Whether the message was announced as 7 bit (RFC 6152): what is added must be that too. */
type Way = { readonly isSevenBit: boolean }
type Edit = { readonly start: number; readonly end: number; readonly octets: Uint8Array }

/** What a reader may take for another structure than we do: a banner could end up anywhere. */
const BREAKING: ReadonlySet<MimeFault> = new Set([
  'too-many-parts',
  'too-deep',
  'header-limit',
  'missing-boundary',
  'encoded-multipart',
  'two-content-types',
])
const LIMITS = { parts: 1_000, depth: 20 }
const PGP = /^-----BEGIN PGP (?:SIGNED )?MESSAGE-----/m
/** Where inline PGP is looked for; whoever writes more above it wrote a text about it. */
const PGP_OCTETS = 65_536

/** `content` is a whole message with CRLF; it is not changed. */
export function placeBanner(content: Uint8Array, sentences: Sentences, { isSevenBit }: Way): Placed {
  const { root, faults } = parseMime(content, LIMITS)
  if (faults.some((fault) => BREAKING.has(fault))) return { kind: 'left', why: 'unreadable' }
  const kept = untouchable(content, root)
  if (kept !== null) return { kind: 'left', why: kept }
  const edits = editsOf({ content, sentences, isSevenBit }, root)
  if (edits.length === 0) return { kind: 'left', why: 'no-text' }
  const parts: Uint8Array[] = []
  let from = 0
  for (const { start, end, octets } of edits) {
    parts.push(content.subarray(from, start), octets)
    from = end
  }
  parts.push(content.subarray(from))
  return { kind: 'placed', content: concat(parts) }
}

/** Signatures and encryption of people, not of hosts: a change would make them void (RFC 8551, RFC 3156). */
function untouchable(content: Uint8Array, part: MimePart): BannerLeft | null {
  switch (part.type) {
    case 'multipart/signed':
      return 'signed'
    case 'multipart/encrypted':
    case 'application/pgp-encrypted':
      return 'encrypted'
    case 'application/pkcs7-mime':
    case 'application/x-pkcs7-mime':
      return part.parameters.get('smime-type') === 'signed-data' ? 'signed' : 'encrypted'
    case 'multipart/report':
      return 'report'
  }
  if (isBodyText(part) && PGP.test(toLatin1(decodedBody(content, part, PGP_OCTETS).octets)))
    return 'encrypted'
  // What hangs on as a message of its own is not this one.
  if (!part.type.startsWith('multipart/')) return null
  for (const child of part.parts) {
    const why = untouchable(content, child)
    if (why !== null) return why
  }
  return null
}

type Work = Way & { readonly content: Uint8Array; readonly sentences: Sentences }

function editsOf(work: Work, part: MimePart): readonly Edit[] {
  if (part.type === 'multipart/alternative') return part.parts.flatMap((child) => editsOf(work, child))
  if (!part.type.startsWith('multipart/')) return isBodyText(part) ? textEdit(work, part) : []
  const [first] = part.parts
  if (first === undefined) return []
  const edits = editsOf(work, first)
  return edits.length > 0 || part.type === 'multipart/related' ? edits : partBefore(work, part)
}

function isBodyText({ type, disposition, fileName }: MimePart): boolean {
  if (type !== 'text/plain' && type !== 'text/html') return false
  return disposition !== 'attachment' && fileName === null
}

/** A body of its own, where a multipart begins with a file. */
function partBefore({ content, sentences }: Work, part: MimePart): readonly Edit[] {
  const boundary = part.parameters.get('boundary')
  if (boundary === undefined) return []
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  let at = indexOfBytes(content, delimiter, part.start)
  while (at > part.start && content[at - 1] !== 10) at = indexOfBytes(content, delimiter, at + 1)
  if (at === -1 || at >= part.end) return []
  return [{ start: at, end: at, octets: newPart(delimiter, sentences) }]
}

function textEdit({ content, sentences, isSevenBit }: Work, part: MimePart): readonly Edit[] {
  const { start, end, encoding, type, charset } = part
  const isCoded = encoding === 'base64' || encoding === 'quoted-printable'
  if (!isCoded && !['7bit', '8bit', 'binary'].includes(encoding)) return []
  const banner =
    type === 'text/html'
      ? htmlBanner(charset, sentences)
      : bannerFor(charset, { sentences, isAscii: !isCoded && (isSevenBit || encoding === '7bit') })
  if (banner === null) return []
  const body = isCoded ? decodedBody(content, part).octets : content.subarray(start, end)
  const at = type === 'text/html' ? bodyOffset(body) : markLength(body)
  const insert = { start: start + at, end: start + at, octets: banner }
  if (!isCoded) return [insert]
  const whole = concat([body.subarray(0, at), banner, body.subarray(at)])
  const isEnded = content[end - 1] === 10
  return [{ start, end, octets: encodeTransfer(whole, encoding, isEnded) }]
}

/** A byte order mark stays first. */
function markLength(body: Uint8Array): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
}
