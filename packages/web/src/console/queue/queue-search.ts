// The filters of the queue as they stand in the address, and what they ask of the server.
import { type QueueFilter, QueueState } from '@gatepost/contract/queue.ts'
import * as z from 'zod'
import type { Words } from '#i18n/i18n.ts'

/** Unknown values in an address are dropped, not refused: links grow old. */
export const QueueSearch = z.object({
  state: QueueState.optional().catch(undefined),
  domain: z.coerce.string().trim().max(253).optional().catch(undefined),
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
})
export type QueueSearch = z.infer<typeof QueueSearch>

export const emptySearch = { state: undefined, domain: undefined, search: undefined }

/** What is asked of the server: only the filters that are set. */
export function filterOf(search: QueueSearch): QueueFilter {
  const { state, domain, search: words } = search
  return {
    ...(state ? { state } : {}),
    ...(domain ? { domain } : {}),
    ...(words ? { search: words } : {}),
  }
}

/** More than the choice between the two lists is set. */
export function isNarrowed({ domain, search }: QueueFilter): boolean {
  return Boolean(domain || search)
}

/** What a filter means, as the object of a sentence: `everything held for acme.example with ann`. */
export function everythingOf({ state, domain, search }: QueueFilter, words: Words): string {
  return narrowed(words(`every.${state ?? 'any'}`), { domain, search }, words)
}

/** The question again, as an answer: `No held message for acme.example with ann waits here`. */
export function noMatchSentence({ state, domain, search }: QueueSearch, words: Words): string {
  return words('noMatch.waits', {
    what: narrowed(words(`noMatch.${state ?? 'any'}`), { domain, search }, words),
  })
}

/** With what the filters beside the state ask for. */
function narrowed(what: string, { domain, search }: Omit<QueueFilter, 'state'>, words: Words): string {
  const forDomain = domain ? words('for', { what, domain }) : what
  return search ? words('with', { what: forDomain, search }) : forDomain
}
