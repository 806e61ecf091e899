// Users (C3, D2): by form and by CSV, with preview, commit and undo (decisions 53).
import * as z from 'zod'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** More rows than this are refused whole. */
export const ROWS_PER_IMPORT_MAX = 50_000
export const IMPORT_BYTES_MAX = 20_000_000

const UserPath = TenantPath.extend({ user: z.string() })
const ImportPath = TenantPath.extend({ import: z.string() })

/** What names a user; the last four are directories. */
export const UserSource = z.enum([
  'manual',
  'spreadsheet',
  'seen-in-mail',
  'directory',
  'agent',
  'entra',
  'google',
])
export type UserSource = z.infer<typeof UserSource>

/** What a user is to mail. Only `user` signs in; all receive mail (D2b). */
export const UserKind = z.enum(['user', 'shared-mailbox', 'resource', 'contact', 'public-folder', 'group'])
export type UserKind = z.infer<typeof UserKind>

export const User = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  aliases: z.array(z.string()),
  kind: UserKind,
  sources: z.array(UserSource),
  enabled: z.boolean(),
  createdAt: Time,
  revision: z.int(),
})
export type User = z.infer<typeof User>

export const listUsers = endpoint({
  name: 'listUsers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users',
  tag: 'People',
  allow: 'users:read',
  summary: 'Users and their aliases, by address; `search` matches the beginning of address or name.',
  params: TenantPath,
  query: PageQuery.extend({ search: z.string().trim().max(320).optional(), source: z.string().optional() }),
  body: Nothing,
  output: pageOf(User),
  status: 200,
  problems: ['not-found'],
})

const NewUser = z.object({
  email: Address,
  name: z.string().trim().max(200).default(''),
  aliases: z.array(Address).max(200).default([]),
})

export const addUser = endpoint({
  name: 'addUser',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users',
  tag: 'People',
  allow: 'users:write',
  summary: 'Adds one user.',
  params: TenantPath,
  query: Nothing,
  body: NewUser,
  output: User,
  status: 201,
  problems: ['invalid-input', 'address-exists', 'address-not-in-domain'],
})

export const getUser = endpoint({
  name: 'getUser',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users/{user}',
  tag: 'People',
  allow: 'users:read',
  summary: 'One user.',
  params: UserPath,
  query: Nothing,
  body: Nothing,
  output: User,
  status: 200,
  problems: ['not-found'],
})

export const updateUser = endpoint({
  name: 'updateUser',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/users/{user}',
  tag: 'People',
  allow: 'users:write',
  summary: 'Changes name, aliases or whether the user may sign in.',
  params: UserPath,
  query: Nothing,
  body: z.object({
    name: z.string().trim().max(200).optional(),
    aliases: z.array(Address).max(200).optional(),
    enabled: z.boolean().optional(),
  }),
  output: User,
  status: 200,
  problems: ['not-found', 'invalid-input', 'address-exists', 'address-not-in-domain', 'changed-meanwhile'],
})

export const removeUser = endpoint({
  name: 'removeUser',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/users/{user}',
  tag: 'People',
  allow: 'users:write',
  summary: 'Removes a user; mail to the address is then refused by known-recipient domains.',
  params: UserPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const RowError = z.object({ line: z.int(), column: z.string(), text: z.string(), reason: z.string() })
export type RowError = z.infer<typeof RowError>

export const UserImport = z.object({
  id: z.string(),
  state: z.enum(['previewed', 'committed', 'undone', 'expired']),
  fileName: z.string(),
  columns: z.array(z.object({ header: z.string(), means: z.enum(['email', 'name', 'aliases', 'ignored']) })),
  rows: z.int(),
  adds: z.int(),
  changes: z.int(),
  unchanged: z.int(),
  errors: z.array(RowError),
  errorCount: z.int(),
  /**
   * What was assumed or left out, in sentences: an encoding that was guessed, aliases in a provider's domain.
   */
  warnings: z.array(z.string()),
  sample: z.array(
    z.object({ line: z.int(), email: z.string(), name: z.string(), aliases: z.array(z.string()) }),
  ),
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
  summary: 'Uploads a CSV; it is checked whole and nothing is imported yet.',
  params: TenantPath,
  query: z.object({ fileName: z.string().max(255).default('users.csv') }),
  body: Nothing,
  raw: { mediaTypes: ['text/csv', 'application/octet-stream', 'text/plain'], bytesMax: IMPORT_BYTES_MAX },
  output: UserImport,
  status: 201,
  problems: ['file-unreadable', 'rows-over-limit', 'body-too-large'],
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

export const commitUserImport = endpoint({
  name: 'commitUserImport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users/imports/{import}/commit',
  tag: 'People',
  allow: 'users:write',
  summary: 'Imports a previewed file: all rows or none; `goodRowsOnly` leaves the wrong rows out.',
  params: ImportPath,
  query: Nothing,
  body: z.object({ goodRowsOnly: z.boolean().default(false) }),
  output: UserImport,
  status: 200,
  problems: ['not-found', 'import-has-errors', 'import-gone'],
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
