// The acceptance test: one button runs every check end to end; its dated report is kept and prints well.
import * as z from 'zod'
import { Environment, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { CheckSaid, Said } from './saying.ts'

/** Reports kept of an organisation; the oldest goes first. */
export const ACCEPTANCE_REPORTS_MAX = 50

/** `not-available`: the part is not there or not used here. `not-verified`: it could not be looked at. */
export const ProbeState = z.enum(['passed', 'failed', 'warning', 'not-available', 'not-verified', 'not-run'])
export type ProbeState = z.infer<typeof ProbeState>

export const AcceptanceProbe = z.object({
  name: z.string(),
  title: z.string(),
  group: z.enum(['installation', 'domains', 'inbound', 'outbound', 'protection', 'after-cut-over']),
  state: ProbeState,
  saw: z.string(),
  remedy: z.string().nullable(),
  /** What was seen as a code, and what to do; title and proof follow from the name. */
  said: CheckSaid.optional(),
  /** What a pass proves, and what it does not. */
  proves: z.string(),
  durationMs: z.int(),
})
export type AcceptanceProbe = z.infer<typeof AcceptanceProbe>

const ValueSaid = z.object({ label: Said.optional(), value: Said.optional() })

export const AcceptanceReport = z.object({
  id: z.string(),
  state: z.enum(['running', 'done']),
  startedAt: Time,
  endedAt: Time.nullable(),
  askedBy: z.string(),
  organisation: z.string(),
  environment: Environment,
  /** Of Gatepost. */
  version: z.string(),
  hostname: z.string(),
  /** The mailbox that the test message went to; empty where there was none to send to. */
  recipient: z.string(),
  domains: z.array(
    z.object({ name: z.string(), state: z.string(), recipientMode: z.string(), mx: z.array(z.string()) }),
  ),
  /** Values in force, each a line: routes, outbound addresses. */
  values: z.array(z.object({ label: z.string(), value: z.string(), said: ValueSaid.optional() })),
  probes: z.array(AcceptanceProbe),
})
export type AcceptanceReport = z.infer<typeof AcceptanceReport>

export const AcceptanceSummary = z.object({
  id: z.string(),
  state: z.enum(['running', 'done']),
  startedAt: Time,
  endedAt: Time.nullable(),
  askedBy: z.string(),
  version: z.string(),
  passed: z.int(),
  failed: z.int(),
  warnings: z.int(),
  /** Not verified, not available and not run. */
  open: z.int(),
})
export type AcceptanceSummary = z.infer<typeof AcceptanceSummary>

const ReportPath = TenantPath.extend({ report: z.string() })

export const listAcceptance = endpoint({
  name: 'listAcceptance',
  method: 'GET',
  path: '/v1/tenants/{tenant}/acceptance',
  tag: 'Connect',
  allow: 'connect:read',
  summary: 'Reports of the acceptance test, newest first.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(AcceptanceSummary) }),
  status: 200,
  problems: ['not-found'],
})

export const startAcceptance = endpoint({
  name: 'startAcceptance',
  method: 'POST',
  path: '/v1/tenants/{tenant}/acceptance',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Starts the acceptance test; the report fills as its checks end.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    /** Mailbox of one's own that takes the test message; without one no message is sent. */
    recipient: z.string().trim().max(320).default(''),
  }),
  output: AcceptanceReport,
  status: 202,
  problems: ['not-found', 'invalid-input', 'check-too-soon'],
})

export const getAcceptance = endpoint({
  name: 'getAcceptance',
  method: 'GET',
  path: '/v1/tenants/{tenant}/acceptance/{report}',
  tag: 'Connect',
  allow: 'connect:read',
  summary: 'One report of the acceptance test.',
  params: ReportPath,
  query: Nothing,
  body: Nothing,
  output: AcceptanceReport,
  status: 200,
  problems: ['not-found'],
})
