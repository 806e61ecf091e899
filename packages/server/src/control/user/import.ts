// Lists of users from a CSV file (C3, D7): checked whole, imported in one piece, taken back within the hour.
import type { UserImport } from '@gatepost/contract/user-import.ts'
import { newId } from '#platform/random.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Trx } from '#store/open.ts'
import { actorName, appendAudit } from '../audit/audit.ts'
import { addActivity } from '../connect/activity.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { type ImportFile, readImportFile } from './import-file.ts'
import { type ImportPlan, planImport } from './import-plan.ts'
import {
  claimImport,
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
import { ownDomains } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Shown and kept; the count is exact. */
const ERRORS_KEPT_MAX = 1_000
const SAMPLE_ROWS = 20

/** Checks an uploaded file; nothing is imported yet. Throws `file-unreadable`, `rows-over-limit`. */
export async function previewImport(
  scope: Scope,
  upload: { readonly fileName: string; readonly raw: Uint8Array },
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<UserImport> {
  const { tenantId } = scope
  const now = clock.now()
  await dropOldImports(store.db, now)
  const file = await readImportFile(upload.raw, await ownDomains(store.db, tenantId))
  const found = foundIn(file, await planImport(store.db, tenantId, file))
  const id = newId('imp', now)
  await store.transaction((trx) =>
    insertImport(
      trx,
      {
        id,
        tenant_id: tenantId,
        kind: 'users',
        file_name: upload.fileName,
        raw: upload.raw,
        created_at: now,
        created_by: actorName(scope.actor),
      },
      found,
    ),
  )
  return getImport(scope, id, { store, clock })
}

export async function getImport(
  scope: Scope,
  id: string,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<UserImport> {
  const row = await findImport(store.db, scope.tenantId, id)
  if (!row) throw notFound(id)
  return importOf(row, clock.now())
}

/**
 * Imports a previewed file in one transaction: all rows or none, or all good ones. Throws `import-has-
 * errors`, and `import-gone` for one that is too old or was imported already.
 */
export async function commitImport(
  scope: Scope,
  input: { readonly id: string; readonly goodRowsOnly: boolean },
  deps: Deps,
): Promise<UserImport> {
  const { store, clock, link } = deps
  const row = await findImport(store.db, scope.tenantId, input.id)
  if (!row) throw notFound(input.id)
  requirePreview(row, clock.now())
  // Users and domains may have changed since the preview, so the file is checked again; read outside the
  // transaction, because parsing takes longest.
  const file = await readImportFile(row.raw, await ownDomains(store.db, scope.tenantId))
  const refused = await carryOut(scope, { row, file, goodRowsOnly: input.goodRowsOnly }, deps)
  if (refused !== null) {
    await keepFound(store.db, row, refused)
    throw hasErrors(refused)
  }
  link.settingsChanged()
  return getImport(scope, row.id, deps)
}

/** Takes an import back. Throws `import-gone` when its hour is over or a later import builds on it. */
export async function takeBackImport(scope: Scope, id: string, deps: Deps): Promise<UserImport> {
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

type CarryOut = { readonly row: ImportRow; readonly file: ImportFile; readonly goodRowsOnly: boolean }

/** Null when it is done; what was found when the file has errors, and then nothing has changed. */
async function carryOut(
  scope: Scope,
  { row, file, goodRowsOnly }: CarryOut,
  { store, clock }: Deps,
): Promise<ImportFound | null> {
  const { tenantId } = scope
  const { dialect } = store
  const work = store.transaction(async (trx) => {
    const isMine = await claimImport(trx, row, { from: 'previewed', to: 'committed' })
    if (!isMine) throw problem('import-gone', 'This file was imported a moment ago.')
    const plan = await planImport(trx, tenantId, file)
    const found = foundIn(file, plan)
    if (plan.errors.length > 0 && !goodRowsOnly) throw new HasErrors(found)
    const now = clock.now()
    const undo = await writeImport(trx, plan, { tenantId, importId: row.id, now, dialect })
    await keepCommitted(trx, row, { found, undo, now })
    const text = `was imported: ${plan.adds.length} users added, ${plan.changes.length} changed`
    const counts = { adds: found.adds, changes: found.changes, leftOut: found.errorCount }
    await note(trx, scope, { row, action: 'users.imported', text, counts, now })
  })
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof HasErrors) return error.found
      if (!isUniqueViolation(error)) throw error
      throw problem('import-has-errors', 'Somebody added one of these addresses just now. Import again.')
    },
  )
}

/** Rolls the transaction back and carries what was found out of it. */
class HasErrors extends Error {
  readonly found: ImportFound

  constructor(found: ImportFound) {
    super('the file has errors')
    this.found = found
  }
}

function foundIn(file: ImportFile, plan: ImportPlan): ImportFound {
  return {
    columns: [...file.columns],
    rows: file.rows,
    adds: plan.adds.length,
    changes: plan.changes.length,
    unchanged: plan.unchanged.length,
    errors: plan.errors.slice(0, ERRORS_KEPT_MAX),
    errorCount: plan.errors.length,
    warnings: [...file.warnings],
    sample: file.candidates.slice(0, SAMPLE_ROWS).map(({ line, email, name, aliases }) => {
      return { line, email: email.address, name, aliases: aliases.map(({ address }) => address) }
    }),
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
