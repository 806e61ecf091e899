// Facts as texts for the Why page. Other tenants' names never show: only whether something is this tenant's.
import type { Facts } from '#policy/facts.ts'
import type { GatheredFacts } from '#policy/policy.ts'

type Shown = { readonly name: string; readonly value: string; readonly known: boolean }
type Words = { readonly [Name in keyof Facts]: (value: Facts[Name], tenantId: string) => string }

export function shownFacts(facts: GatheredFacts, tenantId: string): Shown[] {
  return Object.entries(facts).map(([name, fact]) => {
    if (fact.kind === 'unknown') return { name, value: fact.why, known: false }
    const say = words[name as keyof Facts] as ((value: unknown, tenantId: string) => string) | undefined
    return { name, value: say?.(fact.value, tenantId) ?? '', known: true }
  })
}

const WROTE_TO = {
  recipient: 'wrote to this recipient before',
  organisation: 'wrote to others of the organisation before',
  nobody: 'is not known to have written before',
} as const

const words: Words = {
  relay({ authorizedFor, reversePathTenant, forwardPathTenant, cloud }, tenantId) {
    const shared = cloud == null ? 'not authorised' : `shared by all customers of ${cloud.provider}`
    const address = authorizedFor.includes(tenantId) ? 'authorised' : shared
    const domains = [
      `reverse-path domain ${owner(reversePathTenant, tenantId)}`,
      `recipient domain ${owner(forwardPathTenant, tenantId)}`,
    ]
    return `client address ${address}; ${domains.join('; ')}`
  },
  relayProof(proof) {
    const resent = proof.resent === null ? '' : `; passed on: ${proof.resent}`
    if (proof.kind === 'not-needed') return `none needed${resent}`
    return proof.kind === 'proven' ? `${proof.by}${resent}` : proof.why
  },
  sender({ identities, recipientsThisHour }) {
    if (identities.length === 0) return 'not counted: mail from outside'
    const names = identities.map((identity) => identity.replace(' ', ': '))
    return `${names.join('; ')}; ${recipientsThisHour} recipients in the last hour`
  },
  recipient: ({ listed, source }) => (listed ? `listed (source ${source})` : 'not listed'),
  clientNames: (names) => names.join(', ') || 'no verified name',
  spf: ({ result, domain }) => `${result} for ${domain}`,
  authentication({ spf, spfDomain, dkim, dmarc, arc }) {
    const signatures = dkim.map(({ domain, result }) => `${result} (${domain})`).join(', ')
    const policy = dmarc.policy === null ? '' : `, policy ${dmarc.policy}`
    return [
      `SPF ${spf}${spfDomain === '' ? '' : ` (${spfDomain})`}`,
      `DKIM ${signatures || 'none'}`,
      `DMARC ${dmarc.result}${dmarc.domain === null ? '' : ` (${dmarc.domain}${policy})`}`,
      `ARC ${arc}`,
    ].join('; ')
  },
  managedSender({ permit, block }) {
    const found = [permit && `permits ${permit.sender}`, block && `blocks ${block.sender}`]
    return found.filter(Boolean).join(', ') || 'no entry of the recipient fits'
  },
  hops: ({ received, ownLoops }) => `${received} Received fields, ${ownLoops} of them ours`,
  author: ({ domains, tenants }, tenantId) =>
    domains.map((domain, at) => `${domain} (${owner(tenants[at] ?? null, tenantId)})`).join(', ') ||
    'none readable',
  callForward: ({ answer, host, said }) => `${host} ${answer} it: ${said}`,
  listedSpf: (found) =>
    found.map(({ domain, result }) => `${result} for ${domain}`).join(', ') || 'none asked',
  greylist({ identity, passedAt, firstAttemptAt, at }) {
    const ago = (time: number): string => `${Math.round((at - time) / 60_000)} min before`
    if (passedAt !== null) return `${identity}, known, last used ${ago(passedAt)}`
    return firstAttemptAt === null
      ? `${identity}, not seen before`
      : `${identity}, first seen ${ago(firstAttemptAt)}`
  },
  virus(found) {
    if (found.kind === 'no-scanner') return 'no scanner is configured'
    if (found.kind === 'infected') return `${found.name}, found by ${found.by}`
    if (found.kind === 'clean') return `nothing found by ${found.by}`
    return `not all was checked: ${found.what.join('; ')}`
  },
  attachments: ({ files, findings }) =>
    [`${files} files`, ...findings.map(({ file, saw }) => (file === '' ? saw : `${file}: ${saw}`))].join(
      '; ',
    ),
  spam: ({ score, contributions, engine }) =>
    `${score.toFixed(1)} points by ${engine}: ${contributions.map((one) => `${one.name} ${one.points.toFixed(1)}`).join(', ')}`,
  firstContact: ({ author, wroteTo }) =>
    `${author.replace(/^~/, '')}${author.startsWith('~') ? ', not authenticated,' : ''} ${WROTE_TO[wroteTo]}`,
  impersonation: (signals) => signals.map(({ saw }) => saw).join('; ') || 'no signal',
}

function owner(id: string | null, tenantId: string): string {
  if (id === null) return 'not validated here'
  return id === tenantId ? 'validated by this organisation' : 'validated by another organisation'
}
