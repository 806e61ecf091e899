// Relay: mail is taken for a validated domain, or from a tenant's authorised address, login or proven cloud
// with its own reverse-path. RFC 5321 §3.6.2 and §7.9; decisions 1, 2, 3, 13.
import { flatText } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/reply.ts'
import type { RelayFact } from './facts.ts'
import { type Direction, definePolicy } from './policy.ts'

/** Where a recipient may go, and whether what proves it comes only with the content. */
export type RelayWay = {
  /** Null until the content tells: a shared cloud with a reverse-path that is nobody's here. */
  readonly tenantId: string | null
  readonly direction: Direction
  /**
   * `cloud`: the message has to prove whose it is. `forward`: it has to show that the tenant's host passed it
   * on. Null: nothing more is asked.
   */
  readonly pending: 'cloud' | 'forward' | null
}

/** The tenant and direction of a recipient, or null when it may not be relayed. */
export function relayOf(fact: RelayFact, isNullReversePath: boolean): RelayWay | null {
  const { authorizedFor, reversePathTenant, forwardPathTenant } = fact
  const cloud = fact.cloud ?? null
  if (reversePathTenant !== null && authorizedFor.includes(reversePathTenant)) {
    return { tenantId: reversePathTenant, direction: 'outbound', pending: null }
  }
  const isOwn = forwardPathTenant === null || forwardPathTenant === reversePathTenant
  if (cloud?.isReversePathTenants && isOwn) {
    // Also for the tenant's own domains: what is not proven is judged as mail from outside then.
    return { tenantId: reversePathTenant, direction: 'outbound', pending: 'cloud' }
  }
  if (forwardPathTenant !== null) return { tenantId: forwardPathTenant, direction: 'inbound', pending: null }
  const [only] = authorizedFor
  if (only !== undefined) {
    const pending = isNullReversePath ? null : 'forward'
    return { tenantId: only, direction: 'outbound', pending }
  }
  return cloud === null ? null : { tenantId: null, direction: 'outbound', pending: 'cloud' }
}

export const relay = definePolicy({
  name: 'relay',
  stage: 'rcpt',
  needs: ['relay'],
  whenBlind: () => 'defer', // Without the settings nobody knows whose mail this is.
  judge({ clientIp, reversePath, forwardPath }, { relay: fact }) {
    const way = relayOf(fact, reversePath === null)
    const saw = sawOf(clientIp, reversePath?.domain ?? null, forwardPath?.domain ?? null)
    if (way === null) {
      const reply = replies.openRelay(`address ${clientIp} is not authorized`)
      return { kind: 'defer', because: 'address-not-authorized', saw, reply }
    }
    if (way.pending === 'cloud') return { kind: 'continue', because: 'proof-pending', saw }
    if (way.pending === 'forward') return { kind: 'continue', because: 'forward-pending', saw }
    if (way.direction === 'inbound') return { kind: 'continue', because: 'for-validated-domain', saw }
    const because = fact.reversePathTenant === null ? 'null-reverse-path-of-host' : 'sent-by-tenant'
    return { kind: 'continue', because, saw }
  },
})

function sawOf(clientIp: string, reverseDomain: string | null, forwardDomain: string | null): string {
  const forward = forwardDomain ?? '-'
  const from = reverseDomain ?? '<>'
  return flatText('client ', clientIp, ', reverse-path domain ', from, ', recipient domain ', forward)
}
