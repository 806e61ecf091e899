// Orders about the content of a message that waits: read a part of it, for a preview or a release that looks
// again. The edge checks that the message is the tenant's.
import * as z from 'zod'

/** Octets a result carries at most: base64 in JSON, and both sides keep it in memory. */
export const CONTENT_PART_OCTETS_MAX = 4 * 1024 * 1024

export type FetchContentOrder = {
  readonly kind: 'fetch-content'
  readonly id: string
  readonly tenantId: string
  readonly messageId: string
  /** First octet wanted. */
  readonly from: number
  /** At most so many octets, `CONTENT_PART_OCTETS_MAX` of them at most. */
  readonly octets: number
}

export const FetchedContent = z.object({
  kind: z.literal('fetch-content'),
  /** The message is here, of this tenant, and waits. */
  found: z.boolean(),
  /** Octets of the whole content as received. */
  size: z.int(),
  /** Base64 of the part. */
  content: z.string(),
})
export type FetchedContent = z.infer<typeof FetchedContent>

export const NO_CONTENT: FetchedContent = { kind: 'fetch-content', found: false, size: 0, content: '' }
