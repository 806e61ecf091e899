// Lists of users from a CSV or XLSX file (C3, D7): checked whole, imported in one piece, taken back within
// the hour.
import type { Permission } from '@gatepost/contract/permission.ts'
import type { ImportColumn, ImportMode, UserImport } from '@gatepost/contract/user-import.ts'
import { newId } from '#platform/random.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Trx } from '#store/open.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import type { Passwords } from '../auth/password.ts'
import { addActivity } from '../connect/activity.ts'
import { type Page, pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { hashPasswords } from './import-accounts.ts'
import { type ImportFile, readImportFile } from './import-file.ts'
import { type FoundContext, foundIn } from './import-found.ts'
import type { ImportJobs, Tell } from './import-jobs.ts'
import { localGroups } from './import-people-store.ts'
import { planImport } from './import-plan.ts'
import {
  claimImport,
  committedImports,
  dropOldImports,
  dropUndo,
  findImport,
  type ImportFound,
  type ImportRow,
  importOf,
  insertImport,
  isExpired,
  keepCommitted,
  keepFound,
  laterImport,
  undoOf,
} from './import-store.ts'
import { type ImportUndo, undoImport, writeImport } from './import-write.ts'
import { rowRulesOf } from './row-rules.ts'

export type ImportDeps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'secrets'> & {
  readonly passwords: Pick<Passwords, 'hash'>
  readonly jobs: ImportJobs
}
/** Who imports, with the permissions held: roles are given by what the giver holds. */
export type ImportScope = Scope & { readonly held: readonly Permission[] }

/** Checks an uploaded file; nothing is imported yet. Throws `file-unreadable`, `rows-over-limit`. */
export async function previewImport(
  scope: ImportScope,
  upload: { readonly fileName: string; readonly raw: Uint8Array; readonly mode: ImportMode },
  deps: ImportDeps,
): Promise<UserImport> {
  const { store, clock, secrets } = deps
  const { tenantId } = scope
  const now = clock.now()
  await dropOldImports(store.db, now)
  const rules = await rowRulesOf(store.db, tenantId, scope.held)
  const file = await readImportFile(upload.raw, rules)
  const found = await planned(scope, { file, mode: upload.mode }, deps)
  const id = newId('imp', now)
  // The file may hold passwords.
  const sealed = secrets.seal(Buffer.from(upload.raw).toString('base64'), placeOf(tenantId, id))
  await store.transaction((trx) =>
    insertImport(
      trx,
      {
        id,
        tenant_id: tenantId,
        kind: 'users',
        file_name: upload.fileName,
        raw: Buffer.from(sealed),
        created_at: now,
        created_by: actorName(scope.actor),
      },
      found,
    ),
  )
  return getImport(scope, id, deps)
}

/** Says what the columns of a previewed file mean and how it goes in, and checks it again. */
export async function mapImport(
  scope: ImportScope,
  input: {
    readonly id: string
    readonly columns?: readonly Pick<ImportColumn, 'means' | 'attribute'>[] | undefined
    readonly mode?: ImportMode | undefined
  },
  deps: ImportDeps,
): Promise<UserImport> {
  const { store, clock } = deps
  const row = await requireImport(scope, input.id, deps)
  requirePreview(row, clock.now())
  const before = JSON.parse(row.preview) as ImportFound
  const file = await readAgain(scope, { row, columns: input.columns ?? before.columns }, deps)
  await keepFound(store.db, row, await planned(scope, { file, mode: input.mode ?? before.mode }, deps))
  return getImport(scope, row.id, deps)
}

export async function getImport(
  scope: Pick<Scope, 'tenantId'>,
  id: string,
  { store, clock, jobs }: Pick<ImportDeps, 'store' | 'clock' | 'jobs'>,
): Promise<UserImport> {
  return shown(await requireImport(scope, id, { store }), { clock, jobs })
}

/** Imports that were carried out, newest first. */
export async function listImports(
  { tenantId }: Pick<Scope, 'tenantId'>,
  query: { readonly limit: number; readonly after?: string | undefined },
  { store, clock, jobs }: Pick<ImportDeps, 'store' | 'clock' | 'jobs'>,
): Promise<Page<UserImport>> {
  const rows = await committedImports(store.db, tenantId, { ...query, kind: 'users' })
  const item = (row: ImportRow) => shown(row, { clock, jobs })
  return pageOf(rows, query.limit, { item, cursor: ({ id }) => id })
}

export type CommitInput = {
  readonly id: string
  readonly goodRowsOnly: boolean
  /** The number of removals, where so many need a yes. */
  readonly removals?: number | undefined
}

/**
 * Imports a previewed file in one transaction: all rows or none, or all good ones. What takes long goes on
 * after the answer, with `progress`. Throws `import-has-errors`, `removals-need-yes`, and `import-gone` for
 * one that is too old or was imported already.
 */
export async function commitImport(
  scope: ImportScope,
  input: CommitInput,
  deps: ImportDeps,
): Promise<UserImport> {
  const row = await requireImport(scope, input.id, deps)
  requirePreview(row, deps.clock.now())
  if (deps.jobs.progressOf(row.id) !== null) throw problem('import-gone', 'This file is being imported.')
  await deps.jobs.run(row.id, (tell) => carryOut(scope, { row, input, tell }, deps))
  return getImport(scope, row.id, deps)
}

/** Takes an import back. Throws `import-gone` when its hour is over or a later import builds on it. */
export async function takeBackImport(
  scope: Scope,
  id: string,
  deps: Omit<ImportDeps, 'passwords' | 'secrets'>,
): Promise<UserImport> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const row = await findImport(trx, scope.tenantId, id)
    if (!row) throw notFound(id)
    const now = clock.now()
    const undo = await claimUndo<ImportUndo>(trx, row, now)
    const { dialect } = store
    await undoImport(trx, undo, { tenantId: scope.tenantId, importId: id, now, dialect })
    await dropUndo(trx, row)
    await note(trx, scope, { row, action: 'users.import-undone', text: 'was taken back', counts: null, now })
  })
  link.settingsChanged()
  return getImport(scope, id, deps)
}

/** Takes an import for oneself to take it back, and what that needs. Throws `import-gone` with the reason. */
export async function claimUndo<Undo extends object>(trx: Trx, row: ImportRow, now: number): Promise<Undo> {
  const undo = undoOf<Undo>(row)
  if (row.state === 'undone') throw problem('import-gone', 'This import was taken back already.')
  if (row.state !== 'committed') throw problem('import-gone', 'Nothing was imported from this file.')
  if (undo === null || row.undo_until === null || now > row.undo_until) {
    throw problem('import-gone', 'An import can be taken back within the hour; that time is over.')
  }
  const later = await laterImport(trx, row)
  if (later !== null) {
    throw problem('import-gone', `“${later}” was imported after this file. Take that import back first.`)
  }
  const isMine = await claimImport(trx, row, { from: 'committed', to: 'undone' })
  if (!isMine) throw problem('import-gone', 'This import was taken back a moment ago.')
  return undo
}

type CarryOut = { readonly row: ImportRow; readonly input: CommitInput; readonly tell: Tell }

async function carryOut(scope: ImportScope, { row, input, tell }: CarryOut, deps: ImportDeps): Promise<void> {
  const { store, link } = deps
  const { columns, mode } = JSON.parse(row.preview) as ImportFound
  // Users, domains and rules may have changed since the preview, so the file is checked again; outside of the
  // transaction, because reading and hashing take longest.
  const file = await readAgain(scope, { row, columns }, deps)
  const total = file.candidates.filter(({ password }) => password !== null).length
  requireAgreed(await planned(scope, { file, mode }, deps), input)
  const hashes = await hashPasswords(file.candidates, deps, (done) => {
    tell({ phase: 'Securing passwords', done, total })
  })
  tell({ phase: 'Storing users', done: 0, total: file.rows })
  const refused = await store
    .transaction((trx) => write(trx, scope, { row, input, file, hashes, mode, now: deps.clock.now(), deps }))
    .then(() => null)
    .catch((error: unknown) => {
      if (error instanceof HasErrors) return error.found
      if (!isUniqueViolation(error)) throw error
      throw problem('import-has-errors', 'Somebody added one of these addresses just now. Import again.')
    })
  if (refused !== null) {
    await keepFound(store.db, row, refused)
    throw hasErrors(refused)
  }
  link.settingsChanged()
}

type Write = {
  readonly row: ImportRow
  readonly input: CommitInput
  readonly file: ImportFile
  readonly hashes: Awaited<ReturnType<typeof hashPasswords>>
  readonly mode: ImportMode
  readonly now: number
  readonly deps: ImportDeps
}

async function write(trx: Trx, scope: ImportScope, work: Write): Promise<void> {
  const { row, input, file, hashes, mode, now, deps } = work
  const { tenantId, from } = scope
  const isMine = await claimImport(trx, row, { from: 'previewed', to: 'committed' })
  if (!isMine) throw problem('import-gone', 'This file was imported a moment ago.')
  const plan = await planImport(trx, tenantId, { file, mode })
  const found = foundIn(file, plan, await contextOf(scope, mode, { db: trx }))
  if (plan.errors.length > 0 && !input.goodRowsOnly) throw new HasErrors(found)
  requireAgreed(found, input)
  const context = { tenantId, importId: row.id, now, dialect: deps.store.dialect, hashes, from }
  const undo = await writeImport(trx, plan, context)
  await keepCommitted(trx, row, { found, undo, now })
  const removed = plan.removes.length === 0 ? '' : `, ${plan.removes.length} removed`
  const text = `was imported: ${plan.adds.length} users added, ${plan.changes.length} changed${removed}`
  const { adds, changes, removes, passwords } = found
  const counts = { adds, changes, removes, passwords, leftOut: found.errorCount }
  await note(trx, scope, { row, action: 'users.imported', text, counts, now })
}

/** So many removals need a yes to their very number. */
function requireAgreed({ removes, removalsNeedYes }: ImportFound, { removals }: CommitInput): void {
  if (!removalsNeedYes || removals === removes) return
  throw problem('removals-need-yes', `${removes} users would be removed. Say yes to that number.`)
}

async function planned(
  scope: ImportScope,
  { file, mode }: { readonly file: ImportFile; readonly mode: ImportMode },
  { store }: Pick<ImportDeps, 'store'>,
): Promise<ImportFound> {
  const plan = await planImport(store.db, scope.tenantId, { file, mode })
  return foundIn(file, plan, await contextOf(scope, mode, store))
}

async function contextOf(
  { tenantId }: Scope,
  mode: ImportMode,
  { db }: Pick<ImportDeps['store'], 'db'>,
): Promise<FoundContext> {
  return { mode, groups: await localGroups(db, tenantId) }
}

async function readAgain(
  scope: ImportScope,
  {
    row,
    columns,
  }: { readonly row: ImportRow; readonly columns: readonly Pick<ImportColumn, 'means' | 'attribute'>[] },
  { store, secrets }: Pick<ImportDeps, 'store' | 'secrets'>,
): Promise<ImportFile> {
  const opened = openedOf(row, secrets)
  const rules = await rowRulesOf(store.db, scope.tenantId, scope.held)
  return readImportFile(Buffer.from(opened, 'base64'), rules, columns)
}

/** Sealed with a key that was dropped since: as gone as one whose hour is over. */
function openedOf({ tenant_id, id, raw }: ImportRow, secrets: ImportDeps['secrets']): string {
  try {
    return secrets.open(Buffer.from(raw).toString(), placeOf(tenant_id, id))
  } catch {
    throw problem('import-gone', 'The uploaded file cannot be read any more. Upload it again.')
  }
}

function placeOf(tenantId: string, id: string) {
  return { tenantId, column: 'user_import.raw', id }
}

async function requireImport(
  { tenantId }: Pick<Scope, 'tenantId'>,
  id: string,
  { store }: Pick<ImportDeps, 'store'>,
): Promise<ImportRow> {
  const row = await findImport(store.db, tenantId, id)
  if (!row) throw notFound(id)
  return row
}

function shown(row: ImportRow, { clock, jobs }: Pick<ImportDeps, 'clock' | 'jobs'>): UserImport {
  const progress = row.state === 'previewed' ? jobs.progressOf(row.id) : null
  const kept = importOf(row, clock.now())
  const state = progress === null ? kept.state : ('importing' as const)
  return { ...kept, state, progress, failure: jobs.failureOf(row.id) }
}

/** Rolls the transaction back and carries what was found out of it. */
class HasErrors extends Error {
  readonly found: ImportFound

  constructor(found: ImportFound) {
    super('the file has errors')
    this.found = found
  }
}

export function requirePreview(row: ImportRow, now: number): void {
  if (row.state === 'expired' || isExpired(row, now)) {
    throw problem('import-gone', 'The preview is too old. Upload the file again.')
  }
  if (row.state !== 'previewed') throw problem('import-gone', 'This file was imported already.')
}

export function hasErrors({
  errorCount,
  errors: [first],
}: Pick<ImportFound, 'errorCount' | 'errors'>): Error {
  const where = first ? ` Line ${first.line} first: ${first.reason}` : ''
  const rows = errorCount === 1 ? '1 row needs' : `${errorCount} rows need`
  return problem('import-has-errors', `Nothing is imported yet: ${rows} attention.${where}`)
}

type Note = {
  readonly row: ImportRow
  readonly action: string
  readonly text: string
  readonly counts: { readonly [name: string]: number } | null
  readonly now: number
}

async function note(trx: Parameters<typeof appendAudit>[0], scope: Scope, note: Note): Promise<void> {
  const { row, action, text, counts, now } = note
  const subject = `import ${row.file_name}`
  await appendAudit(trx, scope, { action, subject, before: null, after: counts, at: now })
  const activity = { tenantId: scope.tenantId, at: now, kind: 'change', step: 'add-users' } as const
  await addActivity(trx, { ...activity, text: `${row.file_name} ${text}` })
}

function notFound(id: string): Error {
  return problem('not-found', `There is no import “${id}” here.`)
}
