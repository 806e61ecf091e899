// What kind of server answers, and the searches that fit it.
import { DirectoryFault } from '../entry.ts'
import type { LdapClient, LdapEntry } from './client.ts'
import { firstOf } from './entry.ts'
import type { LdapOptions } from './options.ts'

export type LdapServer = {
  readonly isActiveDirectory: boolean
  /** Where to read: what was entered, else what the server names. */
  readonly base: string
}

/** Capability of Active Directory (MS-ADTS §3.1.1.3.4.1.17). */
const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800'
const HAS_MAIL = '(|(mail=*)(proxyAddresses=*))'

/** Asks the server what it is. Throws `DirectoryFault` when no base is known. */
export async function meetServer(client: LdapClient, options: LdapOptions): Promise<LdapServer> {
  const attributes = ['defaultNamingContext', 'namingContexts', 'supportedCapabilities']
  const search = { base: '', scope: 'base', filter: '(objectClass=*)', attributes } as const
  const [root] = await client.some('permission', search, 1)
  const isActiveDirectory = (root?.values.get('supportedcapabilities') ?? []).includes(ACTIVE_DIRECTORY)
  const base = options.baseDn.trim() === '' ? ownBase(root) : options.baseDn.trim()
  if (base === null)
    throw new DirectoryFault({
      step: 'permission',
      code: 'empty-base',
      saw: 'The base DN is empty, and the server does not name one.',
      remedy: 'Enter the base DN, such as DC=corp,DC=example.',
    })
  return { isActiveDirectory, base }
}

/** Everything that receives mail, groups apart. The connector's own filter narrows it. */
export function peopleFilter({ isActiveDirectory }: LdapServer, { filter }: LdapOptions): string {
  const own = filter === null || filter.trim() === '' ? '' : bracketed(filter.trim())
  const kinds = isActiveDirectory
    ? `(|(objectCategory=person)(objectClass=publicFolder)(objectClass=msExchDynamicDistributionList))`
    : ''
  return own === '' && kinds === '' ? HAS_MAIL : `(&${HAS_MAIL}${kinds}${own})`
}

/** Groups with members or addresses; those the system itself needs are no matter of mail. */
export function groupFilter({ isActiveDirectory }: LdapServer): string {
  if (isActiveDirectory) return '(&(objectClass=group)(!(isCriticalSystemObject=TRUE)))'
  const classes = ['group', 'groupOfNames', 'groupOfUniqueNames', 'groupOfMembers', 'posixGroup']
  return `(|${classes.map((name) => `(objectClass=${name})`).join('')})`
}

function ownBase(root: LdapEntry | undefined): string | null {
  if (root === undefined) return null
  const contexts = (root.values.get('namingcontexts') ?? []).filter((dn) => /^(dc|o|ou)=/i.test(dn))
  return firstOf(root, 'defaultnamingcontext') ?? (contexts.length === 1 ? contexts[0]! : null)
}

function bracketed(filter: string): string {
  return filter.startsWith('(') ? filter : `(${filter})`
}
