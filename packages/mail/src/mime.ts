// The tree of a message's parts (RFC 2045, RFC 2046) as offsets into its octets: one pass, bounded, and never
// an exception, because whoever sends a message decides what stands in it.
import { toLatin1 } from './bytes.ts'
import { decodeWithCharset } from './charset.ts'
import { type ContentField, parameterOf, parseContentField } from './content-field.ts'
import { fileNamesOf } from './file-name.ts'
import { type HeaderField, parseHeaderFields } from './header.ts'
import { beforeLineEnd, CR, isBlankOrCr, LF, lineWithDash, nextLine } from './octet-lines.ts'
import { encodingOf, parametersOf, typeOf } from './part-fields.ts'
import { type Decoded, decodeTransfer } from './transfer-encoding.ts'

export type MimePart = {
  /** '' for the whole message, '1', '1.2' for the parts within. */
  readonly path: string
  /** `text/plain`, lower case: what a reader would take it for when it is absent or broken. */
  readonly type: string
  /** Of Content-Type. */
  readonly parameters: ReadonlyMap<string, string>
  /** Lower case. */
  readonly charset: string | null
  /** `attachment`, `inline` or what else is written, lower case. */
  readonly disposition: string | null
  /** As Outlook would show it. */
  readonly fileName: string | null
  /** Every name the fields give; more than one is a trick or a mistake. */
  readonly fileNames: readonly string[]
  /** Without angle brackets. */
  readonly contentId: string | null
  /** Lower case; `7bit` when absent. */
  readonly encoding: string
  readonly header: readonly HeaderField[]
  /** Offsets of the body in the octets, without the line end before the next boundary. */
  readonly start: number
  readonly end: number
  /** Children of multipart/*, the one child of message/rfc822. */
  readonly parts: readonly MimePart[]
}

/** What a reader may see otherwise than we do, or what was not read at all. */
export type MimeFault =
  | 'too-many-parts'
  | 'too-deep'
  | 'header-limit'
  | 'parameter-limit'
  | 'missing-boundary'
  | 'unclosed-multipart'
  | 'broken-type'
  | 'encoded-multipart'
  | 'two-content-types'

export type ParsedMime = {
  readonly root: MimePart
  readonly count: number
  readonly faults: readonly MimeFault[]
}

export type MimeLimits = {
  /** Digests of large lists reach some hundred. */
  readonly parts: number
  /** Chains of forwarded mail reach a dozen. */
  readonly depth: number
  /** Header fields of all parts together. */
  readonly fields: number
}

export const MIME_LIMITS: MimeLimits = { parts: 10_000, depth: 100, fields: 50_000 }
/** RFC 2046 §5.1.1 allows 70 characters; programs write more. */
const BOUNDARY_LENGTH_MAX = 512
const HEADER_OCTETS_MAX = 1_048_576
/** Fields of one header. */
const FIELDS_MAX = 1_000
/**
 * Lines that begin with dashes, times boundaries that are open: a digest of thousands of parts has some
 * 10,000.
 */
const COMPARISONS_MAX = 5_000_000
const DECODED_OCTETS_MAX = 64 * 1_048_576

/** The message's own header where somebody read it before: all its fields, and where its body begins. */
export type KnownHeader = { readonly fields: readonly HeaderField[]; readonly bodyOffset: number }

/**
 * Reads the structure of a message. Linear in its length; see `faults` for what was left out. A header that
 * is
 * `known` is not read again; it must be of these octets.
 */
export function parseMime(
  octets: Uint8Array,
  limits: Partial<MimeLimits> = {},
  known?: KnownHeader | undefined,
): ParsedMime {
  const all = { ...MIME_LIMITS, ...limits }
  const walk: Walk = {
    octets,
    limits: all,
    frames: [],
    boundaries: new Map(),
    faults: new Set(),
    count: 0,
    fieldsLeft: all.fields,
    comparisonsLeft: COMPARISONS_MAX,
    known: known !== undefined && known.fields.length <= Math.min(FIELDS_MAX, all.fields) ? known : null,
  }
  const { part: root, next } = openPart(walk, { parent: null, at: 0, fallback: 'text/plain' })
  readLines(walk, next)
  if (walk.boundaries.size > 0) walk.faults.add('unclosed-multipart')
  closeFrames(walk, 0, octets.length)
  return { root, count: walk.count, faults: [...walk.faults] }
}

/** The parts that hold no others, in their order. */
export function* leaves(part: MimePart): Iterable<MimePart> {
  const open = [part]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.parts.length === 0) yield next
    else for (let i = next.parts.length - 1; i >= 0; i--) open.push(next.parts[i]!)
  }
}

/** The part's body with its transfer encoding undone, to at most `octetsMax`. */
export function decodedBody(octets: Uint8Array, part: MimePart, octetsMax = DECODED_OCTETS_MAX): Decoded {
  return decodeTransfer(octets.subarray(part.start, part.end), part.encoding, octetsMax)
}

/**
 * The part's text as a reader would see it: charset decoded, NUL left out. `octetsMax` counts before the
 * charset is decoded.
 */
export function textOf(octets: Uint8Array, part: MimePart, octetsMax?: number): string {
  const { octets: body } = decodedBody(octets, part, octetsMax)
  const text = decodeWithCharset(body, part.charset)
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}

type Draft = { -readonly [Key in keyof MimePart]: MimePart[Key] } & { parts: Draft[] }

type Frame = {
  readonly part: Draft
  /** Null for what is no multipart. */
  readonly boundary: string | null
  /** The frame that had this boundary before. */
  readonly shadowed: number | undefined
}

type Walk = {
  readonly octets: Uint8Array
  readonly limits: MimeLimits
  readonly frames: Frame[]
  /** Boundary → index of the innermost open frame that has it. */
  readonly boundaries: Map<string, number>
  readonly faults: Set<MimeFault>
  count: number
  fieldsLeft: number
  /** Of lines that begin with two dashes with open boundaries. */
  comparisonsLeft: number
  /** The header of the whole message. */
  readonly known: KnownHeader | null
}

const DASH = 45

type Opening = { readonly parent: Draft | null; readonly at: number; readonly fallback: string }

/** Reads the header of a part and opens it; `next` is the line at which the reading goes on. */
function openPart(walk: Walk, { parent, at, fallback }: Opening): { part: Draft; next: number } {
  walk.count += 1
  const { fields, bodyStart, isBare } = readHeader(walk, at)
  const part = draftOf(walk, { fields, bodyStart, fallback, path: pathIn(parent) })
  if (!isBare) parent?.parts.push(part)
  const boundary = boundaryOf(walk, part)
  const index = walk.frames.length
  const shadowed = boundary === null ? undefined : walk.boundaries.get(boundary)
  walk.frames.push({ part, boundary, shadowed })
  if (boundary !== null) walk.boundaries.set(boundary, index)
  else if (holdsMessage(walk, part)) {
    const child = openPart(walk, { parent: part, at: bodyStart, fallback: 'text/plain' })
    if (child.part.header.length > 0) return { part, next: child.next }
    // What has no header is no message, but the body of this part.
    part.parts.length = 0
    walk.frames.length = index + 1
  }
  return { part, next: bodyStart }
}

function pathIn(parent: Draft | null): string {
  if (parent === null) return ''
  const number = parent.parts.length + 1
  return parent.path === '' ? `${number}` : `${parent.path}.${number}`
}

/** Goes on from line to line; only lines that begin with two dashes can end a part. */
function readLines(walk: Walk, from: number): void {
  const { octets, boundaries } = walk
  for (let at = from; at < octets.length && boundaries.size > 0; ) {
    const found = delimiterAt(walk, at)
    if (found === null) {
      at = lineWithDash(octets, nextLine(octets, at))
      continue
    }
    closeFrames(walk, found.index + 1, beforeLineEnd(octets, at))
    const { part } = walk.frames[found.index]!
    at = nextLine(octets, at)
    // A boundary at the very end begins nothing.
    if (at >= octets.length && !found.isLast) break
    if (found.isLast) {
      closeFrames(walk, found.index, at)
      continue
    }
    if (walk.count >= walk.limits.parts) {
      walk.faults.add('too-many-parts')
      return
    }
    const fallback = part.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    at = openPart(walk, { parent: part, at, fallback }).next
  }
}

type Delimiter = { readonly index: number; readonly isLast: boolean }

/** The open multipart whose boundary stands in this line (RFC 2046 §5.1.1). */
function delimiterAt(walk: Walk, at: number): Delimiter | null {
  const { octets, boundaries } = walk
  if (octets[at] !== DASH || octets[at + 1] !== DASH) return null
  const stop = Math.min(octets.length, at + BOUNDARY_LENGTH_MAX + 8)
  let end = at + 2
  while (end < stop && octets[end] !== LF) end++
  while (end > at && isBlankOrCr(octets[end - 1]!)) end--
  const text = toLatin1(octets, at + 2, end)
  const index = boundaries.get(text)
  if (index !== undefined) return { index, isLast: false }
  const last = text.endsWith('--') ? boundaries.get(text.slice(0, -2).trimEnd()) : undefined
  return last === undefined ? longerDelimiter(walk, text) : { index: last, isLast: true }
}

/**
 * A line that only begins with a boundary counts as well (RFC 2046 §5.1.1, note to implementors): what else
 * would be text to us is an attachment to readers that compare so. The longest boundary wins.
 */
function longerDelimiter(walk: Walk, text: string): Delimiter | null {
  let found: string | null = null
  for (const boundary of walk.boundaries.keys()) {
    if (walk.comparisonsLeft <= 0) {
      walk.faults.add('too-many-parts')
      break
    }
    walk.comparisonsLeft -= 1
    if (text.startsWith(boundary) && boundary.length > (found?.length ?? 0)) found = boundary
  }
  if (found === null) return null
  return { index: walk.boundaries.get(found)!, isLast: text.startsWith('--', found.length) }
}

/** Closes every frame from `index` on; their bodies end at `end`. */
function closeFrames(walk: Walk, index: number, end: number): void {
  while (walk.frames.length > index) {
    const { part, boundary, shadowed } = walk.frames.pop()!
    part.end = Math.max(part.start, end)
    if (boundary === null) continue
    if (shadowed === undefined) walk.boundaries.delete(boundary)
    else walk.boundaries.set(boundary, shadowed)
  }
}

type Header = {
  readonly fields: readonly HeaderField[]
  readonly bodyStart: number
  /** It ran into a boundary: there is no body, and readers show no part. */
  readonly isBare: boolean
}

/** Header lines up to the empty line, or to a boundary where that line is missing. */
function readHeader(walk: Walk, from: number): Header {
  const { octets, boundaries, known } = walk
  if (from === 0 && walk.frames.length === 0 && known !== null) {
    walk.fieldsLeft -= known.fields.length
    return { fields: known.fields, bodyStart: known.bodyOffset, isBare: false }
  }
  let at = from
  let bodyStart = octets.length
  let isBare = false
  for (; at < octets.length; at = nextLine(octets, at)) {
    const isCrLf = octets[at] === CR && octets[at + 1] === LF
    isBare = octets[at] === DASH && boundaries.size > 0 && delimiterAt(walk, at) !== null
    if (!isBare && !isCrLf && octets[at] !== LF) continue
    bodyStart = isBare ? at : at + (isCrLf ? 2 : 1)
    break
  }
  const fields = fieldsOf(walk, octets.subarray(from, at))
  // Lines without a single field are the text of a part that has no header.
  if (walk.frames.length > 0 && fields.length > 0 && fields.every(({ name }) => name === '')) {
    return { fields: [], bodyStart: from, isBare: false }
  }
  return { fields, bodyStart, isBare }
}

/** As many fields as the limits allow. */
function fieldsOf(walk: Walk, header: Uint8Array): readonly HeaderField[] {
  const limits = {
    maxFields: Math.max(0, Math.min(FIELDS_MAX, walk.fieldsLeft)),
    maxBytes: HEADER_OCTETS_MAX,
  }
  let bytes = header.length > HEADER_OCTETS_MAX ? header.subarray(0, HEADER_OCTETS_MAX) : header
  if (bytes !== header) walk.faults.add('header-limit')
  let parsed = parseHeaderFields(bytes, limits)
  if (!parsed.ok) {
    walk.faults.add('header-limit')
    bytes = bytes.subarray(0, parsed.at)
    parsed = parseHeaderFields(bytes, limits)
  }
  if (!parsed.ok) return []
  walk.fieldsLeft -= parsed.value.length
  return parsed.value
}

type DraftInput = {
  readonly fields: readonly HeaderField[]
  readonly bodyStart: number
  readonly fallback: string
  readonly path: string
}

const WANTED = new Set(['content-type', 'content-disposition', 'content-transfer-encoding', 'content-id'])

function draftOf(walk: Walk, { fields, bodyStart, fallback, path }: DraftInput): Draft {
  const found = new Map<string, HeaderField>()
  const earlier: HeaderField[] = []
  for (const field of fields) {
    const { nameLower } = field
    if (!WANTED.has(nameLower)) continue
    const before = found.get(nameLower)
    found.set(nameLower, field)
    if (before === undefined || nameLower === 'content-id') continue
    // Readers take one or the other.
    if (nameLower === 'content-type' || before.value !== field.value) walk.faults.add('two-content-types')
    if (nameLower !== 'content-transfer-encoding') earlier.push(before)
  }
  const type = contentField(walk, found.get('content-type'))
  const disposition = contentField(walk, found.get('content-disposition'))
  const others = earlier.map((field) => contentField(walk, field))
  const names = fileNamesOf(disposition, type, others)
  const encoding = found.get('content-transfer-encoding')?.value ?? ''
  return {
    path,
    type: typeOf(type, fallback, walk.faults),
    parameters: parametersOf(type),
    charset: (type && parameterOf(type, 'charset')?.toLowerCase()) || null,
    disposition: disposition?.value || null,
    fileName: names.shown,
    fileNames: names.all,
    contentId: found.get('content-id')?.value.replace(/^<|>$/g, '') || null,
    encoding: encodingOf(encoding),
    header: fields,
    start: bodyStart,
    end: bodyStart,
    parts: [],
  }
}

function contentField(walk: Walk, field: HeaderField | undefined): ContentField | null {
  if (field === undefined) return null
  const parsed = parseContentField(field.value)
  if (parsed.isCut) walk.faults.add('parameter-limit')
  return parsed
}

/** The boundary of a multipart that is to be read as one. */
function boundaryOf(walk: Walk, part: Draft): string | null {
  if (!part.type.startsWith('multipart/')) return null
  if (part.encoding === 'base64' || part.encoding === 'quoted-printable') {
    walk.faults.add('encoded-multipart')
  }
  const boundary = part.parameters.get('boundary')?.trimEnd().slice(0, BOUNDARY_LENGTH_MAX) ?? ''
  if (boundary === '') {
    walk.faults.add('missing-boundary')
    return null
  }
  return isTooDeep(walk) ? null : boundary
}

/**
 * A message within, read in place; one that is encoded has other octets and is read by whoever decodes it.
 */
function holdsMessage(walk: Walk, part: Draft): boolean {
  if (part.type !== 'message/rfc822' && part.type !== 'message/global') return false
  if (part.encoding === 'base64' || part.encoding === 'quoted-printable') return false
  if (walk.count >= walk.limits.parts) {
    walk.faults.add('too-many-parts')
    return false
  }
  return !isTooDeep(walk)
}

function isTooDeep(walk: Walk): boolean {
  if (walk.frames.length < walk.limits.depth) return false
  walk.faults.add('too-deep')
  return true
}
