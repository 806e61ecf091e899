// What one can do from the search: each leads to the place where it is done.
import type { Permission } from '@gatepost/contract/permission.ts'

export type Command = {
  readonly label: string
  readonly alsoCalled: readonly string[]
  readonly needs: Permission | null
  /** Path below the organisation, such as `/users`. */
  readonly path: string
  readonly search?: Readonly<Record<string, string>>
}

export const commands: readonly Command[] = [
  { label: 'Add user', alsoCalled: ['New mailbox', 'Create person'], needs: 'users:write', path: '/users' },
  {
    label: 'Import users',
    alsoCalled: ['CSV', 'XLSX', 'Spreadsheet', 'Upload people'],
    needs: 'users:write',
    path: '/users',
  },
  {
    label: 'Add domain',
    alsoCalled: ['Register domain', 'Validate domain'],
    needs: 'domains:write',
    path: '/connect/validate-domains',
  },
  { label: 'Add delivery route', alsoCalled: ['New mail host'], needs: 'routes:write', path: '/routes' },
  { label: 'Write a policy', alsoCalled: ['New rule'], needs: 'policies:write', path: '/policies/new' },
  {
    label: 'Block a sender',
    alsoCalled: ['Deny list', 'Blacklist'],
    needs: 'policies:write',
    path: '/policies/new',
    search: { type: 'blocked-senders' },
  },
  {
    label: 'Permit a sender',
    alsoCalled: ['Allow list', 'Whitelist', 'Safe sender'],
    needs: 'policies:write',
    path: '/policies/new',
    search: { type: 'permitted-senders' },
  },
  {
    label: 'Trust a service',
    alsoCalled: ['Survey tool', 'Newsletter', 'Payroll'],
    needs: 'policies:write',
    path: '/services',
  },
  {
    label: 'Ask about a message',
    alsoCalled: ['Where is my mail', 'Test a policy', 'Simulate', 'Drop an eml file'],
    needs: 'messages:read',
    path: '/ask',
  },
  {
    label: 'Release held mail',
    alsoCalled: ['Quarantine', 'On hold'],
    needs: 'queue:read',
    path: '/queue',
    search: { state: 'held' },
  },
  { label: 'Pause delivery', alsoCalled: ['Stop the queue'], needs: 'queue:write', path: '/queue' },
  {
    label: 'Authorise an address',
    alsoCalled: ['Smart host', 'Printer', 'Scanner', 'Relay'],
    needs: 'outbound:write',
    path: '/outbound',
  },
  { label: 'Make signing keys', alsoCalled: ['DKIM', 'Selector'], needs: 'signing:write', path: '/signing' },
  {
    label: 'Add directory',
    alsoCalled: ['LDAP', 'Entra ID', 'Google Workspace'],
    needs: 'directories:write',
    path: '/directories/new',
  },
  {
    label: 'Invite an administrator',
    alsoCalled: ['Give somebody access', 'Add administrator'],
    needs: 'roles:write',
    path: '/administrators',
  },
  {
    label: 'Make an API token',
    alsoCalled: ['Bearer', 'Automation'],
    needs: 'tokens:write',
    path: '/tokens',
  },
  {
    label: 'Change your password',
    alsoCalled: ['Second factor', 'Passkey', 'Recovery codes'],
    needs: null,
    path: '/account',
  },
]
