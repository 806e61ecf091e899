// Files behind the part of a large message that is read into memory: names and first octets are found in
// one pass over windows of it. Wherever a line begins with two dashes and fields of MIME follow, there may be
// a part: which multipart it belongs to does not matter for what it is called and what it begins with.
import { toLatin1 } from '@gatepost/mail/bytes.ts'
import { shownName } from '@gatepost/mail/file-name.ts'
import { decodedBody, leaves, type MimePart, parseMime } from '@gatepost/mail/mime.ts'
import type { AttachmentFinding } from '#policy/facts.ts'
import { fileKindOf } from './file-types.ts'
import { nameFindings } from './name-tricks.ts'

/** A piece is looked at until the next one is asked for; all may stand in the same memory. */
export type ReadPiece = (from: number, octetsMax: number) => Uint8Array | null

const WINDOW = 1_048_576
/** The header of a part and the first octets of its file. */
const LOOK = 32 * 1024
/** Most that is asked for at once. */
export const PIECE_OCTETS_MAX = WINDOW + LOOK
/** First octets tell what a file is; disk images, which tell later, are known by their names. */
const BEGINNING = 1024
/** Each costs a look at its header; a message with more is told as not looked at. */
const PARTS_MAX = 2_000
const FINDINGS_MAX = 100
const NAME_MAX = 120

/** Never throws; what cannot be read is told as unreadable. */
export function findingsBehind(
  read: ReadPiece,
  range: { readonly from: number; readonly to: number },
): readonly AttachmentFinding[] {
  const findings = new Map<string, AttachmentFinding>()
  let parts = 0
  for (let at = range.from; at < range.to; at += WINDOW) {
    const octets = read(at, PIECE_OCTETS_MAX)
    if (octets === null) return [...findings.values(), unreadable('the content cannot be read to its end')]
    for (const start of headersIn(octets)) {
      parts += 1
      if (parts > PARTS_MAX) return [...findings.values(), unreadable('more files than are looked at')]
      for (const finding of partFindings(octets.subarray(start, start + LOOK))) {
        const key = `${finding.class} ${finding.file} ${finding.saw}`
        if (findings.size < FINDINGS_MAX) findings.set(key, finding)
      }
    }
  }
  return [...findings.values()]
}

const unreadable = (saw: string): AttachmentFinding => ({ class: 'unreadable', file: '', saw })

const DELIMITER = Buffer.from('\n--')

/** Where fields follow a line that may be a boundary, and that begins within the window. */
function* headersIn(octets: Uint8Array): Iterable<number> {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  for (let at = text.indexOf(DELIMITER); at !== -1 && at < WINDOW; at = text.indexOf(DELIMITER, at + 1)) {
    const end = text.indexOf(10, at + DELIMITER.length)
    if (end === -1) return
    if (/^content-/im.test(toLatin1(text, end + 1, Math.min(end + 2048, text.length)))) yield end + 1
  }
}

function partFindings(octets: Uint8Array): readonly AttachmentFinding[] {
  const [leaf] = leaves(parseMime(octets).root)
  if (leaf === undefined) return []
  const file = (leaf.fileNames.length === 0 ? '' : shownName(leaf.fileNames[0]!)).slice(0, NAME_MAX)
  const kind = fileKindOf(decodedBody(octets, leaf, BEGINNING).octets)
  return [
    ...nameFindings(leaf.fileNames),
    ...(kind.kind === 'program' && !isShown(leaf) ? [{ class: 'dangerous', saw: kind.what } as const] : []),
  ].map((finding) => ({ ...finding, file: file || 'a file without a name' }))
}

/** Text that is shown is no file. */
function isShown({ type, disposition, fileName }: MimePart): boolean {
  return /^text\/(?:plain|html)$/.test(type) && disposition !== 'attachment' && fileName === null
}
