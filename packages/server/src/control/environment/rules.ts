// What the names in MX, SPF and autodiscover records tell about where mail lives: pure rules over known
// names.
import type { Environment } from '@gatepost/contract/common.ts'

export type Clue =
  | { readonly kind: 'microsoft' | 'google' | 'own' }
  | { readonly kind: 'hosted'; readonly provider: string }
  | { readonly kind: 'other'; readonly host: string }

/** Clues by record; null where the look-up failed: unknown, never a "no". */
export type Records = {
  readonly mx: readonly Clue[] | null
  readonly spf: readonly Clue[] | null
  readonly autodiscover: readonly Clue[] | null
}

const MICROSOFT = [
  'mail.protection.outlook.com',
  'mx.microsoft',
  'outlook.com',
  'office365.us',
  'partner.outlook.cn',
]
const GOOGLE = ['aspmx.l.google.com', 'smtp.google.com', 'googlemail.com', 'google.com']

/** Providers that host Exchange for others, by the domain their hosts are named in. */
const HOSTED: readonly (readonly [string, string])[] = [
  ['emailsrvr.com', 'Rackspace'],
  ['serverdata.net', 'Intermedia'],
  ['mail.ovh.net', 'OVHcloud'],
  ['exchange.ovh.net', 'OVHcloud'],
  ['ionos.com', 'IONOS'],
  ['ionos.co.uk', 'IONOS'],
  ['ionos.de', 'IONOS'],
  ['1and1.com', 'IONOS'],
  ['kundenserver.de', 'IONOS'],
  ['hostedexchange.com', 'Hosted Exchange'],
  ['sherweb2010.com', 'SherWeb'],
  ['hostpoint.ch', 'Hostpoint'],
  ['appriver.com', 'AppRiver'],
]

/** What the name of a mail host or autodiscover target tells about `domain`. */
export function hostClue(host: string, domain: string): Clue {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === domain || name.endsWith(`.${domain}`)) return { kind: 'own' }
  if (isAmong(name, MICROSOFT)) return { kind: 'microsoft' }
  if (isAmong(name, GOOGLE)) return { kind: 'google' }
  const hosted = HOSTED.find(([suffix]) => isAmong(name, [suffix]))
  if (hosted) return { kind: 'hosted', provider: hosted[1] }
  return { kind: 'other', host: name }
}

/** Providers that an SPF policy includes or redirects to; other senders tell nothing of where mail lives. */
export function spfClue(policy: string): readonly Clue[] {
  return policy
    .toLowerCase()
    .split(/\s+/)
    .map((term) => /^[+?~-]?include:(\S+)$/.exec(term)?.[1] ?? /^redirect=(\S+)$/.exec(term)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => hostClue(name, 'invalid'))
    .filter(({ kind }) => kind !== 'other')
}

/** The environment that the records speak for; null where they do not tell or could not be had. */
export function environmentOf({ mx, spf, autodiscover }: Records): Environment | null {
  if (mx === null) return null
  const hints = [...(spf ?? []), ...(autodiscover ?? [])]
  const isWhole = spf !== null && autodiscover !== null
  const receives = (kind: Clue['kind']): boolean => mx.some((clue) => clue.kind === kind)
  const hinted = (kind: Clue['kind']): boolean => hints.some((clue) => clue.kind === kind)
  if (receives('own')) {
    if (receives('microsoft') || hinted('microsoft')) return 'hybrid'
    // A record that could not be had might have named Microsoft.
    return isWhole ? 'on-premises' : null
  }
  if (receives('microsoft')) return 'microsoft-365'
  if (receives('google')) return 'google-workspace'
  if (receives('hosted')) return 'hosted'
  // Nobody we know receives: another gateway may stand in front, so what lies behind it counts.
  if (hinted('microsoft'))
    return autodiscover?.some(({ kind }) => kind === 'own') ? 'hybrid' : 'microsoft-365'
  if (!isWhole) return null
  if (hinted('google')) return 'google-workspace'
  if (hinted('hosted')) return 'hosted'
  if (autodiscover.some(({ kind }) => kind === 'own')) return 'on-premises'
  return mx.length > 0 ? 'other' : null
}

function isAmong(name: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))
}
