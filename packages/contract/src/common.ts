// Shapes that many resources share: ids, times, pages, checks and records as the pages show them.
import * as z from 'zod'
import { CheckSaid, Said } from './saying.ts'

/** Integer epoch milliseconds. */
export const Time = z.int().describe('Epoch milliseconds')
export const Nothing = z.strictObject({})
export const TenantPath = z.object({ tenant: z.string().describe('Id or slug of the organisation') })

/** A domain name as people type it; normalised by the server to lower-case A-labels. */
export const DomainName = z.string().trim().min(1).max(253).describe('Domain name')
/** An e-mail address. */
export const Address = z.string().trim().min(3).max(320).describe('E-mail address')

/** Query of every list. `after` is the `next` of the page before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  after: z.string().optional(),
})

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable(), total: z.int().nullable() })
}

/** The seven step states (interface §1.2). */
export const StepState = z.enum([
  'not-started',
  'in-progress',
  'waiting',
  'needs-attention',
  'done',
  'skipped',
  'locked',
])
export type StepState = z.infer<typeof StepState>

/** States of a single check (look/README, status vocabulary). */
export const CheckState = z.enum([
  'passed',
  'failed',
  'warning',
  'running',
  'not-run',
  'not-verified',
  'not-required',
])
export type CheckState = z.infer<typeof CheckState>

export const Check = z.object({
  name: z.string(),
  /** What is tested, as a short sentence. */
  title: z.string(),
  state: CheckState,
  /** What we saw. */
  saw: z.string(),
  /** What to do when it did not pass; null otherwise. */
  remedy: z.string().nullable(),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  /** Its texts as codes, for pages in other languages. */
  said: CheckSaid.optional(),
})
export type Check = z.infer<typeof Check>

/** States of a DNS record (interface §1.12). */
export const RecordState = z.enum([
  'found',
  'not-found-yet',
  'different-value',
  'duplicate',
  'conflict',
  'temporary-failure',
  'not-required',
])
export type RecordState = z.infer<typeof RecordState>

/** One DNS record that somebody should publish, with what each server says of it. */
export const DnsRecord = z.object({
  purpose: z.string(),
  type: z.enum(['TXT', 'CNAME', 'MX', 'A', 'AAAA']),
  /** Full name without the trailing dot. */
  name: z.string(),
  /** The name as most providers want it: relative to the zone, `@` for the zone itself. */
  relativeName: z.string(),
  value: z.string(),
  priority: z.int().nullable(),
  ttl: z.int(),
  state: RecordState,
  /** "We see": a sentence. */
  weSee: z.string(),
  /** "We expect": a sentence, and the exact edit when it differs. */
  weExpect: z.string(),
  said: z.object({ weSee: Said.optional(), weExpect: Said.optional() }).optional(),
  servers: z.array(
    z.object({
      server: z.string(),
      view: z.enum(['authoritative', 'public']),
      state: RecordState,
      values: z.array(z.string()),
      ttl: z.int().nullable(),
    }),
  ),
})
export type DnsRecord = z.infer<typeof DnsRecord>

/** Where a saved setting is live (law: never "may take hours"). */
export const Liveness = z.object({
  version: z.int(),
  edges: z.array(z.object({ node: z.string(), slot: z.int(), version: z.int(), seenAt: Time })),
  live: z.int(),
  total: z.int(),
})
export type Liveness = z.infer<typeof Liveness>

export const Environment = z.enum([
  'microsoft-365',
  'on-premises',
  'hybrid',
  'hosted',
  'google-workspace',
  'other',
])
export type Environment = z.infer<typeof Environment>

/** A program to download: how large, or why it cannot be had. Its name is one of its maker's. */
export const Program = z.object({
  name: z.string(),
  state: z.enum(['ready', 'on-demand', 'unavailable']),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
  /** Why it is unavailable; null otherwise. */
  why: z.string().nullable(),
})
