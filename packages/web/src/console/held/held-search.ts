// The filter of held mail as it stands in the address bar.
import { HeldState } from '@gatepost/contract/held.ts'
import * as z from 'zod'

export const HeldSearch = z.object({
  class: z.string().max(60).optional().catch(undefined),
  state: HeldState.optional().catch(undefined),
  search: z.string().max(320).optional().catch(undefined),
  recipient: z.string().max(320).optional().catch(undefined),
  asked: z.enum(['request', 'second']).optional().catch(undefined),
})
export type HeldSearch = z.infer<typeof HeldSearch>

export const isFiltered = ({ state: _, ...search }: HeldSearch): boolean =>
  Object.values(search).some((value) => value !== undefined)
