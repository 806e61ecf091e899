// Managed senders (S3): what internal users permit and block, one by one, and in bulk from a CSV (S6).
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'
import { IMPORT_BYTES_MAX, RowError } from './user-import.ts'

/** More rows than this are refused whole. */
export const SENDER_ROWS_PER_IMPORT_MAX = 50_000
/** Addresses and domains that may be added in one go, pasted from elsewhere. */
export const SENDERS_PER_ADD_MAX = 500
/** Entries that one call removes; more are left for the next call. */
export const SENDERS_PER_REMOVE_MAX = 20_000

const SenderPath = TenantPath.extend({ sender: z.string().max(1_000).describe('Id of the entry') })
const ImportPath = TenantPath.extend({ senderImport: z.string() })

export const SenderAction = z.enum(['permit', 'block'])
export type SenderAction = z.infer<typeof SenderAction>
export const SenderSource = z.enum(['manual', 'imported', 'auto-allow', 'trusted-service'])
export type SenderSource = z.infer<typeof SenderSource>
/**
 * `expired` counts no more; `waiting`: no user has the address yet, and it counts for mail to it;
 * `suspended`:
 * something bad came under an entry by auto allow, and it counts again when the user writes to the sender.
 */
export const SenderState = z.enum(['active', 'expired', 'waiting', 'suspended'])
export type SenderState = z.infer<typeof SenderState>

export const ManagedSender = z.object({
  id: z.string(),
  /** The internal address whose list this is. */
  user: z.string(),
  /** An external address, or a domain, which stands for its sub-domains too. */
  sender: z.string(),
  kind: z.enum(['address', 'domain']),
  action: SenderAction,
  source: SenderSource,
  state: SenderState,
  /** Counts only for mail that authenticates; always false for addresses. */
  onlyIfAuthenticated: z.boolean(),
  comment: z.string(),
  expiresAt: Time.nullable(),
  createdAt: Time,
  createdBy: z.string(),
  lastUsedAt: Time.nullable(),
  /** The message that made an entry by auto allow, or that suspended it. */
  messageId: z.string().nullable(),
})
export type ManagedSender = z.infer<typeof ManagedSender>

/** Which entries are meant; an empty filter means all. */
export const SenderFilter = z.object({
  /** The beginning of an address, a domain or a user's address. */
  search: z.string().trim().max(320).optional(),
  /** The user's address, exactly. */
  user: z.string().trim().max(320).optional(),
  action: SenderAction.optional(),
  source: SenderSource.optional(),
  state: z.enum(['expired', 'waiting', 'suspended']).optional(),
})
export type SenderFilter = z.infer<typeof SenderFilter>

export const listSenders = endpoint({
  name: 'listSenders',
  method: 'GET',
  path: '/v1/tenants/{tenant}/senders',
  tag: 'Senders',
  allow: 'senders:read',
  summary:
    'Permitted and blocked senders of users; `search` matches the beginning of a sender, its domain or the user.',
  params: TenantPath,
  query: PageQuery.extend(SenderFilter.shape),
  body: Nothing,
  output: pageOf(ManagedSender),
  status: 200,
  problems: ['not-found'],
})

export const exportSenders = endpoint({
  name: 'exportSenders',
  method: 'GET',
  path: '/v1/tenants/{tenant}/senders-export',
  tag: 'Senders',
  allow: 'senders:read',
  summary: 'The filtered entries as a CSV that can be imported again.',
  params: TenantPath,
  query: SenderFilter,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'senders.csv' },
  status: 200,
  problems: ['not-found'],
})

export const addSenders = endpoint({
  name: 'addSenders',
  method: 'POST',
  path: '/v1/tenants/{tenant}/senders',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Permits or blocks senders for one user; what the list said of them before is replaced.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    user: z.string().trim().min(3).max(320),
    senders: z.array(z.string().trim().min(1).max(320)).min(1).max(SENDERS_PER_ADD_MAX),
    action: SenderAction,
    /** For domains only; addresses always count. */
    onlyIfAuthenticated: z.boolean().default(true),
    comment: z.string().trim().max(200).default(''),
    expiresAt: Time.nullable().default(null),
  }),
  output: z.object({ items: z.array(ManagedSender), added: z.int(), replaced: z.int(), unchanged: z.int() }),
  status: 201,
  problems: ['invalid-input', 'address-not-in-domain', 'sender-internal'],
})

export const updateSender = endpoint({
  name: 'updateSender',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/senders/{sender}',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Changes what an entry does, its comment or its end.',
  params: SenderPath,
  query: Nothing,
  body: z.object({
    action: SenderAction.optional(),
    onlyIfAuthenticated: z.boolean().optional(),
    comment: z.string().trim().max(200).optional(),
    expiresAt: Time.nullable().optional(),
  }),
  output: ManagedSender,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const removeSender = endpoint({
  name: 'removeSender',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/senders/{sender}',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Removes one entry.',
  params: SenderPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const removeSenders = endpoint({
  name: 'removeSenders',
  method: 'POST',
  path: '/v1/tenants/{tenant}/senders-remove',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Removes what a filter finds, a part at a time: call again while `more` is true.',
  params: TenantPath,
  query: Nothing,
  /** An empty filter is refused unless `all` says that everything is meant. */
  body: z.strictObject({ ...SenderFilter.shape, all: z.boolean().default(false) }),
  output: z.object({ removed: z.int(), more: z.boolean() }),
  status: 200,
  problems: ['invalid-input'],
})

export const SenderImport = z.object({
  id: z.string(),
  state: z.enum(['previewed', 'committed', 'undone', 'expired']),
  fileName: z.string(),
  columns: z.array(z.object({ header: z.string(), means: z.enum(['user', 'sender', 'action', 'ignored']) })),
  rows: z.int(),
  added: z.int(),
  /** In the list already, with the same action. */
  unchanged: z.int(),
  /** In the list with the other action, or expired. */
  replaced: z.int(),
  /** Rows that stand in the file twice. */
  duplicates: z.int(),
  /** Rows for addresses that no user has yet. */
  waiting: z.int(),
  users: z.int(),
  /** Users with most new entries first. */
  byUser: z.array(z.object({ user: z.string(), added: z.int(), replaced: z.int(), unchanged: z.int() })),
  errors: z.array(RowError),
  errorCount: z.int(),
  warnings: z.array(z.string()),
  sample: z.array(z.object({ line: z.int(), user: z.string(), sender: z.string(), action: SenderAction })),
  createdAt: Time,
  committedAt: Time.nullable(),
  undoUntil: Time.nullable(),
})
export type SenderImport = z.infer<typeof SenderImport>

export const SenderSummary = z.object({
  /** Users with entries, and entries, to date. */
  users: z.int(),
  entries: z.int(),
  /** Addresses with entries that no user has yet. */
  waitingUsers: z.int(),
  /** When the first address was authorised or the first message came, and when that was seen. */
  outboundSince: Time.nullable(),
  outboundSeenAt: Time.nullable(),
  /** The newest import that was carried out. */
  lastImport: SenderImport.nullable(),
})
export type SenderSummary = z.infer<typeof SenderSummary>

export const getSenderSummary = endpoint({
  name: 'getSenderSummary',
  method: 'GET',
  path: '/v1/tenants/{tenant}/senders-summary',
  tag: 'Senders',
  allow: 'senders:read',
  summary: 'Users and entries added to date, and when outbound mail was set up.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: SenderSummary,
  status: 200,
  problems: [],
})

export const previewSenderImport = endpoint({
  name: 'previewSenderImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sender-imports',
  tag: 'Senders',
  allow: 'senders:write',
  summary:
    'Uploads a CSV of internal address, sender and PERMIT or BLOCK; it is checked whole, nothing is imported yet.',
  params: TenantPath,
  query: z.object({ fileName: z.string().max(255).default('senders.csv') }),
  body: Nothing,
  raw: { mediaTypes: ['text/csv', 'application/octet-stream', 'text/plain'], bytesMax: IMPORT_BYTES_MAX },
  output: SenderImport,
  status: 201,
  problems: ['file-unreadable', 'rows-over-limit', 'body-too-large', 'media-type-unknown'],
})

export const getSenderImport = endpoint({
  name: 'getSenderImport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/sender-imports/{senderImport}',
  tag: 'Senders',
  allow: 'senders:read',
  summary: 'One import.',
  params: ImportPath,
  query: Nothing,
  body: Nothing,
  output: SenderImport,
  status: 200,
  problems: ['not-found'],
})

export const commitSenderImport = endpoint({
  name: 'commitSenderImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sender-imports/{senderImport}/commit',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Imports a previewed file: all rows or none.',
  params: ImportPath,
  query: Nothing,
  body: Nothing,
  output: SenderImport,
  status: 200,
  problems: ['not-found', 'import-has-errors', 'import-gone'],
})

export const undoSenderImport = endpoint({
  name: 'undoSenderImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sender-imports/{senderImport}/undo',
  tag: 'Senders',
  allow: 'senders:write',
  summary: 'Takes an import back within the hour; what it replaced is put back.',
  params: ImportPath,
  query: Nothing,
  body: Nothing,
  output: SenderImport,
  status: 200,
  problems: ['not-found', 'import-gone'],
})
