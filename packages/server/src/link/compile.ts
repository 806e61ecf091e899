// Rows of one tenant become the shard that edges work with. Pure: the same rows give the same bytes and
// digest.
import type { AddressGroup, PolicyRule } from '#policy/rule.ts'
import type { DomainSettings, RouteTls, TenantSettings } from '#policy/settings.ts'

/** What is stored of one tenant, as far as edges need it. The store's rows have these shapes. */
export type TenantRows = {
  readonly tenant: {
    readonly id: string
    readonly slug: string
    readonly settings_revision: number
    readonly postmaster: string | null
    readonly delivery_paused: 0 | 1
  }
  readonly domains: readonly {
    readonly id: string
    readonly name: string
    readonly validated_at: number | null
    readonly recipient_mode: DomainSettings['recipientMode']
    readonly unknown_recipient: DomainSettings['unknownRecipient']
    readonly route_id: string | null
    readonly call_forward_sender: 'original' | 'null'
    readonly call_forward_silent: 'defer' | 'accept'
    readonly learning_until: number | null
  }[]
  readonly routes: readonly {
    readonly id: string
    readonly name: string
    readonly host: string
    readonly port: number
    readonly tls: RouteTls
    readonly alternate_id: string | null
    readonly default_for: 'inbound' | 'outbound' | null
    readonly paused: 0 | 1
  }[]
  readonly authorizedOutbounds: readonly { readonly id: string; readonly address: string }[]
  /** Enabled policies and all groups. */
  readonly rules?: readonly PolicyRule[]
  readonly groups?: readonly AddressGroup[]
}

/** Compiles a tenant. Domains that are not validated are left out: no mail is taken for them. */
export function compileTenant(rows: TenantRows): TenantSettings {
  const { tenant, domains, routes, authorizedOutbounds } = rows
  const routeIds = new Set(routes.map(({ id }) => id))
  // A reference to a route that is gone falls back to the default instead of losing mail.
  const known = (id: string | null): string | null => (id !== null && routeIds.has(id) ? id : null)
  return {
    tenantId: tenant.id,
    slug: tenant.slug,
    revision: tenant.settings_revision,
    domains: domains
      .filter(({ validated_at }) => validated_at !== null)
      .map((domain) => ({
        id: domain.id,
        name: domain.name,
        recipientMode: domain.recipient_mode,
        unknownRecipient: domain.unknown_recipient,
        routeId: known(domain.route_id),
        ...modeSettings(domain),
      }))
      .sort(byId),
    authorizedOutbounds: authorizedOutbounds
      .map(({ id, address }) => ({ id, cidr: cidrOf(address) }))
      .sort(byId),
    routes: routes
      .map(({ id, name, host, port, tls, alternate_id, paused }) => ({
        id,
        name,
        host,
        port,
        tls,
        alternateId: known(alternate_id),
        ...(paused === 1 ? ({ paused: true } as const) : {}),
      }))
      .sort(byId),
    defaultRouteId: routes.find(({ default_for }) => default_for === 'inbound')?.id ?? null,
    smartHostRouteId: routes.find(({ default_for }) => default_for === 'outbound')?.id ?? null,
    postmaster: tenant.postmaster,
    ...(tenant.delivery_paused === 1 ? ({ deliveryPaused: true } as const) : {}),
    ...rulesOf(rows),
  }
}

/** Rules by id, and only the groups they name: the others would be carried for nothing. */
function rulesOf({ rules = [], groups = [] }: TenantRows): Pick<TenantSettings, 'rules' | 'groups'> {
  if (rules.length === 0) return {}
  const named = new Set<string>()
  for (const { from, to } of rules) {
    if (from.kind === 'group') named.add(from.groupId)
    if (to.kind === 'group') named.add(to.groupId)
  }
  const needed = groups.filter(({ id }) => named.has(id)).sort(byId)
  return { rules: [...rules].sort(byId), ...(needed.length === 0 ? {} : { groups: needed }) }
}

/** Left out for other modes, so that old shards keep their digest. */
function modeSettings(domain: TenantRows['domains'][number]): Partial<DomainSettings> {
  if (domain.recipient_mode === 'call-forward') {
    return { callForward: { sender: domain.call_forward_sender, whenSilent: domain.call_forward_silent } }
  }
  if (domain.recipient_mode !== 'learning' || domain.learning_until === null) return {}
  return { learningUntil: domain.learning_until }
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}

/** A single address is a range of one. */
function cidrOf(address: string): string {
  if (address.includes('/')) return address
  return `${address}/${address.includes(':') ? 128 : 32}`
}
