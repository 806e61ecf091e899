// DNS providers by their name servers: where their console adds a record, and how it wants the name. Menus
// move; the check tells whether it worked.

export type DnsProvider = {
  readonly name: string
  /** A name server of theirs ends like this, or contains it between dots. */
  readonly servers: readonly RegExp[]
  /** The way through their console to the table of records. */
  readonly path: string
  /** What stands for the domain itself in the field of the name. */
  readonly apex: '@' | 'empty' | 'full'
  /** What goes wrong there most often. */
  readonly caution: string | null
}

const APPENDS = 'It appends the domain by itself: enter the short name, or the domain stands twice.'

export const dnsProviders: readonly DnsProvider[] = [
  {
    name: 'Cloudflare',
    servers: [/\.ns\.cloudflare\.com$/],
    path: 'Dashboard > your domain > DNS > Records > Add record',
    apex: '@',
    caution:
      'Set the proxy of CNAME records to “DNS only” (grey cloud): proxied names hide what they stand for.',
  },
  {
    name: 'Amazon Route 53',
    servers: [/\.awsdns-\d+\.(com|net|org|co\.uk)$/],
    path: 'Route 53 > Hosted zones > your domain > Create record',
    apex: 'empty',
    caution:
      'Put TXT values in double quotes; longer ones than 255 characters in several, with a space between.',
  },
  {
    name: 'Azure DNS',
    servers: [/\.azure-dns\.(com|net|org|info)$/],
    path: 'Azure portal > DNS zones > your domain > Record sets > Add',
    apex: '@',
    caution:
      'Several values of one name and type stand in one record set: add yours to the one that is there.',
  },
  {
    name: 'Microsoft 365',
    servers: [/\.bdm\.microsoftonline\.com$/],
    path: 'Admin centre > Settings > Domains > your domain > DNS records > Add record',
    apex: '@',
    caution:
      'Records that Microsoft made itself, the MX among them, are changed only after they are taken over there.',
  },
  {
    name: 'Google Cloud DNS',
    servers: [/^ns-cloud-[a-e]\d\.googledomains\.com$/],
    path: 'Network services > Cloud DNS > your zone > Add standard',
    apex: 'empty',
    caution: 'Put TXT values in double quotes.',
  },
  {
    name: 'Squarespace (formerly Google Domains)',
    servers: [/\.googledomains\.com$/, /\.squarespacedns\.com$/],
    path: 'Domains > your domain > DNS > DNS settings > Custom records > Add record',
    apex: '@',
    caution: APPENDS,
  },
  {
    name: 'GoDaddy',
    servers: [/\.domaincontrol\.com$/],
    path: 'My Products > Domains > your domain > DNS > Add new record',
    apex: '@',
    caution: APPENDS,
  },
  {
    name: 'Namecheap',
    servers: [/\.registrar-servers\.com$/],
    path: 'Domain List > Manage > Advanced DNS > Add new record',
    apex: '@',
    caution: 'MX records stand apart below “Mail settings”: choose “Custom MX” there.',
  },
  {
    name: 'IONOS',
    servers: [/\.ui-dns\.(com|org|de|biz)$/],
    path: 'Domains & SSL > your domain > DNS > Add record',
    apex: '@',
    caution: 'Switch IONOS’s own mail records off, or they come back.',
  },
  {
    name: 'STRATO',
    servers: [/\.rzone\.de$/],
    path: 'Domains > Domain management > gear of your domain > DNS',
    apex: 'empty',
    caution: 'MX, TXT and CNAME stand on pages of their own. CNAME records work for sub-domains only.',
  },
  {
    name: 'Hetzner',
    servers: [/\.(ns\.)?hetzner\.(com|de)$/, /\.second-ns\.(com|de)$/, /\.first-ns\.de$/],
    path: 'DNS Console > your zone > Records > Add record',
    apex: '@',
    caution: 'End host names with a dot, or the domain is appended.',
  },
  {
    name: 'OVHcloud',
    servers: [/\.(ovh|anycast\.me)\.?(net|ca)?$/, /^d?ns\d+\.ovh\.(net|ca)$/],
    path: 'Web Cloud > Domain names > your domain > DNS zone > Add an entry',
    apex: 'empty',
    caution: APPENDS,
  },
  {
    name: 'Gandi',
    servers: [/\.gandi\.net$/],
    path: 'Domain > your domain > DNS records > Add record',
    apex: '@',
    caution: 'End host names with a dot.',
  },
  {
    name: 'INWX',
    servers: [/\.inwx\.(de|net|eu|com|ch|at|es|it|nl|be|ro|biz)$/],
    path: 'Nameserver > your domain > Edit > New record',
    apex: 'empty',
    caution: APPENDS,
  },
  {
    name: 'DigitalOcean',
    servers: [/^ns\d\.digitalocean\.com$/],
    path: 'Networking > Domains > your domain > Create new record',
    apex: '@',
    caution: 'End host names with a dot.',
  },
  {
    name: 'DNSimple',
    servers: [/\.dnsimple(-edge)?\.(com|net|org)$/],
    path: 'Domains > your domain > DNS > Manage > Add record',
    apex: 'empty',
    caution: APPENDS,
  },
  {
    name: 'Infomaniak',
    servers: [/\.infomaniak\.(com|ch)$/],
    path: 'Domains > your domain > DNS zone > Add a record',
    apex: 'empty',
    caution: APPENDS,
  },
  {
    name: 'Hostinger',
    servers: [/\.dns-parking\.com$/, /\.hostinger\.com$/],
    path: 'Domains > your domain > DNS / Nameservers > Manage DNS records',
    apex: '@',
    caution: APPENDS,
  },
  {
    name: 'Bluehost',
    servers: [/\.bluehost\.com$/],
    path: 'Domains > your domain > DNS > Manage > Add record',
    apex: '@',
    caution: APPENDS,
  },
  {
    name: 'Wix',
    servers: [/\.wixdns\.net$/],
    path: 'Domains > actions of your domain > Manage DNS records',
    apex: 'empty',
    caution: 'MX records of Wix’s own mail must be removed there first.',
  },
]

/** The provider whose name servers these are; null for any other. */
export function providerOf(nameServers: readonly string[]): DnsProvider | null {
  const names = nameServers.map((name) => name.toLowerCase().replace(/\.$/, ''))
  return (
    dnsProviders.find(({ servers }) => names.some((name) => servers.some((one) => one.test(name)))) ?? null
  )
}

const apexWords = {
  '@': 'For the domain itself enter @ as the name.',
  empty: 'For the domain itself leave the name empty.',
  full: 'Enter names in full.',
} as const

export function apexLine({ apex }: Pick<DnsProvider, 'apex'>): string {
  return apexWords[apex]
}
