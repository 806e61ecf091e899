// What the addresses of the policy pages hold: filters of the list, and a draft to begin with.
import * as z from 'zod'

export const policyTypes = [
  'permitted-senders',
  'blocked-senders',
  'greylisting',
  'anti-spoofing',
  'display-name',
  'authentication',
  'auto-allow',
  'dkim-signing',
  'delivery-route',
  'secure-delivery',
  'secure-receipt',
  'virus-scanning',
  'attachment-handling',
  'spam-scanning',
  'first-contact',
] as const
export type PolicyTypeName = (typeof policyTypes)[number]

export const PolicySearch = z.object({
  type: z.enum(policyTypes).optional().catch(undefined),
  search: z.coerce.string().trim().max(320).optional().catch(undefined),
  enabled: z.enum(['true', 'false']).optional().catch(undefined),
  origin: z.enum(['person', 'default', 'service']).optional().catch(undefined),
  group: z.string().max(60).optional().catch(undefined),
})
export type PolicySearch = z.infer<typeof PolicySearch>

/** The draft is read by the page, which knows its shape. */
export const NewPolicySearch = z.object({
  type: z.enum(policyTypes).optional().catch(undefined),
  draft: z.unknown().optional(),
})
