// Our one Authentication-Results field with all methods (RFC 8601).
import { type AuthenticationResult, authenticationResults } from '@gatepost/mail/trace-fields.ts'
import type { AuthenticationFact } from '#policy/facts.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** Each method names the identity that was checked (RFC 8601 §2.7). */
export function resultsField(
  session: Session,
  { reversePath }: Transaction,
  fact: AuthenticationFact,
): string {
  const { spf, dkim, dmarc, arc } = fact
  const identity: readonly [string, string] =
    reversePath === null ? ['smtp.helo', session.helo ?? ''] : ['smtp.mailfrom', reversePath.domain]
  const results: AuthenticationResult[] = [{ method: 'spf', result: spf, properties: [identity] }]
  if (dkim.length === 0) results.push({ method: 'dkim', result: 'none', properties: [] })
  for (const { domain, selector, result, reason } of dkim) {
    const properties: [string, string][] = [['header.d', domain]]
    if (selector !== '') properties.push(['header.s', selector])
    results.push({ method: 'dkim', result, reason, properties })
  }
  results.push({ method: 'dmarc', result: dmarc.result, properties: dmarcProperties(dmarc) })
  if (arc !== 'none') results.push({ method: 'arc', result: arc, properties: [] })
  return authenticationResults({ authservId: session.edge.hostname, results })
}

/** The evaluated policy is `policy.dmarc` (RFC 9989 §9.1). */
function dmarcProperties({ domain, policy }: AuthenticationFact['dmarc']): [string, string][] {
  const properties: [string, string][] = []
  if (domain !== null) properties.push(['header.from', domain])
  if (policy !== null) properties.push(['policy.dmarc', policy])
  return properties
}
