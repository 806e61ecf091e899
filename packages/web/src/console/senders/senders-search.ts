// The filters of the senders page as they stand in the address, and what they ask of the server.
import { SenderAction, type SenderFilter, SenderSource } from '@gatepost/contract/sender.ts'
import * as z from 'zod'

/** Unknown values in an address are dropped, not refused: links grow old. */
export const SendersSearch = z.object({
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
  user: z.coerce.string().trim().max(320).optional().catch(undefined),
  action: SenderAction.optional().catch(undefined),
  source: SenderSource.optional().catch(undefined),
  state: z.enum(['expired', 'waiting', 'suspended']).optional().catch(undefined),
})
export type SendersSearch = z.infer<typeof SendersSearch>

export const actionWords = { permit: 'Permitted', block: 'Blocked' } as const
export const sourceWords = {
  manual: 'By hand',
  imported: 'CSV import',
  'auto-allow': 'Auto allow',
  'trusted-service': 'Trusted service',
} as const
export const stateWords = {
  expired: 'Expired',
  waiting: 'Waiting for the user',
  suspended: 'Suspended',
} as const

/** What is asked of the server: only the filters that are set. */
export function filterOf(given: SendersSearch): SenderFilter {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as SenderFilter
}

export function isFiltered(given: SendersSearch): boolean {
  return Object.values(given).some(Boolean)
}

const stateClauses = {
  expired: ' that have expired',
  waiting: ' that wait for their user',
  suspended: ' that are suspended',
} as const

/** What a filter means, as the object of a sentence: `blocked senders of ann@acme.example with news`. */
export function entriesOf({ search, user, action, source, state }: SendersSearch): string {
  const kind = action === undefined ? '' : `${actionWords[action].toLowerCase()} `
  const from =
    source === undefined
      ? ''
      : ` from ${sourceWords[source].replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())}`
  const of = user ? ` of ${user}` : ''
  const when = state === undefined ? '' : stateClauses[state]
  return `${kind}senders${of}${from}${when}${search ? ` with “${search}”` : ''}`
}
