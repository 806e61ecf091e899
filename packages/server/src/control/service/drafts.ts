// The policies of one trusted service: a permit, greylisting, anti-spoofing and display-name entries, each as
// narrow as what the service is recognised by allows (S7).
import type { PolicyDraft, PolicyScope } from '@gatepost/contract/policy.ts'
import type { ServiceDraft } from '@gatepost/contract/service.ts'

export type ServiceWorld = {
  /** Validated domains of the organisation. */
  readonly domains: readonly string[]
}

/** Domains of ours that a service without named senders may use. */
const OWN_DOMAINS_MAX = 20

/** What a draft is made into. Pure. */
export function policyDraftsOf(service: ServiceDraft, world: ServiceWorld): readonly PolicyDraft[] {
  const { grants } = service
  const outside = outsideScopes(service, world)
  return [
    ...(grants.permit ? outside.flatMap((from) => permitDrafts(service, from)) : []),
    ...(grants.spoofing ? insideScopes(service, world).map((from) => spoofingDraft(service, from)) : []),
    ...(grants.displayName ? outside.map((from) => displayNameDraft(service, from)) : []),
  ]
}

/** Senders of a service that are addresses or domains of ours. */
export function insideSenders({ senders }: ServiceDraft, { domains }: ServiceWorld): readonly string[] {
  return senders.filter((sender) => isInside(sender, domains))
}

function insideScopes(service: ServiceDraft, world: ServiceWorld): readonly PolicyScope[] {
  const named = insideSenders(service, world)
  const senders = named.length > 0 ? named : world.domains.slice(0, OWN_DOMAINS_MAX)
  return senders.map(scopeOf)
}

function outsideScopes(service: ServiceDraft, { domains }: ServiceWorld): readonly PolicyScope[] {
  const named = service.senders.filter((sender) => !isInside(sender, domains))
  if (named.length > 0) return named.map(scopeOf)
  switch (service.identity) {
    case 'dkim':
    case 'from':
      return [scopeOf(service.value)]
    // The client is named, so any sender of it is meant.
    case 'host':
    case 'ip':
      return [{ kind: 'external' }]
  }
}

function permitDrafts(service: ServiceDraft, from: PolicyScope): readonly PolicyDraft[] {
  const isClient = service.identity === 'host' || service.identity === 'ip'
  const base = baseOf(service, from)
  const permit: PolicyDraft = {
    ...base,
    type: 'permitted-senders',
    name: nameOf(service, 'is permitted'),
    option: { action: 'permit', onlyIfAuthenticated: !isClient },
  }
  if (!isClient) return [permit]
  const greylisting: PolicyDraft = {
    ...base,
    type: 'greylisting',
    name: nameOf(service, 'is not greylisted'),
    addressesBasedOn: 'envelope',
    option: { action: 'none' },
  }
  return [permit, greylisting]
}

function spoofingDraft(service: ServiceDraft, from: PolicyScope): PolicyDraft {
  const base = baseOf(service, from)
  const who = from.kind === 'address' ? from.address : from.kind === 'domain' ? from.domain : 'us'
  return {
    ...base,
    type: 'anti-spoofing',
    name: nameOf(service, `may send as ${who}`),
    option: {
      action: 'none',
      acceptAligned: true,
      spfDomains: [],
      dkimDomains: service.identity === 'dkim' ? [service.value] : [],
    },
  }
}

function displayNameDraft(service: ServiceDraft, from: PolicyScope): PolicyDraft {
  return {
    ...baseOf(service, from),
    type: 'display-name',
    name: nameOf(service, 'may show our names'),
    option: { action: service.identity === 'dkim' ? 'hold' : 'none', whenAuthenticated: 'none' },
  }
}

function baseOf(service: ServiceDraft, from: PolicyScope) {
  return {
    description: `Made with the trusted service ${service.name}.`,
    from,
    to: { kind: 'internal' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: service.identity === 'ip' ? [service.value] : [],
    hostNames: service.identity === 'host' ? [service.value] : [],
    validFrom: null,
    validUntil: null,
    override: false,
    enabled: true,
  } as const satisfies Partial<PolicyDraft>
}

function nameOf({ name }: ServiceDraft, what: string): string {
  return `${name} ${what}`.slice(0, 200)
}

function scopeOf(sender: string): PolicyScope {
  return sender.includes('@') ? { kind: 'address', address: sender } : { kind: 'domain', domain: sender }
}

function isInside(sender: string, domains: readonly string[]): boolean {
  const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase()
  return domains.some((own) => domain === own || domain.endsWith(`.${own}`))
}
