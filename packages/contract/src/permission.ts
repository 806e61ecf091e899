// Permissions, and which roles hold them (product A4, behaviour §14.1). Protected ones come with content and
// export.

export const permissions = [
  'system:read',
  'system:write',
  'tenant:read',
  'tenant:write',
  'connect:read',
  'connect:write',
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
  'messages:export',
  'queue:read',
  'queue:write',
  'audit:read',
  'directories:read',
  'directories:write',
  'sign-in:read',
  'sign-in:write',
  'roles:read',
  'roles:write',
  'tokens:read',
  'tokens:write',
  'signing:read',
  'signing:write',
] as const
export type Permission = (typeof permissions)[number]

export const roles = ['super', 'full', 'basic', 'help-desk', 'read-only'] as const
export type Role = (typeof roles)[number]

const READ = permissions.filter(
  (permission) => permission.endsWith(':read') && !permission.startsWith('system:'),
)
const WRITE = permissions.filter((permission) => !permission.startsWith('system:'))

/** The permissions of a role inside its tenant. Operators of the installation hold `system:*` besides. */
export const permissionsOf: { readonly [Name in Role]: readonly Permission[] } = {
  super: WRITE,
  full: WRITE,
  basic: WRITE,
  'help-desk': [
    'tenant:read',
    'users:read',
    'messages:read',
    'queue:read',
    'connect:read',
    'domains:read',
    'senders:read',
  ],
  'read-only': READ,
}
