// What is looked for in the archive, as it stands in the address bar.
import { ArchiveDirection, ArchiveFlag, ArchiveSource } from '@gatepost/contract/archive.ts'
import * as z from 'zod'

const Words = z.string().max(300).optional().catch(undefined)
const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined)

export const ArchiveSearch = z.object({
  text: Words,
  person: Words,
  attachment: Words,
  from: Day,
  to: Day,
  direction: ArchiveDirection.optional().catch(undefined),
  source: ArchiveSource.optional().catch(undefined),
  flag: ArchiveFlag.optional().catch(undefined),
  reason: Words,
})
export type ArchiveSearch = z.infer<typeof ArchiveSearch>

const DAY_MS = 86_400_000

/** The question of the API; days are those of UTC. */
export function queryOf({ from, to, reason: _, ...rest }: ArchiveSearch) {
  return {
    ...rest,
    ...(from === undefined ? {} : { after: Date.parse(`${from}T00:00:00Z`) }),
    ...(to === undefined ? {} : { before: Date.parse(`${to}T00:00:00Z`) + DAY_MS }),
  }
}

export function isEmptySearch({ reason: _, ...search }: ArchiveSearch): boolean {
  return Object.values(search).every((value) => value === undefined || value === '')
}
