// Roles, who administers, who is asked to, which directory groups give roles, and operators of many tenants.
import * as z from 'zod'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { permissions } from './permission.ts'
import { NewPassword } from './setup.ts'

/** An organisation's own roles. */
export const ROLES_MAX = 100
export const INVITATION_DAYS = 7

/** What a role lets do with roles: nothing, give unprotected ones, or give all. */
export const SecurityPermission = z.enum(['none', 'application', 'protected'])
export type SecurityPermission = z.infer<typeof SecurityPermission>

export const RoleView = z.object({
  /** A built-in role's name, or an id. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  builtIn: z.boolean(),
  /** Holds protected permissions: given by super administrators alone. */
  protected: z.boolean(),
  security: SecurityPermission,
  permissions: z.array(z.enum(permissions)),
  people: z.int(),
  groups: z.int(),
  /** Whether you may give it. */
  mayGive: z.boolean(),
  revision: z.int(),
})
export type RoleView = z.infer<typeof RoleView>

const RoleDraft = z.object({
  name: z.string().trim().min(1, 'Name the role').max(80),
  description: z.string().trim().max(300).default(''),
  permissions: z.array(z.enum(permissions)).min(1, 'Choose at least one permission').max(permissions.length),
})

const RolePath = TenantPath.extend({ role: z.string() })

export const listRoles = endpoint({
  name: 'listRoles',
  method: 'GET',
  path: '/v1/tenants/{tenant}/roles',
  tag: 'Roles',
  allow: 'roles:read',
  summary: 'Built-in and own roles with their permissions, and how many hold each.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(RoleView), held: z.array(z.enum(permissions)) }),
  status: 200,
  problems: ['not-found'],
})

export const createRole = endpoint({
  name: 'createRole',
  method: 'POST',
  path: '/v1/tenants/{tenant}/roles',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Makes a role of permissions that you hold yourself.',
  params: TenantPath,
  query: Nothing,
  body: RoleDraft,
  output: RoleView,
  status: 201,
  problems: ['not-found', 'not-allowed', 'invalid-input', 'limit-reached'],
})

export const updateRole = endpoint({
  name: 'updateRole',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/roles/{role}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Changes one of the organisation’s own roles; everybody who holds it is affected at once.',
  params: RolePath,
  query: Nothing,
  body: RoleDraft,
  output: RoleView,
  status: 200,
  problems: ['not-found', 'not-allowed', 'invalid-input', 'changed-meanwhile'],
})

export const removeRole = endpoint({
  name: 'removeRole',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/roles/{role}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Removes one of the organisation’s own roles that nobody holds.',
  params: RolePath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'not-allowed', 'role-in-use'],
})

export const Administrator = z.object({
  /** The person's id. */
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  roleName: z.string(),
  protected: z.boolean(),
  /** Acts for the organisation from outside. */
  asOperator: z.boolean(),
  you: z.boolean(),
  since: Time,
  /** Null: never signed in, or not for a month. */
  lastSeenAt: Time.nullable(),
  canSignIn: z.boolean(),
  /** Whether you may change or take the role. */
  mayChange: z.boolean(),
})
export type Administrator = z.infer<typeof Administrator>

export const Invitation = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  roleName: z.string(),
  createdAt: Time,
  createdBy: z.string(),
  expiresAt: Time,
})
export type Invitation = z.infer<typeof Invitation>

export const listAdministrators = endpoint({
  name: 'listAdministrators',
  method: 'GET',
  path: '/v1/tenants/{tenant}/administrators',
  tag: 'Roles',
  allow: 'roles:read',
  summary: 'Who has a role here, by address; end users only when their role is asked for.',
  params: TenantPath,
  query: PageQuery.extend({
    search: z.string().trim().max(320).optional(),
    role: z.string().max(80).optional(),
  }),
  body: Nothing,
  output: pageOf(Administrator),
  status: 200,
  problems: ['not-found'],
})

const AdministratorPath = TenantPath.extend({ person: z.string() })
const RoleName = z.string().min(1).max(80)

export const giveRole = endpoint({
  name: 'giveRole',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/administrators/{person}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Gives somebody who belongs to the organisation another role, from the next request on.',
  params: AdministratorPath,
  query: Nothing,
  body: z.object({ role: RoleName }),
  output: Administrator,
  status: 200,
  problems: ['not-found', 'not-allowed', 'invalid-input', 'last-super'],
})

export const removeAdministrator = endpoint({
  name: 'removeAdministrator',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/administrators/{person}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Takes a role away, from the next request on; one of our users stays an end user.',
  params: AdministratorPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'not-allowed', 'last-super'],
})

export const listInvitations = endpoint({
  name: 'listInvitations',
  method: 'GET',
  path: '/v1/tenants/{tenant}/invitations',
  tag: 'Roles',
  allow: 'roles:read',
  summary: 'Who was asked to administer and has not answered yet.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Invitation) }),
  status: 200,
  problems: ['not-found'],
})

export const Invited = z.object({
  invitation: Invitation,
  /** To hand on yourself; null where it was mailed. Shown in this answer only. */
  link: z.string().nullable(),
  mailed: z.boolean(),
})
export type Invited = z.infer<typeof Invited>

export const inviteAdministrator = endpoint({
  name: 'inviteAdministrator',
  method: 'POST',
  path: '/v1/tenants/{tenant}/invitations',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Asks somebody to take a role, by a link that works once: mailed, or shown to you to hand on.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    email: Address,
    name: z.string().trim().min(1, 'Enter a name').max(120),
    role: RoleName,
    send: z.enum(['mail', 'show']).default('show'),
  }),
  output: Invited,
  status: 201,
  problems: ['not-found', 'not-allowed', 'invalid-input', 'limit-reached', 'edge-unreachable'],
})

export const removeInvitation = endpoint({
  name: 'removeInvitation',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/invitations/{invitation}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Takes an invitation back; its link opens nothing any more.',
  params: TenantPath.extend({ invitation: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'not-allowed'],
})

export const InvitationShown = z.object({
  organisation: z.string(),
  email: z.string(),
  name: z.string(),
  roleName: z.string(),
  invitedBy: z.string(),
  expiresAt: Time,
  /** The address has an account here: it signs in first, and then accepts. */
  hasAccount: z.boolean(),
  /** Whoever asks is signed in as the person invited. */
  signedIn: z.boolean(),
})
export type InvitationShown = z.infer<typeof InvitationShown>

export const checkInvitation = endpoint({
  name: 'checkInvitation',
  method: 'POST',
  path: '/v1/invitations/check',
  tag: 'Roles',
  allow: 'public',
  summary: 'What an invitation’s link offers.',
  params: Nothing,
  query: Nothing,
  body: z.object({ token: z.string().min(1).max(200) }),
  output: InvitationShown,
  status: 200,
  problems: ['invitation-wrong'],
})

export const acceptInvitation = endpoint({
  name: 'acceptInvitation',
  method: 'POST',
  path: '/v1/invitations/accept',
  tag: 'Roles',
  allow: 'public',
  summary: 'Accepts an invitation: with a new password, or signed in as the person invited.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    token: z.string().min(1).max(200),
    name: z.string().trim().min(1).max(120).optional(),
    password: NewPassword.optional(),
  }),
  output: z.object({ email: z.string(), slug: z.string().nullable() }),
  status: 200,
  problems: ['invitation-wrong', 'invalid-input', 'not-signed-in'],
})

export const GroupRole = z.object({
  group: z.string(),
  groupName: z.string(),
  members: z.int(),
  role: z.string(),
  roleName: z.string(),
})
export type GroupRole = z.infer<typeof GroupRole>

const GroupRoles = z.object({
  items: z.array(GroupRole),
  /** Directory groups that give no role yet. */
  groups: z.array(z.object({ id: z.string(), name: z.string(), members: z.int() })),
})
const GroupRolePath = TenantPath.extend({ group: z.string() })

export const listGroupRoles = endpoint({
  name: 'listGroupRoles',
  method: 'GET',
  path: '/v1/tenants/{tenant}/group-roles',
  tag: 'Roles',
  allow: 'roles:read',
  summary: 'Which directory groups give their members a role.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: GroupRoles,
  status: 200,
  problems: ['not-found'],
})

export const giveGroupRole = endpoint({
  name: 'giveGroupRole',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/group-roles/{group}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Lets a directory group give its members a role without protected permissions.',
  params: GroupRolePath,
  query: Nothing,
  body: z.object({ role: RoleName }),
  output: GroupRoles,
  status: 200,
  problems: ['not-found', 'not-allowed', 'invalid-input'],
})

export const removeGroupRole = endpoint({
  name: 'removeGroupRole',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/group-roles/{group}',
  tag: 'Roles',
  allow: 'roles:write',
  summary: 'Ends that a directory group gives a role, from the next request on.',
  params: GroupRolePath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'not-allowed'],
})
