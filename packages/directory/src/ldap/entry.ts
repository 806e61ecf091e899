// From what a directory server lists to what mail needs of it: kind, addresses, account, members (D2b, D3).
import type { DirectoryEntry, DirectoryKind } from '../entry.ts'
import type { LdapEntry } from './client.ts'

/** What is asked of every entry; servers leave out what they do not have. */
export const READ_ATTRIBUTES: readonly string[] = [
  'objectClass',
  'objectGUID',
  'entryUUID',
  'cn',
  'displayName',
  'mail',
  'proxyAddresses',
  'mailAlternateAddress',
  'mailLocalAddress',
  'gosaMailAlternateAddress',
  'userPrincipalName',
  'sAMAccountName',
  'uid',
  'userAccountControl',
  'nsAccountLock',
  'pwdAccountLockedTime',
  'msExchRecipientTypeDetails',
  'msExchHideFromAddressLists',
]

/** Aliases of one entry; a longer list is no person's. */
const ALIASES_MAX = 500
/** Characters of one attribute that are kept. */
const VALUE_MAX = 1_000
/** ADS_UF_ACCOUNTDISABLE. */
const ACCOUNT_DISABLED = 0x2
/** OpenLDAP's password policy: locked for ever by an administrator. */
const LOCKED_FOR_EVER = '000001010000z'

const GROUP_CLASSES = new Set([
  'group',
  'groupofnames',
  'groupofuniquenames',
  'groupofmembers',
  'posixgroup',
  'msexchdynamicdistributionlist',
])

/** msExchRecipientTypeDetails; what is not listed is a user's mailbox, or whatever the class says. */
const EXCHANGE_KINDS: ReadonlyMap<string, DirectoryKind> = new Map([
  ['4', 'shared-mailbox'],
  ['16', 'resource'],
  ['32', 'resource'],
  ['64', 'contact'],
  ['8589934592', 'resource'],
  ['17179869184', 'resource'],
  ['34359738368', 'shared-mailbox'],
])

/** Reads an entry; `attributes` are those that the connector asks for besides. Members come apart. */
export function readEntry(entry: LdapEntry, attributes: readonly string[]): DirectoryEntry {
  const { email, aliases } = addressesOf(entry)
  return {
    externalId: externalIdOf(entry),
    kind: kindOf(entry),
    email,
    aliases,
    name: firstOf(entry, 'displayname') ?? firstOf(entry, 'cn') ?? '',
    userName:
      firstOf(entry, 'userprincipalname') ?? firstOf(entry, 'uid') ?? firstOf(entry, 'samaccountname'),
    signInEnabled: isEnabled(entry),
    attributes: new Map(
      attributes.flatMap((name) => {
        const value = firstOf(entry, name.toLowerCase())
        return value === null ? [] : [[name, value.slice(0, VALUE_MAX)] as const]
      }),
    ),
    members: [],
    place: entry.dn,
  }
}

/** GUID in Microsoft's order of bytes, UUID, or the name where a server has neither. */
export function externalIdOf(entry: LdapEntry): string {
  const guid = entry.bytes.get('objectguid')
  if (guid?.length === 16) return guidText(guid)
  return firstOf(entry, 'entryuuid')?.toLowerCase() ?? `dn:${keyOfDn(entry.dn)}`
}

/** One spelling for the same distinguished name. */
export function keyOfDn(dn: string): string {
  return dn
    .toLowerCase()
    .replace(/([,=+])\s+/g, '$1')
    .replace(/(?<!\s)\s+([,=+])/g, '$1')
}

export function isGroup(entry: LdapEntry): boolean {
  return classesOf(entry).some((name) => GROUP_CLASSES.has(name))
}

export function firstOf(entry: LdapEntry, name: string): string | null {
  const value = entry.values.get(name)?.[0]?.trim()
  return value === undefined || value === '' ? null : value
}

function kindOf(entry: LdapEntry): DirectoryKind {
  if (isGroup(entry)) return 'group'
  const classes = classesOf(entry)
  if (classes.includes('publicfolder')) return 'public-folder'
  const exchange = EXCHANGE_KINDS.get(firstOf(entry, 'msexchrecipienttypedetails') ?? '')
  if (exchange !== undefined) return exchange
  return classes.includes('contact') ? 'contact' : 'user'
}

function classesOf(entry: LdapEntry): readonly string[] {
  return (entry.values.get('objectclass') ?? []).map((name) => name.toLowerCase())
}

/** `SMTP:` is the primary address, `smtp:` are aliases; other kinds (sip:, x500:) are no mail. */
function addressesOf(entry: LdapEntry): {
  readonly email: string | null
  readonly aliases: readonly string[]
} {
  const proxies = (entry.values.get('proxyaddresses') ?? []).filter((text) => /^smtp:/i.test(text))
  const written = ['mail', 'mailalternateaddress', 'maillocaladdress', 'gosamailalternateaddress'].flatMap(
    (name) => entry.values.get(name) ?? [],
  )
  const primary =
    proxies
      .find((text) => text.startsWith('SMTP:'))
      ?.slice(5)
      .trim() ??
    written[0]?.trim() ??
    null
  const all = [...proxies.map((text) => text.slice(5).trim()), ...written.map((text) => text.trim())]
  const email = primary ?? all[0] ?? null
  const seen = new Set([email?.toLowerCase() ?? ''])
  const aliases: string[] = []
  for (const address of all) {
    const key = address.toLowerCase()
    if (key === '' || seen.has(key) || aliases.length >= ALIASES_MAX) continue
    seen.add(key)
    aliases.push(address)
  }
  return { email: email === '' ? null : email, aliases }
}

function isEnabled(entry: LdapEntry): boolean {
  const control = Number(firstOf(entry, 'useraccountcontrol') ?? 0)
  if ((control & ACCOUNT_DISABLED) !== 0) return false
  if (firstOf(entry, 'nsaccountlock')?.toLowerCase() === 'true') return false
  return firstOf(entry, 'pwdaccountlockedtime')?.toLowerCase() !== LOCKED_FOR_EVER
}

function guidText(bytes: Buffer): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  const hex = order.map((at) => bytes[at]!.toString(16).padStart(2, '0')).join('')
  return [8, 12, 16, 20, 32].map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end)).join('-')
}
