// The pages of one organisation.
import { StepName } from '@gatepost/contract/connect.ts'
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import * as z from 'zod'
import { ArchiveSearch } from '#console/archive/archive-search.ts'
import { AskSearch } from '#console/ask/ask-search.ts'
import { AuditSearch } from '#console/audit/audit-search.ts'
import { RangeSearch } from '#console/dashboard/range.ts'
import { GreylistingSearch } from '#console/greylisting/greylisting-search.ts'
import { HeldSearch } from '#console/held/held-search.ts'
import { MessageSearch } from '#console/messages/message-search.ts'
import { NewPolicySearch, PolicySearch } from '#console/policies/policy-search.ts'
import { QueueSearch } from '#console/queue/queue-search.ts'
import { SendersSearch } from '#console/senders/senders-search.ts'
import { ServicesSearch } from '#console/services/services-search.ts'
import { SignInSearch } from '#console/sign-in/sign-in-search.ts'
import { usersSearch } from '#console/users/users-words.ts'
import { tenant } from './base-routes.tsx'
import { startOf } from './home.ts'

const tenantHome = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  beforeLoad: ({ context, params }) => {
    throw redirect({ to: startOf(context.me, params.slug), params })
  },
})

const connect = createRoute({
  getParentRoute: () => tenant,
  path: '/connect',
  component: lazyRouteComponent(() => import('#connect/connect-layout.tsx'), 'ConnectLayout'),
})
const overview = createRoute({
  getParentRoute: () => connect,
  path: '/',
  component: lazyRouteComponent(() => import('#connect/overview-page.tsx'), 'OverviewPage'),
})
const step = createRoute({
  getParentRoute: () => connect,
  path: '/$step',
  validateSearch: z.object({ back: StepName.optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('#connect/step-page.tsx'), 'StepPage'),
})

const dashboard = createRoute({
  getParentRoute: () => tenant,
  path: '/dashboard',
  validateSearch: RangeSearch,
  component: lazyRouteComponent(() => import('#console/dashboard-page.tsx'), 'DashboardPage'),
})
const messages = createRoute({
  getParentRoute: () => tenant,
  path: '/messages',
  validateSearch: MessageSearch,
  component: lazyRouteComponent(() => import('#console/messages/messages-page.tsx'), 'MessagesPage'),
})
const message = createRoute({
  getParentRoute: () => tenant,
  path: '/messages/$message',
  component: lazyRouteComponent(() => import('#console/messages/message-page.tsx'), 'MessagePage'),
})
const queue = createRoute({
  getParentRoute: () => tenant,
  path: '/queue',
  validateSearch: QueueSearch,
  component: lazyRouteComponent(() => import('#console/queue/queue-page.tsx'), 'QueuePage'),
})
const where = createRoute({
  getParentRoute: () => tenant,
  path: '/where',
  component: lazyRouteComponent(() => import('#console/where/where-page.tsx'), 'WherePage'),
})
const archive = createRoute({
  getParentRoute: () => tenant,
  path: '/archive',
})
const archiveSearch = createRoute({
  getParentRoute: () => archive,
  path: '/',
  validateSearch: ArchiveSearch,
  component: lazyRouteComponent(() => import('#console/archive/archive-page.tsx'), 'ArchivePage'),
})
const archiveSettings = createRoute({
  getParentRoute: () => archive,
  path: '/settings',
  component: lazyRouteComponent(
    () => import('#console/archive/archive-settings-page.tsx'),
    'ArchiveSettingsPage',
  ),
})
const archived = createRoute({
  getParentRoute: () => archive,
  path: '/$archived',
  validateSearch: z.object({ reason: z.string().max(300).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('#console/archive/archived-page.tsx'), 'ArchivedPage'),
})
const held = createRoute({
  getParentRoute: () => tenant,
  path: '/held',
  validateSearch: HeldSearch,
  component: lazyRouteComponent(() => import('#console/held/held-page.tsx'), 'HeldPage'),
})
const heldMessage = createRoute({
  getParentRoute: () => tenant,
  path: '/held/$message',
  component: lazyRouteComponent(() => import('#console/held/held-message-page.tsx'), 'HeldMessagePage'),
})
const digest = createRoute({
  getParentRoute: () => tenant,
  path: '/digest',
  component: lazyRouteComponent(() => import('#console/held/digest-page.tsx'), 'DigestPage'),
})
const spamLessons = createRoute({
  getParentRoute: () => tenant,
  path: '/spam-lessons',
  component: lazyRouteComponent(() => import('#console/spam/lessons-page.tsx'), 'SpamLessonsPage'),
})
const heldRules = createRoute({
  getParentRoute: () => tenant,
  path: '/held-rules',
  component: lazyRouteComponent(() => import('#console/held/held-rules-page.tsx'), 'HeldRulesPage'),
})
const ask = createRoute({
  getParentRoute: () => tenant,
  path: '/ask',
  validateSearch: AskSearch,
  component: lazyRouteComponent(() => import('#console/ask/ask-page.tsx'), 'AskPage'),
})
const policies = createRoute({
  getParentRoute: () => tenant,
  path: '/policies',
})
const policyList = createRoute({
  getParentRoute: () => policies,
  path: '/',
  validateSearch: PolicySearch,
  component: lazyRouteComponent(() => import('#console/policies/policies-page.tsx'), 'PoliciesPage'),
})
const newPolicy = createRoute({
  getParentRoute: () => policies,
  path: '/new',
  validateSearch: NewPolicySearch,
  component: lazyRouteComponent(() => import('#console/policies/policy-page.tsx'), 'NewPolicyPage'),
})
const groups = createRoute({
  getParentRoute: () => policies,
  path: '/groups',
  validateSearch: z.object({ group: z.string().max(60).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('#console/policies/groups-page.tsx'), 'GroupsPage'),
})
const policy = createRoute({
  getParentRoute: () => policies,
  path: '/$policy',
  component: lazyRouteComponent(() => import('#console/policies/policy-page.tsx'), 'PolicyPage'),
})
const users = createRoute({
  getParentRoute: () => tenant,
  path: '/users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('#console/users/users-page.tsx'), 'UsersPage'),
})
const user = createRoute({
  getParentRoute: () => tenant,
  path: '/users/$user',
  component: lazyRouteComponent(() => import('#console/users/user-page.tsx'), 'UserPage'),
})
const directories = createRoute({
  getParentRoute: () => tenant,
  path: '/directories',
  component: lazyRouteComponent(() => import('#console/directories/directories-page.tsx'), 'DirectoriesPage'),
})
const newDirectory = createRoute({
  getParentRoute: () => tenant,
  path: '/directories/new',
  component: lazyRouteComponent(() => import('#console/directories/directory-page.tsx'), 'NewDirectoryPage'),
})
const directory = createRoute({
  getParentRoute: () => tenant,
  path: '/directories/$connector',
  component: lazyRouteComponent(() => import('#console/directories/directory-page.tsx'), 'DirectoryPage'),
})
const domains = createRoute({
  getParentRoute: () => tenant,
  path: '/domains',
  component: lazyRouteComponent(() => import('#console/domains/domains-page.tsx'), 'DomainsPage'),
})
const routes = createRoute({
  getParentRoute: () => tenant,
  path: '/routes',
  component: lazyRouteComponent(() => import('#console/routes/routes-page.tsx'), 'RoutesPage'),
})
const tls = createRoute({
  getParentRoute: () => tenant,
  path: '/tls',
  component: lazyRouteComponent(() => import('#console/tls/tls-page.tsx'), 'TlsPage'),
})
const senders = createRoute({
  getParentRoute: () => tenant,
  path: '/senders',
  validateSearch: SendersSearch,
  component: lazyRouteComponent(() => import('#console/senders/senders-page.tsx'), 'SendersPage'),
})
const greylisting = createRoute({
  getParentRoute: () => tenant,
  path: '/greylisting',
  validateSearch: GreylistingSearch,
  component: lazyRouteComponent(() => import('#console/greylisting/greylisting-page.tsx'), 'GreylistingPage'),
})

const forgery = createRoute({
  getParentRoute: () => tenant,
  path: '/forgery',
  component: lazyRouteComponent(() => import('#console/spoofing/spoofing-page.tsx'), 'SpoofingPage'),
})
const services = createRoute({
  getParentRoute: () => tenant,
  path: '/services',
  validateSearch: ServicesSearch,
  component: lazyRouteComponent(() => import('#console/services/services-page.tsx'), 'ServicesPage'),
})
const outbound = createRoute({
  getParentRoute: () => tenant,
  path: '/outbound',
  component: lazyRouteComponent(() => import('#console/outbound/outbound-page.tsx'), 'OutboundPage'),
})
const forwarding = createRoute({
  getParentRoute: () => tenant,
  path: '/forwarding',
  component: lazyRouteComponent(() => import('#console/forwarding/forwarding-page.tsx'), 'ForwardingPage'),
})
const signing = createRoute({
  getParentRoute: () => tenant,
  path: '/signing',
  component: lazyRouteComponent(() => import('#console/signing/signing-page.tsx'), 'SigningPage'),
})
const audit = createRoute({
  getParentRoute: () => tenant,
  path: '/audit',
  validateSearch: AuditSearch,
  component: lazyRouteComponent(() => import('#console/audit/audit-page.tsx'), 'AuditPage'),
})
const administrators = createRoute({
  getParentRoute: () => tenant,
  path: '/administrators',
  component: lazyRouteComponent(() => import('#console/roles/administrators-page.tsx'), 'AdministratorsPage'),
})
const roles = createRoute({
  getParentRoute: () => tenant,
  path: '/roles',
  component: lazyRouteComponent(() => import('#console/roles/roles-page.tsx'), 'RolesPage'),
})
const retention = createRoute({
  getParentRoute: () => tenant,
  path: '/retention',
  component: lazyRouteComponent(() => import('#console/retention/retention-page.tsx'), 'RetentionPage'),
})
const tokens = createRoute({
  getParentRoute: () => tenant,
  path: '/tokens',
  component: lazyRouteComponent(() => import('#console/tokens/tokens-page.tsx'), 'TokensPage'),
})
const signInSettings = createRoute({
  getParentRoute: () => tenant,
  path: '/sign-in',
  validateSearch: SignInSearch,
  component: lazyRouteComponent(
    () => import('#console/sign-in/sign-in-settings-page.tsx'),
    'SignInSettingsPage',
  ),
})
/** The same within the organisation somebody came from, so that its menu stays. */
const tenantAccount = createRoute({
  getParentRoute: () => tenant,
  path: '/account',
  component: lazyRouteComponent(() => import('#account/account-page.tsx'), 'AccountPage'),
})
const shares = createRoute({
  getParentRoute: () => tenant,
  path: '/shares',
  component: lazyRouteComponent(() => import('#console/sharing/shares-page.tsx'), 'SharesPage'),
})
const acceptance = createRoute({
  getParentRoute: () => tenant,
  path: '/acceptance',
  component: lazyRouteComponent(() => import('#console/acceptance/acceptance-page.tsx'), 'AcceptancePage'),
})
const leaving = createRoute({
  getParentRoute: () => tenant,
  path: '/leaving',
  component: lazyRouteComponent(() => import('#console/leaving/leaving-page.tsx'), 'LeavingPage'),
})
const addresses = createRoute({
  getParentRoute: () => tenant,
  path: '/addresses',
  component: lazyRouteComponent(() => import('#console/addresses/addresses-page.tsx'), 'AddressesPage'),
})
const acceptanceReport = createRoute({
  getParentRoute: () => tenant,
  path: '/acceptance/$report',
  component: lazyRouteComponent(() => import('#console/acceptance/report-page.tsx'), 'ReportPage'),
})
const alerts = createRoute({
  getParentRoute: () => tenant,
  path: '/alerts',
  component: lazyRouteComponent(() => import('#console/alerts/alerts-page.tsx'), 'AlertsPage'),
})
const settings = createRoute({
  getParentRoute: () => tenant,
  path: '/settings',
  component: lazyRouteComponent(() => import('#console/settings-page.tsx'), 'SettingsPage'),
})
/** The documentation inside the console. */
const guides = createRoute({
  getParentRoute: () => tenant,
  path: '/guides',
  component: lazyRouteComponent(() => import('#guides/guides-page.tsx'), 'GuidesPage'),
})
const guide = createRoute({
  getParentRoute: () => tenant,
  path: '/guides/$',
  component: lazyRouteComponent(() => import('#guides/guide-page.tsx'), 'GuidePage'),
})

export const tenantTree = tenant.addChildren([
  tenantHome,
  connect.addChildren([overview, step]),
  dashboard,
  messages,
  message,
  queue,
  where,
  archive.addChildren([archiveSearch, archiveSettings, archived]),
  held,
  heldMessage,
  heldRules,
  spamLessons,
  digest,
  ask,
  policies.addChildren([policyList, newPolicy, groups, policy]),
  users,
  user,
  directories,
  newDirectory,
  directory,
  domains,
  routes,
  tls,
  outbound,
  forwarding,
  signing,
  senders,
  greylisting,
  forgery,
  services,
  audit,
  signInSettings,
  tenantAccount,
  administrators,
  roles,
  tokens,
  retention,
  shares,
  acceptance,
  acceptanceReport,
  leaving,
  addresses,
  alerts,
  settings,
  guides,
  guide,
])
