// Message tracking logs of Exchange Server: what mailboxes submitted, out of the CSV files that the server
// writes.
import { isAutomaticSubject } from './automatic.ts'
import { dateOf, type Letter } from './letter.ts'
import { readLines } from './lines.ts'
import { type Files, type Page, type Part, type Source, SourceFault } from './source.ts'

/** Octets between two checkpoints: about a thousand rows. */
const PAGE_OCTETS = 1024 * 1024

/** A mark: where to read on, and which columns the file has there. */
type Mark = { readonly offset: number; readonly fields: readonly string[] }

/** The source for one run: files, or folders of `*.LOG` and `*.CSV`. */
export function createTrackingLog(paths: readonly string[], files: Files): Source {
  return {
    kind: 'tracking-log',
    parts: () => partsIn(paths, files),
    async *read(part, from, signal): AsyncGenerator<Page> {
      const size = await files.size(part.id)
      let mark: Mark = from === null ? { offset: 0, fields: [] } : (JSON.parse(from) as Mark)
      for (;;) {
        signal.throwIfAborted()
        const { lines, offset } = await readLines(files, part.id, { from: mark.offset, max: PAGE_OCTETS })
        const read = lettersIn(lines, mark.fields)
        const isLast = offset >= size || offset === mark.offset
        mark = { offset, fields: read.fields }
        yield {
          letters: read.letters,
          seen: read.rows,
          total: null,
          next: isLast ? null : JSON.stringify(mark),
        }
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
        if (!isFolder && /\.(?:log|csv)$/i.test(name)) parts.push({ id: files.join(path, name), title: name })
  }
  if (parts.length > 0) return parts
  throw new SourceFault({
    reach: 'fatal',
    saw: 'No tracking log was found.',
    remedy: 'Name the folder, by default TransportRoles\\Logs\\MessageTracking below Exchange’s own.',
  })
}

function lettersIn(lines: readonly string[], before: readonly string[]) {
  let fields = before
  let rows = 0
  const letters: Letter[] = []
  for (const line of lines) {
    if (line.startsWith('#')) {
      const named = /^#Fields:\s*(.+)$/i.exec(line)
      if (named) fields = named[1]!.split(',').map((name) => name.trim().toLowerCase())
      continue
    }
    if (line.trim() === '') continue
    const cells = csvCells(line)
    // Tools that export the log write the names as a row of its own, some with a byte order mark.
    if (fields.length === 0 && cells.some((cell) => /^sender(?:-?address)?$/i.test(cell))) {
      fields = cells.map((cell) => headOf(cell))
      continue
    }
    rows += 1
    const letter = letterOf(new Map(fields.map((name, index) => [name, cells[index] ?? ''])))
    if (letter !== null) letters.push(letter)
  }
  return { letters, fields, rows }
}

/** `SenderAddress` of PowerShell's exports is `sender-address` of the log. */
const headOf = (cell: string): string =>
  cell
    .replace(/^\ufeff/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/^timestamp$/, 'date-time')
    .replace(/^recipients$/, 'recipient-address')
    .replace(/^sender$/, 'sender-address')

/** A message that a mailbox submitted; all other events tell of the same message once more. */
function letterOf(row: ReadonlyMap<string, string>): Letter | null {
  const source = (row.get('source') ?? '').toUpperCase()
  const event = (row.get('event-id') ?? '').toUpperCase()
  if (source !== 'STOREDRIVER' || event !== 'RECEIVE') return null
  const author = row.get('sender-address') ?? ''
  const subject = row.get('message-subject') ?? ''
  return {
    author: author === '' ? null : author,
    owner: null,
    recipients: (row.get('recipient-address') ?? '').split(/[;|]/).map((text) => text.trim()),
    at: dateOf(row.get('date-time') ?? ''),
    isAutomatic:
      author === '' || author === '<>' || row.get('return-path') === '<>' || isAutomaticSubject(subject),
  }
}

/** The cells of one line (RFC 4180 §2); the logs have no line breaks inside of cells. */
export function csvCells(line: string): readonly string[] {
  const cells: string[] = []
  let at = 0
  while (at <= line.length) {
    if (line[at] === '"') {
      let cell = ''
      let end = at + 1
      for (; end < line.length; end += 1) {
        if (line[end] !== '"') cell += line[end]
        else if (line[end + 1] === '"') {
          cell += '"'
          end += 1
        } else break
      }
      cells.push(cell)
      const comma = line.indexOf(',', end)
      at = comma === -1 ? line.length + 1 : comma + 1
    } else {
      const comma = line.indexOf(',', at)
      cells.push(line.slice(at, comma === -1 ? line.length : comma))
      at = comma === -1 ? line.length + 1 : comma + 1
    }
  }
  return cells
}
