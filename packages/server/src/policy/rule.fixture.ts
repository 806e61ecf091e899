// Rules and settings of an organisation for tests, which say only what they are about.
import type { PolicyRule } from './rule.ts'
import type { TenantSettings } from './settings.ts'

/** For everybody and always, unless the test says more; `pol_` and the type is its id. */
export function ruleOf(
  type: PolicyRule['type'],
  option: unknown,
  more: Partial<Omit<PolicyRule, 'type' | 'option'>> = {},
): PolicyRule {
  return {
    id: `pol_${type}`,
    type,
    name: type,
    from: { kind: 'everyone' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 1,
    option,
    ...more,
  } as PolicyRule
}

/** Settings of acme.example, which accepts all recipients. */
export function settingsWith(rules: readonly PolicyRule[]): TenantSettings {
  const domain = { id: 'd', recipientMode: 'accept-all', unknownRecipient: 'reject', routeId: null } as const
  return {
    tenantId: 'acme',
    slug: 'acme',
    revision: 1,
    domains: [{ ...domain, name: 'acme.example' }],
    authorizedOutbounds: [],
    routes: [],
    defaultRouteId: null,
    smartHostRouteId: null,
    postmaster: null,
    rules,
  }
}
