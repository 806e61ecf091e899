// Which kind of mail host an organisation has, read from its records; where they do not tell, nothing is guessed (C0).
import type { Environment } from '@gatepost/contract/common.ts'

/** What one look-up gave. `failed` is unknown, never "none" (law 4). */
export type Records =
  | { readonly kind: 'found'; readonly values: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly why: string }

export type EnvironmentRecords = {
  readonly domain: string
  /** Exchanges in order of preference. */
  readonly mx: Records
  /** The SPF record alone. */
  readonly spf: Records
  readonly autodiscover: {
    readonly alias: Records
    /** Addresses, where there is no alias. */
    readonly addresses: Records
  }
}

export type Evidence = {
  readonly record: string
  readonly value: string
  readonly means: string
  readonly state: 'found' | 'none' | 'failed'
}

export type Proposal = { readonly environment: Environment | null; readonly evidence: readonly Evidence[] }

type Kind = 'microsoft-365' | 'google-workspace' | 'hosted' | 'own' | 'elsewhere'

/** Hosted Exchange and mail of the larger providers, by the end of their host names. */
const HOSTED: readonly (readonly [string, string])[] = [
  ['serverdata.net', 'Intermedia'],
  ['emailsrvr.com', 'Rackspace'],
  ['secureserver.net', 'GoDaddy'],
  ['exch.io', 'hosted Exchange'],
  ['exchange.ionos.eu', 'IONOS'],
  ['exchange.1and1.eu', 'IONOS'],
  ['ex.mail.ovh.net', 'OVH Exchange'],
  ['mail.ovh.net', 'OVH'],
  ['hostedexchange.ch', 'hosted Exchange'],
  ['sherweb2010.com', 'Sherweb'],
  ['messagingengine.com', 'Fastmail'],
  ['zoho.com', 'Zoho'],
  ['zoho.eu', 'Zoho'],
]
const MICROSOFT = ['mail.protection.outlook.com', 'mx.microsoft', 'outlook.com', 'office365.com']
const GOOGLE = ['google.com', 'googlemail.com']

/** The proposal with the evidence for it. */
export function proposeFrom(records: EnvironmentRecords): Proposal {
  const mx = kindsOf(records.mx, records.domain)
  const finder = autodiscoverKind(records)
  const evidence = [...mxEvidence(records), spfEvidence(records), finderEvidence(records)]
  const { alias, addresses } = records.autodiscover
  const hasFailed = [records.mx, records.spf, alias, addresses].some(({ kind }) => kind === 'failed')
  if (hasFailed) return { environment: null, evidence }
  return { environment: environmentOf(mx, finder, spfText(records)), evidence }
}

function environmentOf(mx: ReadonlySet<Kind>, finder: Kind | null, spf: string): Environment | null {
  const usesMicrosoft = mx.has('microsoft-365') || finder === 'microsoft-365'
  const spfMicrosoft = /include:spf\.protection\.outlook\.com/i.test(spf)
  // Mail of both kinds, or mailboxes found at the organisation's own host while Microsoft may send: both halves.
  if (mx.has('microsoft-365') && (mx.has('own') || finder === 'own')) return 'hybrid'
  if (finder === 'own' && spfMicrosoft) return 'hybrid'
  if (usesMicrosoft) return 'microsoft-365'
  if (mx.has('google-workspace')) return 'google-workspace'
  if (mx.has('hosted') || finder === 'hosted') return 'hosted'
  if (finder === 'own') return 'on-premises'
  if (/include:_spf\.google\.com/i.test(spf)) return 'google-workspace'
  if (spfMicrosoft) return 'microsoft-365'
  if (mx.has('own')) return 'other'
  return null
}

function kindsOf(mx: Records, domain: string): ReadonlySet<Kind> {
  return new Set(mx.kind === 'found' ? mx.values.map((host) => kindOfHost(host, domain)) : [])
}

function kindOfHost(host: string, domain: string): Kind {
  const name = host.replace(/\.$/, '').toLowerCase()
  if (endsIn(name, MICROSOFT)) return 'microsoft-365'
  if (endsIn(name, GOOGLE)) return 'google-workspace'
  if (hostedBy(name) !== null) return 'hosted'
  return name === domain || name.endsWith(`.${domain}`) ? 'own' : 'elsewhere'
}

function hostedBy(name: string): string | null {
  return HOSTED.find(([end]) => endsIn(name, [end]))?.[1] ?? null
}

function endsIn(name: string, ends: readonly string[]): boolean {
  return ends.some((end) => name === end || name.endsWith(`.${end}`))
}

function autodiscoverKind({ autodiscover, domain }: EnvironmentRecords): Kind | null {
  const { alias, addresses } = autodiscover
  if (alias.kind === 'found') return kindOfHost(alias.values[0] ?? '', domain)
  return addresses.kind === 'found' ? 'own' : null
}

function mxEvidence({ mx, domain }: EnvironmentRecords): Evidence[] {
  const record = `MX ${domain}`
  if (mx.kind !== 'found') return [notFound(record, mx, 'No mail host is named')]
  return mx.values.map((host) => ({ record, value: host, means: mxMeaning(host, domain), state: 'found' }))
}

function mxMeaning(host: string, domain: string): string {
  switch (kindOfHost(host, domain)) {
    case 'microsoft-365':
      return 'Mail is received by Microsoft 365'
    case 'google-workspace':
      return 'Mail is received by Google Workspace'
    case 'hosted':
      return `Mail is received by ${hostedBy(host.replace(/\.$/, '').toLowerCase())}`
    case 'own':
      return 'Mail is received by a host of your own'
    default:
      return 'Mail is received by another provider or gateway'
  }
}

function spfText({ spf }: EnvironmentRecords): string {
  return spf.kind === 'found' ? (spf.values[0] ?? '') : ''
}

function spfEvidence(records: EnvironmentRecords): Evidence {
  const record = `SPF ${records.domain}`
  if (records.spf.kind !== 'found') return notFound(record, records.spf, 'Nobody is named as a sender')
  const value = spfText(records)
  const senders = [
    /include:spf\.protection\.outlook\.com/i.test(value) ? 'Microsoft 365' : null,
    /include:_spf\.google\.com/i.test(value) ? 'Google Workspace' : null,
    /\b(?:ip4|ip6|a|mx)(?:[:/ ]|$)/i.test(value) ? 'hosts of your own' : null,
  ].filter((sender) => sender !== null)
  const means = senders.length === 0 ? 'It names no sender that we know' : `${listOf(senders)} may send`
  return { record, value, means, state: 'found' }
}

function finderEvidence(records: EnvironmentRecords): Evidence {
  const { alias, addresses } = records.autodiscover
  const record = `autodiscover.${records.domain}`
  if (alias.kind === 'found') {
    const value = alias.values[0] ?? ''
    return {
      record,
      value,
      means: `Mailboxes are at ${placeOf(kindOfHost(value, records.domain))}`,
      state: 'found',
    }
  }
  if (addresses.kind === 'found') {
    return {
      record,
      value: addresses.values.join(', '),
      means: 'Mailboxes are at an Exchange server of your own',
      state: 'found',
    }
  }
  const failed = [alias, addresses].find(({ kind }) => kind === 'failed') ?? addresses
  return notFound(record, failed, 'Outlook is not told where mailboxes are')
}

function placeOf(kind: Kind): string {
  switch (kind) {
    case 'microsoft-365':
      return 'Microsoft 365'
    case 'google-workspace':
      return 'Google Workspace'
    case 'own':
      return 'an Exchange server of your own'
    default:
      return 'another provider'
  }
}

function notFound(record: string, records: Records, means: string): Evidence {
  if (records.kind === 'failed') {
    return {
      record,
      value: records.why,
      means: 'This could not be looked up, so nothing follows from it',
      state: 'failed',
    }
  }
  return { record, value: '', means, state: 'none' }
}

function listOf(items: readonly string[]): string {
  const text = items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}
