// Permissions, and which roles hold them (product A4, behaviour §14.1). Protected ones come with content and
// export; an organisation's own roles are lists of the same permissions.

/** Each permission by the area it belongs to; a page of the console needs the area's `read`. */
export const permissions = [
  'system:read',
  'system:write',
  'portal:use',
  'tenant:read',
  'tenant:write',
  'connect:read',
  'connect:write',
  'alerts:read',
  'alerts:write',
  'domains:read',
  'domains:write',
  'users:read',
  'users:write',
  'routes:read',
  'routes:write',
  'outbound:read',
  'outbound:write',
  'policies:read',
  'policies:write',
  'senders:read',
  'senders:write',
  'messages:read',
  'messages:content',
  'messages:export',
  'messages:purge',
  'held:content',
  'queue:read',
  'queue:write',
  'audit:read',
  'audit:export',
  'directories:read',
  'directories:write',
  'sign-in:read',
  'sign-in:write',
  'roles:read',
  'roles:write',
  'roles:protected',
  'tokens:read',
  'tokens:write',
  'signing:read',
  'signing:write',
  'retention:read',
  'retention:write',
  'people:export',
  'people:erase',
] as const
export type Permission = (typeof permissions)[number]

/** What reads, hands out or destroys what people wrote, and who may do so: only given by who holds it. */
export const protectedPermissions: ReadonlySet<Permission> = new Set([
  'messages:content',
  'messages:export',
  'messages:purge',
  'audit:export',
  'roles:protected',
  'retention:write',
  'people:export',
  'people:erase',
])

export const roles = [
  'super',
  'full',
  'basic',
  'help-desk',
  'discovery-officer',
  'read-only',
  'end-user',
] as const
export type Role = (typeof roles)[number]

/** What each role is called, and what it is for. */
export const roleWords: {
  readonly [Name in Role]: { readonly name: string; readonly means: string }
} = {
  super: {
    name: 'Super administrator',
    means: 'Everything in the organisation, with content, and who holds protected permissions.',
  },
  full: {
    name: 'Full administrator',
    means: 'Everything with content and export, but not who holds protected permissions.',
  },
  basic: {
    name: 'Basic administrator',
    means: 'All settings and people without protected permissions; sees content only while it is held.',
  },
  'help-desk': {
    name: 'Help desk',
    means: 'Answers where a message is: reads messages, queue, users, senders and domains.',
  },
  'discovery-officer': {
    name: 'Discovery officer',
    means: 'Reads and exports messages and their content for an inquiry; changes nothing.',
  },
  'read-only': {
    name: 'Read only',
    means: 'Sees every setting and list; no content, no export, no change.',
  },
  'end-user': {
    name: 'End user',
    means: 'Signs in to the own portal; sees nothing of the administration.',
  },
}

const inTenant = permissions.filter((permission) => !permission.startsWith('system:'))
const READ = inTenant.filter((permission) => permission.endsWith(':read'))

/** The permissions of a role inside its tenant. Operators of the installation hold `system:*` besides. */
export const permissionsOf: { readonly [Name in Role]: readonly Permission[] } = {
  super: inTenant,
  full: inTenant.filter((permission) => permission !== 'roles:protected'),
  basic: inTenant.filter((permission) => !protectedPermissions.has(permission)),
  'help-desk': [
    'portal:use',
    'tenant:read',
    'connect:read',
    'alerts:read',
    'domains:read',
    'users:read',
    'senders:read',
    'messages:read',
    'queue:read',
  ],
  'discovery-officer': [
    'portal:use',
    'tenant:read',
    'domains:read',
    'users:read',
    'messages:read',
    'messages:content',
    'messages:export',
    'held:content',
    'audit:read',
    'audit:export',
  ],
  'read-only': ['portal:use', ...READ],
  'end-user': ['portal:use'],
}

/** Whether a role with these permissions may be given by holders of `roles:protected` alone. */
export function isProtected(held: readonly string[]): boolean {
  return held.some((permission) => protectedPermissions.has(permission as Permission))
}

/** What an organisation's own role or an API token may hold: all of the tenant's. */
export const grantablePermissions: readonly Permission[] = inTenant

/** A permission by what it lets do, where `AREA:read` and `AREA:write` do not say it already. */
export const permissionWords: ReadonlyMap<Permission, string> = new Map([
  ['portal:use', 'Sign in to the own portal'],
  ['messages:content', 'Read the content of any message'],
  ['messages:export', 'Export messages and lists of them'],
  ['messages:purge', 'Destroy stored messages'],
  ['held:content', 'Read the content of a message while it is held'],
  ['audit:export', 'Export the audit log'],
  ['roles:protected', 'Give and take roles with protected permissions'],
  ['retention:write', 'Set how long data is kept'],
  ['people:export', 'Export what is stored of a person'],
  ['people:erase', 'Erase what is stored of a person'],
])
