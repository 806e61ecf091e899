// docs/reference/policies.md from the order of evaluation and the closed list of reasons.
import { messagePolicies, rcptPolicies } from '#policy/order.ts'
import type { Policy } from '#policy/policy.ts'
import { reasons } from '#policy/reasons.ts'
import { code, GENERATED, markdownTable, page } from './markdown.ts'

export function policiesPage(): string {
  return page(
    '# Policies and reasons',
    GENERATED.replace('the source it names', '`packages/server/src/policy/order.ts` and `reasons.ts`'),
    [
      'Policies are asked in this order, which cannot be configured. The first that rejects or defers settles the',
      'matter; a later one is listed as not asked. Each answer gives a reason and what the policy saw.',
    ].join('\n'),
    '## For each recipient (RCPT)',
    policyTable(rcptPolicies),
    '## For the message (end of data)',
    policyTable(messagePolicies),
    '## Reasons',
    markdownTable(
      ['Reason', 'Meaning'],
      Object.entries(reasons).map(([name, means]) => [code(name), means]),
    ),
  )
}

function policyTable(policies: readonly Policy[]): string {
  return markdownTable(
    ['', 'Policy', 'Facts it needs', 'When a fact is unknown'],
    policies.map(({ name, needs, whenBlind }, index) => [
      String(index + 1),
      code(name),
      needs.map(code).join(', ') || '–',
      needs.length === 0 ? '–' : whenBlind(null) === 'defer' ? 'defers (451)' : 'continues',
    ]),
  )
}
