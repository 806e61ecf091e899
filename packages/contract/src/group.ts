// Address groups: local lists of addresses and domains that policies name.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PolicyType, Reason, ReasonQuery } from './policy.ts'

/** Groups of one organisation. */
export const GROUPS_MAX = 1_000
/** Addresses and domains of one group together. */
export const GROUP_ENTRIES_MAX = 1_000

const GroupPath = TenantPath.extend({ group: z.string() })

const GroupDraft = z.object({
  name: z.string().trim().min(1).max(200),
  description: z.string().trim().max(1_000).default(''),
  addresses: z.array(z.string().trim().min(3).max(320)).max(GROUP_ENTRIES_MAX).default([]),
  /** Each stands for itself and its sub-domains. */
  domains: z.array(z.string().trim().min(1).max(253)).max(GROUP_ENTRIES_MAX).default([]),
})

export const AddressGroup = GroupDraft.extend({
  id: z.string(),
  /** Groups of directories are read there and cannot be changed here. */
  origin: z.enum(['person', 'default', 'directory']),
  /** Users in it; in groups of directories, nested groups are counted in. */
  memberCount: z.int(),
  /** Of groups of directories: which, in words; null for local ones. */
  directory: z.string().nullable(),
  /** Policies that name it. */
  usedBy: z.array(z.object({ id: z.string(), type: PolicyType, name: z.string() })),
  createdAt: Time,
  updatedAt: Time,
  revision: z.int(),
})
export type AddressGroup = z.infer<typeof AddressGroup>

export const AddressGroupSummary = AddressGroup.omit({ addresses: true, domains: true }).extend({
  addressCount: z.int(),
  domainCount: z.int(),
})
export type AddressGroupSummary = z.infer<typeof AddressGroupSummary>

export const listGroups = endpoint({
  name: 'listGroups',
  method: 'GET',
  path: '/v1/tenants/{tenant}/groups',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'Groups by name; `search` matches name, description and entries.',
  params: TenantPath,
  query: PageQuery.extend({
    search: z.string().trim().max(320).optional(),
    origin: z.enum(['local', 'directory']).optional(),
  }),
  body: Nothing,
  output: pageOf(AddressGroupSummary),
  status: 200,
  problems: ['not-found'],
})

export const getGroup = endpoint({
  name: 'getGroup',
  method: 'GET',
  path: '/v1/tenants/{tenant}/groups/{group}',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'One address group with its entries.',
  params: GroupPath,
  query: Nothing,
  body: Nothing,
  output: AddressGroup,
  status: 200,
  problems: ['not-found'],
})

export const createGroup = endpoint({
  name: 'createGroup',
  method: 'POST',
  path: '/v1/tenants/{tenant}/groups',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Adds an address group.',
  params: TenantPath,
  query: Nothing,
  body: GroupDraft.extend({ reason: Reason }),
  output: AddressGroup,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const updateGroup = endpoint({
  name: 'updateGroup',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/groups/{group}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Replaces an address group; policies that name it follow within a second.',
  params: GroupPath,
  query: Nothing,
  body: GroupDraft.extend({ reason: Reason }),
  output: AddressGroup,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile', 'group-read-only'],
})

export const removeGroup = endpoint({
  name: 'removeGroup',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/groups/{group}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Removes an address group that no policy names.',
  params: GroupPath,
  query: ReasonQuery,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'changed-meanwhile', 'group-in-use', 'group-read-only'],
})

export const listGroupMembers = endpoint({
  name: 'listGroupMembers',
  method: 'GET',
  path: '/v1/tenants/{tenant}/groups/{group}/members',
  tag: 'Policies',
  allow: 'users:read',
  summary: 'Users in a group, by address.',
  params: GroupPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(z.object({ id: z.string(), email: z.string(), name: z.string() })),
  status: 200,
  problems: ['not-found'],
})

export const changeGroupMembers = endpoint({
  name: 'changeGroupMembers',
  method: 'POST',
  path: '/v1/tenants/{tenant}/groups/{group}/members',
  tag: 'Policies',
  allow: 'users:write',
  summary: 'Puts users into a local group and takes others out, by id or address.',
  params: GroupPath,
  query: Nothing,
  body: z.object({
    add: z.array(z.string().min(1).max(320)).max(500).default([]),
    remove: z.array(z.string().min(1).max(320)).max(500).default([]),
  }),
  output: z.object({ added: z.int(), removed: z.int(), memberCount: z.int() }),
  status: 200,
  problems: ['not-found', 'group-read-only', 'invalid-input'],
})
