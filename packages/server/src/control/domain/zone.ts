// Everything a domain has to publish for this gateway, as a zone file and with the name servers that answer
// for it: proof, MX, SPF and signing keys.
import type { DomainZone } from '@gatepost/contract/domain.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { getSigning } from '../signing/signing.ts'
import { evaluateSpf } from '../signing/spf.ts'
import { getDomain } from './domain.ts'
import { OUR_PREFERENCE } from './mx-look.ts'
import { relativeNameOf, TTL_ADVISED } from './present.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config' | 'link' | 'emit'>
type Entry = DomainZone['records'][number]

/** A character string of a TXT record (RFC 1035 §3.3). */
const STRING_OCTETS_MAX = 255

/** Throws `not-found`. */
export async function zoneOfDomain(scope: Scope, reference: string, deps: Deps): Promise<DomainZone> {
  const { dns, config } = deps
  const domain = await getDomain(scope, reference, deps)
  const [servers, signing, spf] = await Promise.all([
    dns.authoritativeServers(domain.name),
    getSigning(scope, deps),
    evaluateSpf(scope, domain.id, deps),
  ])
  const keys = signing.domains.find((one) => one.domain === domain.name)?.keys ?? []
  const proof = domain.ownership.find(({ state }) => state === 'found') ?? domain.ownership[0]
  const entries: Omit<Entry, 'relativeName'>[] = [
    ...(proof && domain.validatedBy !== 'parent'
      ? [
          {
            purpose: 'Proves the domain',
            type: proof.type,
            name: proof.name,
            value: proof.value,
            priority: null,
          },
        ]
      : []),
    ...keys
      .filter(({ state }) => state !== 'gone')
      .map(({ record, selector }) => {
        const { type, name, value } = record
        return { purpose: `Signing key ${selector}`, type, name, value, priority: null }
      }),
    {
      purpose: 'Lets us send in its name (in place of the present SPF record)',
      type: 'TXT',
      name: domain.name,
      value: spf.edit?.after ?? spf.records[0] ?? `v=spf1 include:${spf.include} ~all`,
      priority: null,
    },
    {
      purpose: 'Mail comes to the gateway: publish it when the step says so, and remove other MX records',
      type: 'MX',
      name: domain.name,
      value: config.hostname,
      priority: OUR_PREFERENCE,
    },
  ]
  const records = entries.map((entry) => ({ ...entry, relativeName: relativeNameOf(entry.name) }))
  return {
    domain: domain.name,
    nameServers: servers.kind === 'found' ? servers.servers.map(({ name }) => name) : [],
    records,
    zone: zoneFileOf(domain.name, records),
  }
}

/** RFC 1035 §5: one record a line, its purpose as a comment above. */
export function zoneFileOf(domain: string, records: readonly Entry[]): string {
  const lines = records.flatMap(({ purpose, type, name, value, priority }) => [
    `; ${purpose}`,
    `${name}. ${TTL_ADVISED} IN ${type} ${priority === null ? '' : `${priority} `}${dataOf(type, value)}`,
  ])
  return [`; ${domain}: what Gatepost asks for`, ...lines, ''].join('\n')
}

function dataOf(type: Entry['type'], value: string): string {
  if (type !== 'TXT') return `${value.replace(/\.$/, '')}.`
  const parts = value.match(new RegExp(`.{1,${STRING_OCTETS_MAX}}`, 'gs')) ?? ['']
  return parts.map((part) => `"${part.replaceAll(/["\\]/g, '\\$&')}"`).join(' ')
}
