// Settings of a directory read by Google's Admin SDK (D5). The secret is the service account's JSON key.
import * as z from 'zod'

export const GoogleSettings = z.object({
  kind: z.literal('google'),
  /** The administrator in whose name the service account reads. */
  adminEmail: z.string().trim().min(3).max(320),
  /** The customer to read; `my_customer` is the administrator's own. */
  customer: z.string().trim().min(1).max(100).default('my_customer'),
})
export type GoogleSettings = z.infer<typeof GoogleSettings>
