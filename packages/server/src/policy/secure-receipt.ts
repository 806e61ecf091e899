// Secure receipt: mail that a rule wants inside TLS is refused where the client did without (T1).
import { replies } from '@gatepost/mail/replies.ts'
import { sureOpinion } from './doubt.ts'
import { refOf } from './permits.ts'
import { definePolicy, type Opinion, type PolicyTransaction } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { selectRule } from './rules/select.ts'
import { subjectOf, wantsClientNames } from './rules/subject.ts'

const VERSIONS: readonly string[] = ['TLSv1.2', 'TLSv1.3']

export const secureReceipt = definePolicy({
  name: 'secure-receipt',
  stage: 'rcpt',
  needs: [],
  wants: (_transaction, settings) => wantsClientNames(settings, ['secure-receipt']),
  whenBlind: () => 'continue', // Needs nothing that could be unknown.
  judge(transaction, _facts, settings, wanted = {}): Opinion {
    if (settings === null || rulesOf(settings).ofType('secure-receipt') === null) return NO_RULE
    const subject = subjectOf(transaction, null, wanted)
    if (subject === null) return NO_RULE
    const choice = selectRule(rulesOf(settings), 'secure-receipt', subject)
    return sureOpinion(choice, (rule) => opinionBy(rule, transaction.clientTls))
  },
})

/** What one rule says of the session; without a rule, or where it exempts, TLS is the client's choice. */
function opinionBy(
  rule: PolicyRule<'secure-receipt'> | null,
  clientTls: PolicyTransaction['clientTls'],
): Opinion {
  if (rule === null || rule.option.action === 'none') return NO_RULE
  const least = `TLSv${rule.option.version}`
  const saw = `${clientTls ?? 'no TLS'}, where ${least} or later is asked for`
  // A question without a connection says nothing of TLS.
  if (clientTls === undefined) return { kind: 'continue', because: 'tls-not-asked', saw }
  if (clientTls !== null && VERSIONS.indexOf(clientTls) >= VERSIONS.indexOf(least))
    return { kind: 'continue', because: 'tls-used', saw, rule: refOf(rule) }
  const reply = clientTls === null ? replies.routeNeedsTls : replies.routeNeedsTlsVersion(rule.option.version)
  return { kind: 'reject', because: 'tls-missing', saw, rule: refOf(rule), reply }
}

const NO_RULE: Opinion = { kind: 'continue', because: 'no-secure-receipt-rule', saw: '' }
