// The installation itself (U0): readiness of the gateway, its edges, and health for machines.
import * as z from 'zod'
import { Check, CheckState, Nothing, PageQuery, pageOf, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { MessageRow } from './message.ts'

export const Readiness = z.object({
  hostname: z.string(),
  url: z.string(),
  checks: z.array(Check),
  /** What to publish in the gateway's own zone, in zone-file form. */
  zone: z.string(),
  listeners: z.array(z.object({ role: z.string(), host: z.string(), port: z.int() })),
  checkedAt: Time.nullable(),
})
export type Readiness = z.infer<typeof Readiness>

export const getReadiness = endpoint({
  name: 'getReadiness',
  method: 'GET',
  path: '/v1/system/readiness',
  tag: 'Installation',
  allow: 'system:read',
  summary: 'Readiness of the gateway itself: names, PTR, ports, certificate, clock, resolver.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Readiness,
  status: 200,
  problems: [],
})

export const checkReadiness = endpoint({
  name: 'checkReadiness',
  method: 'POST',
  path: '/v1/system/readiness/check',
  tag: 'Installation',
  allow: 'system:write',
  summary: 'Runs the readiness checks now.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Readiness,
  status: 200,
  problems: ['check-too-soon'],
})

export const listRefusals = endpoint({
  name: 'listRefusals',
  method: 'GET',
  path: '/v1/system/refusals',
  tag: 'Installation',
  allow: 'system:read',
  summary:
    'Refusals that concern no organisation: foreign domains, relay attempts, broken clients. Newest first; 30 days.',
  params: Nothing,
  query: PageQuery.extend({
    search: z
      .string()
      .trim()
      .min(1)
      .max(320)
      .optional()
      .describe('Beginnings of addresses, domains and clients'),
  }),
  body: Nothing,
  output: pageOf(MessageRow),
  status: 200,
  problems: [],
})

/** One line for tenants: is the gateway itself in order. */
export const getHealthLine = endpoint({
  name: 'getHealthLine',
  method: 'GET',
  path: '/v1/health-line',
  tag: 'Installation',
  allow: 'signed-in',
  summary: 'How many nodes are healthy, for the top bar.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({
    healthy: z.int(),
    total: z.int(),
    readinessFailed: z.int(),
    /** Whether block lists name an address that mail leaves from: `failed` where one does. */
    blockLists: CheckState,
  }),
  status: 200,
  problems: [],
})
