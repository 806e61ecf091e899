// Things of an organisation that sharing, acceptance and leaving keep, for the tests of its walls.
import { join } from 'node:path'
import { insertReport } from '@gatepost/server/control/acceptance/store.ts'
import { pathOf } from '@gatepost/server/control/leaving/export.ts'
import { ensureFolder, replaceFile } from '@gatepost/server/platform/files.ts'
import type { TestControl } from '../control.ts'

type Post = (path: string, body: unknown) => Promise<Record<string, unknown>>

/** Makes one of each; returns the ids by the names in paths. */
export async function fillOperator(
  { deps }: TestControl,
  tenantId: string,
  post: Post,
): Promise<{ readonly [name: string]: string }> {
  const { share } = await post('shares', { step: 'modify-mx' })
  const report = {
    id: `acc_${tenantId}`,
    state: 'done' as const,
    startedAt: deps.clock.now(),
    endedAt: deps.clock.now(),
    askedBy: 'Ada',
    organisation: 'Acme',
    environment: 'other' as const,
    version: '0.0.0',
    hostname: 'mx.gate.example',
    recipient: '',
    domains: [],
    values: [],
    probes: [],
  }
  await insertReport(deps.store.db, tenantId, report)
  const now = deps.clock.now()
  const row = { id: `exp_${tenantId}`, tenant_id: tenantId, state: 'done' as const, part: '', done: 0 }
  const rest = { started_at: now, ended_at: now, expires_at: now + 86_400_000, asked_by: 'Ada' }
  await deps.store.db
    .insertInto('tenant_export')
    .values({ ...row, ...rest, bytes: 0, digest: null, why: null })
    .execute()
  ensureFolder(join(deps.config.data, 'exports'))
  replaceFile(pathOf(row.id, deps), 'a file')
  return {
    ip: '198.51.100.200',
    wholeExport: row.id,
    share: (share as { readonly id: string }).id,
    report: report.id,
  }
}
