// What no look from outside can show of Exchange Online (C5): connectors, rules and trusted sealers, as a
// read-only script writes them down there. The report is dropped on the page, judged and dated.
import * as z from 'zod'
import { Check, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const Name = z.string().max(300)
const Texts = z.array(z.string().max(1_000)).max(5_000)
const PARTS_MAX = 500

/** What the script writes; its format is named so that a file of something else is told from one. */
export const HostReport = z.object({
  format: z.literal('gatepost-host-check-1', 'This is no report of the check script of this release.'),
  at: z.iso.datetime(),
  /** Accepted domains. */
  domains: Texts,
  directSendRefused: z.boolean(),
  /** Domains whose ARC seals are trusted. */
  sealers: Texts,
  inbound: z
    .array(
      z.object({
        name: Name,
        enabled: z.boolean(),
        type: Name,
        addresses: Texts,
        restricted: z.boolean(),
        /** Enhanced filtering: looks past the last hop, past these addresses, for these users alone. */
        skipLast: z.boolean(),
        skip: Texts,
        users: Texts,
      }),
    )
    .max(PARTS_MAX),
  outbound: z
    .array(z.object({ name: Name, enabled: z.boolean(), hosts: Texts, validated: z.boolean() }))
    .max(PARTS_MAX),
  /** Mail-flow rules that set the spam level. */
  rules: z.array(z.object({ name: Name, state: Name, level: Name })).max(PARTS_MAX),
})
export type HostReport = z.infer<typeof HostReport>

export const HostCheck = z.object({
  /** For Exchange Online PowerShell; null where mail is not delivered to Exchange Online. */
  script: z.string().nullable(),
  /** When the script ran; null before a report was dropped. */
  ranAt: Time.nullable(),
  droppedAt: Time.nullable(),
  droppedBy: z.string().nullable(),
  checks: z.array(Check),
})
export type HostCheck = z.infer<typeof HostCheck>

export const getHostCheck = endpoint({
  name: 'getHostCheck',
  method: 'GET',
  path: '/v1/tenants/{tenant}/host-check',
  tag: 'Connect',
  allow: 'connect:read',
  summary:
    'The read-only script that writes down connectors and rules of Exchange Online, and what it showed.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: HostCheck,
  status: 200,
  problems: ['not-found'],
})

export const dropHostReport = endpoint({
  name: 'dropHostReport',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/host-check',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Takes the report of the check script; what it shows becomes checks of the step, dated.',
  params: TenantPath,
  query: Nothing,
  body: HostReport,
  output: HostCheck,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})
