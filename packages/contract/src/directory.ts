// Directory connectors (D3–D6) and their synchronisation with brakes (D8): what is set, tested, run and
// changed.
import * as z from 'zod'
import { Check, DomainName, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { AgentSettings } from './directory-agent.ts'
import { EntraSettings } from './directory-entra.ts'
import { GoogleSettings } from './directory-google.ts'
import { LdapSettings } from './directory-ldap.ts'
import { endpoint } from './endpoint.ts'

/** Connectors of one organisation: each is a run a few times a day. */
export const CONNECTORS_MAX = 50
/** Largest secret: the JSON key of a service account, or a certificate with its key. */
const SECRET_MAX = 20_000
const ATTRIBUTES_MAX = 50

const ConnectorPath = TenantPath.extend({ connector: z.string() })
const RunPath = ConnectorPath.extend({ run: z.string() })

export const connectorKinds = ['ldap', 'entra', 'google', 'agent'] as const
export const ConnectorKind = z.enum(connectorKinds)
export type ConnectorKind = z.infer<typeof ConnectorKind>

export const ConnectorSettings = z.discriminatedUnion('kind', [
  LdapSettings,
  EntraSettings,
  GoogleSettings,
  AgentSettings,
])
export type ConnectorSettings = z.infer<typeof ConnectorSettings>

/** Removals allowed in one run; null has no cap (the brakes for shrunken listings stay). */
export const removalCaps = [
  0, 10, 20, 50, 100, 300, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000,
] as const
const RemovalCap = z
  .int()
  .refine((cap) => (removalCaps as readonly number[]).includes(cap), `One of ${removalCaps.join(', ')}.`)
  .nullable()

/** When it runs by itself: times of the day on the clock of a zone. */
export const ConnectorSchedule = z.object({
  times: z
    .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time such as 08:00.'))
    .max(24)
    .default(['08:00', '13:00', '23:00']),
  /** IANA name such as `Europe/Berlin`. */
  timeZone: z.string().trim().min(1).max(64).default('UTC'),
})
export type ConnectorSchedule = z.infer<typeof ConnectorSchedule>

export const SyncRun = z.object({
  id: z.string(),
  connectorId: z.string(),
  trigger: z.enum(['schedule', 'person', 'pushed']),
  /** `preview` reads and compares, and waits for a person's yes before anything changes. */
  isPreview: z.boolean(),
  /**
   * `refused`: a brake held the whole listing back. `previewed`: waits for a yes. `replaced`: a preview that
   * a later run made obsolete.
   */
  state: z.enum(['reading', 'previewed', 'applying', 'done', 'refused', 'failed', 'cancelled', 'replaced']),
  startedAt: Time,
  finishedAt: Time.nullable(),
  startedBy: z.string(),
  /** Entries read so far, and how many there will be where the directory tells. */
  read: z.int(),
  total: z.int().nullable(),
  /** Changes to carry out, and those done so far. */
  planned: z.int(),
  applied: z.int(),
  adds: z.int(),
  changes: z.int(),
  /** Removals that are due. */
  removals: z.int(),
  /** Not listed for the first time: their time of grace begins. */
  leaving: z.int(),
  /** Removals that a brake held back. */
  held: z.int(),
  /** Removals of what something else still needs. */
  kept: z.int(),
  skipped: z.int(),
  /** Removals and leavers together are so many that carrying this preview out needs a yes to their number. */
  needsYes: z.boolean(),
  /** What stopped or held it back, in sentences; null when nothing did. */
  why: z.string().nullable(),
  remedy: z.string().nullable(),
  /** What this directory cannot list. */
  notListed: z.array(z.string()),
})
export type SyncRun = z.infer<typeof SyncRun>

export const syncChangeKinds = ['add', 'change', 'leave', 'return', 'remove'] as const

/** One difference between the directory and what is known of it. */
export const SyncChange = z.object({
  change: z.enum(syncChangeKinds),
  entryKind: z.enum(['user', 'shared-mailbox', 'resource', 'contact', 'public-folder', 'group']),
  externalId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  fields: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
  outcome: z.enum(['planned', 'applied', 'skipped', 'kept', 'held']),
  why: z.string().nullable(),
})
export type SyncChange = z.infer<typeof SyncChange>

export const ConnectorTest = z.object({
  state: z.enum(['running', 'done']),
  startedAt: Time,
  /** No required step failed. */
  passed: z.boolean(),
  checks: z.array(Check),
  /** What TLS showed, so that a fingerprint can be confirmed. */
  certificate: z
    .object({
      fingerprint: z.string(),
      subject: z.string(),
      issuer: z.string(),
      names: z.array(z.string()),
      validUntil: Time.nullable(),
    })
    .nullable(),
})
export type ConnectorTest = z.infer<typeof ConnectorTest>

const Brakes = z.object({
  /** Empty: all domains of the organisation. */
  domains: z.array(DomainName).max(500).default([]),
  enabled: z.boolean().default(true),
  /** Accounts that are disabled there may not sign in here. Never touches mail. */
  acknowledgeDisabled: z.boolean().default(true),
  /** On: who leaves the directory is deleted. Off: stays as an address that receives mail. */
  deleteUsers: z.boolean().default(false),
  maxRemovals: RemovalCap.default(100),
  /** Days that somebody must be missing before anything is removed. */
  graceDays: z.int().min(0).max(90).default(7),
  contacts: z.boolean().default(true),
  /** Attributes to read besides, by their names in the directory. */
  attributes: z.array(z.string().trim().min(1).max(100)).max(ATTRIBUTES_MAX).default([]),
  schedule: ConnectorSchedule.prefault({}),
})

export const Connector = Brakes.extend({
  id: z.string(),
  name: z.string(),
  kind: ConnectorKind,
  settings: ConnectorSettings,
  /** When the secret was set; it is never shown. Null while there is none. */
  secretSetAt: Time.nullable(),
  /** `new` until its first preview was accepted. */
  state: z.enum(['new', 'ok', 'error', 'disabled']),
  /** What is wrong, and what to do; null when nothing is. */
  trouble: z.object({ saw: z.string(), remedy: z.string(), since: Time }).nullable(),
  lastTest: ConnectorTest.nullable(),
  lastRun: SyncRun.nullable(),
  lastGoodAt: Time.nullable(),
  nextRunAt: Time.nullable(),
  /** Entries known from it. */
  entries: z.int(),
  createdAt: Time,
  revision: z.int(),
})
export type Connector = z.infer<typeof Connector>

const Secret = z.string().min(1).max(SECRET_MAX)
const Name = z.string().trim().min(1).max(120)

export const ConnectorDraft = Brakes.extend({
  name: Name,
  settings: ConnectorSettings,
  secret: Secret.optional(),
})
export type ConnectorDraft = z.infer<typeof ConnectorDraft>

export const ConnectorChange = z.object({
  name: Name.optional(),
  settings: ConnectorSettings.optional(),
  /** A new secret; without it the one that was set stays. */
  secret: Secret.optional(),
  domains: Brakes.shape.domains.unwrap().optional(),
  enabled: z.boolean().optional(),
  acknowledgeDisabled: z.boolean().optional(),
  deleteUsers: z.boolean().optional(),
  maxRemovals: RemovalCap.optional(),
  graceDays: z.int().min(0).max(90).optional(),
  contacts: z.boolean().optional(),
  attributes: Brakes.shape.attributes.unwrap().optional(),
  schedule: ConnectorSchedule.optional(),
})
export type ConnectorChange = z.infer<typeof ConnectorChange>

export const listConnectors = endpoint({
  name: 'listConnectors',
  method: 'GET',
  path: '/v1/tenants/{tenant}/directories',
  tag: 'People',
  allow: 'directories:read',
  summary: 'Directory connectors with state, last and next run, and what stops removals.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({
    items: z.array(Connector),
    /** Why nothing is removed at present in this organisation; null when nothing stands in the way. */
    removalsStopped: z.string().nullable(),
  }),
  status: 200,
  problems: ['not-found'],
})

export const addConnector = endpoint({
  name: 'addConnector',
  method: 'POST',
  path: '/v1/tenants/{tenant}/directories',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Adds a directory connector. Nothing is read before its first preview.',
  params: TenantPath,
  query: Nothing,
  body: ConnectorDraft,
  output: Connector,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const getConnector = endpoint({
  name: 'getConnector',
  method: 'GET',
  path: '/v1/tenants/{tenant}/directories/{connector}',
  tag: 'People',
  allow: 'directories:read',
  summary: 'One directory connector.',
  params: ConnectorPath,
  query: Nothing,
  body: Nothing,
  output: Connector,
  status: 200,
  problems: ['not-found'],
})

export const updateConnector = endpoint({
  name: 'updateConnector',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/directories/{connector}',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Changes a connector. Its kind stays; a secret that is left out stays.',
  params: ConnectorPath,
  query: Nothing,
  body: ConnectorChange,
  output: Connector,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const removeConnector = endpoint({
  name: 'removeConnector',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/directories/{connector}',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Removes a connector. Its people stay, as addresses that receive mail.',
  params: ConnectorPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'sync-running'],
})

export const testConnector = endpoint({
  name: 'testConnector',
  method: 'POST',
  path: '/v1/tenants/{tenant}/directories/{connector}/test',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Runs the named tests: resolve, connect, TLS, sign-in, permission, list, look up one address.',
  params: ConnectorPath,
  query: Nothing,
  body: z.object({ address: z.string().trim().max(320).optional() }),
  output: Connector,
  status: 202,
  problems: ['not-found', 'check-too-soon'],
})

export const syncConnector = endpoint({
  name: 'syncConnector',
  method: 'POST',
  path: '/v1/tenants/{tenant}/directories/{connector}/sync',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Synchronises now; with `preview` it reads and compares, and changes nothing.',
  params: ConnectorPath,
  query: Nothing,
  body: z.object({ preview: z.boolean().default(false) }),
  output: SyncRun,
  status: 202,
  problems: ['not-found', 'sync-running', 'connector-not-ready'],
})

export const listSyncRuns = endpoint({
  name: 'listSyncRuns',
  method: 'GET',
  path: '/v1/tenants/{tenant}/directories/{connector}/runs',
  tag: 'People',
  allow: 'directories:read',
  summary: 'Runs of a connector, newest first.',
  params: ConnectorPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(SyncRun),
  status: 200,
  problems: ['not-found'],
})

export const getSyncRun = endpoint({
  name: 'getSyncRun',
  method: 'GET',
  path: '/v1/tenants/{tenant}/directories/{connector}/runs/{run}',
  tag: 'People',
  allow: 'directories:read',
  summary: 'One run, with its progress.',
  params: RunPath,
  query: Nothing,
  body: Nothing,
  output: SyncRun,
  status: 200,
  problems: ['not-found'],
})

export const listSyncChanges = endpoint({
  name: 'listSyncChanges',
  method: 'GET',
  path: '/v1/tenants/{tenant}/directories/{connector}/runs/{run}/changes',
  tag: 'People',
  allow: 'directories:read',
  summary: 'What a run changes or would change, entry by entry.',
  params: RunPath,
  query: PageQuery.extend({ change: z.enum(syncChangeKinds).optional() }),
  body: Nothing,
  output: pageOf(SyncChange),
  status: 200,
  problems: ['not-found'],
})

export const acceptSyncRun = endpoint({
  name: 'acceptSyncRun',
  method: 'POST',
  path: '/v1/tenants/{tenant}/directories/{connector}/runs/{run}/accept',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Carries a preview out. Removals beyond the brakes need their exact number as a yes.',
  params: RunPath,
  query: Nothing,
  body: z.object({ removals: z.int().min(0).optional() }),
  output: SyncRun,
  status: 202,
  problems: ['not-found', 'sync-running', 'preview-gone', 'removals-need-yes'],
})

export const cancelSyncRun = endpoint({
  name: 'cancelSyncRun',
  method: 'POST',
  path: '/v1/tenants/{tenant}/directories/{connector}/runs/{run}/cancel',
  tag: 'People',
  allow: 'directories:write',
  summary: 'Stops a run; what it has changed already stays.',
  params: RunPath,
  query: Nothing,
  body: Nothing,
  output: SyncRun,
  status: 200,
  problems: ['not-found'],
})
