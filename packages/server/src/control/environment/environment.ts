// Proposes where an organisation's mail lives (C0) from its public records, with the evidence beside it.
import type { EnvironmentProposal } from '@gatepost/contract/setup.ts'
import type { Dns, DnsAnswer } from '#platform/dns-types.ts'
import { requireDomainName } from '../domain/name.ts'
import { type Clue, environmentOf, hostClue, type Records, spfClue } from './rules.ts'

type Evidence = EnvironmentProposal['evidence'][number]
type Found<Value> = {
  readonly answer: DnsAnswer<'MX' | 'TXT' | 'CNAME' | 'A'>
  readonly values: readonly Value[]
}

/** Looks at MX, SPF and autodiscover. Look-ups that fail are shown as failed and never taken for a "no". */
export async function proposeEnvironment(
  domain: string,
  { dns }: { readonly dns: Dns },
): Promise<EnvironmentProposal> {
  const name = requireDomainName(domain, '/domain')
  const [mx, spf, autodiscover] = await Promise.all([
    lookUpMx(dns, name),
    lookUpSpf(dns, name),
    lookUpAutodiscover(dns, name),
  ])
  const records: Records = { mx: mx.clues, spf: spf.clues, autodiscover: autodiscover.clues }
  return {
    domain: name,
    environment: environmentOf(records),
    evidence: [mx.evidence, spf.evidence, autodiscover.evidence],
  }
}

type Looked = { readonly evidence: Evidence; readonly clues: readonly Clue[] | null }

async function lookUpMx(dns: Dns, domain: string): Promise<Looked> {
  const answer = await dns.query({ name: domain, type: 'MX' })
  const records =
    answer.kind === 'found' ? answer.records.filter(({ exchange }) => /[^.]/.test(exchange)) : []
  const sorted = records.toSorted((left, right) => left.preference - right.preference)
  const hosts = sorted.map(({ exchange }) => exchange.replace(/\.$/, ''))
  return looked(`MX ${domain}`, {
    answer,
    values: sorted.map(({ preference }, index) => `${preference} ${hosts[index]}`),
    clues: hosts.map((host) => hostClue(host, domain)),
    receives: true,
  })
}

async function lookUpSpf(dns: Dns, domain: string): Promise<Looked> {
  const answer = await dns.query({ name: domain, type: 'TXT' })
  const policies = answer.kind === 'found' ? answer.records.filter((text) => /^v=spf1( |$)/i.test(text)) : []
  return looked(`SPF ${domain}`, {
    answer,
    values: policies,
    clues: policies.flatMap(spfClue),
    receives: false,
  })
}

async function lookUpAutodiscover(dns: Dns, domain: string): Promise<Looked> {
  const name = `autodiscover.${domain}`
  const alias = await dns.query({ name, type: 'CNAME' })
  if (alias.kind === 'found') {
    const targets = alias.records.map((target) => target.replace(/\.$/, ''))
    const clues = targets.map((target) => hostClue(target, domain))
    return looked(`CNAME ${name}`, { answer: alias, values: targets, clues, receives: false })
  }
  if (alias.kind === 'failed') {
    return looked(`CNAME ${name}`, { answer: alias, values: [], clues: [], receives: false })
  }
  const address = await dns.query({ name, type: 'A' })
  const values = address.kind === 'found' ? address.records : []
  const clues: readonly Clue[] = values.length > 0 ? [{ kind: 'own' }] : []
  return looked(`A ${name}`, { answer: address, values, clues, receives: false })
}

function looked(
  record: string,
  found: Found<string> & { readonly clues: readonly Clue[]; readonly receives: boolean },
): Looked {
  const { answer, values, clues, receives } = found
  if (answer.kind === 'failed') {
    const means = 'The look-up failed, so this record tells nothing.'
    return { evidence: { record, value: answer.why, means, state: 'failed' }, clues: null }
  }
  if (values.length === 0) {
    const means = receives ? 'No mail host is named.' : 'There is no such record.'
    return { evidence: { record, value: 'none', means, state: 'none' }, clues: [] }
  }
  const means = [...new Set(clues.map((clue) => meaningOf(clue, receives)))].join(' ')
  const state = 'found'
  return {
    evidence: { record, value: values.join(', '), means: means || 'Names no provider we know.', state },
    clues,
  }
}

function meaningOf(clue: Clue, receives: boolean): string {
  const does = receives ? 'receives the mail.' : 'is used.'
  switch (clue.kind) {
    case 'microsoft':
      return `Microsoft 365 ${does}`
    case 'google':
      return `Google Workspace ${does}`
    case 'hosted':
      return `${clue.provider} (hosted Exchange) ${does}`
    case 'own':
      return receives ? 'A host of your own receives the mail.' : 'A host of your own answers mail programs.'
    case 'other':
      return receives ? `${clue.host} receives the mail.` : `${clue.host} is used.`
  }
}
