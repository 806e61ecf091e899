// Exports: long work that goes on by itself, with its progress in the database; the file is kept for a week
// and every download is noted.
import { join } from 'node:path'
import {
  type ArchiveExport,
  type ArchiveQuery,
  EXPORT_MESSAGES_MAX,
  type startArchiveExport,
} from '@gatepost/contract/archive.ts'
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import { ContentMissing, openGrowingFile, readFilePieces } from '#platform/content-files.ts'
import { removeFile } from '#platform/files.ts'
import { newId } from '#platform/random.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit, auditLook } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { ArchiveDeps } from './deps.ts'
import { exportFile } from './export-file.ts'
import { requireReason } from './look.ts'
import { ContentSpoiled } from './seal.ts'
import { deleteExport, exportOf, exportsOf, insertExport, openExports, updateExport } from './store.ts'
import type { Cursor } from './thread-wire.ts'

const KEPT_MS = 7 * 86_400_000
const SHOWN_MAX = 50
/** Of one organisation, waiting and running. */
const OPEN_MAX = 5
const PAGE = 50
/** One message of an export is in memory at a time; larger ones are left out and counted. */
const MESSAGE_OCTETS_MAX = 300 * 1_048_576

export async function listExports({ tenantId }: Scope, { store }: ArchiveDeps) {
  return { items: (await exportsOf(store.db, tenantId, SHOWN_MAX)).map(shown) }
}

export async function getExport(
  { tenantId }: Scope,
  id: string,
  { store }: ArchiveDeps,
): Promise<ArchiveExport> {
  const row = await exportOf(store.db, tenantId, id)
  if (row === null) throw problem('not-found', 'There is no such export any more.')
  return shown(row)
}

/** Throws `archive-off`, `reason-needed`, `limit-reached`. */
export async function startExport(
  scope: Scope,
  input: BodyOf<typeof startArchiveExport>,
  deps: ArchiveDeps & { readonly exports: ExportRunner },
): Promise<ArchiveExport> {
  const { store, clock, archive } = deps
  const { tenantId } = scope
  const { format, query, reason } = input
  await requireReason(scope, reason, deps)
  const at = clock.now()
  const fitting = await archive.count(tenantId, query, EXPORT_MESSAGES_MAX * 4)
  const total = Math.min(fitting, EXPORT_MESSAGES_MAX)
  const row: Row<'archive_export'> = {
    id: newId('exp', at),
    tenant_id: tenantId,
    format,
    query: JSON.stringify(query),
    reason: reason ?? null,
    state: 'waiting',
    done: 0,
    total,
    bytes: 0,
    left_out: fitting - total,
    error: null,
    created_at: at,
    created_by: scope.actor.name,
    finished_at: null,
    expires_at: at + KEPT_MS,
  }
  await store.transaction(async (trx) => {
    const there = await exportsOf(trx, tenantId, SHOWN_MAX)
    if (there.filter(({ state }) => state === 'waiting' || state === 'running').length >= OPEN_MAX) {
      throw problem('limit-reached', `At most ${OPEN_MAX} exports wait at a time.`)
    }
    const after = { format, query, total, ...(reason === undefined ? {} : { reason }) }
    const event = { action: 'archive.export-started', subject: `export ${row.id}`, before: null, after, at }
    await appendAudit(trx, scope, event)
    await insertExport(trx, row)
  })
  deps.exports.wake()
  return shown(row)
}

export async function cancelExport(
  scope: Scope,
  id: string,
  deps: ArchiveDeps & { readonly exports: ExportRunner },
): Promise<void> {
  const { store, clock, archive } = deps
  const row = await exportOf(store.db, scope.tenantId, id)
  if (row === null) throw problem('not-found', 'There is no such export any more.')
  await store.transaction(async (trx) => {
    await deleteExport(trx, scope.tenantId, id)
    const event = { action: 'archive.export-removed', subject: `export ${id}`, before: null, after: null }
    await appendAudit(trx, scope, { ...event, at: clock.now() })
  })
  removeFile(fileOf(archive.folder, row))
}

/** The file, piece by piece; noted before the first leaves. */
export async function downloadExport(
  scope: Scope,
  id: string,
  deps: ArchiveDeps,
): Promise<AsyncIterable<Uint8Array>> {
  const row = await exportOf(deps.store.db, scope.tenantId, id)
  if (row?.state !== 'done') throw problem('not-found', 'There is no file of this export.')
  const look = { action: 'archive.export-downloaded', subject: `export ${id}`, at: deps.clock.now() }
  await auditLook(scope, look, deps)
  return readFilePieces(fileOf(deps.archive.folder, row))
}

/** Works through exports one after the other, also those that a restart broke off. */
export class ExportRunner {
  readonly #deps: ArchiveDeps
  #wake = new AbortController()

  constructor(deps: ArchiveDeps) {
    this.#deps = deps
  }

  wake(): void {
    this.#wake.abort()
  }

  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, emit } = this.#deps
    while (!signal.aborted) {
      this.#wake = new AbortController()
      try {
        for (const row of await openExports(store)) {
          if (signal.aborted) return
          await this.#write(row, signal)
        }
      } catch (error) {
        emit('control.request.failed', { what: 'archive exports', error })
      }
      await clock.sleep(IDLE_MS, AbortSignal.any([signal, this.#wake.signal]))
    }
  }

  async #write(row: Row<'archive_export'>, signal: AbortSignal): Promise<void> {
    const { store, clock, archive } = this.#deps
    const { id, tenant_id: tenantId, format } = row
    const file = exportFile(format)
    const target = await openGrowingFile(join(archive.folder, 'exports'), `${id}.${format}`)
    const progress = { done: 0, bytes: 0, leftOut: row.left_out }
    const damaged: string[] = []
    const write = async (parts: readonly Uint8Array[]): Promise<void> => {
      for (const part of parts) {
        await target.write(part)
        progress.bytes += part.length
      }
    }
    try {
      const query = JSON.parse(row.query) as ArchiveQuery
      let cursor: Cursor | null = null
      do {
        const asked = { query, limit: PAGE, cursor, withSnippets: false }
        const { found, next } = await archive.search(tenantId, asked)
        for (const { entry } of found) {
          if (progress.done >= EXPORT_MESSAGES_MAX || file.isFull) progress.leftOut += 1
          else if (entry.size > MESSAGE_OCTETS_MAX) progress.leftOut += 1
          else {
            const octets = await wholeOf(archive.content(tenantId, entry.digest))
            if (octets === null) damaged.push(entry.id)
            else await write(file.add(entry, octets))
            if (octets === null) progress.leftOut += 1
            else progress.done += 1
          }
        }
        const { done, bytes, leftOut } = progress
        const fields = { state: 'running', done, bytes, left_out: leftOut } as const
        await updateExport(store.db, tenantId, id, fields)
        cursor = progress.done >= EXPORT_MESSAGES_MAX || file.isFull ? null : next
        // Removed meanwhile, or control is stopping: begun anew with the next start.
        if (signal.aborted || (await exportOf(store.db, tenantId, id)) === null) return await target.discard()
      } while (cursor !== null)
      await write(file.end())
      await target.close()
      const { done, bytes } = progress
      const fields = { state: 'done', done, total: done, bytes, finished_at: clock.now() } as const
      await updateExport(store.db, tenantId, id, { ...fields, error: damageText(damaged) })
    } catch (error) {
      await target.discard()
      const fields = { state: 'failed', error: (error as Error).message, finished_at: clock.now() } as const
      await updateExport(store.db, tenantId, id, fields)
    }
  }
}

const IDLE_MS = 30_000
/** Named; the rest is counted. */
const DAMAGED_NAMED_MAX = 10

/** The octets of a message; null where they are damaged, which must not keep the others back. */
async function wholeOf(content: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of content) parts.push(part)
  } catch (error) {
    if (error instanceof ContentSpoiled || error instanceof ContentMissing) return null
    throw error
  }
  return Buffer.concat(parts)
}

function damageText(ids: readonly string[]): string | null {
  if (ids.length === 0) return null
  const named = ids.slice(0, DAMAGED_NAMED_MAX).join(', ')
  const more = ids.length > DAMAGED_NAMED_MAX ? ' and others' : ''
  return `Damaged and left out: ${named}${more}. Verify the archive.`
}

/** Where the file of an export stands. */
export function fileOf(folder: string, { id, format }: Pick<Row<'archive_export'>, 'id' | 'format'>): string {
  return join(folder, 'exports', `${id}.${format}`)
}

function shown(row: Row<'archive_export'>): ArchiveExport {
  return {
    id: row.id,
    format: row.format,
    query: JSON.parse(row.query) as ArchiveExport['query'],
    reason: row.reason,
    state: row.state,
    done: row.done,
    total: row.total,
    bytes: row.bytes,
    leftOut: row.left_out,
    error: row.error,
    createdAt: row.created_at,
    createdBy: row.created_by,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  }
}
