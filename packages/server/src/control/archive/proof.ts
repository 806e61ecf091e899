// Proof (J3): gateway against journal day by day, and reading everything again against its digests.
import type { ArchiveCheck, ArchiveDay } from '@gatepost/contract/archive-settings.ts'
import { newId } from '#platform/random.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import type { ArchiveDeps } from './deps.ts'
import { noteRestored } from './restored.ts'
import { checksOf, insertCheck, settingOf, updateCheck } from './store.ts'

const DAY_MS = 86_400_000
const CHECKS_SHOWN = 20
/** A check that is older and still running died with its process. */
const CHECK_MS_MAX = 24 * 3_600_000

export async function reconcile(
  { tenantId }: Scope,
  days: number,
  { clock, archive }: ArchiveDeps,
): Promise<{ items: ArchiveDay[] }> {
  const to = (Math.floor(clock.now() / DAY_MS) + 1) * DAY_MS
  const counted = await archive.days(tenantId, to - days * DAY_MS, to)
  const items = counted.map(({ day, ...counts }) => ({
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
    ...counts,
  }))
  return { items }
}

export async function listChecks({ tenantId }: Scope, { store, clock }: ArchiveDeps) {
  const rows = await checksOf(store.db, tenantId, CHECKS_SHOWN)
  return { items: rows.map((row) => shown(row, clock.now())) }
}

/** Begins to read everything; the answer comes with the list. Throws `archive-off`, `check-too-soon`. */
export async function startCheck(scope: Scope, deps: ArchiveDeps): Promise<ArchiveCheck> {
  const { store, clock, archive, emit } = deps
  const { tenantId } = scope
  const at = clock.now()
  await archive.flush()
  const note = await noteRestored(scope, deps)
  const { row, head } = await store.transaction(async (trx) => {
    const setting = await settingOf(trx, tenantId)
    if (setting === null) throw problem('archive-off', 'Nothing is archived yet.')
    const [last] = await checksOf(trx, tenantId, 1)
    if (last && shown(last, at).state === 'running') {
      throw problem('check-too-soon', 'The archive is being verified just now.')
    }
    const started: Row<'archive_check'> = {
      id: newId('chk', at),
      tenant_id: tenantId,
      state: 'running',
      started_at: at,
      started_by: scope.actor.name,
      finished_at: null,
      records: 0,
      contents: 0,
      octets: 0,
      faults: '[]',
    }
    await insertCheck(trx, started)
    const event = { action: 'archive.verified', subject: 'archive', before: null, after: null, at }
    await appendAudit(trx, scope, event)
    return { row: started, head: { seq: setting.head_seq, hash: setting.head_hash } }
  })
  void archive
    .check(tenantId, head)
    .then(async ({ faults, ...counted }) => {
      const state = faults.length === 0 ? 'passed' : 'failed'
      const told = note === null ? faults : [note, ...faults]
      const fields = { ...counted, state, faults: JSON.stringify(told), finished_at: clock.now() } as const
      await updateCheck(store.db, tenantId, row.id, fields)
    })
    .catch(async (error: unknown) => {
      emit('control.request.failed', { what: 'verifying an archive', error })
      const faults = [{ kind: 'content-missing', seq: 0, id: null, saw: (error as Error).message }]
      const fields = { state: 'failed', faults: JSON.stringify(faults), finished_at: clock.now() } as const
      await updateCheck(store.db, tenantId, row.id, fields).catch(() => undefined)
    })
  return shown(row, at)
}

function shown(row: Row<'archive_check'>, now: number): ArchiveCheck {
  const isLost = row.state === 'running' && now - row.started_at > CHECK_MS_MAX
  return {
    id: row.id,
    state: isLost ? 'failed' : row.state,
    startedAt: row.started_at,
    startedBy: row.started_by,
    finishedAt: row.finished_at,
    records: row.records,
    contents: row.contents,
    octets: row.octets,
    faults: JSON.parse(row.faults) as ArchiveCheck['faults'],
  }
}
