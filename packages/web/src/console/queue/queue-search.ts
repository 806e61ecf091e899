// The filters of the queue as they stand in the address, and what they ask of the server.
import { type QueueFilter, QueueState } from '@gatepost/contract/queue.ts'
import * as z from 'zod'

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
export function everythingOf({ state, domain, search }: QueueFilter): string {
  const what = state === undefined ? 'everything that waits' : `everything ${state}`
  return `${what}${domain ? ` for ${domain}` : ''}${search ? ` with ${search}` : ''}`
}

/** The question again, as an answer: `No held message for acme.example with ann waits here`. */
export function noMatchSentence({ state, domain, search }: QueueSearch): string {
  const kind = state ? `${state} ` : ''
  return `No ${kind}message${domain ? ` for ${domain}` : ''}${search ? ` with ${search}` : ''} waits here`
}
