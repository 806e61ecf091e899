// Auto allow (S4): how long mail that is sent permits its answers, and what became of the entries. The
// entries themselves are managed senders.
import * as z from 'zod'
import { Nothing, TenantPath } from './common.ts'
import { endpoint } from './endpoint.ts'

export const AutoAllow = z.object({
  enabled: z.boolean(),
  /** Days without mail to an address after which its entry ends. */
  days: z.int(),
  /** Of a hundred answers, how many are screened all the same. */
  samplePercent: z.int(),
  /** Counted up to 10,000, as the next two. */
  entries: z.int(),
  /** Entries under which something bad came; they count again when the user writes to the sender again. */
  suspended: z.int(),
  /** Entries that end within a week. */
  ending: z.int(),
  /** Policies of the type `auto-allow` that leave mail out. */
  exclusions: z.int(),
  revision: z.int(),
})
export type AutoAllow = z.infer<typeof AutoAllow>

export const getAutoAllow = endpoint({
  name: 'getAutoAllow',
  method: 'GET',
  path: '/v1/tenants/{tenant}/auto-allow',
  tag: 'Senders',
  allow: 'senders:read',
  summary: 'How auto allow works here, and how many entries it made.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: AutoAllow,
  status: 200,
  problems: ['not-found'],
})

export const setAutoAllow = endpoint({
  name: 'setAutoAllow',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/auto-allow',
  tag: 'Senders',
  allow: 'policies:write',
  summary: 'Changes how auto allow works. Entries that are there keep their end.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    enabled: z.boolean(),
    days: z.int().min(7).max(730),
    samplePercent: z.int().min(0).max(100),
  }),
  output: AutoAllow,
  status: 200,
  problems: ['not-found', 'changed-meanwhile'],
})
