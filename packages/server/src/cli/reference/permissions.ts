// docs/reference/permissions.md: which role holds which permission, and which endpoints each opens.
import { endpoints } from '@gatepost/contract/endpoints.ts'
import {
  permissions,
  permissionsOf,
  permissionWords,
  protectedPermissions,
  roles,
  roleWords,
} from '@gatepost/contract/permission.ts'

/** The page, from the contract itself. */
export function permissionsPage(): string {
  const inTenant = permissions.filter((permission) => !permission.startsWith('system:'))
  return `${[
    '# Permissions',
    '',
    'Generated from the contract. Which role holds which permission; **protected** ones are given by super',
    'administrators alone. An organisation makes roles of its own from the same list.',
    '',
    `| Permission | ${roles.map((role) => roleWords[role].name).join(' | ')} |`,
    `|---|${roles.map(() => ':-:|').join('')}`,
    ...inTenant.map((permission) => {
      const name = protectedPermissions.has(permission)
        ? `\`${permission}\` **protected**`
        : `\`${permission}\``
      return `| ${name} | ${roles.map((role) => (permissionsOf[role].includes(permission) ? '✓' : '')).join(' | ')} |`
    }),
    '',
    '## What each opens',
    '',
    'Endpoints by permission; `system:` permissions belong to operators of the installation.',
    '',
    ...permissions.map((permission) => {
      const opened = endpoints.filter(({ allow }) => allow === permission).map(({ name }) => `\`${name}\``)
      const means = permissionWords.get(permission)
      const words = means === undefined ? '' : ` — ${means.toLowerCase()}`
      return `- \`${permission}\`${words}: ${opened.length === 0 ? 'no endpoint yet' : opened.join(', ')}`
    }),
  ].join('\n')}\n`
}
