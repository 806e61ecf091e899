// The filters of the senders page as they stand in the address, and what they ask of the server.

import { SenderAction, type SenderFilter, SenderSource } from '@gatepost/contract/sender.ts'
import * as z from 'zod'
import type { Words } from '#i18n/i18n.ts'

/** Unknown values in an address are dropped, not refused: links grow old. */
export const SendersSearch = z.object({
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
  user: z.coerce.string().trim().max(320).optional().catch(undefined),
  action: SenderAction.optional().catch(undefined),
  source: SenderSource.optional().catch(undefined),
  state: z.enum(['expired', 'waiting', 'suspended']).optional().catch(undefined),
})
export type SendersSearch = z.infer<typeof SendersSearch>

export const actionWordsOf = (t: Words) =>
  ({ permit: t('sendersSearch.permitted'), block: t('sendersSearch.blocked') }) as const
export const sourceWordsOf = (t: Words) =>
  ({
    manual: t('sendersSearch.byHand'),
    imported: t('sendersSearch.csvImport'),
    'auto-allow': t('sendersSearch.autoAllow'),
    'trusted-service': t('sendersSearch.trustedService'),
  }) as const
export const stateWordsOf = (t: Words) =>
  ({
    expired: t('sendersSearch.expired'),
    waiting: t('sendersSearch.waitingForTheUser'),
    suspended: t('sendersSearch.suspended'),
  }) as const

/** What is asked of the server: only the filters that are set. */
export function filterOf(given: SendersSearch): SenderFilter {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as SenderFilter
}

export function isFiltered(given: SendersSearch): boolean {
  return Object.values(given).some(Boolean)
}

const kindClausesOf = (t: Words) =>
  ({ permit: t('sendersSearch.permitted2'), block: t('sendersSearch.blocked2') }) as const
const sourceClausesOf = (t: Words) =>
  ({
    manual: t('sendersSearch.fromByHand'),
    imported: t('sendersSearch.fromCsvImport'),
    'auto-allow': t('sendersSearch.fromAutoAllow'),
    'trusted-service': t('sendersSearch.fromTrustedService'),
  }) as const
const stateClausesOf = (t: Words) =>
  ({
    expired: t('sendersSearch.thatHaveExpired'),
    waiting: t('sendersSearch.thatWaitForTheirUser'),
    suspended: t('sendersSearch.thatAreSuspended'),
  }) as const

/** What a filter means, as the object of a sentence: `blocked senders of ann@acme.example with news`. */
export function entriesOf(t: Words, { search, user, action, source, state }: SendersSearch): string {
  const kind = action === undefined ? '' : kindClausesOf(t)[action]
  const from = source === undefined ? '' : sourceClausesOf(t)[source]
  const of = user ? t('sendersSearch.of', { user }) : ''
  const when = state === undefined ? '' : stateClausesOf(t)[state]
  const words = search ? t('sendersSearch.with', { search }) : ''
  return t('sendersSearch.senders', { kind, of, from, when, words })
}
