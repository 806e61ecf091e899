// Looks up the records from which the environment is proposed.
import type { EnvironmentProposal } from '@gatepost/contract/setup.ts'
import type * as z from 'zod'
import type { Dns, DnsAnswer } from '#platform/dns-types.ts'
import { requireDomainName } from '../domain/name.ts'
import { proposeFrom, type Records } from './propose.ts'

/** Asks for MX, SPF and autodiscover of a domain. Throws `invalid-input` for what is no domain. */
export async function proposeEnvironment(
  input: { readonly domain: string },
  { dns }: { readonly dns: Dns },
): Promise<z.infer<typeof EnvironmentProposal>> {
  const domain = requireDomainName(input.domain, '/domain')
  const finder = `autodiscover.${domain}`
  const [mx, txt, alias, addresses] = await Promise.all([
    dns.query({ name: domain, type: 'MX' }),
    dns.query({ name: domain, type: 'TXT' }),
    dns.query({ name: finder, type: 'CNAME' }),
    dns.query({ name: finder, type: 'A' }),
  ])
  const aliases = recordsOf(alias, (record) => record.replace(/\.$/, ''))
  const { environment, evidence } = proposeFrom({
    domain,
    mx: recordsOf(
      mx,
      ({ exchange }) => exchange.replace(/\.$/, ''),
      (a, b) => a.preference - b.preference,
    ),
    spf: spfOf(recordsOf(txt, String)),
    // An alias that leads to a name which does not answer is still an alias.
    autodiscover: {
      alias: aliases,
      addresses: aliases.kind === 'found' ? { kind: 'none' } : recordsOf(addresses, String),
    },
  })
  return { domain, environment, evidence: evidence.map((row) => ({ ...row })) }
}

function recordsOf<Type extends 'MX' | 'TXT' | 'CNAME' | 'A'>(
  answer: DnsAnswer<Type>,
  textOf: (record: Extract<DnsAnswer<Type>, { kind: 'found' }>['records'][number]) => string,
  order?: (
    a: Extract<DnsAnswer<Type>, { kind: 'found' }>['records'][number],
    b: Extract<DnsAnswer<Type>, { kind: 'found' }>['records'][number],
  ) => number,
): Records {
  switch (answer.kind) {
    case 'found':
      return { kind: 'found', values: (order ? answer.records.toSorted(order) : answer.records).map(textOf) }
    case 'failed':
      return { kind: 'failed', why: answer.why }
    default:
      return { kind: 'none' }
  }
}

function spfOf(txt: Records): Records {
  if (txt.kind !== 'found') return txt
  const values = txt.values.filter((value) => /^v=spf1(?:\s|$)/i.test(value))
  return values.length === 0 ? { kind: 'none' } : { kind: 'found', values }
}
