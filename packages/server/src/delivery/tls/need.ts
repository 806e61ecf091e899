// What TLS a recipient's delivery must have: the policy that applies, the sender's wish, the route. Pure.

import { known } from '#policy/facts.ts'
import type { SecureDeliveryLevel } from '#policy/rule.ts'
import { rulesOf } from '#policy/rules/index.ts'
import { type RuleSubject, selectRule } from '#policy/rules/select.ts'
import type { RouteTls, TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'

export type TlsNeed = {
  readonly level: SecureDeliveryLevel
  /** Of `verified`: names the certificate may be for; none stands for the recipient's domain. */
  readonly names: readonly string[]
  /** The sender asked for TLS on every hop (RFC 8689): authenticated, and announced by the next one too. */
  readonly requireTls: boolean
  /** The sender would rather have it delivered in clear than not at all (`TLS-Required: No`, RFC 8689 §5). */
  readonly ignorePublished: boolean
  /** The policy that asks; null where none does. */
  readonly policy: { readonly id: string; readonly name: string } | null
}

/** Nothing is asked: TLS where it is offered, and what the recipient's domain publishes is followed. */
export const NO_NEED: TlsNeed = {
  level: 'opportunistic',
  names: [],
  requireTls: false,
  ignorePublished: false,
  policy: null,
}

/** The need of one recipient. The same object for all who need nothing. */
export function tlsNeedOf(
  settings: TenantSettings,
  envelope: Envelope,
  { forwardPath, now }: { readonly forwardPath: string; readonly now: number },
): TlsNeed {
  const { parameters, reversePath, tlsOptional } = envelope
  const index = rulesOf(settings)
  const isAsked = index.ofType('secure-delivery') !== null
  if (!isAsked && !parameters.requireTls && tlsOptional !== true) return NO_NEED
  const { rule } = selectRule(index, 'secure-delivery', subjectOf(reversePath, { forwardPath, now }))
  return {
    level: rule?.option.level ?? 'opportunistic',
    names: rule?.option.names ?? [],
    requireTls: parameters.requireTls,
    // RFC 8689 §5: the field yields to what the sender's own organisation has set.
    ignorePublished: tlsOptional === true && !parameters.requireTls && rule === null,
    policy: rule === null ? null : { id: rule.id, name: rule.name },
  }
}

/** The route that a rule of the organisation sends this mail by; null where none does (P1). */
export function ruledRouteOf(
  settings: TenantSettings,
  { reversePath }: Envelope,
  at: { readonly forwardPath: string; readonly now: number },
): string | null {
  const index = rulesOf(settings)
  if (index.ofType('delivery-route') === null) return null
  return selectRule(index, 'delivery-route', subjectOf(reversePath, at)).rule?.option.routeId ?? null
}

/** Delivery knows the envelope alone: what rules ask of the client was judged when the mail came. */
function subjectOf(
  reversePath: string | null,
  { forwardPath, now }: { readonly forwardPath: string; readonly now: number },
): RuleSubject {
  return {
    clientIp: '',
    clientNames: known([]),
    envelopeFrom: reversePath === null ? null : keyOf(reversePath),
    headerFrom: null,
    to: keyOf(forwardPath),
    now,
  }
}

/** Paths of envelopes were read before they were stored. */
function keyOf(path: string): string {
  const at = path.lastIndexOf('@')
  return `${path.slice(0, at).normalize('NFC').toLowerCase()}@${path.slice(at + 1).toLowerCase()}`
}

/** What deliveries that may share a connection have in common of it; '' for none. */
export function needKey(need: TlsNeed): string {
  if (need === NO_NEED) return ''
  const { level, names, requireTls, ignorePublished, policy } = need
  if (level === 'opportunistic' && !requireTls && !ignorePublished) return ''
  // What is told of a delivery names the policy that asked for its TLS.
  const by = policy === null || level === 'opportunistic' ? '' : ` by ${policy.id}`
  return ` ${level}${by}${names.map((name) => `,${name}`).join('')}${requireTls ? ' requiretls' : ''}${ignorePublished ? ' as-is' : ''}`
}

const STRENGTH: { readonly [Tls in RouteTls]: number } = {
  none: 0,
  opportunistic: 1,
  'enforced-relaxed': 2,
  'enforced-strict': 3,
}

/** The stronger of two wishes. */
export function strongerOf(a: RouteTls, b: RouteTls): RouteTls {
  return STRENGTH[a] >= STRENGTH[b] ? a : b
}
