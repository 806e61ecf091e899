// All addresses of the console: pages load when opened, and ask first who is signed in.
import { StepName } from '@gatepost/contract/connect.ts'
import { getMe, type Me } from '@gatepost/contract/session.ts'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import * as z from 'zod'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { keyOf } from '#api/use-endpoint.ts'
import { AskSearch } from '#console/ask/ask-search.ts'
import { AuditSearch } from '#console/audit/audit-search.ts'
import { GreylistingSearch } from '#console/greylisting/greylisting-search.ts'
import { MessageSearch } from '#console/messages/message-search.ts'
import { NewPolicySearch, PolicySearch } from '#console/policies/policy-search.ts'
import { QueueSearch } from '#console/queue/queue-search.ts'
import { SendersSearch } from '#console/senders/senders-search.ts'
import { ServicesSearch } from '#console/services/services-search.ts'
import { SignInSearch } from '#console/sign-in/sign-in-search.ts'
import { usersSearch } from '#console/users/users-words.ts'
import { FailedPage, NotFoundPage } from './fault-pages.tsx'
import { homeOf, mayAdminister } from './home.ts'
import { PendingPage } from './pending-page.tsx'
import { Shell } from './shell/shell.tsx'

export type RouterContext = { readonly queryClient: QueryClient }

/** Below the root there is a shell around it; it loads when it is needed. */
const NotFoundInside = lazyRouteComponent(() => import('./not-found-inside.tsx'), 'NotFoundInside')

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: z.object({ token: z.string().max(200).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('#entry/setup-page.tsx'), 'SetupPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({
    next: z.string().max(2_000).optional().catch(undefined),
    /** An identity provider's answer was not accepted. */
    refused: z.string().max(40).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('#entry/sign-in-page.tsx'), 'SignInPage'),
})

/** A new password by a link in mail; the link's token stands behind the hash. */
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('#entry/reset-page.tsx'), 'ResetPage'),
})

/** From the link of an invitation to administer. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('#entry/invitation-page.tsx'), 'InvitationPage'),
})

/** For people outside, from the link in an SMTP reply. */
const sender = createRoute({
  getParentRoute: () => root,
  path: '/r/$code',
  component: lazyRouteComponent(() => import('#entry/sender-page.tsx'), 'SenderPage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'console',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const me = await personOf(context, location.href)
    if (!mayAdminister(me)) throw redirect({ to: '/portal' })
    return { me }
  },
})

/** What end users see; whoever administers may look at it too. */
const portal = createRoute({
  getParentRoute: () => root,
  path: '/portal',
  component: lazyRouteComponent(() => import('#portal/portal-shell.tsx'), 'PortalShell'),
  beforeLoad: async ({ context, location }) => ({ me: await personOf(context, location.href) }),
})
const portalHome = createRoute({
  getParentRoute: () => portal,
  path: '/',
  component: lazyRouteComponent(() => import('#portal/portal-page.tsx'), 'PortalPage'),
})

/** Who is signed in, completely; everybody else is sent to sign in. */
async function personOf({ queryClient }: RouterContext, next: string): Promise<Me> {
  const me = await queryClient
    .ensureQueryData({ queryKey: keyOf(getMe), queryFn: () => call(getMe), staleTime: 60_000 })
    .catch((error: unknown) => {
      if (!isProblem(error, 'not-signed-in')) throw error
      throw redirect({ to: '/sign-in', search: { next } })
    })
  if (me.mustDo !== null) throw redirect({ to: '/sign-in', search: { next } })
  return me
}

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    throw redirect(await homeOf(context.me, context.queryClient))
  },
})

const tenant = createRoute({
  getParentRoute: () => shell,
  path: '/t/$slug',
  // The router looks for the nearest route that names one; the root's stands outside of the shell.
  notFoundComponent: NotFoundInside,
  beforeLoad: ({ context, params }) => {
    if (!context.me.tenants.some(({ slug }) => slug === params.slug)) throw notFound()
  },
})

const tenantHome = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$slug/connect', params })
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
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('#account/account-page.tsx'), 'AccountPage'),
})
/** The same within the organisation somebody came from, so that its menu stays. */
const tenantAccount = createRoute({
  getParentRoute: () => tenant,
  path: '/account',
  component: lazyRouteComponent(() => import('#account/account-page.tsx'), 'AccountPage'),
})
const settings = createRoute({
  getParentRoute: () => tenant,
  path: '/settings',
  component: lazyRouteComponent(() => import('#console/settings-page.tsx'), 'SettingsPage'),
})

const readiness = createRoute({
  getParentRoute: () => shell,
  path: '/system/readiness',
  component: lazyRouteComponent(() => import('#system/readiness-page.tsx'), 'ReadinessPage'),
})
const refusals = createRoute({
  getParentRoute: () => shell,
  path: '/system/refusals',
  component: lazyRouteComponent(() => import('#system/refusals-page.tsx'), 'RefusalsPage'),
})
const operators = createRoute({
  getParentRoute: () => shell,
  path: '/system/operators',
  component: lazyRouteComponent(() => import('#system/operators-page.tsx'), 'OperatorsPage'),
})
const systemAudit = createRoute({
  getParentRoute: () => shell,
  path: '/system/audit',
  component: lazyRouteComponent(() => import('#system/system-audit-page.tsx'), 'SystemAuditPage'),
})
const systemTokens = createRoute({
  getParentRoute: () => shell,
  path: '/system/tokens',
  component: lazyRouteComponent(() => import('#system/system-tokens-page.tsx'), 'SystemTokensPage'),
})
const organizations = createRoute({
  getParentRoute: () => shell,
  path: '/system/organizations',
  component: lazyRouteComponent(() => import('#system/organizations-page.tsx'), 'OrganizationsPage'),
})

const tree = root.addChildren([
  setup,
  signIn,
  reset,
  portal.addChildren([portalHome]),
  invitation,
  sender,
  shell.addChildren([
    home,
    account,
    tenant.addChildren([
      tenantHome,
      connect.addChildren([overview, step]),
      dashboard,
      messages,
      message,
      queue,
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
      settings,
    ]),
    readiness,
    refusals,
    organizations,
    operators,
    systemAudit,
    systemTokens,
  ]),
])

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: FailedPage,
    defaultNotFoundComponent: NotFoundInside,
    defaultPendingMs: 300,
    scrollRestoration: true,
  })
}
