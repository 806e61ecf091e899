// The audit log: every change and every look at content, with who, when, from where, before and after.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'

export const AuditOutcome = z.enum(['done', 'refused'])

export const AuditEntry = z.object({
  id: z.string(),
  at: Time,
  actor: z.string(),
  /** The person's or token's id; null for what the system did by itself. */
  actorId: z.string().nullable(),
  /** Acted for the organisation from outside. */
  asOperator: z.boolean(),
  from: z.string(),
  action: z.string(),
  outcome: AuditOutcome,
  subject: z.string(),
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditFilter = z.object({
  /** The actor's id, or `operator` for everybody from outside, or `system`. */
  who: z.string().max(80).optional(),
  /** `domain.added`, or `domain.` for all of domains. */
  action: z.string().max(80).optional(),
  /** The address the request came from. */
  address: z.string().max(80).optional(),
  outcome: AuditOutcome.optional(),
  since: z.coerce.number().int().min(0).optional(),
  until: z.coerce.number().int().min(0).optional(),
  /** In actor, subject, and what was before and after. */
  search: z.string().trim().max(200).optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** Entries one search looks through; `after` the page's `next` goes on with older ones. */
export const AUDIT_SEARCHED_MAX = 100_000

const AuditPage = pageOf(AuditEntry).extend({
  /** Where a search ended before the log did: the oldest entry it looked at. `next` goes on from there. */
  searchedTo: Time.nullable(),
})

export const listAudit = endpoint({
  name: 'listAudit',
  method: 'GET',
  path: '/v1/tenants/{tenant}/audit',
  tag: 'Audit',
  allow: 'audit:read',
  summary: 'Every change: who, when, from where, before and after. Newest first.',
  params: TenantPath,
  query: PageQuery.extend(AuditFilter.shape),
  body: Nothing,
  output: AuditPage,
  status: 200,
  problems: ['not-found'],
})

export const exportAudit = endpoint({
  name: 'exportAudit',
  method: 'GET',
  path: '/v1/tenants/{tenant}/audit/export',
  tag: 'Audit',
  allow: 'audit:export',
  summary:
    'The audit log as CSV, newest first, with the filters of the list. The export is noted in the log.',
  params: TenantPath,
  query: AuditFilter,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'audit.csv' },
  status: 200,
  problems: ['not-found'],
})

export const getAuditWords = endpoint({
  name: 'getAuditWords',
  method: 'GET',
  path: '/v1/tenants/{tenant}/audit/words',
  tag: 'Audit',
  allow: 'audit:read',
  summary: 'The actors and actions that the log knows, to filter by.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({
    actors: z.array(z.object({ id: z.string(), name: z.string() })),
    actions: z.array(z.string()),
  }),
  status: 200,
  problems: ['not-found'],
})

export const listSystemAudit = endpoint({
  name: 'listSystemAudit',
  method: 'GET',
  path: '/v1/system/audit',
  tag: 'Audit',
  allow: 'system:read',
  summary: 'The audit log of the installation itself: sign-ins, operators, keys. Newest first.',
  params: Nothing,
  query: PageQuery.extend(AuditFilter.shape),
  body: Nothing,
  output: AuditPage,
  status: 200,
  problems: [],
})

export const exportSystemAudit = endpoint({
  name: 'exportSystemAudit',
  method: 'GET',
  path: '/v1/system/audit/export',
  tag: 'Audit',
  allow: 'system:write',
  summary: 'The audit log of the installation as CSV. The export is noted in the log.',
  params: Nothing,
  query: AuditFilter,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'audit-installation.csv' },
  status: 200,
  problems: [],
})
