// The last report of the check script, as it was judged (C5).
import type { Db } from '#store/open.ts'
import { readObservation } from './observation-store.ts'
import type { HostSeen } from './observed.ts'

export type HostKept = HostSeen & {
  readonly droppedBy: string
  readonly droppedAt: number
  /** Domains that Exchange Online takes mail for; reports of former versions kept none. */
  readonly accepted?: readonly string[]
}

export const hostReportKey = (tenantId: string) => ({ tenantId, subject: 'host', name: 'host-report' })

/** Null before the first report. */
export async function hostSeen(db: Db, tenantId: string): Promise<HostKept | null> {
  return (await readObservation<HostKept>(db, hostReportKey(tenantId)))?.value ?? null
}
