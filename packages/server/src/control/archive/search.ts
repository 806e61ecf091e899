// Searches the months of an archive, the newest first, and shows what a sealed message holds. Runs in the
// reading thread.
import { leaves, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { idTime } from '#platform/random.ts'
import { extract } from './extract.ts'
import { type Month, type MonthFiles, monthOf, SOURCE_BITS } from './month-file.ts'
import type { PackedContent } from './packed-content.ts'
import { type Compiled, compileQuery } from './question.ts'
import type { AdditionRecord, EntryRecord } from './record.ts'
import { archiveKeys, readStart } from './seal.ts'
import { snippetOf, termsOf } from './terms.ts'
import type { Asked, Cursor, DayCount, FoundEntry, ShownContent } from './thread-wire.ts'
import { variantsOf } from './variants.ts'
import { filesOfTnef, isWinmail, textOfTnef, winmailIn } from './winmail.ts'
import type { WordPart } from './word-parts.ts'

const DAY_MS = 86_400_000
/** Octets of a message that a snippet is looked for in. */
const SNIPPET_OCTETS_MAX = 131_072
/** Octets of a message that are shown; all of it can be taken out. */
const SHOWN_OCTETS_MAX = 32 * 1_048_576
const SHOWN_TEXT_MAX = 1_000_000
const PARTS_SHOWN_MAX = 1_000
const FIELDS_SHOWN_MAX = 300

/** Outlook tells no type of what it packs. */
const PACKED_TYPE = 'application/octet-stream'

type Parts = { readonly files: MonthFiles; readonly content: PackedContent }

export async function search(
  { files, content }: Parts,
  { tenant, query, limit, cursor, withSnippets }: Asked['search']['in'],
): Promise<Asked['search']['out']> {
  const { tenantId } = tenant
  const compiled = compileQuery(query)
  const seen: { readonly month: string; readonly seq: number; readonly body: string }[] = []
  const months = files.months(tenantId).toReversed()
  for (const name of months) {
    if (cursor !== null && name > cursor.month) continue
    const month = files.open(tenantId, name)
    if (month === null || !mayHold(month, compiled)) continue
    const below = cursor !== null && name === cursor.month ? cursor.seq : Number.MAX_SAFE_INTEGER
    for (const row of rowsOf(month, compiled, { below, limit: limit + 1 - seen.length })) {
      seen.push({ month: name, seq: Number(row.seq), body: String(row.body) })
    }
    if (seen.length > limit) break
  }
  const page = seen.slice(0, limit)
  const last = page.at(-1)
  const next: Cursor | null = seen.length > limit && last ? { month: last.month, seq: last.seq } : null
  const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
  const terms = termsOf(query.text ?? '')
  const found = await Promise.all(
    page.map(async ({ month, seq, body }): Promise<FoundEntry> => {
      const entry = JSON.parse(body) as EntryRecord
      const additions = additionsOf(files, tenantId, { month, seq })
      if (!withSnippets) return { seq, entry, additions, snippet: [] }
      const key = `${tenantId}/${entry.digest}`
      // What is missing or changed is found by verifying; the list must show the others.
      const start = await readStart(content.read(key), keys, SNIPPET_OCTETS_MAX).catch(() => null)
      const text = start === null ? '' : extract(start, entry.at).text
      return { seq, entry, additions, snippet: snippetOf(text, terms) }
    }),
  )
  return { found, next }
}

/** How many fit, up to `max`: an export wants to tell how much there is. */
export function countFound(files: MonthFiles, { tenantId, query, max }: Asked['count']['in']): number {
  const compiled = compileQuery(query)
  let count = 0
  for (const name of files.months(tenantId)) {
    const month = files.open(tenantId, name)
    if (month === null || !mayHold(month, compiled)) continue
    for (const part of partsOf(month, compiled)) {
      const { sql, parameters } = selectOf(compiled, part, { columns: 'e.seq' })
      const row = month.sql(`select count(*) as count from (${sql} limit ?)`).get(...parameters, max - count)
      count += Number(row?.count ?? 0)
      if (count >= max) return count
    }
  }
  return count
}

/** Whether a month may hold anything of these dates. */
function mayHold(month: Month, { after, before }: Compiled): boolean {
  // One by one: asked for both at once the file is gone through.
  const row = month
    .sql('select (select min(at) from entry) as first, (select max(at) from entry) as last')
    .get()
  if (row === undefined || row.first === null) return false
  return Number(row.first) < before && Number(row.last) >= after
}

/** The newest that fit, from one place on. */
function rowsOf(
  month: Month,
  compiled: Compiled,
  { below, limit }: { readonly below: number; readonly limit: number },
): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (const part of partsOf(month, compiled)) {
    if (found.length >= limit) break
    if (part !== null && part.firstSeq >= below) continue
    const { sql, parameters } = selectOf(compiled, part, {
      columns: 'e.seq, r.body',
      join: 'join record r on r.seq = e.seq',
    })
    const place = part === null ? 'e.seq' : `${part.table}.rowid`
    const rest = limit - found.length
    found.push(
      ...month.sql(`${sql} and ${place} < ? order by ${place} desc limit ?`).all(...parameters, below, rest),
    )
  }
  return found
}

/**
 * Parts of a month's index that may hold what is asked for, newest first; null where no word is asked for.
 */
function partsOf(month: Month, { match, after, before }: Compiled): readonly (WordPart | null)[] {
  if (match === null) return [null]
  return month.words
    .all()
    .filter(
      ({ firstAt, lastAt }) => firstAt === null || lastAt === null || (firstAt < before && lastAt >= after),
    )
}

function selectOf(
  { match, after, before, sizeMin, sizeMax }: Compiled,
  part: WordPart | null,
  { columns, join = '' }: { readonly columns: string; readonly join?: string },
) {
  const times = 'e.at >= ? and e.at < ? and e.size between ? and ?'
  const bounds = [after, before, sizeMin, sizeMax]
  if (match === null || part === null) {
    return { sql: `select ${columns} from entry e ${join} where ${times}`, parameters: bounds }
  }
  // The index leads, in its own order of rows: a page is read without sorting what else fits.
  const { table } = part
  const from = `from ${table} cross join entry e on e.seq = ${table}.rowid ${join}`
  return {
    sql: `select ${columns} ${from} where ${table} match ? and ${times}`,
    parameters: [match, ...bounds],
  }
}

/** Whether one entry fits a question: what holds ask. */
export function fits(month: Month, seq: number, compiled: Compiled): boolean {
  const part = compiled.match === null ? null : month.words.holding(seq)
  const { sql, parameters } = selectOf(compiled, part, { columns: '1' })
  return month.sql(`${sql} and e.seq = ?`).get(...parameters, seq) !== undefined
}

export function entryById(
  files: MonthFiles,
  { tenantId, entryId, holds }: Asked['entry']['in'],
): Asked['entry']['out'] {
  const at = idTime(entryId)
  if (at === null || !entryId.startsWith('arc_')) return null
  const name = monthOf(at)
  if (!files.months(tenantId).includes(name)) return null
  const month = files.open(tenantId, name)
  const row = month
    ?.sql('select e.seq, r.body from entry e join record r on r.seq = e.seq where e.id = ?')
    .get(entryId)
  if (!month || row === undefined) return null
  const seq = Number(row.seq)
  const additions = additionsOf(files, tenantId, { month: name, seq })
  const fitting = holds.flatMap((query, index) => (fits(month, seq, compileQuery(query)) ? [index] : []))
  const entry = JSON.parse(String(row.body)) as EntryRecord
  const variants = variantsOf(files, tenantId, { month: name, seq, entry })
  return { seq, entry, additions, snippet: [], holds: fitting, variants }
}

/** Further copies come within the month of the entry or the one behind it. */
export function additionsOf(
  files: MonthFiles,
  tenantId: string,
  { month, seq }: { readonly month: string; readonly seq: number },
): readonly AdditionRecord[] {
  const names = files.months(tenantId)
  const at = names.indexOf(month)
  return names
    .slice(at, at + 2)
    .flatMap((name) =>
      (files.open(tenantId, name)?.sql(ADDITIONS).all(seq) ?? []).flatMap(({ body }) =>
        body === null ? [] : [JSON.parse(String(body)) as AdditionRecord],
      ),
    )
}

const ADDITIONS = `select r.body from addition a join record r on r.seq = a.seq where a.entry = ? order by a.seq`

/** What a page shows of a message. Throws `ContentSpoiled` or `ContentMissing`. */
export async function show(
  content: PackedContent,
  { tenant, digest }: Asked['show']['in'],
): Promise<ShownContent> {
  const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
  const octets = await readStart(content.read(`${tenant.tenantId}/${digest}`), keys, SHOWN_OCTETS_MAX)
  const { root } = parseMime(octets)
  let text: string | null = null
  let html: string | null = null
  /** Shown where the message says nothing beside it. */
  let inside: string | null = null
  let isCut = octets.length >= SHOWN_OCTETS_MAX
  const parts: ShownContent['parts'][number][] = []
  for (const part of leaves(root)) {
    const isAttachment = part.disposition === 'attachment' || part.fileName !== null
    const isText = !isAttachment && (part.type === 'text/plain' || part.type === 'text/html')
    if (isText) {
      const shown = textOf(octets, part, SHOWN_TEXT_MAX)
      isCut ||= shown.length >= SHOWN_TEXT_MAX
      if (part.type === 'text/html') html ??= shown
      else text ??= shown
    } else if (parts.length < PARTS_SHOWN_MAX) {
      const name = part.fileName ?? `part ${part.path || '1'}`
      const isInline = part.contentId !== null && part.disposition !== 'attachment'
      const size = part.end - part.start
      parts.push({ path: part.path, name, type: part.type, size, isInline, within: null })
      const packed = isWinmail(part) ? winmailIn(octets, part) : null
      if (packed === null) continue
      inside ??= textOfTnef(packed).slice(0, SHOWN_TEXT_MAX)
      for (const file of filesOfTnef(packed).slice(0, PARTS_SHOWN_MAX - parts.length)) {
        parts.push({ ...file, path: part.path, type: PACKED_TYPE, isInline: false, within: name })
      }
    }
  }
  const header = root.header.slice(0, FIELDS_SHOWN_MAX).map(({ name, value }) => ({ name, value }))
  if (html === null && (text === null || text.trim() === '')) text = inside ?? text
  return { text, html, isCut, parts, header }
}

export function totals(files: MonthFiles, tenantId: string): Asked['totals']['out'] {
  let entries = 0
  let octets = 0
  let oldestAt: number | null = null
  let newestAt: number | null = null
  for (const name of files.months(tenantId)) {
    const row = files
      .open(tenantId, name)
      ?.sql('select count(*) as count, sum(size) as octets, min(at) as first, max(at) as last from entry')
      .get()
    if (!row || Number(row.count) === 0) continue
    entries += Number(row.count)
    octets += Number(row.octets)
    oldestAt = Math.min(oldestAt ?? Number.MAX_SAFE_INTEGER, Number(row.first))
    newestAt = Math.max(newestAt ?? 0, Number(row.last))
  }
  return { entries, octets, oldestAt, newestAt }
}

/** Entries by day and by the ways they came. */
export function dayCounts(
  files: MonthFiles,
  { tenantId, from, to }: Asked['days']['in'],
): readonly DayCount[] {
  const { gateway, journal } = SOURCE_BITS
  const days = new Map<number, DayCount>()
  for (const name of files.months(tenantId)) {
    const rows = files
      .open(tenantId, name)
      ?.sql(
        `select at / ${DAY_MS} as day, sources, is_internal, count(*) as count from entry
          where at >= ? and at < ? group by 1, 2, 3`,
      )
      .all(from, to)
    for (const row of rows ?? []) {
      const day = Number(row.day)
      const count = Number(row.count)
      const isInternal = Number(row.is_internal) === 1
      const sources = Number(row.sources)
      const known = days.get(day) ?? NO_MAIL
      const when = (is: boolean): number => (is ? count : 0)
      days.set(day, {
        day,
        gateway: known.gateway + when((sources & gateway) !== 0),
        journal: known.journal + when((sources & journal) !== 0),
        both: known.both + when(sources === (gateway | journal)),
        onlyGateway: known.onlyGateway + when(sources === gateway),
        onlyJournal: known.onlyJournal + when(sources === journal && !isInternal),
        internal: known.internal + when(sources === journal && isInternal),
      })
    }
  }
  return [...days.values()].sort((a, b) => b.day - a.day)
}

const NO_MAIL: DayCount = {
  day: 0,
  gateway: 0,
  journal: 0,
  both: 0,
  onlyGateway: 0,
  onlyJournal: 0,
  internal: 0,
}
