// What the address of the ask page holds: the question, and a draft policy to ask it with.
import * as z from 'zod'

const Text = z.coerce.string().trim().max(320).optional().catch(undefined)

export const AskSearch = z.object({
  ip: Text,
  helo: Text,
  from: Text,
  to: Text,
  author: Text,
  /** Read by the page, which knows its shape. */
  draft: z.unknown().optional(),
  draftId: Text,
})
export type AskSearch = z.infer<typeof AskSearch>
