// What an organisation sets of its archive (J1–J3): on and off, journal addresses, days, holds, and the
// proofs that nothing is missing or was changed.
import * as z from 'zod'
import { ArchiveQuery } from './archive.ts'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const tag = 'Archive'
export const SILENCE_MINUTES = { min: 180, max: 960, usual: 240 } as const
export const ARCHIVE_DAYS = { min: 30, max: 36_500 } as const
export const ARCHIVE_RULES_MAX = 200
export const ARCHIVE_HOLDS_MAX = 200

const ArchiveRule = z.object({
  id: z.string(),
  kind: z.enum(['domain', 'group', 'address']),
  value: z.string(),
  /** What people read: the name of a group. */
  label: z.string(),
  days: z.int(),
})

export const ArchiveHold = z.object({
  id: z.string(),
  name: z.string(),
  reason: z.string(),
  query: ArchiveQuery,
  createdAt: Time,
  createdBy: z.string(),
  endedAt: Time.nullable(),
  endedBy: z.string().nullable(),
})
export type ArchiveHold = z.infer<typeof ArchiveHold>

export const ArchiveView = z.object({
  enabled: z.boolean(),
  /** Searches and looks need a reason. */
  askReason: z.boolean(),
  /** Null: for ever. */
  days: z.int().nullable(),
  rules: z.array(ArchiveRule),
  journal: z.object({
    enabled: z.boolean(),
    /** Null until the archive was switched on for the first time. */
    address: z.string().nullable(),
    /** Where reports of non-delivery go, with the reports inside. */
    alternateAddress: z.string().nullable(),
    silenceMinutes: z.int(),
    lastReportAt: Time.nullable(),
    reportsToday: z.int(),
    /** Of the last week, those that could not be read, or tell no envelope. */
    flaggedThisWeek: z.int(),
    /** No report came for longer than is usual at this hour. */
    isSilent: z.boolean(),
    /** Clients that reports are taken from. */
    sources: z.array(z.string()),
  }),
  entries: z.int(),
  octets: z.int(),
  oldestAt: Time.nullable(),
  newestAt: Time.nullable(),
  /** `files` or `s3`: chosen by the operator. */
  store: z.string(),
  revision: z.int(),
})
export type ArchiveView = z.infer<typeof ArchiveView>

export const getArchive = endpoint({
  name: 'getArchive',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive',
  tag,
  allow: 'retention:read',
  summary: 'Whether mail is archived, for how long, the journal addresses, and how much there is.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: ArchiveView,
  status: 200,
  problems: ['not-found'],
})

export const setArchive = endpoint({
  name: 'setArchive',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/archive',
  tag,
  allow: 'retention:write',
  summary: 'Switches archiving and journaling on or off, and says how long entries stay.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    enabled: z.boolean().optional(),
    askReason: z.boolean().optional(),
    days: z.int().min(ARCHIVE_DAYS.min).max(ARCHIVE_DAYS.max).nullable().optional(),
    journalEnabled: z.boolean().optional(),
    silenceMinutes: z.int().min(SILENCE_MINUTES.min).max(SILENCE_MINUTES.max).optional(),
    /** The addresses get new unguessable parts; the old ones are not taken any more. */
    renewAddresses: z.boolean().optional(),
  }),
  output: ArchiveView,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const addArchiveRule = endpoint({
  name: 'addArchiveRule',
  method: 'POST',
  path: '/v1/tenants/{tenant}/archive/rules',
  tag,
  allow: 'retention:write',
  summary: 'Keeps mail of a domain, a group or an address for other days; the longest that fits counts.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    kind: z.enum(['domain', 'group', 'address']),
    value: z.string().trim().min(1).max(320),
    days: z.int().min(ARCHIVE_DAYS.min).max(ARCHIVE_DAYS.max),
  }),
  output: ArchiveView,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const removeArchiveRule = endpoint({
  name: 'removeArchiveRule',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/archive/rules/{archiveRule}',
  tag,
  allow: 'retention:write',
  summary: 'Removes a rule of days.',
  params: TenantPath.extend({ archiveRule: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const listArchiveHolds = endpoint({
  name: 'listArchiveHolds',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/holds',
  tag,
  allow: 'retention:read',
  summary: 'Legal holds: what fits one is neither purged nor erased.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(ArchiveHold) }),
  status: 200,
  problems: ['not-found'],
})

export const addArchiveHold = endpoint({
  name: 'addArchiveHold',
  method: 'POST',
  path: '/v1/tenants/{tenant}/archive/holds',
  tag,
  allow: 'retention:write',
  summary: 'Keeps everything that fits a search until the hold ends, also what comes later.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    name: z.string().trim().min(1, 'Name it').max(120),
    reason: z.string().trim().min(1, 'Say why').max(300),
    query: ArchiveQuery,
  }),
  output: ArchiveHold,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached', 'archive-off'],
})

export const endArchiveHold = endpoint({
  name: 'endArchiveHold',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/archive/holds/{archiveHold}',
  tag,
  allow: 'retention:write',
  summary: 'Ends a hold; it stays in the list.',
  params: TenantPath.extend({ archiveHold: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const ArchiveDay = z.object({
  /** `2026-11-22`. */
  day: z.string(),
  gateway: z.int(),
  journal: z.int(),
  /** The same message both ways. */
  both: z.int(),
  /** Passed the gateway and was never journalled. */
  onlyGateway: z.int(),
  /** Journalled, with somebody outside, and never seen at the gateway. */
  onlyJournal: z.int(),
  /** Within the organisation: such mail does not pass the gateway. */
  internal: z.int(),
})
export type ArchiveDay = z.infer<typeof ArchiveDay>

export const reconcileArchive = endpoint({
  name: 'reconcileArchive',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/days',
  tag,
  allow: 'retention:read',
  summary: 'Gateway against journal, day by day: what came one way only is a gap to look at.',
  params: TenantPath,
  query: z.object({ days: z.coerce.number().int().min(1).max(92).default(14) }),
  body: Nothing,
  output: z.object({ items: z.array(ArchiveDay) }),
  status: 200,
  problems: ['not-found'],
})

export const ArchiveCheck = z.object({
  id: z.string(),
  state: z.enum(['running', 'passed', 'failed']),
  startedAt: Time,
  startedBy: z.string(),
  finishedAt: Time.nullable(),
  records: z.int(),
  contents: z.int(),
  octets: z.int(),
  faults: z.array(
    z.object({
      kind: z.enum([
        'record-changed',
        'record-missing',
        'record-emptied',
        'content-missing',
        'content-changed',
        'end-missing',
        /** No fault: a restored backup is older than the database beside it. */
        'newer-than-backup',
      ]),
      /** Place in the chain. */
      seq: z.int(),
      id: z.string().nullable(),
      saw: z.string(),
    }),
  ),
})
export type ArchiveCheck = z.infer<typeof ArchiveCheck>

export const verifyArchive = endpoint({
  name: 'verifyArchive',
  method: 'POST',
  path: '/v1/tenants/{tenant}/archive/checks',
  tag,
  allow: 'retention:read',
  summary: 'Reads every record and every content of the archive and compares them with their digests.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: ArchiveCheck,
  status: 202,
  problems: ['not-found', 'archive-off', 'check-too-soon'],
})

export const listArchiveChecks = endpoint({
  name: 'listArchiveChecks',
  method: 'GET',
  path: '/v1/tenants/{tenant}/archive/checks',
  tag,
  allow: 'retention:read',
  summary: 'The last times the archive was verified, and one that is running.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(ArchiveCheck) }),
  status: 200,
  problems: ['not-found'],
})

/** The organisation's archive goes: its key first, so that nothing of it can be read again. */
export const destroyArchive = endpoint({
  name: 'destroyArchive',
  method: 'POST',
  path: '/v1/tenants/{tenant}/archive/destroy',
  tag,
  allow: 'messages:purge',
  summary: 'Destroys the key of the archive, then its files. A hold prevents it.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ slug: z.string(), reason: z.string().trim().min(1, 'Say why').max(300) }),
  output: Nothing,
  status: 204,
  problems: ['not-found', 'invalid-input', 'on-hold'],
})
