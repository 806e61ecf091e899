// Lists of senders from a CSV file (C7, S6): checked whole, imported in one piece, taken back within the
// hour.
import {
  SENDER_ROWS_PER_IMPORT_MAX,
  type SenderImport,
  type SenderSummary,
} from '@gatepost/contract/sender.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import { addressesOf } from '../outbound/store.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { readMailObservations } from '../tracking/mail-observations.ts'
import { claimUndo, hasErrors, requirePreview } from '../user/import.ts'
import { readTable, tooMany } from '../user/import-file.ts'
import {
  claimImport,
  dropOldImports,
  dropUndo,
  findImport,
  findShown,
  type ImportRow,
  importOf,
  insertImport,
  keepCommitted,
  keepFresh,
  lastCommitted,
} from '../user/import-store.ts'
import { ownDomains } from '../user/store.ts'
import { writeFresh } from './fresh-store.ts'
import { findColumns } from './import-columns.ts'
import { type CheckedRows, checkRows } from './import-rows.ts'
import { type SenderUndo, undoOfWritten, undoWritten } from './import-undo.ts'
import {
  bytesOf,
  countOf,
  domainOf,
  entriesOf,
  isReadable,
  LETTERS,
  type Letter,
  type Lists,
  listOf,
  type PackedList,
  packedLists,
} from './packed-list.ts'
import { countSenders, primariesOf } from './store.ts'
import { compareSenders, countsByUser, listedAmong, type Written, writeSenders } from './write-store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type ReadDeps = Pick<Deps, 'store' | 'clock'>
type Found = Omit<SenderImport, 'id' | 'state' | 'fileName' | 'createdAt' | 'committedAt' | 'undoUntil'>

/** Shown and kept; the count is exact. */
const ERRORS_KEPT_MAX = 5_000
const USERS_SHOWN_MAX = 100
const NOTHING = new Uint8Array()
const EMPTY =
  'The file has no rows. Write one entry a row: internal address, external address or domain, PERMIT or BLOCK.'
const STALE_FORM = 'This file was checked by another release. Upload it again.'
const OTHER_RELEASE =
  'This file was imported by another release and is not taken back. Filter by source to remove entries.'
const TWO_COLUMNS =
  'The rows have one column only. Write internal address, external address or domain, and PERMIT or BLOCK. ' +
  'Senders for everybody are pasted into a group, which a policy of permitted senders then names.'

/** Checks an uploaded file; nothing is imported yet. Throws `file-unreadable`, `rows-over-limit`. */
export async function previewSenders(
  scope: Scope,
  upload: { readonly fileName: string; readonly raw: Uint8Array },
  deps: ReadDeps,
): Promise<SenderImport> {
  const { store, clock } = deps
  const { tenantId } = scope
  const now = clock.now()
  await dropOldImports(store.db, now)
  const table = await readTable(upload.raw, { rowsMax: SENDER_ROWS_PER_IMPORT_MAX, empty: EMPTY })
  const columns = findColumns(table.rows)
  if (!columns) throw problem('file-unreadable', table.rows.length === 0 ? EMPTY : TWO_COLUMNS)
  const rows = table.rows.length - (columns.hasHead ? 1 : 0) + table.faults.length
  if (rows > SENDER_ROWS_PER_IMPORT_MAX) throw tooMany(SENDER_ROWS_PER_IMPORT_MAX)
  if (rows === 0) throw problem('file-unreadable', EMPTY)
  const checked = await checkRows(table, columns, await ownDomains(store.db, tenantId))
  const { list, waiting } = await withPrimaries(scope, checked.lists, deps)
  const compared = await comparedWith(store.db, list, { tenantId, now, dialect: store.dialect })
  const found: Found = {
    columns: [...columns.columns],
    rows,
    ...(compared === null ? countsOfFresh(list) : countsOf(compared)),
    duplicates: checked.duplicates + checked.count - list.entries,
    waiting,
    errors: checked.errors.slice(0, ERRORS_KEPT_MAX),
    errorCount: checked.errors.length,
    warnings: [table.warning, assumedWarning(checked)].filter((text) => text !== null),
    sample: checked.sample.map(({ line, userKey, sender, letter }) => {
      return { line, user: userKey, sender, action: letter === LETTERS.block ? 'block' : 'permit' }
    }),
  }
  const id = newId('imp', now)
  const row = {
    id,
    tenant_id: tenantId,
    kind: 'senders',
    file_name: upload.fileName,
    // A file with errors is never imported, so nothing of it need be kept.
    raw: checked.errors.length > 0 ? NOTHING : bytesOf(list),
    created_at: now,
    created_by: scope.actor.name,
  } as const
  await store.transaction((trx) => insertImport(trx, row, found))
  return getSenderImport(scope, id, deps)
}

export async function getSenderImport(
  scope: Scope,
  id: string,
  { store, clock }: ReadDeps,
): Promise<SenderImport> {
  const row = await findShown(store.db, scope.tenantId, id, 'senders')
  if (!row) throw noImport(id)
  return importOf<Found>(row, clock.now())
}

/** Imports a previewed file in one transaction. Throws `import-has-errors` and `import-gone`. */
export async function commitSenders(scope: Scope, id: string, deps: Deps): Promise<SenderImport> {
  const { store, clock, link } = deps
  const { dialect } = store
  const row = await requireImport(store.db as Trx, scope, id)
  const now = clock.now()
  requirePreview(row, now)
  const preview = JSON.parse(row.preview) as Found
  if (preview.errorCount > 0) throw hasErrors(preview)
  const list = listOf(row.raw)
  if (list === null) throw problem('import-gone', STALE_FORM)
  await requireOwnDomains(scope, list, deps)
  await store.transaction(async (trx) => {
    const isMine = await claimImport(trx, row, { from: 'previewed', to: 'committed' })
    if (!isMine) throw problem('import-gone', 'This file was imported a moment ago.')
    const counts = await writeList(trx, list, { row, scope, preview, now, dialect })
    const found = { ...preview, ...counts }
    const text = `was imported: ${found.added} senders added, ${found.replaced} replaced`
    const after = { added: found.added, replaced: found.replaced, users: found.users }
    await note(trx, scope, { row, action: 'senders.imported', text, after, now })
  })
  link.settingsChanged()
  return getSenderImport(scope, id, deps)
}

type Writing = {
  readonly row: ImportRow
  readonly scope: Scope
  readonly preview: Found
  readonly now: number
  readonly dialect: Deps['store']['dialect']
}

/** Writes the entries and what takes them back; returns what they changed. */
async function writeList(
  trx: Trx,
  list: PackedList,
  { row, scope, preview, now, dialect }: Writing,
): Promise<ReturnType<typeof countsOf>> {
  const { tenantId } = scope
  const made = {
    tenantId,
    source: 'imported',
    comment: '',
    expiresAt: null,
    createdBy: scope.actor.name,
    reference: row.id,
    now,
    dialect,
  } as const
  const compared = await comparedWith(trx, list, { tenantId, now, dialect })
  if (compared === null && list.isPlain) {
    await writeFresh(trx, list, made)
    const counts = countsOfFresh(list)
    await keepFresh(trx, row, { found: { ...preview, ...counts }, now, dialect })
    return counts
  }
  const written = compared ?? { added: entriesOf(list), replaced: [], unchanged: [], before: [] }
  await writeSenders(trx, written, made)
  const counts = countsOf(written)
  await keepCommitted(trx, row, { found: { ...preview, ...counts }, undo: undoOfWritten(written), now })
  return counts
}

/** What a list changes; null when nobody in it has entries, so that each is new. */
async function comparedWith(
  db: Db,
  list: PackedList,
  made: { readonly tenantId: string; readonly now: number; readonly dialect: Deps['store']['dialect'] },
): Promise<Written | null> {
  const userKeys = list.users.map(([userKey]) => userKey)
  const listed = await listedAmong(db, made.tenantId, { userKeys, dialect: made.dialect })
  return listed.size === 0 ? null : compareSenders(db, entriesOf(list), made)
}

/** Takes an import back; entries that were changed since stay. Throws `import-gone`. */
export async function takeBackSenders(scope: Scope, id: string, deps: Deps): Promise<SenderImport> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    const row = await requireImport(trx, scope, id)
    const now = clock.now()
    const undo = await claimUndo<SenderUndo>(trx, row, now)
    if (!isReadable(undo.list)) throw problem('import-gone', OTHER_RELEASE)
    await undoWritten(trx, undo, { tenantId, importId: id, now, dialect: store.dialect })
    await dropUndo(trx, row)
    await note(trx, scope, { row, action: 'senders.import-undone', text: 'was taken back', after: null, now })
  })
  link.settingsChanged()
  return getSenderImport(scope, id, deps)
}

/** Users and entries to date, when outbound mail was set up, and the newest import. */
export async function summarizeSenders(scope: Scope, { store, clock }: ReadDeps): Promise<SenderSummary> {
  const { tenantId } = scope
  const { db } = store
  const [counts, addresses, mail, last] = await Promise.all([
    countSenders(db, tenantId),
    addressesOf(db, tenantId),
    readMailObservations(store, tenantId),
    lastCommitted(db, tenantId, 'senders'),
  ])
  // A login or a shared cloud is known by its first message.
  const since = [
    ...addresses.map(({ created_at }) => created_at),
    ...(mail.firstOutbound ? [mail.firstOutbound.at] : []),
  ]
  return {
    ...counts,
    outboundSince: since.length === 0 ? null : Math.min(...since),
    outboundSeenAt: mail.firstOutbound?.at ?? null,
    lastImport: last && importOf<Found>(last, clock.now()),
  }
}

/** Entries of an alias go to the list of its user; the same sender for both is one entry. */
async function withPrimaries(
  scope: Scope,
  lists: Lists,
  { store }: ReadDeps,
): Promise<{ readonly list: PackedList; readonly waiting: number }> {
  const primaries = await primariesOf(store.db, scope.tenantId, [...lists.keys()], store.dialect)
  let waiting = 0
  for (const [userKey, { size }] of lists) if (!primaries.has(userKey)) waiting += size
  if (![...primaries].some(([key, primary]) => key !== primary)) return { list: packedLists(lists), waiting }
  const ofPrimary = new Map<string, Map<string, Letter>>()
  for (const key of [...lists.keys()].sort()) {
    const userKey = primaries.get(key) ?? key
    const list = ofPrimary.get(userKey) ?? new Map<string, Letter>()
    for (const [sender, letter] of lists.get(key)!) list.set(sender, letter)
    ofPrimary.set(userKey, list)
  }
  return { list: packedLists(ofPrimary), waiting }
}

/** Domains may have gone or come since the preview. */
async function requireOwnDomains(scope: Scope, list: PackedList, { store }: ReadDeps): Promise<void> {
  const domains = await ownDomains(store.db, scope.tenantId)
  const isOwnSender = (sender: string): boolean => domains.has(domainOf(sender))
  const isStale = list.users.some(([userKey, senders]) => {
    if (domains.get(domainOf(userKey)) !== true) return true
    return Object.values(senders).some((ofLetter) => ofLetter.some(isOwnSender))
  })
  if (isStale)
    throw problem('import-gone', 'Your domains have changed since the preview. Upload the file again.')
}

/** Counts of a list whose every entry is new. */
function countsOfFresh({ users, entries }: PackedList): ReturnType<typeof countsOf> {
  const byUser = users.map(([user, senders]) => {
    return { user, added: countOf(senders), replaced: 0, unchanged: 0 }
  })
  return {
    added: entries,
    replaced: 0,
    unchanged: 0,
    users: byUser.length,
    byUser: byUser.sort((a, b) => b.added - a.added).slice(0, USERS_SHOWN_MAX),
  }
}

function countsOf(compared: Written): Pick<Found, 'added' | 'replaced' | 'unchanged' | 'users' | 'byUser'> {
  const byUser = new Map<string, { user: string; added: number; replaced: number; unchanged: number }>()
  for (const what of ['added', 'replaced', 'unchanged'] as const) {
    for (const [user, count] of countsByUser(compared[what])) {
      const counts = byUser.get(user) ?? { user, added: 0, replaced: 0, unchanged: 0 }
      counts[what] = count
      byUser.set(user, counts)
    }
  }
  const users = [...byUser.values()].sort((a, b) => b.added + b.replaced - (a.added + a.replaced))
  return {
    added: compared.added.length,
    replaced: compared.replaced.length,
    unchanged: compared.unchanged.length,
    users: users.length,
    byUser: users.slice(0, USERS_SHOWN_MAX),
  }
}

function assumedWarning({ assumed }: CheckedRows): string | null {
  return assumed === 0 ? null : 'The file has no column for the action, so every row is read as PERMIT.'
}

async function requireImport(trx: Trx, scope: Scope, id: string): Promise<ImportRow> {
  const row = await findImport(trx, scope.tenantId, id, 'senders')
  if (!row) throw noImport(id)
  return row
}

function noImport(id: string): Error {
  return problem('not-found', `There is no import “${id}” here.`)
}

type Note = {
  readonly row: ImportRow
  readonly action: string
  readonly text: string
  readonly after: { readonly [name: string]: number } | null
  readonly now: number
}

async function note(trx: Trx, scope: Scope, { row, action, text, after, now }: Note): Promise<void> {
  await appendAudit(trx, scope, { action, subject: `import ${row.file_name}`, before: null, after, at: now })
  const step = 'import-permitted-senders'
  const activity = { tenantId: scope.tenantId, at: now, kind: 'change', step } as const
  await addActivity(trx, { ...activity, text: `${row.file_name} ${text}` })
}
