// What one object of Graph is to mail: pure reading of users, groups and organisational contacts.
import type { DirectoryEntry, DirectoryKind } from './entry.ts'
import { flagOf, type Json, objectOf, objectsOf, textOf, textsOf } from './json.ts'

/** Properties of users that decide what an entry says; a delta may leave out what did not change. */
export const userProperties = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'proxyAddresses',
  'accountEnabled',
  'userType',
] as const

export const groupProperties = [
  'id',
  'displayName',
  'mail',
  'proxyAddresses',
  'groupTypes',
  'mailEnabled',
] as const
export const contactProperties = ['id', 'displayName', 'mail', 'proxyAddresses'] as const

/** The `$select` of users with the attributes asked for. */
export function userSelect(attributes: readonly string[]): string {
  const wanted = attributes.map((name) => (isExtension(name) ? 'onPremisesExtensionAttributes' : name))
  return [...new Set([...userProperties, ...wanted])].join(',')
}

const isExtension = (name: string) => name.startsWith('extensionAttribute')

/** Whether a delta told everything about a user; otherwise it is read again. */
export const isWholeUser = (item: Json): boolean => userProperties.every((name) => Object.hasOwn(item, name))

export type Removal = 'restorable' | 'deleted'

/**
 * `@removed` of a delta: `changed` lies in the recycle bin for 30 days and can come back, `deleted` is gone.
 * Null for what is still there. A disabled account is neither.
 */
export function removalOf(item: Json): Removal | null {
  const removed = objectOf(item['@removed'])
  if (removed === null) return null
  return textOf(removed, 'reason') === 'deleted' ? 'deleted' : 'restorable'
}

export const isGuest = (item: Json): boolean => textOf(item, 'userType')?.toLowerCase() === 'guest'

export function userEntry(
  item: Json,
  options: { readonly attributes: readonly string[]; readonly kind?: DirectoryKind },
): DirectoryEntry | null {
  const externalId = textOf(item, 'id')
  if (externalId === null) return null
  const userName = textOf(item, 'userPrincipalName')
  return {
    externalId,
    kind: options.kind ?? 'user',
    ...addressesOf(item),
    name: textOf(item, 'displayName') ?? userName ?? '',
    userName,
    signInEnabled: flagOf(item, 'accountEnabled') === true,
    attributes: attributesOf(item, options.attributes),
    members: [],
    place: textOf(item, 'onPremisesDistinguishedName') ?? `Users/${userName ?? externalId}`,
  }
}

export function groupEntry(item: Json, members: readonly string[]): DirectoryEntry | null {
  const externalId = textOf(item, 'id')
  if (externalId === null) return null
  const name = textOf(item, 'displayName') ?? ''
  return {
    externalId,
    kind: 'group',
    ...addressesOf(item),
    name,
    userName: null,
    signInEnabled: false,
    attributes: new Map(),
    members,
    place: `Groups/${name}`,
  }
}

export function contactEntry(item: Json): DirectoryEntry | null {
  const externalId = textOf(item, 'id')
  if (externalId === null) return null
  const name = textOf(item, 'displayName') ?? ''
  return {
    externalId,
    kind: 'contact',
    ...addressesOf(item),
    name,
    userName: null,
    signInEnabled: false,
    attributes: new Map(),
    members: [],
    place: `Contacts/${name}`,
  }
}

/**
 * Members a page of a group delta adds and takes away. Devices and applications have no mail and are left
 * out.
 */
export function memberChanges(item: Json): {
  readonly added: readonly string[]
  readonly removed: readonly string[]
} {
  const added: string[] = []
  const removed: string[] = []
  for (const member of objectsOf(item, 'members@delta')) {
    const id = textOf(member, 'id')
    if (id === null || !isMailMember(member)) continue
    if (removalOf(member) === null) added.push(id)
    else removed.push(id)
  }
  return { added, removed }
}

const MAIL_TYPES: ReadonlySet<string> = new Set([
  '#microsoft.graph.user',
  '#microsoft.graph.group',
  '#microsoft.graph.orgContact',
])

/** Removed members come without a type. */
export function isMailMember(member: Json): boolean {
  const type = textOf(member, '@odata.type')
  return type === null || MAIL_TYPES.has(type)
}

const SMTP = /^smtp:/i

/**
 * `SMTP:` marks the primary, `smtp:` the others; SIP, X500, SPO and EUM are not mail. `mail` wins as the
 * primary, and the one marked is then an alias.
 */
function addressesOf(item: Json): { readonly email: string | null; readonly aliases: readonly string[] } {
  const proxies = textsOf(item, 'proxyAddresses').filter((text) => SMTP.test(text))
  const marked = proxies.find((text) => text.startsWith('SMTP:'))?.slice(5) ?? null
  const email = textOf(item, 'mail') ?? marked
  const aliases = new Map<string, string>()
  for (const text of proxies) {
    const address = text.slice(5)
    if (address.toLowerCase() !== email?.toLowerCase()) aliases.set(address.toLowerCase(), address)
  }
  return { email, aliases: [...aliases.values()] }
}

function attributesOf(item: Json, names: readonly string[]): ReadonlyMap<string, string> {
  const extensions = objectOf(item.onPremisesExtensionAttributes)
  const attributes = new Map<string, string>()
  for (const name of names) {
    const value = textOf(isExtension(name) ? extensions : item, name)
    if (value !== null) attributes.set(name, value)
  }
  return attributes
}

/** Graph's `userPurpose` of a mailbox, as a kind. */
export function kindOfPurpose(purpose: string | null): DirectoryKind {
  switch (purpose) {
    case 'shared':
      return 'shared-mailbox'
    case 'room':
    case 'equipment':
      return 'resource'
    default:
      return 'user'
  }
}
