// Sent mail out of Maildir folders, as Dovecot, Courier and others keep them: one file a message, its header
// only.
import { HEADER_READ_MAX, letterOfHeader } from './letter.ts'
import { headerEnd, ownerOf } from './mbox.ts'
import { type Files, type Page, type Part, type Source, SourceFault } from './source.ts'

/** Messages between two checkpoints. */
const PAGE_SIZE = 500
/** Folders below the one that is named: `domain/user/Maildir/.Sent`. */
const DEPTH_MAX = 6
/** What mail programs call the folder, in the languages they speak. */
const NAMES =
  'sent(?:[ -](?:items|messages|mail))?|gesendet(?:e (?:objekte|elemente))?|envoy[ée]s|enviados|inviata|verzonden'
const SENT = new RegExp(`^\\.?(?:INBOX[./])?(?:${NAMES})$`, 'i')

/** The source for one run. Folders called Sent below the paths are read; a path may be one itself. */
export function createMaildir(
  paths: readonly string[],
  { owner, files }: { readonly owner: string | null; readonly files: Files },
): Source {
  return {
    kind: 'maildir',
    parts: () => partsIn(paths, files),
    async *read(part, from, signal): AsyncGenerator<Page> {
      const names = await messagesIn(part.id, files)
      const rest = from === null ? names : names.filter((name) => keyOf(name) > from)
      for (let start = 0; start < rest.length; start += PAGE_SIZE) {
        signal.throwIfAborted()
        const some = rest.slice(start, start + PAGE_SIZE)
        const letters = []
        for (const name of some) {
          const octets = await files.slice(files.join(part.id, name), 0, HEADER_READ_MAX).catch(() => null)
          if (octets === null) continue
          const known = { owner: ownerOf(part, owner), at: null }
          const letter = letterOfHeader(octets.subarray(0, headerEnd(octets)), known)
          if (letter !== null) letters.push(letter)
        }
        const isLast = start + PAGE_SIZE >= rest.length
        const next = isLast ? null : keyOf(some.at(-1) ?? '')
        yield { letters, seen: some.length, total: names.length, next }
      }
      if (rest.length === 0) yield { letters: [], seen: 0, total: names.length, next: null }
    },
    close: () => Promise.resolve(),
  }
}

/** Names below the folder, by their unique part: flags change and messages move from new to cur. */
async function messagesIn(folder: string, files: Files): Promise<readonly string[]> {
  const names: string[] = []
  for (const sub of ['cur', 'new'])
    for (const { name, isFolder } of (await files.list(files.join(folder, sub))) ?? [])
      if (!isFolder && !name.startsWith('.')) names.push(`${sub}/${name}`)
  return names.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

const keyOf = (name: string): string => name.replace(/^(?:cur|new)\//, '').replace(/:2,.*$/, '')

async function partsIn(paths: readonly string[], files: Files): Promise<readonly Part[]> {
  const parts: Part[] = []
  for (const path of paths) {
    const before = parts.length
    await findSent(path, { parts, files, depth: 0 })
    // Somebody who names one folder means it, whatever it is called.
    if (parts.length === before && (await isMaildir(path, files))) parts.push({ id: path, title: path })
  }
  if (parts.length > 0) return parts
  throw new SourceFault({
    reach: 'fatal',
    saw: 'No Maildir folder called Sent was found.',
    remedy: 'Name the folder that holds cur and new, or one above the folders of several people.',
  })
}

async function findSent(
  folder: string,
  at: { readonly parts: Part[]; readonly files: Files; readonly depth: number },
): Promise<void> {
  if (at.depth > DEPTH_MAX) return
  for (const { name, isFolder } of (await at.files.list(folder)) ?? []) {
    if (!isFolder || ['cur', 'new', 'tmp'].includes(name)) continue
    const path = at.files.join(folder, name)
    if (SENT.test(name) && (await isMaildir(path, at.files))) at.parts.push({ id: path, title: path })
    else await findSent(path, { ...at, depth: at.depth + 1 })
  }
}

async function isMaildir(folder: string, files: Files): Promise<boolean> {
  const names = (await files.list(folder)) ?? []
  return names.some(({ name, isFolder }) => isFolder && name === 'cur')
}
