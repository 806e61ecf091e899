// Users by list (D7): a CSV or XLSX is checked whole, its columns can be named, and it goes in as one piece,
// with preview, progress and undo (decisions 53).
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** More rows than this are refused whole. */
export const ROWS_PER_IMPORT_MAX = 100_000
export const IMPORT_BYTES_MAX = 20_000_000
export const XLSX_MEDIA_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const IMPORT_MEDIA_TYPES = ['text/csv', 'application/octet-stream', 'text/plain', XLSX_MEDIA_TYPE]

const ImportPath = TenantPath.extend({ import: z.string() })

export const RowError = z.object({ line: z.int(), column: z.string(), text: z.string(), reason: z.string() })
export type RowError = z.infer<typeof RowError>

/** What a column holds. Several columns of names are joined; `attribute` names which one. */
export const ColumnMeans = z.enum([
  'email',
  'name',
  'aliases',
  'password',
  'groups',
  'role',
  'enabled',
  'attribute',
  'ignored',
])
export type ColumnMeans = z.infer<typeof ColumnMeans>

export const ImportColumn = z.object({
  header: z.string(),
  means: ColumnMeans,
  /** Name of the attribute; null for other columns. */
  attribute: z.string().nullable().default(null),
})
export type ImportColumn = z.infer<typeof ImportColumn>

/** `add` adds and completes; `replace` also removes whom an earlier list named and this one does not. */
export const ImportMode = z.enum(['add', 'replace'])
export type ImportMode = z.infer<typeof ImportMode>

export const UserImport = z.object({
  id: z.string(),
  state: z.enum(['previewed', 'importing', 'committed', 'undone', 'expired']),
  fileName: z.string(),
  mode: ImportMode,
  columns: z.array(ImportColumn),
  rows: z.int(),
  adds: z.int(),
  changes: z.int(),
  unchanged: z.int(),
  /** Users that replacing removes, and those that another source keeps. */
  removes: z.int(),
  keeps: z.int(),
  /** Some of those that replacing removes. */
  removesSample: z.array(z.string()),
  /** So many removals need a yes to their number. */
  removalsNeedYes: z.boolean(),
  /** Passwords that would be set. */
  passwords: z.int(),
  /** Groups that would be made. */
  newGroups: z.array(z.string()),
  errors: z.array(RowError),
  errorCount: z.int(),
  /**
   * What was assumed or left out, in sentences: an encoding that was guessed, aliases in a provider's domain.
   */
  warnings: z.array(z.string()),
  sample: z.array(
    z.object({ line: z.int(), email: z.string(), name: z.string(), aliases: z.array(z.string()) }),
  ),
  /** While it is importing: what is done, of how much, in words. */
  progress: z.object({ phase: z.string(), done: z.int(), total: z.int() }).nullable(),
  /** Why the last try to import did not end well; null when none did. */
  failure: z.string().nullable(),
  createdAt: Time,
  committedAt: Time.nullable(),
  undoUntil: Time.nullable(),
})
export type UserImport = z.infer<typeof UserImport>

export const previewUserImport = endpoint({
  name: 'previewUserImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users/imports',
  tag: 'People',
  allow: 'users:write',
  summary: 'Uploads a CSV or XLSX; it is checked whole and nothing is imported yet.',
  params: TenantPath,
  query: z.object({
    fileName: z.string().max(255).default('users.csv'),
    mode: ImportMode.default('add'),
  }),
  body: Nothing,
  raw: { mediaTypes: IMPORT_MEDIA_TYPES, bytesMax: IMPORT_BYTES_MAX },
  output: UserImport,
  status: 201,
  problems: ['file-unreadable', 'rows-over-limit', 'body-too-large', 'media-type-unknown'],
})

export const getUserImport = endpoint({
  name: 'getUserImport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users/imports/{import}',
  tag: 'People',
  allow: 'users:read',
  summary: 'One import.',
  params: ImportPath,
  query: Nothing,
  body: Nothing,
  output: UserImport,
  status: 200,
  problems: ['not-found'],
})

export const listUserImports = endpoint({
  name: 'listUserImports',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users/imports',
  tag: 'People',
  allow: 'users:read',
  summary: 'Lists that were imported, newest first: how old what the users come from is.',
  params: TenantPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(
    UserImport.pick({
      id: true,
      state: true,
      fileName: true,
      mode: true,
      adds: true,
      changes: true,
      removes: true,
      committedAt: true,
      undoUntil: true,
    }),
  ),
  status: 200,
  problems: ['not-found'],
})

export const mapUserImport = endpoint({
  name: 'mapUserImport',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/users/imports/{import}/columns',
  tag: 'People',
  allow: 'users:write',
  summary: 'Says what the columns of a previewed file mean, and how it is imported; it is checked again.',
  params: ImportPath,
  query: Nothing,
  body: z.object({
    columns: z
      .array(ImportColumn.omit({ header: true }))
      .max(100)
      .optional(),
    mode: ImportMode.optional(),
  }),
  output: UserImport,
  status: 200,
  problems: ['not-found', 'import-gone', 'invalid-input'],
})

export const commitUserImport = endpoint({
  name: 'commitUserImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users/imports/{import}/commit',
  tag: 'People',
  allow: 'users:write',
  summary:
    'Imports a previewed file: all rows or none; `goodRowsOnly` leaves the wrong rows out. Large ones go on ' +
    'after the answer: read the import until its state is `committed`.',
  params: ImportPath,
  query: Nothing,
  body: z.object({
    goodRowsOnly: z.boolean().default(false),
    /** The number of removals, where so many need a yes. */
    removals: z.int().optional(),
  }),
  output: UserImport,
  status: 200,
  problems: ['not-found', 'import-has-errors', 'import-gone', 'removals-need-yes', 'not-allowed'],
})

export const undoUserImport = endpoint({
  name: 'undoUserImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users/imports/{import}/undo',
  tag: 'People',
  allow: 'users:write',
  summary: 'Takes an import back within the hour.',
  params: ImportPath,
  query: Nothing,
  body: Nothing,
  output: UserImport,
  status: 200,
  problems: ['not-found', 'import-gone'],
})
