// What the address of the greylisting page holds: which list is shown, and what it is searched for.
import * as z from 'zod'

export const lists = ['waiting', 'accepted', 'never-retried'] as const
export type ListName = (typeof lists)[number]

export const GreylistingSearch = z.object({
  list: z.enum(lists).optional().catch(undefined),
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
})
export type GreylistingSearch = z.infer<typeof GreylistingSearch>
