// Relay: mail is taken for a validated domain, or from a tenant's authorised address with its own reverse-
// path.
// RFC 5321 §3.6.2 and §7.9; decisions 1, 3, 13.
import { replies } from '@gatepost/mail/reply.ts'
import type { RelayFact } from './facts.ts'
import { type Direction, definePolicy } from './policy.ts'

/** The tenant and direction of a recipient, or null when it may not be relayed. */
export function relayOf(
  fact: RelayFact,
  isNullReversePath: boolean,
): { readonly tenantId: string; readonly direction: Direction } | null {
  const { authorizedFor, reversePathTenant, forwardPathTenant } = fact
  if (reversePathTenant !== null && authorizedFor.includes(reversePathTenant)) {
    return { tenantId: reversePathTenant, direction: 'outbound' }
  }
  if (forwardPathTenant !== null) return { tenantId: forwardPathTenant, direction: 'inbound' }
  const [only] = authorizedFor
  if (isNullReversePath && only !== undefined) return { tenantId: only, direction: 'outbound' }
  return null
}

export const relay = definePolicy({
  name: 'relay',
  stage: 'rcpt',
  needs: ['relay'],
  whenBlind: () => 'defer', // Without the settings nobody knows whose mail this is.
  judge({ clientIp, reversePath, forwardPath }, { relay: fact }) {
    const allowed = relayOf(fact, reversePath === null)
    const saw = sawOf(clientIp, reversePath?.domain ?? null, forwardPath?.domain ?? null)
    if (allowed?.direction === 'outbound') {
      const because = fact.reversePathTenant === null ? 'null-reverse-path-of-host' : 'sent-by-tenant'
      return { kind: 'continue', because, saw }
    }
    if (allowed) return { kind: 'continue', because: 'for-validated-domain', saw }
    if (fact.authorizedFor.length === 0) {
      const reply = replies.openRelay(`address ${clientIp} is not authorized`)
      return { kind: 'defer', because: 'address-not-authorized', saw, reply }
    }
    const reply = replies.openRelay(`${reversePath?.domain ?? '<>'} is not a validated domain`)
    return { kind: 'defer', because: 'domain-not-validated', saw, reply }
  },
})

function sawOf(clientIp: string, reverseDomain: string | null, forwardDomain: string | null): string {
  const forward = forwardDomain ?? '-'
  return `client ${clientIp}, reverse-path domain ${reverseDomain ?? '<>'}, recipient domain ${forward}`
}
