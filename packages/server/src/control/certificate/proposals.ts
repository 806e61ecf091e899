// Host names that lead here and that no certificate names, and the configuration that would change it.
import type { Certificate } from '@gatepost/contract/certificate.ts'
import type { Dns } from '#platform/dns-types.ts'
import type { ControlDeps } from '../scope.ts'
import { mailHostsSeen } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'dns' | 'config'>

/** Domains whose MX records are looked through for host names, and hosts that DNS is asked for. */
const DOMAINS_MAX = 1_000
const HOSTS_MAX = 50

/**
 * Names that clients reach us by: our own, the console's, and mail hosts of organisations at our addresses.
 */
export async function proposalsOf(items: readonly Certificate[], { store, dns, config }: Deps) {
  const named = new Set(items.filter(({ source }) => source !== 'self-made').flatMap(({ names }) => names))
  const isNamed = (host: string): boolean => named.has(host) || named.has(`*${host.slice(host.indexOf('.'))}`)
  const found = new Map<string, string>([[config.hostname, 'The name in our greeting']])
  const { url, tlsListen } = config.http
  if (url !== null && tlsListen !== null) found.set(new URL(url).hostname, 'The address of the console')
  const [seen, ours] = await Promise.all([
    mailHostsSeen(store, DOMAINS_MAX),
    addressesOf(dns, config.hostname),
  ])
  const hosts = [...seen].filter(([host]) => !found.has(host) && !isNamed(host)).slice(0, HOSTS_MAX)
  await Promise.all(
    hosts.map(async ([host, domain]) => {
      const addresses = await addressesOf(dns, host)
      if (addresses.some((address) => ours.includes(address))) found.set(host, `A mail host of ${domain}`)
    }),
  )
  return [...found]
    .filter(([name]) => !isNamed(name) && name.includes('.'))
    .map(([name, because]) => ({ name, because }))
}

/** What to write into the configuration file so that all of them get one. */
export function configurationFor(
  items: readonly Certificate[],
  proposals: readonly { readonly name: string }[],
  { config }: Deps,
): string {
  const { acme } = config.tls
  const fetched = acme?.names ?? items.filter(({ source }) => source === 'fetched').map(({ name }) => name)
  const names = [...new Set([...fetched, ...proposals.map(({ name }) => name)])]
  const lines = [
    '[tls.acme]',
    'terms_agreed = true',
    `names = [${names.map((name) => `"${name}"`).join(', ')}]`,
  ]
  const listen = acme === null ? ['listen = ["0.0.0.0:80"]', `contact = "postmaster@${config.hostname}"`] : []
  return [...lines, ...listen].join('\n')
}

/** From the cache where it can be: the page is looked at more often than names move. */
async function addressesOf(dns: Dns, name: string): Promise<readonly string[]> {
  const answers = await Promise.all([dns.query({ name, type: 'A' }), dns.query({ name, type: 'AAAA' })])
  return answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
}
