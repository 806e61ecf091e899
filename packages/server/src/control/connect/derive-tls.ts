// The step about TLS with our own routes and with partners, derived (C15).
import type { Check } from '@gatepost/contract/common.ts'
import type { TlsPartner } from '@gatepost/contract/tls.ts'
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed, ObservedRoute } from './observed.ts'

/** Partners shown one by one; the page shows all. */
const PARTNERS_SHOWN_MAX = 20

export function deriveTls({ tls, routes }: Pick<Observed, 'tls' | 'routes'>): Own {
  const checks = [...routes.flatMap(routeCheck), ...tls.slice(0, PARTNERS_SHOWN_MAX).map(partnerCheck)]
  const waiting = tls.filter(({ warning }) => warning !== null)
  const asked = tls.filter(({ policies }) => policies.length > 0)
  const isSatisfied = asked.length > 0 && waiting.length === 0
  const own = { checks, isSatisfied }
  if (waiting.length > 0)
    return { ...own, state: 'needs-attention', detail: `Mail to ${namesOf(waiting)} waits for better TLS` }
  if (asked.length > 0) return { ...own, state: 'done', detail: `TLS is asked of ${namesOf(asked)}` }
  if (tls.length > 0)
    return { ...own, state: 'in-progress', detail: `${countOf(tls.length, 'partner')} tested` }
  return { ...own, state: 'not-started', detail: 'No partner yet; TLS is used wherever it is offered' }
}

/** What the last test of a route saw of its TLS. */
function routeCheck({ id, host, test }: ObservedRoute): readonly Check[] {
  const seen = test?.checks.find(({ name }) => name === 'tls')
  return seen === undefined ? [] : [{ ...seen, name: `route ${id}`, title: `TLS with ${host}` }]
}

function partnerCheck({ domain, test, policies, warning }: TlsPartner): Check {
  const isAsked = policies.length > 0
  const saw =
    warning ??
    (test === null || test.strongest === null
      ? 'Its mail hosts could not be looked at yet.'
      : `${isAsked ? `Asked: ${policies.map(({ text }) => text).join('; ')}.` : 'Nothing is asked of it.'}`)
  return checkOf({
    name: `partner ${domain}`,
    title: `TLS with ${domain}`,
    state: warning !== null ? 'failed' : test === null || test.strongest === null ? 'not-verified' : 'passed',
    saw,
    remedy:
      warning === null ? null : 'Ask the partner to mend its TLS, or ask for less under Mail flow, TLS.',
    checkedAt: test?.startedAt ?? null,
  })
}

function namesOf(partners: readonly TlsPartner[]): string {
  const [first] = partners
  return partners.length === 1 ? first!.domain : `${first!.domain} and ${partners.length - 1} more`
}
