// Orders about the greylist: what waits for its retry, and a person's decision about an identity.
import * as z from 'zod'

export type GreylistListOrder = {
  readonly kind: 'greylist-list'
  readonly id: string
  readonly tenantId: string
  /** Part of an address, of a client's address or name, or of an identity; in any case. */
  readonly search: string | null
  /** Attempts older than this id; null starts with the newest. */
  readonly before: string | null
  readonly limit: number
}

/** Every edge carries it out for its own file; twice is the same as once. */
export type GreylistDecideOrder = {
  readonly kind: 'greylist-decide'
  readonly id: string
  readonly tenantId: string
  readonly decision: 'release' | 'forget'
  readonly identity: string
}

export type GreylistOrder = GreylistListOrder | GreylistDecideOrder

const WaitingAttempt = z.object({
  id: z.string(),
  reversePath: z.string(),
  forwardPath: z.string(),
  clientIp: z.string(),
  clientName: z.string().nullable(),
  helo: z.string(),
  identity: z.string(),
  firstAt: z.int(),
  lastAt: z.int(),
  attempts: z.int(),
})
export type WaitingAttempt = z.infer<typeof WaitingAttempt>

export const GreylistListed = z.object({
  kind: z.literal('greylist-list'),
  /** Newest first. */
  items: z.array(WaitingAttempt),
  /** Down to which id was looked; null at the end. */
  next: z.string().nullable(),
  waiting: z.int(),
})
export type GreylistListed = z.infer<typeof GreylistListed>

export const GreylistDecided = z.object({ kind: z.literal('greylist-decide') })
export type GreylistDecided = z.infer<typeof GreylistDecided>

export type GreylistResult = GreylistListed | GreylistDecided

/**
 * Lists of several edges as one, newest first. Nothing is shown beyond where one of them stopped looking, so
 * that no page leaves anything out.
 */
export function mergeNewest<Item extends { readonly id: string }>(
  parts: readonly { readonly items: readonly Item[]; readonly next: string | null }[],
  limit: number,
): { readonly items: Item[]; readonly next: string | null } {
  const end =
    parts
      .flatMap(({ next }) => next ?? [])
      .sort()
      .at(-1) ?? null
  const items = parts
    .flatMap((part) => part.items)
    .filter(({ id }) => end === null || id >= end)
    .sort((a, b) => (a.id > b.id ? -1 : 1))
  if (items.length <= limit) return { items, next: end }
  const shown = items.slice(0, limit)
  return { items: shown, next: shown.at(-1)?.id ?? null }
}
