// Reports (K3): volumes, outcomes, delay, top senders and threats over a day, a week or a month.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'
import { MessageReasons } from './message.ts'

/** What a report covers: a day by hours, a week or a month by days of UTC. */
export const ReportRange = z.enum(['24h', '7d', '30d'])
export type ReportRange = z.infer<typeof ReportRange>

export const reportOutcomes = [
  'delivered',
  'deferred',
  'held',
  'refused',
  'queued',
  'bounced',
  'discarded',
] as const
export type ReportOutcome = (typeof reportOutcomes)[number]

const outcomes = {
  delivered: z.int(),
  deferred: z.int(),
  held: z.int(),
  refused: z.int(),
  queued: z.int(),
  bounced: z.int(),
  discarded: z.int(),
}
const Outcomes = z.object(outcomes)
const Bar = z.object({ at: Time, ...outcomes })
const Ranked = z.object({ name: z.string(), count: z.int(), refused: z.int() })

/** Delays by how long, in the order of the look. */
export const delayBands = ['none', 'under-1-min', '1-to-5-min', '5-to-15-min', 'over-15-min'] as const

export const Report = z.object({
  range: ReportRange,
  from: Time,
  to: Time,
  step: z.enum(['hour', 'day']),
  /** One bar a step, oldest first, empty ones among them. */
  series: z.array(Bar),
  totals: Outcomes,
  /** Accepted, past the last retry, and neither delivered, reported, held nor waiting. It must be 0. */
  lost: z.int(),
  delay: z.object({
    p50Ms: z.int().nullable(),
    p95Ms: z.int().nullable(),
    bands: z.array(z.object({ band: z.enum(delayBands), count: z.int() })),
  }),
  /** Domains that wrote most to us. */
  senders: z.array(Ranked),
  /** Our own addresses that wrote most. */
  people: z.array(Ranked),
  /** Why mail was refused, deferred or held. */
  reasons: MessageReasons.shape.items,
  /** Senders, people, reasons and delays were counted over the newest rows of each day alone. */
  sampled: z.boolean(),
})
export type Report = z.infer<typeof Report>

const query = z.object({ range: ReportRange.default('24h') })

export const getReport = endpoint({
  name: 'getReport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/report',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'Volumes, outcomes, delay, top senders and reasons over 24 hours, 7 or 30 days.',
  params: TenantPath,
  query,
  body: Nothing,
  output: Report,
  status: 200,
  problems: ['not-found'],
})

export const exportReport = endpoint({
  name: 'exportReport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/report-export',
  tag: 'Messages',
  allow: 'messages:read',
  summary: 'The same as CSV: a table a figure, with its name in the first column.',
  params: TenantPath,
  query,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'report.csv' },
  status: 200,
  problems: ['not-found'],
})

export const SystemReport = z.object({
  range: ReportRange,
  from: Time,
  to: Time,
  step: z.enum(['hour', 'day']),
  series: z.array(Bar),
  totals: Outcomes,
  /** Organisations that the operator acts for, the busiest first. */
  organizations: z.array(z.object({ slug: z.string(), name: z.string(), ...outcomes })),
})
export type SystemReport = z.infer<typeof SystemReport>

export const getSystemReport = endpoint({
  name: 'getSystemReport',
  method: 'GET',
  path: '/v1/system/report',
  tag: 'Installation',
  allow: 'system:read',
  summary: 'Volumes and outcomes of the organisations that the operator acts for.',
  params: Nothing,
  query,
  body: Nothing,
  output: SystemReport,
  status: 200,
  problems: [],
})
