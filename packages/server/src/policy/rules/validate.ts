// What is wrong with a rule, in words for the person who writes it. Pure: names of suffixes come in.
import { parseCidr } from '@gatepost/mail/ip.ts'
import type { PolicyRule, RuleType, Scope } from '../rule.ts'
import { fixedPart, readHostPattern } from './host-name.ts'
import { isInternal, type RuleWorld } from './scope.ts'

/** A fault by the JSON path of its field. */
export type RuleFault = { readonly path: string; readonly message: string }

export type RuleDraft = { [Name in RuleType]: Omit<PolicyRule<Name>, 'id' | 'createdAt'> }[RuleType]

export type ValidationWorld = {
  readonly world: RuleWorld
  readonly groupIds: ReadonlySet<string>
  /** Whether others register names under this one, such as `co.uk`. */
  isPublicSuffix(name: string): boolean
}

/** Shorter prefixes would mean a great part of the Internet. */
const PREFIX_MIN = { 4: 8, 6: 16 } as const
/** Ranges times host names: a rule stands in the index once for each pair. */
const PAIRS_MAX = 1_000

/** Everything that is wrong with a draft; empty when it can be saved. */
export function faultsOf(draft: RuleDraft, about: ValidationWorld): readonly RuleFault[] {
  return [
    ...scopeFaults(draft.from, '/from', about),
    ...scopeFaults(draft.to, '/to', about),
    ...draft.sourceIps.flatMap((text, at) => rangeFaults(text, `/sourceIps/${at}`)),
    ...draft.hostNames.flatMap((text, at) => hostFaults(text, `/hostNames/${at}`, about)),
    ...pairFaults(draft),
    ...validityFaults(draft),
    ...atDeliveryFaults(draft),
    ...typeFaults(draft, about),
  ]
}

/** What may be saved but is often a slip. */
export function warningsOf(draft: RuleDraft, { world }: Pick<ValidationWorld, 'world'>): readonly string[] {
  const warnings: string[] = []
  const { from, addressesBasedOn: basis } = draft
  const isOpen = draft.sourceIps.length + draft.hostNames.length === 0
  if (draft.type === 'permitted-senders' && draft.option.action === 'permit') {
    if (isOpen && (from.kind === 'everyone' || from.kind === 'external' || from.kind === 'free-mail')) {
      warnings.push('This permits senders that nobody knows: name a domain, an address, a group or a client.')
    }
    if (!draft.option.onlyIfAuthenticated && isOpen) {
      warnings.push('Anybody can write this sender: “Only if it authenticates” keeps forged mail out.')
    }
  }
  if (basis === 'header' && ['permitted-senders', 'greylisting'].includes(draft.type)) {
    warnings.push('The author is known only when the content is here: greylisting comes before it.')
  }
  const isExempting = draft.type === 'anti-spoofing' && draft.option.action === 'none'
  const hasProof =
    draft.type === 'anti-spoofing' && draft.option.spfDomains.length + draft.option.dkimDomains.length > 0
  if (isExempting && isOpen && !hasProof && isOwnScope(world, from)) {
    warnings.push('Anybody could send as this address: name the client, its host name or a signing domain.')
  }
  if (draft.override && from.kind === 'everyone' && draft.to.kind === 'everyone' && isOpen) {
    warnings.push('It overrides every other policy of its type for all mail.')
  }
  return warnings
}

function scopeFaults(scope: Scope, path: string, about: ValidationWorld): RuleFault[] {
  if (scope.kind === 'group' && !about.groupIds.has(scope.groupId)) {
    return [{ path: `${path}/groupId`, message: 'Choose a group that exists.' }]
  }
  if (scope.kind === 'domain' && about.isPublicSuffix(scope.domain)) {
    const message = `${scope.domain} covers the domains of many organisations: name one of them.`
    return [{ path: `${path}/domain`, message }]
  }
  return []
}

function rangeFaults(text: string, path: string): RuleFault[] {
  const cidr = parseCidr(text)
  if (!cidr.ok) return [{ path, message: `“${text}” is no address or range. Write it like 192.0.2.0/24.` }]
  const { address, prefix } = cidr.value
  if (prefix >= PREFIX_MIN[address.family]) return []
  return [
    { path, message: `${text} is too wide: the prefix must be at least /${PREFIX_MIN[address.family]}.` },
  ]
}

function hostFaults(text: string, path: string, { isPublicSuffix }: ValidationWorld): RuleFault[] {
  const pattern = readHostPattern(text)
  if (pattern === null) {
    const message = `“${text}” is no host name. Write mail.sender.example, .sender.example or mx*.sender.example.`
    return [{ path, message }]
  }
  const fixed = fixedPart(pattern)
  if (pattern.kind === 'exact' || !isPublicSuffix(fixed)) return []
  return [{ path, message: `${fixed} covers the hosts of many organisations: name one of them.` }]
}

function pairFaults({ sourceIps, hostNames }: RuleDraft): RuleFault[] {
  if (sourceIps.length * hostNames.length <= PAIRS_MAX) return []
  const message = `Ranges and host names make more than ${PAIRS_MAX} pairs: make two policies of them.`
  return [{ path: '/hostNames', message }]
}

function validityFaults({ validFrom, validUntil }: RuleDraft): RuleFault[] {
  if (validFrom === null || validUntil === null || validFrom < validUntil) return []
  return [{ path: '/validUntil', message: 'The end must be later than the start.' }]
}

/** Judged when mail leaves: its client is not known any more then, and the author to signing alone. */
const AT_DELIVERY: ReadonlySet<RuleType> = new Set(['delivery-route', 'secure-delivery', 'dkim-signing'])

/** Such a rule would be saved and never apply. */
function atDeliveryFaults({ type, sourceIps, hostNames, addressesBasedOn }: RuleDraft): RuleFault[] {
  if (!AT_DELIVERY.has(type)) return []
  const message =
    'This is judged when mail leaves, and its client is not known any more then: leave this empty.'
  const faults: RuleFault[] = []
  if (sourceIps.length > 0) faults.push({ path: '/sourceIps', message })
  if (hostNames.length > 0) faults.push({ path: '/hostNames', message })
  if (addressesBasedOn === 'header' && type !== 'dkim-signing') {
    const why = 'This is judged by the envelope: choose it here, or both.'
    faults.push({ path: '/addressesBasedOn', message: why })
  }
  return faults
}

function typeFaults(draft: RuleDraft, { world }: ValidationWorld): RuleFault[] {
  if (draft.type === 'permitted-senders' && draft.option.action === 'permit') {
    if (!isOwnScope(world, draft.from)) return []
    const message =
      'Addresses of your own cannot be permitted: mail from outside that uses them is forged, ' +
      'unless an anti-spoofing exemption says otherwise.'
    return [{ path: '/from', message }]
  }
  if (draft.type === 'blocked-senders' && draft.option.action === 'block') {
    const isEverybody = draft.from.kind === 'everyone' || draft.from.kind === 'external'
    const isOpen = draft.sourceIps.length + draft.hostNames.length === 0
    if (!isEverybody || !isOpen || !['everyone', 'internal'].includes(draft.to.kind)) return []
    return [{ path: '/from', message: 'This would refuse all mail from outside: name whom to block.' }]
  }
  return []
}

function isOwnScope(world: RuleWorld, scope: Scope): boolean {
  if (scope.kind === 'internal') return true
  if (scope.kind === 'address') return isInternal(world, scope.address)
  return scope.kind === 'domain' && isInternal(world, `x@${scope.domain}`)
}
