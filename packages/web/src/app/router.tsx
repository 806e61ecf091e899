// All addresses of the console: pages load when opened, and ask first who is signed in.
import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import * as z from 'zod'
import { NotFoundInside, personOf, root, shell } from './base-routes.tsx'
import { FailedPage } from './fault-pages.tsx'
import { homeOf } from './home.ts'
import { PendingPage } from './pending-page.tsx'
import { systemRoutes } from './system-routes.tsx'
import { tenantTree } from './tenant-routes.tsx'

export type { RouterContext } from './base-routes.tsx'

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

/** One step for a colleague without an account; the link's token stands behind the hash. */
const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared',
  component: lazyRouteComponent(() => import('#entry/shared-page.tsx'), 'SharedPage'),
})

/** For people outside, from the link in an SMTP reply. */
const sender = createRoute({
  getParentRoute: () => root,
  path: '/r/$code',
  component: lazyRouteComponent(() => import('#entry/sender-page.tsx'), 'SenderPage'),
})

/** From the link of a digest; its token stands behind the hash. */
const heldLink = createRoute({
  getParentRoute: () => root,
  path: '/held-link',
  component: lazyRouteComponent(() => import('#entry/held-link-page.tsx'), 'HeldLinkPage'),
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
  component: lazyRouteComponent(() => import('#portal/held-page.tsx'), 'PortalHeldPage'),
})
const portalRefused = createRoute({
  getParentRoute: () => portal,
  path: '/refused',
  component: lazyRouteComponent(() => import('#portal/refused-page.tsx'), 'PortalRefusedPage'),
})
const portalMail = createRoute({
  getParentRoute: () => portal,
  path: '/mail',
  component: lazyRouteComponent(() => import('#portal/mail-page.tsx'), 'PortalMailPage'),
})
const portalSenders = createRoute({
  getParentRoute: () => portal,
  path: '/senders',
  component: lazyRouteComponent(() => import('#portal/senders-page.tsx'), 'PortalSendersPage'),
})
const portalAccount = createRoute({
  getParentRoute: () => portal,
  path: '/account',
  component: lazyRouteComponent(() => import('#portal/portal-page.tsx'), 'PortalPage'),
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    throw redirect(await homeOf(context.me, context.queryClient))
  },
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('#account/account-page.tsx'), 'AccountPage'),
})
const tree = root.addChildren([
  setup,
  signIn,
  reset,
  portal.addChildren([portalHome, portalMail, portalRefused, portalSenders, portalAccount]),
  invitation,
  shared,
  sender,
  heldLink,
  shell.addChildren([home, account, tenantTree, ...systemRoutes]),
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
