// Users (C3, D2): where each comes from, what changes one, and what changes many.
import * as z from 'zod'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'

const UserPath = TenantPath.extend({ user: z.string() })

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
  /** It has an account, so it can sign in while it is enabled. */
  hasAccount: z.boolean(),
  createdAt: Time,
  revision: z.int(),
})
export type User = z.infer<typeof User>

export const Attribute = z.object({
  name: z.string().trim().min(1).max(100),
  value: z.string().trim().max(1_000),
})
export type Attribute = z.infer<typeof Attribute>

/** What one source says of a user. */
export const Provenance = z.object({
  source: UserSource,
  connectorId: z.string().nullable(),
  /** The connector's name, or the source in words. */
  name: z.string(),
  externalId: z.string().nullable(),
  /** Where it stands in the directory, such as a distinguished name. */
  place: z.string(),
  userName: z.string().nullable(),
  email: z.string(),
  aliases: z.array(z.string()),
  displayName: z.string(),
  enabled: z.boolean(),
  since: Time,
  seenAt: Time,
})
export type Provenance = z.infer<typeof Provenance>

/** A user with everything its page shows. */
export const UserDetail = User.extend({
  attributes: z.array(Attribute.extend({ from: z.string() })),
  groups: z.array(z.object({ id: z.string(), name: z.string(), origin: z.enum(['local', 'directory']) })),
  provenance: z.array(Provenance),
  /** Where sources say different things, and who counts: whole sentences. */
  disagreements: z.array(z.string()),
  /** Policies whose sides name the user, its domain or a group of its. */
  policies: z.array(z.object({ id: z.string(), type: z.string(), name: z.string(), because: z.string() })),
  managedSenders: z.int(),
  /** A directory gives name and addresses; only what is written here can be changed here. */
  fromDirectory: z.boolean(),
})
export type UserDetail = z.infer<typeof UserDetail>

/** Filters of the list; all given ones must hold. */
export const UserFilter = z.object({
  /** Beginning of an address, an alias or a name. */
  search: z.string().trim().max(320).optional(),
  source: UserSource.optional(),
  connector: z.string().optional(),
  domain: z.string().trim().max(253).optional(),
  group: z.string().optional(),
  kind: UserKind.optional(),
  enabled: z.enum(['yes', 'no']).optional(),
  account: z.enum(['yes', 'no']).optional(),
})
export type UserFilter = z.infer<typeof UserFilter>

export const listUsers = endpoint({
  name: 'listUsers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users',
  tag: 'People',
  allow: 'users:read',
  summary: 'Users and their aliases, by address; `search` matches the beginning of address or name.',
  params: TenantPath,
  query: PageQuery.extend(UserFilter.shape),
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
  summary: 'One user, by id or main address, with groups, attributes and what each source says.',
  params: UserPath,
  query: Nothing,
  body: Nothing,
  output: UserDetail,
  status: 200,
  problems: ['not-found'],
})

export const updateUser = endpoint({
  name: 'updateUser',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/users/{user}',
  tag: 'People',
  allow: 'users:write',
  summary: 'Changes name, aliases, attributes or whether the user may sign in.',
  params: UserPath,
  query: Nothing,
  body: z.object({
    name: z.string().trim().max(200).optional(),
    aliases: z.array(Address).max(200).optional(),
    enabled: z.boolean().optional(),
    /** Those written here; what directories say of the same name counts before. */
    attributes: z.array(Attribute).max(50).optional(),
  }),
  output: User,
  status: 200,
  problems: [
    'not-found',
    'invalid-input',
    'address-exists',
    'address-not-in-domain',
    'changed-meanwhile',
    'user-from-directory',
    'user-has-role',
  ],
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
  problems: ['not-found', 'user-from-directory', 'user-has-role'],
})

/** Users named at once; more go by filter. */
export const USERS_PER_BULK_MAX = 500

export const BulkAction = z.enum(['enable', 'disable', 'remove', 'add-to-group', 'take-from-group'])
export type BulkAction = z.infer<typeof BulkAction>

export const UserBulk = z.object({
  id: z.string(),
  action: BulkAction,
  state: z.enum(['done', 'undone']),
  /** Users that are different now. */
  changed: z.int(),
  /** Users left alone, and why. At most a hundred are named. */
  left: z.array(z.object({ email: z.string(), why: z.string() })),
  leftCount: z.int(),
  /** Until when it can be taken back; null when it cannot. */
  undoUntil: Time.nullable(),
})
export type UserBulk = z.infer<typeof UserBulk>

export const changeUsers = endpoint({
  name: 'changeUsers',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users-bulk',
  tag: 'People',
  allow: 'users:write',
  summary: 'Does one thing to many users, named or by filter; can be taken back within the hour.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    action: BulkAction,
    /** Ids; or all that the filter finds. */
    users: z.array(z.string()).max(USERS_PER_BULK_MAX).optional(),
    where: z.strictObject(UserFilter.shape).optional(),
    /** How many the asker saw; more than that are not touched. */
    expected: z.int().optional(),
    group: z.string().optional(),
  }),
  output: UserBulk,
  status: 201,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile', 'group-read-only'],
})

export const undoUsersChange = endpoint({
  name: 'undoUsersChange',
  method: 'POST',
  path: '/v1/tenants/{tenant}/users-bulk/{bulk}/undo',
  tag: 'People',
  allow: 'users:write',
  summary: 'Takes a change of many users back within the hour.',
  params: TenantPath.extend({ bulk: z.string() }),
  query: Nothing,
  body: Nothing,
  output: UserBulk,
  status: 200,
  problems: ['not-found', 'import-gone'],
})

export const exportUsers = endpoint({
  name: 'exportUsers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/users-export',
  tag: 'People',
  allow: 'users:read',
  summary: 'The filtered users as a CSV that can be imported again.',
  params: TenantPath,
  query: UserFilter,
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'users.csv' },
  status: 200,
  problems: ['not-found'],
})
