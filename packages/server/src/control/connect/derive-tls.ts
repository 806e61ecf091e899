// The step about TLS with our own routes and with partners, derived (C15).
import type { Check } from '@gatepost/contract/common.ts'
import { english, say, type Text } from '@gatepost/contract/sayings.ts'
import type { TlsPartner } from '@gatepost/contract/tls.ts'
import { checkOf, is, saidOfCheck } from './check.ts'
import type { Own } from './derive.ts'
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
    return { ...own, ...is('needs-attention', say('tls.waits', { names: namesOf(waiting) })) }
  if (asked.length > 0) return { ...own, ...is('done', say('tls.asked', { names: namesOf(asked) })) }
  if (tls.length > 0) return { ...own, ...is('in-progress', say('tls.tested', { count: tls.length })) }
  return { ...own, ...is('not-started', say('tls.none')) }
}

/** What the last test of a route saw of its TLS. */
function routeCheck({ id, host, test }: ObservedRoute): readonly Check[] {
  const seen = test?.checks.find(({ name }) => name === 'tls')
  if (seen === undefined) return []
  const title = say('tls.with', { name: host })
  const said = saidOfCheck({ ...seen.said, title })
  return [{ ...seen, name: `route ${id}`, title: english(title), ...said }]
}

function partnerCheck({ domain, test, policies, warning }: TlsPartner): Check {
  const isAsked = policies.length > 0
  const asked = policies.map(({ text }) => text).join('; ')
  const saw =
    warning ??
    (test === null || test.strongest === null
      ? say('tls.not-looked')
      : isAsked
        ? say('tls.asked-saw', { policies: asked })
        : say('tls.nothing-asked'))
  return checkOf({
    name: `partner ${domain}`,
    title: say('tls.with', { name: domain }),
    state: warning !== null ? 'failed' : test === null || test.strongest === null ? 'not-verified' : 'passed',
    saw,
    remedy: warning === null ? null : say('tls.mend'),
    checkedAt: test?.startedAt ?? null,
  })
}

function namesOf(partners: readonly TlsPartner[]): Text {
  const [first] = partners
  if (partners.length === 1) return first!.domain
  return say('part.more', { names: first!.domain, more: partners.length - 1 })
}
