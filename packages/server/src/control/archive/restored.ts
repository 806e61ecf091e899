// After a restore the database may remember a later end of an archive than the files have, because it was
// dumped later. Said once, in the audit log and in the check that finds it; never silently.
import { join } from 'node:path'
import type { ArchiveCheck } from '@gatepost/contract/archive-settings.ts'
import { readText, removeFile } from '#platform/files.ts'
import { appendAudit } from '../audit/audit.ts'
import type { Scope } from '../scope.ts'
import { END_FILE, openEnd } from './backup-end.ts'
import type { ArchiveDeps } from './deps.ts'
import { lowerHead, settingOf } from './store.ts'

type Fault = ArchiveCheck['faults'][number]

/** Takes note of a restored backup that is older than the database; null where none was restored. */
export async function noteRestored(scope: Scope, deps: ArchiveDeps): Promise<Fault | null> {
  const { archive, store, clock } = deps
  const { tenantId } = scope
  const path = join(archive.folder, 'index', tenantId, END_FILE)
  const text = readText(path)
  const key = text === null ? null : await archive.chainKeyOf(tenantId)
  const end = text === null || key === null ? null : openEnd(key, text)
  if (end === null) return null
  const newer = await store.transaction(async (trx) => {
    const setting = await settingOf(trx, tenantId)
    const more = setting === null ? 0 : setting.head_seq - end.seq
    if (more <= 0) return 0
    await lowerHead(trx, tenantId, end)
    const after = { backupOf: end.at, newer: more }
    const event = { action: 'archive.restored', subject: 'archive', before: null, after, at: clock.now() }
    await appendAudit(trx, scope, event)
    return more
  })
  // Only now: a stop before it does this again.
  removeFile(path)
  if (newer === 0) return null
  const made = `${new Date(end.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const what = newer === 1 ? 'One record is' : `${newer} records are`
  const saw = `${what} newer than the backup of ${made} that was restored.`
  return { kind: 'newer-than-backup', seq: end.seq + 1, id: null, saw }
}
