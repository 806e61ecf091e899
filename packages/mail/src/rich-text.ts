// Words of rich text (RTF), compressed as Outlook stores it (MS-OXRTFCP) or plain. For searching and reading:
// how it looked is not kept.
import { toLatin1 } from './bytes.ts'
import { decodeWithCharset } from './charset.ts'

/** Letters of a text that are read at most. */
const TEXT_MAX = 400_000
/** Compressed text that grows more is a bomb. */
const RTF_OCTETS_MAX = 16 * 1_048_576
const GROUPS_MAX = 1_000

const COMPRESSED = 0x75465a4c
const PLAIN = 0x414c454d
const HEADER_OCTETS = 16
const RING = 4_096
/** What every compressed text may point back to (MS-OXRTFCP 2.2.1.1). */
const START =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript ' +
  '\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
  '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'

/** Undoes the compression; null where it is none. What is cut is read up to there. */
export function decompressRtf(octets: Uint8Array): string | null {
  if (octets.length < HEADER_OCTETS) return null
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const size = Math.min(view.getUint32(4, true), RTF_OCTETS_MAX)
  const kind = view.getUint32(8, true)
  if (kind === PLAIN) return toLatin1(octets.subarray(HEADER_OCTETS, HEADER_OCTETS + size))
  if (kind !== COMPRESSED) return null
  const ring = new Uint8Array(RING)
  for (let at = 0; at < START.length; at += 1) ring[at] = START.charCodeAt(at)
  const out = new Uint8Array(size)
  let write = START.length
  let length = 0
  const put = (octet: number): void => {
    ring[write % RING] = octet
    write += 1
    out[length] = octet
    length += 1
  }
  for (let at = HEADER_OCTETS; at < octets.length && length < size; ) {
    const flags = octets[at]!
    at += 1
    for (let bit = 0; bit < 8 && at < octets.length && length < size; bit += 1) {
      if ((flags & (1 << bit)) === 0) {
        put(octets[at]!)
        at += 1
        continue
      }
      if (at + 1 >= octets.length) return toLatin1(out.subarray(0, length))
      const pair = view.getUint16(at)
      at += 2
      const from = pair >> 4
      // Pointing at where the next one is written ends the text.
      if (from === write % RING) return toLatin1(out.subarray(0, length))
      for (let step = 0; step < (pair & 15) + 2 && length < size; step += 1) put(ring[(from + step) % RING]!)
    }
  }
  return toLatin1(out.subarray(0, length))
}

/** The name of a code page of Windows; one that nobody knows is read as the western one. */
export function charsetOfPage(page: number): string {
  const isOwn = page === 874 || (page >= 1250 && page <= 1258)
  return OTHER_PAGES.get(page) ?? `windows-${isOwn ? page : 1252}`
}

const OTHER_PAGES: ReadonlyMap<number, string> = new Map([
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [65001, 'utf-8'],
])

/** Groups that hold no words of the text. */
const ASIDE: ReadonlySet<string> = new Set(
  'fonttbl colortbl stylesheet info pict object themedata listtable generator xmlnstbl datastore'.split(' '),
)
const SPACES: ReadonlyMap<string, string> = new Map([
  ['par', '\n'],
  ['line', '\n'],
  ['row', '\n'],
  ['tab', '\t'],
  ['cell', ' '],
  ['emdash', '–'],
  ['endash', '–'],
  ['lquote', '‘'],
  ['rquote', '’'],
  ['ldblquote', '“'],
  ['rdblquote', '”'],
  ['bullet', '•'],
])
const TOKEN =
  /\\([a-z]{1,32})(-?\d{1,9})? ?|((?:\\'[0-9a-f]{2})+)|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi

type Group = { readonly isAside: boolean; readonly skip: number }

/** The words of rich text, a paragraph a line. */
export function textOfRtf(rtf: string): string {
  const groups: Group[] = []
  let group: Group = { isAside: false, skip: 1 }
  /** Behind `\\htmlrtf` stands what only readers of rich text are to see. */
  let isHidden = false
  let charset = 'windows-1252'
  /** Letters behind `\\u` that stand for the same one. */
  let stand = 0
  let text = ''
  const add = (piece: string): void => {
    if (!group.isAside && !isHidden) text += piece
  }
  for (const [, control, number, hex, sign, brace, plain] of rtf.matchAll(TOKEN)) {
    if (text.length >= TEXT_MAX) break
    if (brace === '{') {
      if (groups.length >= GROUPS_MAX) break
      groups.push(group)
      group = { ...group }
    } else if (brace === '}') group = groups.pop() ?? group
    else if (hex !== undefined) {
      // Together, because a letter may be two octets.
      const codes = hex.split("\\'").slice(1 + stand)
      stand = Math.max(0, stand - hex.length / 4)
      add(
        decodeWithCharset(
          Uint8Array.from(codes, (code) => Number.parseInt(code, 16)),
          charset,
        ),
      )
    } else if (plain !== undefined) {
      add(plain.slice(stand))
      stand = Math.max(0, stand - plain.length)
    } else if (sign !== undefined) {
      if (sign === '*') group = { ...group, isAside: true }
      else add(sign === '~' ? ' ' : sign === '\n' ? '\n' : '\\{}'.includes(sign) ? sign : '')
    } else if (control === 'u') {
      add(String.fromCharCode(Number(number ?? 63) & 0xffff))
      stand = group.skip
    } else if (control === 'uc') group = { ...group, skip: Math.min(Number(number ?? 1), 10) }
    else if (control === 'ansicpg') charset = charsetOfPage(Number(number))
    else if (control === 'htmlrtf') isHidden = number !== '0'
    else if (control !== undefined && ASIDE.has(control)) group = { ...group, isAside: true }
    else add(SPACES.get(control ?? '') ?? '')
  }
  return text.replaceAll('\0', '').toWellFormed()
}
