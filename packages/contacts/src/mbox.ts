// Sent mail out of mbox files: headers only, found by the lines that begin with “From ” (RFC 4155).
import { HEADER_READ_MAX, type Letter, letterOfHeader } from './letter.ts'
import { type Files, type Page, type Part, type Source, SourceFault } from './source.ts'

/** Octets between two checkpoints. */
const PAGE_OCTETS = 4 * 1024 * 1024
const LF = 10
/** `From ` at the beginning of a line. */
const FROM = Uint8Array.from([70, 114, 111, 109, 32])
/** A message larger than this is passed over in pieces. */
const SLICE_OCTETS = 8 * 1024 * 1024

/**
 * The source for one run: files, or folders of them. `owner` is whose mail it is, where From names nobody.
 */
export function createMbox(
  paths: readonly string[],
  { owner, files }: { readonly owner: string | null; readonly files: Files },
): Source {
  return {
    kind: 'mbox',
    parts: () => partsIn(paths, files),
    async *read(part, from, signal): AsyncGenerator<Page> {
      const size = await files.size(part.id)
      let offset = from === null ? 0 : Number(from)
      for (;;) {
        signal.throwIfAborted()
        const piece = await readPiece(files, part.id, { offset, size, owner: ownerOf(part, owner) })
        offset = piece.offset
        const isLast = offset >= size
        yield { letters: piece.letters, seen: piece.seen, total: null, next: isLast ? null : String(offset) }
        if (isLast) return
      }
    },
    close: () => Promise.resolve(),
  }
}

async function partsIn(paths: readonly string[], files: Files): Promise<readonly Part[]> {
  const parts: Part[] = []
  for (const path of paths) {
    const names = await files.list(path)
    if (names === null) parts.push({ id: path, title: path })
    else
      for (const { name, isFolder } of names)
        if (!isFolder && !name.startsWith('.') && !/\.(?:msf|idx|lock|cache)$/i.test(name))
          parts.push({ id: files.join(path, name), title: name })
  }
  if (parts.length > 0) return parts
  throw new SourceFault({
    reach: 'fatal',
    saw: 'No mbox file was found.',
    remedy: 'Name files, or a folder that holds them.',
  })
}

/** A path that names an address names the owner: `sent/maya@acme.example.mbox`. */
export function ownerOf({ id }: Part, given: string | null): string | null {
  if (given !== null) return given
  const found = [...id.matchAll(/(?<![^/\\])[^/\\]+@[a-z0-9.-]+\.[a-z]{2,}/gi)].at(-1)
  return found?.[0].replace(/\.(?:mbox|mbx|txt|sbd)$/i, '') ?? null
}

/** Messages from an offset on, until about a page was read; a message is never split between two pages. */
async function readPiece(
  files: Files,
  path: string,
  at: { readonly offset: number; readonly size: number; readonly owner: string | null },
): Promise<{ readonly letters: readonly Letter[]; readonly seen: number; readonly offset: number }> {
  const letters: Letter[] = []
  let seen = 0
  let { offset } = at
  const end = offset + PAGE_OCTETS
  while (offset < at.size && offset < end) {
    const octets = await files.slice(path, offset, SLICE_OCTETS)
    if (octets.length === 0) return { letters, seen, offset: at.size }
    const starts = messageStarts(octets)
    if (seen === 0 && offset === 0 && starts[0] !== 0)
      throw new SourceFault({
        reach: 'part',
        saw: `${path} does not begin with a “From ” line, so it is no mbox file.`,
        remedy: 'Name the file that the mail program exported as mbox.',
      })
    const isEnd = offset + octets.length >= at.size
    for (const [index, start] of starts.entries()) {
      const next = starts[index + 1] ?? octets.length
      const isWhole = starts[index + 1] !== undefined || isEnd
      // The last message of a slice is read with the next one, except where it fills the slice alone.
      if (!isWhole && start > 0) return { letters, seen, offset: offset + start }
      seen += 1
      const letter = letterIn(octets.subarray(start, next), at.owner)
      if (letter !== null) letters.push(letter)
      if (next >= end - offset && isWhole) return { letters, seen, offset: offset + next }
    }
    offset = isEnd ? at.size : await nextStart(files, path, offset + octets.length - FROM.length - 1, at.size)
  }
  return { letters, seen, offset }
}

function messageStarts(octets: Uint8Array): readonly number[] {
  const starts: number[] = []
  if (isFromLine(octets, 0)) starts.push(0)
  for (let at = octets.indexOf(LF); at !== -1; at = octets.indexOf(LF, at + 1))
    if (isFromLine(octets, at + 1)) starts.push(at + 1)
  return starts
}

const isFromLine = (octets: Uint8Array, at: number): boolean =>
  FROM.every((octet, index) => octets[at + index] === octet)

/** The next message behind one that is larger than a slice. */
async function nextStart(files: Files, path: string, from: number, size: number): Promise<number> {
  for (let offset = from; offset < size; offset += SLICE_OCTETS - FROM.length - 1) {
    const octets = await files.slice(path, offset, SLICE_OCTETS)
    const [start] = messageStarts(octets).filter((at) => at > 0)
    if (start !== undefined) return offset + start
  }
  return size
}

function letterIn(message: Uint8Array, owner: string | null): Letter | null {
  const header = message.subarray(message.indexOf(LF) + 1)
  const limited = header.subarray(0, HEADER_READ_MAX)
  return letterOfHeader(limited.subarray(0, headerEnd(limited)), { owner, at: null })
}

/** Where the empty line stands. */
export function headerEnd(octets: Uint8Array): number {
  for (let at = octets.indexOf(LF); at !== -1; at = octets.indexOf(LF, at + 1)) {
    if (octets[at + 1] === LF) return at + 1
    if (octets[at + 1] === 13 && octets[at + 2] === LF) return at + 1
  }
  return octets.length
}
