// Which rules meet the same mail: what an administrator should know before a rule is saved (S5).
import { cidrContains, parseCidr } from '@gatepost/mail/ip.ts'
import type { AddressGroup, PolicyRule, Scope } from '../rule.ts'
import { FREE_MAIL_DOMAINS } from './free-mail.ts'
import { fixedPart, readHostPattern } from './host-name.ts'
import { attributeId, domainOfKey, isInternal, type RuleWorld, specificityOf } from './scope.ts'
import { byPrecedence } from './timeline.ts'

/** What scopes are compared with. */
export type OverlapWorld = RuleWorld & { readonly groups: ReadonlyMap<string, AddressGroup> }

/**
 * `shadowed-by`: the other comes first for all mail of this rule. `overlaps`: for a part. `shadows` and
 * `narrows` say the same of this rule about the other. Null: they never meet.
 */
export type Relation = 'shadowed-by' | 'overlaps' | 'shadows' | 'narrows'

/** How two rules of one type stand to each other. */
export function relationOf(world: OverlapWorld, rule: PolicyRule, other: PolicyRule): Relation | null {
  if (!rulesMeet(world, rule, other)) return null
  const isOtherFirst = byPrecedence(entryOf(other), entryOf(rule)) < 0
  if (isOtherFirst) return ruleCovers(world, other, rule) ? 'shadowed-by' : 'overlaps'
  return ruleCovers(world, rule, other) ? 'shadows' : 'narrows'
}

/** Whether some message could meet both rules. */
export function rulesMeet(world: OverlapWorld, a: PolicyRule, b: PolicyRule): boolean {
  // Envelope and author may both be addressed by one message, so the basis never keeps rules apart.
  return sidesMeet(world, a, b) && conditionsMeet(a, b)
}

/** Whether every message that `b` meets is met by `a` too. Says no where that cannot be told. */
export function ruleCovers(world: OverlapWorld, a: PolicyRule, b: PolicyRule): boolean {
  if (a.addressesBasedOn !== 'both' && a.addressesBasedOn !== b.addressesBasedOn) return false
  const covers = (from: Scope, to: Scope) =>
    scopeCovers(world, a.from, from) && scopeCovers(world, a.to, to)
      ? true
      : a.bidirectional && scopeCovers(world, a.to, from) && scopeCovers(world, a.from, to)
  if (!covers(b.from, b.to) || (b.bidirectional && !covers(b.to, b.from))) return false
  if (!isWithin(a.sourceIps, b.sourceIps, rangeCovers) || !isWithin(a.hostNames, b.hostNames, hostCovers)) {
    return false
  }
  const starts = (rule: PolicyRule) => rule.validFrom ?? Number.NEGATIVE_INFINITY
  const ends = (rule: PolicyRule) => rule.validUntil ?? Number.POSITIVE_INFINITY
  return starts(a) <= starts(b) && ends(b) <= ends(a)
}

/** Whether every address of `b` is one of `a`. */
export function scopeCovers(world: OverlapWorld, a: Scope, b: Scope): boolean {
  if (a.kind === 'everyone') return true
  // Whoever has the attribute is a user, and so has an address of ours; more of them cannot be told here.
  if (b.kind === 'attribute') return a.kind === 'internal' || isSameAttribute(a, b)
  if (a.kind === 'attribute') return false
  const domain = b.kind === 'address' ? domainOfKey(b.address) : b.kind === 'domain' ? b.domain : null
  if (b.kind === 'group' && !(a.kind === 'group' && a.groupId === b.groupId)) {
    const scopes = membersOf(world, b.groupId)
    return scopes.length > 0 && scopes.every((scope) => scopeCovers(world, a, scope))
  }
  switch (a.kind) {
    case 'internal':
      return b.kind === 'internal' || (domain !== null && isInternal(world, `x@${domain}`))
    case 'external':
      if (b.kind === 'external' || b.kind === 'free-mail') return true
      return domain !== null && !isInternal(world, `x@${domain}`) && !isAboveOwn(world, domain)
    case 'free-mail':
      return b.kind === 'free-mail' || (b.kind === 'address' && FREE_MAIL_DOMAINS.has(domainOfKey(b.address)))
    case 'domain':
      return domain !== null && isAtOrBelow(domain, a.domain)
    case 'address':
      return b.kind === 'address' && b.address === a.address
    case 'group':
      if (b.kind === 'group') return true
      return membersOf(world, a.groupId).some((scope) => scopeCovers(world, scope, b))
  }
}

/** Whether some address is in both. */
export function scopesMeet(world: OverlapWorld, a: Scope, b: Scope): boolean {
  if (a.kind === 'attribute') return attributeMeets(world, a, b)
  if (b.kind === 'attribute') return attributeMeets(world, b, a)
  // An empty group meets nobody.
  if (a.kind === 'group') return membersOf(world, a.groupId).some((scope) => scopesMeet(world, scope, b))
  if (b.kind === 'group') return scopesMeet(world, b, a)
  if (scopeCovers(world, a, b) || scopeCovers(world, b, a)) return true
  const kinds = new Set([a.kind, b.kind])
  const domain = a.kind === 'domain' ? a.domain : b.kind === 'domain' ? b.domain : null
  if (kinds.has('domain') && kinds.has('internal')) return isAboveOwn(world, domain ?? '')
  if (kinds.has('domain') && kinds.has('external')) return !isInternal(world, `x@${domain}`)
  if (kinds.has('domain') && kinds.has('free-mail')) {
    return [...FREE_MAIL_DOMAINS].some((name) => isAtOrBelow(name, domain ?? ''))
  }
  return false
}

type Attribute = Extract<Scope, { readonly kind: 'attribute' }>

/** Who has an attribute changes without a policy being touched: two meet wherever they could. */
function attributeMeets(world: OverlapWorld, attribute: Attribute, other: Scope): boolean {
  switch (other.kind) {
    case 'external':
    case 'free-mail':
      return false
    case 'attribute':
      return isSameAttribute(attribute, other) || attribute.name.toLowerCase() !== other.name.toLowerCase()
    case 'group':
      return true
    default:
      return scopesMeet(world, { kind: 'internal' }, other)
  }
}

function isSameAttribute(a: Scope, b: Attribute): boolean {
  return a.kind === 'attribute' && attributeId(a.name, a.value) === attributeId(b.name, b.value)
}

function sidesMeet(world: OverlapWorld, a: PolicyRule, b: PolicyRule): boolean {
  const meet = (from: Scope, to: Scope) => scopesMeet(world, a.from, from) && scopesMeet(world, a.to, to)
  return meet(b.from, b.to) || ((a.bidirectional || b.bidirectional) && meet(b.to, b.from))
}

function conditionsMeet(a: PolicyRule, b: PolicyRule): boolean {
  const ipsMeet =
    a.sourceIps.length === 0 ||
    b.sourceIps.length === 0 ||
    a.sourceIps.some((one) => b.sourceIps.some((two) => rangeCovers(one, two) || rangeCovers(two, one)))
  const startsBeforeEnd = (one: PolicyRule, two: PolicyRule) =>
    one.validFrom === null || two.validUntil === null || one.validFrom < two.validUntil
  return ipsMeet && startsBeforeEnd(a, b) && startsBeforeEnd(b, a)
}

/** Whether a condition of `a` is met wherever one of `b` is; none asks for nothing. */
function isWithin(
  a: readonly string[],
  b: readonly string[],
  covers: (one: string, two: string) => boolean,
): boolean {
  return a.length === 0 || (b.length > 0 && b.every((two) => a.some((one) => covers(one, two))))
}

function rangeCovers(wide: string, narrow: string): boolean {
  const [one, two] = [parseCidr(wide), parseCidr(narrow)]
  if (!one.ok || !two.ok) return false
  return one.value.prefix <= two.value.prefix && cidrContains(one.value, two.value.address)
}

function hostCovers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  const [one, two] = [readHostPattern(wide), readHostPattern(narrow)]
  return one?.kind === 'suffix' && two !== null && fixedPart(two).endsWith(one.text)
}

function membersOf(world: OverlapWorld, groupId: string): readonly Scope[] {
  const group = world.groups.get(groupId)
  if (group === undefined) return []
  return [
    ...group.addresses.map((address) => ({ kind: 'address', address }) as const),
    ...group.domains.map((domain) => ({ kind: 'domain', domain }) as const),
  ]
}

/** A domain above one of ours holds both internal and external addresses. */
function isAboveOwn(world: OverlapWorld, domain: string): boolean {
  for (const own of world.domains) if (isAtOrBelow(own, domain)) return true
  return false
}

function isAtOrBelow(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`)
}

function entryOf(rule: PolicyRule) {
  return { rule, from: specificityOf(rule.from), to: specificityOf(rule.to) }
}
