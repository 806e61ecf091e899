// The pages of the installation, for its operators.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { RangeSearch } from '#console/dashboard/range.ts'
import { shell } from './base-routes.tsx'

const readiness = createRoute({
  getParentRoute: () => shell,
  path: '/system/readiness',
  component: lazyRouteComponent(() => import('#system/readiness-page.tsx'), 'ReadinessPage'),
})
const certificates = createRoute({
  getParentRoute: () => shell,
  path: '/system/certificates',
  component: lazyRouteComponent(() => import('#system/certificates-page.tsx'), 'CertificatesPage'),
})
const entraApp = createRoute({
  getParentRoute: () => shell,
  path: '/system/entra-app',
  component: lazyRouteComponent(() => import('#system/entra-app-page.tsx'), 'EntraAppPage'),
})
const systemAlerts = createRoute({
  getParentRoute: () => shell,
  path: '/system/alerts',
  component: lazyRouteComponent(() => import('#system/alerts-page.tsx'), 'SystemAlertsPage'),
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
const overview = createRoute({
  getParentRoute: () => shell,
  path: '/system/overview',
  validateSearch: RangeSearch,
  component: lazyRouteComponent(() => import('#system/overview-page.tsx'), 'OverviewPage'),
})
const organizations = createRoute({
  getParentRoute: () => shell,
  path: '/system/organizations',
  component: lazyRouteComponent(() => import('#system/organizations-page.tsx'), 'OrganizationsPage'),
})
const guides = createRoute({
  getParentRoute: () => shell,
  path: '/guides',
  component: lazyRouteComponent(() => import('#guides/guides-page.tsx'), 'GuidesPage'),
})
const guide = createRoute({
  getParentRoute: () => shell,
  path: '/guides/$',
  component: lazyRouteComponent(() => import('#guides/guide-page.tsx'), 'GuidePage'),
})

const templates = createRoute({
  getParentRoute: () => shell,
  path: '/system/templates',
  component: lazyRouteComponent(() => import('#system/templates-page.tsx'), 'TemplatesPage'),
})
const usage = createRoute({
  getParentRoute: () => shell,
  path: '/system/usage',
  component: lazyRouteComponent(() => import('#system/usage-page.tsx'), 'UsagePage'),
})

const departures = createRoute({
  getParentRoute: () => shell,
  path: '/system/leaving',
  component: lazyRouteComponent(() => import('#system/departures-page.tsx'), 'DeparturesPage'),
})
const ownAddresses = createRoute({
  getParentRoute: () => shell,
  path: '/system/addresses',
  component: lazyRouteComponent(() => import('#system/addresses-page.tsx'), 'AddressesPage'),
})

export const systemRoutes = [
  readiness,
  certificates,
  entraApp,
  systemAlerts,
  refusals,
  operators,
  systemAudit,
  systemTokens,
  organizations,
  overview,
  templates,
  usage,
  departures,
  ownAddresses,
  guides,
  guide,
] as const
