// The file name of a part as Outlook would show it: encoded words, RFC 2231, trailing dots and spaces, paths,
// and characters that turn the direction of writing (abuse case 22).
import { type ContentField, parameterOf } from './content-field.ts'
import { decodeEncodedWords } from './encoded-word.ts'

export type FileNames = {
  /** What Outlook would show; null when the part names no file. */
  readonly shown: string | null
  /** Every name the fields give, cleaned alike, without doubles. */
  readonly all: readonly string[]
}

/** Windows cuts names at 255 characters; what stands behind is kept for rules to see. */
const NAME_LENGTH_MAX = 1024
const NAMES_MAX = 16

/**
 * Names by Content-Disposition go before those by Content-Type (RFC 2183 §2.3). `others` are fields that
 * stand there once more: their names come last.
 */
export function fileNamesOf(
  disposition: ContentField | null,
  type: ContentField | null,
  others: readonly (ContentField | null)[] = [],
): FileNames {
  if (!namesFile(disposition) && !namesFile(type) && !others.some(namesFile)) return NO_NAMES
  const written = [
    disposition && parameterOf(disposition, 'filename'),
    type && parameterOf(type, 'name'),
    ...valuesOf(disposition, ['filename', 'name']),
    ...valuesOf(type, ['name', 'filename']),
    ...others.flatMap((field) => [
      field && (parameterOf(field, 'filename') ?? parameterOf(field, 'name')),
      ...valuesOf(field, ['filename', 'name']),
    ]),
  ]
  const all: string[] = []
  for (const name of written) {
    if (name === null || name === undefined) continue
    const shown = shownName(name)
    if (shown !== '' && !all.includes(shown) && all.length < NAMES_MAX) all.push(shown)
  }
  return { shown: all[0] ?? null, all }
}

const NO_NAMES: FileNames = { shown: null, all: [] }

/** Whether any parameter gives a name: most parts have none. */
function namesFile(field: ContentField | null): boolean {
  if (field === null) return false
  for (const { name } of field.parameters) if (name === 'filename' || name === 'name') return true
  return false
}

/**
 * Cleans one name: what Windows drops is dropped, what would turn or hide characters is written out as
 * `[U+202E]`, so that people and rules see the order in which the name is stored.
 */
export function shownName(written: string): string {
  const cut = written.length > NAME_LENGTH_MAX ? written.slice(-NAME_LENGTH_MAX) : written
  const decoded = decodeEncodedWords(cut).replace(CONTROLS, '')
  const path = decoded.replaceAll('\\', '/')
  const last = trimmedName(path.slice(trimmedName(path).lastIndexOf('/') + 1))
  return last.replace(TURNING, (character) => `[U+${hexOf(character)}]`).replace(INVISIBLE, '')
}

/** The name's extension in lower case without the dot, as Windows would open it; '' without one. */
export function extensionOf(name: string): string {
  const plain = trimmedName(name.replace(WRITTEN_OUT, ''))
  const dot = plain.lastIndexOf('.')
  return dot === -1
    ? ''
    : plain
        .slice(dot + 1)
        .normalize('NFKC')
        .trim()
        .toLowerCase()
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g
const WRITTEN_OUT = /\[U\+(?:061C|200E|200F|202[A-E]|206[6-9])\]/g

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
}

/** Without the dots and spaces at the end that Windows passes over, and without spaces in front. */
function trimmedName(name: string): string {
  let end = name.length
  while (end > 0 && isDropped(name.charCodeAt(end - 1))) end--
  let start = 0
  while (start < end && isSpace(name.charCodeAt(start))) start++
  return name.slice(start, end)
}

function isDropped(code: number): boolean {
  return code === 46 || isSpace(code)
}

function isSpace(code: number): boolean {
  return code === 32 || code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a)
}

function valuesOf(field: ContentField | null, names: readonly string[]): readonly string[] {
  return field?.parameters.filter(({ name }) => names.includes(name)).map(({ value }) => value) ?? []
}
