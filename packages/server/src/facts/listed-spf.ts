// SPF of the domains that anti-spoofing rules list, checked for the client of mail that claims an internal
// sender (F3). All other mail costs nothing here.
import { addressKey } from '@gatepost/mail/address.ts'
import { envelopeClaim, headerClaims } from '#policy/claims.ts'
import { type Fact, type Facts, known, unknown } from '#policy/facts.ts'
import { spfDomainsFor, subjectOf } from '#policy/spoofing-rules.ts'
import type { FactContext } from './gather.ts'

type ListedSpf = Fact<Facts['listedSpf']>

const NONE: ListedSpf = known([])

/** Never rejects: trouble is `temperror`, a record that asks too much `permerror` (RFC 7208 §4.6.4). */
export function listedSpfFact(context: FactContext): ListedSpf | Promise<ListedSpf> {
  const domains = domainsOf(context)
  return domains.length === 0 ? NONE : ask(domains, context)
}

function domainsOf({
  settings,
  reversePath,
  forwardPath,
  header,
  lookUps,
  now,
}: FactContext): readonly string[] {
  if (settings === null || forwardPath === null) return []
  const envelope = envelopeClaim(settings, reversePath)
  const claims = [...(envelope === null ? [] : [envelope]), ...headerClaims(settings, header?.people ?? [])]
  const message = { clientIp: lookUps.clientIp, to: addressKey(forwardPath), now }
  const names = unknown('not asked for')
  return [...new Set(claims.flatMap((claim) => spfDomainsFor(settings, subjectOf(message, names, claim))))]
}

async function ask(domains: readonly string[], { lookUps }: FactContext): Promise<ListedSpf> {
  const results = await Promise.all(
    domains.map(async (domain) => {
      const found = await lookUps.spfOf(domain)
      return { domain, result: found.kind === 'known' ? found.value.result : ('temperror' as const) }
    }),
  )
  return known(results)
}
