// Rows of one tenant become the shard that edges work with. Pure: the same rows give the same bytes and
// digest.
import type { AddressGroup, PolicyRule } from '#policy/rule.ts'
import { attributeId } from '#policy/rules/scope.ts'
import type {
  CloudSettings,
  DomainSettings,
  LoginMechanism,
  LostDomain,
  RouteSettings,
  RouteTls,
  SuspectSender,
  TenantSettings,
} from '#policy/settings.ts'

/** What is stored of one tenant, as far as edges need it. The store's rows have these shapes. */
export type TenantRows = {
  readonly tenant: {
    readonly id: string
    readonly slug: string
    readonly settings_revision: number
    readonly postmaster: string | null
    readonly delivery_paused: 0 | 1
  }
  readonly lostDomains?: readonly LostDomain[]
  /** Days that held mail waits, where the tenant chose. */
  readonly heldDays?: number | null
  /** What was taught about spam, packed. */
  readonly spamTaught?: string | null
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
    readonly more_hosts: string
    readonly login_user: string | null
    readonly login_password: string | null
    readonly login_mechanisms: string
    readonly default_for: 'inbound' | 'outbound' | null
    readonly paused: 0 | 1
  }[]
  readonly authorizedOutbounds: readonly { readonly id: string; readonly address: string }[]
  /** Enabled policies and all groups. */
  readonly rules?: readonly PolicyRule[]
  readonly groups?: readonly AddressGroup[]
  readonly outbound?: OutboundRows
  /** Keys in use. */
  readonly signingKeys?: readonly {
    readonly id: string
    readonly domain: string
    readonly selector: string
    readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
    readonly private_key: string | null
  }[]
  readonly arc?: { readonly seals: 'none' | 'forwarded' | 'all'; readonly sealers: string } | null
  readonly archive?: {
    readonly enabled: 0 | 1
    readonly journal_enabled: 0 | 1
    readonly journal_token: string
    readonly alternate_token: string
  } | null
  readonly autoAllow?: {
    readonly enabled: 0 | 1
    readonly days: number
    readonly sample_percent: number
  } | null
}

/** What the tables of outbound mail hold of a tenant. */
export type OutboundRows = {
  readonly credentials: readonly { readonly id: string; readonly username: string; readonly keys: string }[]
  readonly clouds: readonly CloudSettings[]
  readonly forwardings: readonly {
    readonly id: string
    readonly address: string
    readonly target: string
    readonly keep_copy: 0 | 1
  }[]
  readonly setting: { readonly srs_key: string | null; readonly hourly_recipients: number | null } | null
  readonly suspects: readonly SuspectSender[]
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
      .map(({ id, name, host, port, tls, alternate_id, more_hosts, paused, ...login }) => ({
        id,
        name,
        host,
        port,
        tls,
        alternateId: known(alternate_id),
        ...moreHostsIn(more_hosts),
        ...(paused === 1 ? ({ paused: true } as const) : {}),
        ...routeLogin(login),
      }))
      .sort(byId),
    defaultRouteId: routes.find(({ default_for }) => default_for === 'inbound')?.id ?? null,
    smartHostRouteId: routes.find(({ default_for }) => default_for === 'outbound')?.id ?? null,
    postmaster: tenant.postmaster,
    ...(tenant.delivery_paused === 1 ? ({ deliveryPaused: true } as const) : {}),
    ...lostOf(rows),
    ...(rows.heldDays ? { heldDays: rows.heldDays } : {}),
    ...rulesOf(rows),
    ...outboundOf(rows.outbound),
    ...signingOf(rows),
    ...archiveOf(rows),
    ...(rows.spamTaught ? { spamTaught: rows.spamTaught } : {}),
    ...autoAllowOf(rows),
  }
}

/** A domain that was lost and is held again is no loss any more. */
function lostOf({ lostDomains = [], domains }: TenantRows): Pick<TenantSettings, 'lostDomains'> {
  const held = new Set(domains.filter((one) => one.validated_at !== null).map(({ name }) => name))
  const lost = lostDomains.filter(({ name }) => !held.has(name))
  return lost.length === 0 ? {} : { lostDomains: lost.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** Each part left out while it is empty, so that old shards keep their digest. */
function outboundOf(rows: OutboundRows | undefined): Partial<TenantSettings> {
  if (rows === undefined) return {}
  const { credentials, clouds, forwardings, setting, suspects } = rows
  const srsKey = setting?.srs_key ?? null
  const hourly = setting?.hourly_recipients ?? null
  return {
    ...(credentials.length === 0
      ? {}
      : { credentials: credentials.map(({ id, username, keys }) => ({ id, username, keys })).sort(byId) }),
    ...(clouds.length === 0 ? {} : { clouds }),
    ...(forwardings.length === 0
      ? {}
      : {
          forwardings: forwardings
            .map(({ id, address, target, keep_copy }) => ({ id, address, target, keepCopy: keep_copy === 1 }))
            .sort(byId),
        }),
    ...(srsKey === null ? {} : { srsKey }),
    ...(suspects.length === 0 ? {} : { suspects }),
    ...(hourly === null ? {} : { hourlyRecipients: hourly }),
  }
}

/** Rules by id, and only the groups they name: the others would be carried for nothing. */
function rulesOf({ rules = [], groups = [] }: TenantRows): Pick<TenantSettings, 'rules' | 'groups'> {
  if (rules.length === 0) return {}
  const named = new Set<string>()
  for (const { from, to } of rules) {
    for (const side of [from, to]) {
      if (side.kind === 'group') named.add(side.groupId)
      if (side.kind === 'attribute') named.add(attributeId(side.name, side.value))
    }
  }
  const needed = groups.filter(({ id }) => named.has(id)).sort(byId)
  return { rules: [...rules].sort(byId), ...(needed.length === 0 ? {} : { groups: needed }) }
}

/** Left out while there is nothing to say. A key of a domain that is not validated never signs. */
function signingOf({ domains, signingKeys = [], arc }: TenantRows): Partial<TenantSettings> {
  const validated = new Set(domains.filter((one) => one.validated_at !== null).map(({ name }) => name))
  const keys = signingKeys
    .filter((key) => validated.has(key.domain) && key.private_key !== null)
    .map(({ id, domain, selector, algorithm, private_key }) => {
      return { id, domain, selector, algorithm, sealed: private_key ?? '' }
    })
    .sort(byId)
  const sealers: readonly string[] = arc ? (JSON.parse(arc.sealers) as string[]) : []
  return {
    ...(keys.length > 0 ? { signing: { keys, seals: arc?.seals ?? 'forwarded' } } : {}),
    ...(sealers.length > 0 ? { arcSealers: sealers } : {}),
  }
}

/** Local parts as the journal address and its alternate have them. */
function archiveOf({ archive }: TenantRows): Pick<TenantSettings, 'archiving' | 'journal'> {
  if (!archive) return {}
  const { enabled, journal_enabled, journal_token, alternate_token } = archive
  return {
    ...(enabled === 1 ? ({ archiving: true } as const) : {}),
    ...(journal_enabled === 1 ? { journal: journalLocalParts(journal_token, alternate_token) } : {}),
  }
}

/** The address that reports go to, and the one for reports of non-delivery about them. */
export function journalLocalParts(token: string, alternate: string): readonly [string, string] {
  return [`journaling-${token}`, `journaling-ndr-${alternate}`]
}

function autoAllowOf({ autoAllow }: TenantRows): Partial<TenantSettings> {
  if (!autoAllow) return {}
  const { enabled, days, sample_percent: samplePercent } = autoAllow
  return { autoAllow: { enabled: enabled === 1, days, samplePercent } }
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

/** Left out where there are none, so that shards of routes without keep their digest. */
function moreHostsIn(json: string): { readonly moreHosts?: readonly string[] } {
  const moreHosts = JSON.parse(json) as readonly string[]
  return moreHosts.length === 0 ? {} : { moreHosts }
}

type LoginColumns = Pick<TenantRows['routes'][number], 'login_user' | 'login_password' | 'login_mechanisms'>

/** Left out where there is none, for the same reason. The password stays sealed. */
export function routeLogin(columns: LoginColumns): Pick<RouteSettings, 'login'> {
  const { login_user: username, login_password: sealed, login_mechanisms: json } = columns
  if (username === null || sealed === null) return {}
  const mechanisms = JSON.parse(json) as readonly LoginMechanism[]
  return { login: { username, ...(mechanisms.length === 0 ? {} : { mechanisms }), sealed } }
}
