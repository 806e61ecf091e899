// Every page in the sidebar and in the search, with the names that users of the former product know.
import type { Permission } from '@gatepost/contract/permission.ts'
import {
  IconAddressBook,
  IconArchive,
  IconArrowForwardUp,
  IconBell,
  IconBuilding,
  IconCalendarTime,
  IconChartBar,
  IconClipboardCheck,
  IconDoorExit,
  IconHandStop,
  IconHistory,
  IconHourglass,
  IconInbox,
  IconKey,
  IconLayoutDashboard,
  IconListCheck,
  IconLock,
  IconLogin2,
  IconMailForward,
  IconMailQuestion,
  IconMapPin,
  IconMasksTheater,
  IconPlugConnected,
  IconRoute,
  IconSend,
  IconSettings,
  IconShare,
  IconShield,
  IconShieldX,
  IconSignature,
  IconStack2,
  IconStethoscope,
  IconTemplate,
  IconUserCheck,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
  IconWorld,
} from '@tabler/icons-react'

export type TenantAddress =
  | '/t/$slug/dashboard'
  | '/t/$slug/messages'
  | '/t/$slug/queue'
  | '/t/$slug/held'
  | '/t/$slug/digest'
  | '/t/$slug/archive'
  | '/t/$slug/where'
  | '/t/$slug/connect'
  | '/t/$slug/domains'
  | '/t/$slug/routes'
  | '/t/$slug/tls'
  | '/t/$slug/outbound'
  | '/t/$slug/forwarding'
  | '/t/$slug/signing'
  | '/t/$slug/senders'
  | '/t/$slug/greylisting'
  | '/t/$slug/forgery'
  | '/t/$slug/services'
  | '/t/$slug/policies'
  | '/t/$slug/users'
  | '/t/$slug/policies/groups'
  | '/t/$slug/directories'
  | '/t/$slug/administrators'
  | '/t/$slug/roles'
  | '/t/$slug/audit'
  | '/t/$slug/tokens'
  | '/t/$slug/retention'
  | '/t/$slug/shares'
  | '/t/$slug/leaving'
  | '/t/$slug/addresses'
  | '/t/$slug/acceptance'
  | '/t/$slug/sign-in'
  | '/t/$slug/alerts'
  | '/t/$slug/settings'

export type SystemAddress =
  | '/system/overview'
  | '/system/organizations'
  | '/system/operators'
  | '/system/templates'
  | '/system/usage'
  | '/system/leaving'
  | '/system/addresses'
  | '/system/readiness'
  | '/system/alerts'
  | '/system/refusals'
  | '/system/audit'
  | '/system/tokens'

export type Entry<Address extends string> = {
  readonly to: Address
  /** Pages that are one page with another filter. */
  readonly search?: { readonly state: 'held' | 'queued' }
  readonly label: string
  readonly icon: typeof IconInbox
  readonly needs: Permission
  /** The page's guide: `senders` is docs/guides/senders.md; a test looks whether it is there. */
  readonly guide: string
  /** What people may look for: former names, words of other consoles. */
  readonly alsoCalled: readonly string[]
}

export type Group<Address extends string> = {
  readonly name: string | null
  readonly entries: readonly Entry<Address>[]
}

export const tenantNavigation: readonly Group<TenantAddress>[] = [
  {
    name: null,
    entries: [
      {
        to: '/t/$slug/dashboard',
        label: 'Dashboard',
        icon: IconLayoutDashboard,
        needs: 'messages:read',
        guide: 'console',
        alsoCalled: ['Home', 'Overview', 'Reports', 'Volumes', 'Top senders', 'Statistics'],
      },
      {
        to: '/t/$slug/messages',
        label: 'Messages',
        icon: IconInbox,
        needs: 'messages:read',
        guide: 'messages',
        alsoCalled: ['Message Center', 'Gateway, Tracking', 'Message trace'],
      },
      {
        to: '/t/$slug/where',
        label: 'Where is my mail?',
        icon: IconMailQuestion,
        needs: 'messages:read',
        guide: 'where',
        alsoCalled: ['Missing mail', 'Lost mail', 'Bounce', 'Non-delivery report', 'NDR'],
      },
      {
        to: '/t/$slug/held',
        label: 'Held mail',
        icon: IconHandStop,
        needs: 'queue:read',
        guide: 'held-mail',
        alsoCalled: ['Held queue', 'On hold', 'Quarantine', 'Release'],
      },
      {
        to: '/t/$slug/archive',
        label: 'Archive',
        icon: IconArchive,
        needs: 'messages:content',
        guide: 'archive',
        alsoCalled: [
          'Journal',
          'Journaling',
          'eDiscovery',
          'Legal hold',
          'Archive search',
          'Retention of mail',
        ],
      },
      {
        to: '/t/$slug/queue',
        search: { state: 'queued' },
        label: 'Queue',
        icon: IconStack2,
        needs: 'queue:read',
        guide: 'queue',
        alsoCalled: ['Delivery queue', 'Deferred', 'Retry', 'Pause delivery'],
      },
      {
        to: '/t/$slug/connect',
        label: 'Connect',
        icon: IconListCheck,
        needs: 'connect:read',
        guide: 'connect',
        alsoCalled: ['Connect Application', 'Onboarding', 'Set-up steps'],
      },
      {
        to: '/t/$slug/alerts',
        label: 'Alerts',
        icon: IconBell,
        needs: 'alerts:read',
        guide: 'alerts',
        alsoCalled: ['Notifications', 'Alert settings', 'Webhook', 'Emergency contact', 'Escalation'],
      },
    ],
  },
  {
    name: 'Mail flow',
    entries: [
      {
        to: '/t/$slug/domains',
        label: 'Domains',
        icon: IconWorld,
        needs: 'domains:read',
        guide: 'domains',
        alsoCalled: ['Directories, Internal Directories', 'Internal domains', 'Recipient validation', 'MX'],
      },
      {
        to: '/t/$slug/routes',
        label: 'Delivery routes',
        icon: IconRoute,
        needs: 'routes:read',
        guide: 'routes',
        alsoCalled: ['Gateway, Delivery Routes', 'Mail host', 'Next hop'],
      },
      {
        to: '/t/$slug/tls',
        label: 'TLS',
        icon: IconLock,
        needs: 'policies:read',
        guide: 'tls',
        alsoCalled: ['Secure delivery', 'Secure receipt', 'Enforced TLS', 'DANE', 'MTA-STS', 'Partners'],
      },
      {
        to: '/t/$slug/outbound',
        label: 'Outbound',
        icon: IconSend,
        needs: 'outbound:read',
        guide: 'outbound',
        alsoCalled: [
          'Gateway, Authorized outbounds',
          'Authorised addresses',
          'Smart host',
          'What is my address',
          'SMTP credentials',
          'Umbrella accounts',
        ],
      },
      {
        to: '/t/$slug/forwarding',
        label: 'Forwarding',
        icon: IconArrowForwardUp,
        needs: 'outbound:read',
        guide: 'forwarding',
        alsoCalled: ['Address alteration', 'Forwarding addresses', 'Relay rules', 'Redirect'],
      },
      {
        to: '/t/$slug/addresses',
        label: 'Our addresses',
        icon: IconMapPin,
        needs: 'tenant:read',
        guide: 'addresses',
        alsoCalled: ['IP ranges', 'Firewall', 'Allow list', 'Data centres and URLs', 'What we send from'],
      },
      {
        to: '/t/$slug/signing',
        label: 'Signing',
        icon: IconSignature,
        needs: 'signing:read',
        guide: 'signing',
        alsoCalled: [
          'Gateway, Policies, DNS Authentication – Outbound',
          'DKIM',
          'ARC',
          'Selectors',
          'Rotate keys',
        ],
      },
    ],
  },
  {
    name: 'Protection',
    entries: [
      {
        to: '/t/$slug/policies',
        label: 'Policies',
        icon: IconShield,
        needs: 'policies:read',
        guide: 'policies',
        alsoCalled: ['Gateway, Policies', 'Permitted senders', 'Blocked senders', 'Address groups', 'Rules'],
      },
      {
        to: '/t/$slug/senders',
        label: 'Senders',
        icon: IconUserCheck,
        needs: 'senders:read',
        guide: 'senders',
        alsoCalled: [
          'Gateway, Add permitted users',
          'Managed senders',
          'Permitted and blocked senders',
          'Import permitted senders',
          'Auto allow',
        ],
      },
      {
        to: '/t/$slug/greylisting',
        label: 'Greylisting',
        icon: IconHourglass,
        needs: 'policies:read',
        guide: 'greylisting',
        alsoCalled: ['Gateway, Policies, Greylisting', 'Deferred now', 'Attempt greylisted'],
      },
      {
        to: '/t/$slug/forgery',
        label: 'Forgery',
        icon: IconMasksTheater,
        needs: 'policies:read',
        guide: 'forgery',
        alsoCalled: [
          'Gateway, Policies, Anti-Spoofing',
          'Anti-Spoofing SPF based Bypass',
          'Bypass anti-spoofing',
          'Who sends as us',
          'Impersonation',
        ],
      },
      {
        to: '/t/$slug/digest',
        label: 'Digest',
        icon: IconMailForward,
        needs: 'policies:read',
        guide: 'digest',
        alsoCalled: ['Digest sets', 'Quarantine report', 'Held mail notice', 'Spam report'],
      },
      {
        to: '/t/$slug/services',
        label: 'Trusted services',
        icon: IconPlugConnected,
        needs: 'policies:read',
        guide: 'services',
        alsoCalled: ['Survey tools', 'Exempt a service', 'Third-party senders'],
      },
    ],
  },
  {
    name: 'People',
    entries: [
      {
        to: '/t/$slug/users',
        label: 'Users',
        icon: IconUsers,
        needs: 'users:read',
        guide: 'users',
        alsoCalled: ['Internal directories, users', 'Spreadsheet import'],
      },
      {
        to: '/t/$slug/policies/groups',
        label: 'Groups',
        icon: IconUsersGroup,
        needs: 'policies:read',
        guide: 'users',
        alsoCalled: ['Profile groups', 'Directory groups', 'Address groups'],
      },
      {
        to: '/t/$slug/directories',
        label: 'Directories',
        icon: IconAddressBook,
        needs: 'directories:read',
        guide: 'directories',
        alsoCalled: [
          'Services, Directory Synchronization',
          'LDAP',
          'Active Directory',
          'Sync Directory Data',
          'Entra',
        ],
      },
      {
        to: '/t/$slug/administrators',
        label: 'Administrators',
        icon: IconUserShield,
        needs: 'roles:read',
        guide: 'roles',
        alsoCalled: ['Basic administrator', 'Account, Roles, users', 'Invite', 'Who may sign in here'],
      },
      {
        to: '/t/$slug/roles',
        label: 'Roles',
        icon: IconUsersGroup,
        needs: 'roles:read',
        guide: 'roles',
        alsoCalled: ['Account, Roles', 'Custom roles', 'Permissions', 'Protected permissions'],
      },
      {
        to: '/t/$slug/sign-in',
        label: 'Sign-in',
        icon: IconLogin2,
        needs: 'sign-in:read',
        guide: 'sign-in',
        alsoCalled: [
          'Authentication profiles',
          'Single sign-on, SAML, OpenID Connect',
          'Password policy, lockout',
          'Two-step authentication',
          'Application settings',
        ],
      },
    ],
  },
  {
    name: 'Record',
    entries: [
      {
        to: '/t/$slug/audit',
        label: 'Audit log',
        icon: IconHistory,
        needs: 'audit:read',
        guide: 'audit',
        alsoCalled: ['Account, Audit Logs', 'Changes', 'Who looked'],
      },
      {
        to: '/t/$slug/tokens',
        label: 'API tokens',
        icon: IconKey,
        needs: 'tokens:read',
        guide: 'tokens',
        alsoCalled: ['API applications', 'Services, API', 'Bearer', 'Automation'],
      },
      {
        to: '/t/$slug/retention',
        label: 'Retention',
        icon: IconCalendarTime,
        needs: 'retention:read',
        guide: 'retention',
        alsoCalled: ['Data retention', 'Erase a person', 'Legal hold', 'Privacy', 'GDPR'],
      },
      {
        to: '/t/$slug/acceptance',
        label: 'Acceptance test',
        icon: IconClipboardCheck,
        needs: 'connect:read',
        guide: 'acceptance',
        alsoCalled: ['Report', 'Sign-off', 'Print', 'End-to-end test', 'Health check'],
      },
      {
        to: '/t/$slug/shares',
        label: 'Share links',
        icon: IconShare,
        needs: 'connect:read',
        guide: 'share-links',
        alsoCalled: ['Colleague', 'Hand on a step', 'Mail instructions'],
      },
      {
        to: '/t/$slug/leaving',
        label: 'Leaving',
        icon: IconDoorExit,
        needs: 'tenant:write',
        guide: 'leaving',
        alsoCalled: ['Export everything', 'Cancel', 'Delete the organisation', 'Offboarding'],
      },
    ],
  },
]

export const settingsEntry: Entry<TenantAddress> = {
  to: '/t/$slug/settings',
  label: 'Settings',
  icon: IconSettings,
  needs: 'tenant:read',
  guide: 'settings',
  alsoCalled: ['Account, Account Settings', 'Organisation', 'Emergency contact'],
}

export const systemNavigation: readonly Group<SystemAddress>[] = [
  {
    name: 'Installation',
    entries: [
      {
        to: '/system/overview',
        label: 'Overview',
        icon: IconLayoutDashboard,
        needs: 'system:read',
        guide: 'organisations',
        alsoCalled: ['Usage', 'Volumes', 'Dashboard of the installation'],
      },
      {
        to: '/system/organizations',
        label: 'Organisations',
        icon: IconBuilding,
        needs: 'system:read',
        guide: 'organisations',
        alsoCalled: ['Tenants', 'Customers', 'Accounts'],
      },
      {
        to: '/system/templates',
        label: 'Templates',
        icon: IconTemplate,
        needs: 'system:read',
        guide: 'organisations',
        alsoCalled: ['Defaults', 'Inheritance', 'Drift', 'Bulk change'],
      },
      {
        to: '/system/usage',
        label: 'Usage',
        icon: IconChartBar,
        needs: 'system:read',
        guide: 'organisations',
        alsoCalled: ['Billing', 'Licences', 'Messages by month', 'Storage'],
      },
      {
        to: '/system/leaving',
        label: 'Leaving',
        icon: IconDoorExit,
        needs: 'system:read',
        guide: 'leaving',
        alsoCalled: ['Receipts', 'Offboarding', 'Erase an organisation'],
      },
      {
        to: '/system/addresses',
        label: 'Our addresses',
        icon: IconMapPin,
        needs: 'system:read',
        guide: 'addresses',
        alsoCalled: ['IP ranges', 'Announce a change', 'SPF of the gateway'],
      },
      {
        to: '/system/operators',
        label: 'Operators',
        icon: IconUserShield,
        needs: 'system:read',
        guide: 'roles',
        alsoCalled: ['Partners', 'MSP', 'Partner administrator'],
      },
      {
        to: '/system/readiness',
        label: 'Readiness',
        icon: IconStethoscope,
        needs: 'system:read',
        guide: 'operate/troubleshoot',
        alsoCalled: ['Zone', 'Port 25', 'Certificate', 'Health'],
      },
      {
        to: '/system/alerts',
        label: 'Alerts',
        icon: IconBell,
        needs: 'system:read',
        guide: 'alerts',
        alsoCalled: ['Notifications', 'Webhook', 'Disk', 'Monitoring'],
      },
      {
        to: '/system/refusals',
        label: 'Refused for nobody',
        icon: IconShieldX,
        needs: 'system:read',
        guide: 'operate/troubleshoot',
        alsoCalled: ['Relay attempts', 'Open relay', 'Rejected connections', 'Unattributed refusals'],
      },
      {
        to: '/system/audit',
        label: 'Audit log',
        icon: IconHistory,
        needs: 'system:read',
        guide: 'audit',
        alsoCalled: ['Sign-ins', 'Changes of the installation'],
      },
      {
        to: '/system/tokens',
        label: 'API tokens',
        icon: IconKey,
        needs: 'system:read',
        guide: 'tokens',
        alsoCalled: ['Tokens of the installation'],
      },
    ],
  },
]
