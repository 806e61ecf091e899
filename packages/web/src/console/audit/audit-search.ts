// The filters of the audit log as they stand in the address, and what they ask of the server.
import type { AuditFilter } from '@gatepost/contract/audit.ts'
import * as z from 'zod'

const DAY_MS = 86_400_000

/** Unknown values in an address are dropped, not refused: links grow old. */
export const AuditSearch = z.object({
  search: z.coerce.string().trim().max(200).optional().catch(undefined),
  who: z.string().max(80).optional().catch(undefined),
  action: z.string().max(80).optional().catch(undefined),
  address: z.string().max(80).optional().catch(undefined),
  outcome: z.enum(['done', 'refused']).optional().catch(undefined),
  days: z.coerce.number().int().min(1).max(3_650).optional().catch(undefined),
})
export type AuditSearch = z.infer<typeof AuditSearch>

/** What is asked of the server; days count from the beginning of the hour, so that pages are cached. */
export function filterOf({ days, ...rest }: AuditSearch, now: number): AuditFilter {
  const hour = Math.floor(now / 3_600_000) * 3_600_000
  const given = { ...rest, since: days === undefined ? undefined : hour - days * DAY_MS }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as AuditFilter
}

export function isFiltered(given: AuditSearch): boolean {
  return Object.values(given).some(Boolean)
}
