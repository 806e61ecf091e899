// Our one Authentication-Results field with all methods (RFC 8601).
import { type AuthenticationResult, authenticationResults } from '@gatepost/mail/trace-fields.ts'
import type { DkimFinding } from '#authentication/results.ts'
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
  const results: AuthenticationResult[] = [
    { method: 'spf', result: spf, properties: [identity] },
    ...dkimResults(dkim),
    { method: 'dmarc', result: dmarc.result, properties: dmarcProperties(dmarc) },
    ...arcResult(arc),
  ]
  return authenticationResults({ authservId: session.edge.hostname, results })
}

/** One for each signature, or that there is none. */
export function dkimResults(dkim: readonly DkimFinding[]): readonly AuthenticationResult[] {
  if (dkim.length === 0) return [{ method: 'dkim', result: 'none', properties: [] }]
  return dkim.map(({ domain, selector, result, reason }) => {
    const properties: [string, string][] = [['header.d', domain]]
    if (selector !== '') properties.push(['header.s', selector])
    return { method: 'dkim', result, reason, properties }
  })
}

export function arcResult(arc: AuthenticationFact['arc']): readonly AuthenticationResult[] {
  return arc === 'none' ? [] : [{ method: 'arc', result: arc, properties: [] }]
}

/** The evaluated policy is `policy.dmarc` (RFC 9989 §9.1). */
function dmarcProperties({ domain, policy }: AuthenticationFact['dmarc']): [string, string][] {
  const properties: [string, string][] = []
  if (domain !== null) properties.push(['header.from', domain])
  if (policy !== null) properties.push(['policy.dmarc', policy])
  return properties
}
