// An entry as its connector's settings want it, its fingerprint, and what differs from the one before. Pure
// but for the hash.
import { createHash } from 'node:crypto'
import type { SyncChange } from '@gatepost/contract/directory.ts'
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'

export type Wish = {
  /** A-labels; empty takes all. */
  readonly domains: ReadonlySet<string>
  readonly acknowledgeDisabled: boolean
  readonly contacts: boolean
}

/** What is kept of an entry: everything but the members, which are many. */
export type StoredEntry = {
  readonly kind: DirectoryEntry['kind']
  readonly email: string | null
  readonly aliases: readonly string[]
  readonly name: string
  readonly userName: string | null
  readonly signInEnabled: boolean
  readonly attributes: readonly (readonly [string, string])[]
  readonly place: string
  readonly memberCount: number
  readonly members?: readonly string[]
}

/** The entry as the connector takes it; null when it does not take it at all. */
export function tailored(entry: DirectoryEntry, wish: Wish): DirectoryEntry | null {
  if (!wish.contacts && entry.kind === 'contact') return null
  const signInEnabled = entry.signInEnabled || !wish.acknowledgeDisabled
  if (wish.domains.size === 0) return { ...entry, signInEnabled }
  const all = [...(entry.email === null ? [] : [entry.email]), ...entry.aliases]
  const own = all.filter((address) => wish.domains.has(domainOf(address)))
  const [email = null, ...aliases] = own
  if (email === null && !(entry.kind === 'group' && entry.email === null)) return null
  return { ...entry, email, aliases, signInEnabled }
}

/** Equal for entries that say the same, whatever order a server lists values in. */
export function digestOf(entry: DirectoryEntry): string {
  const { externalId: _id, ...rest } = storedOf(entry, true)
  return createHash('sha256').update(JSON.stringify(rest)).digest('base64url').slice(0, 24)
}

/** The entry as JSON text; with its members while it waits to be applied. */
export function bodyOf(entry: DirectoryEntry, withMembers: boolean): string {
  const { externalId: _id, ...rest } = storedOf(entry, withMembers)
  return JSON.stringify(rest)
}

export function entryOf(externalId: string, body: string): DirectoryEntry {
  const { memberCount: _count, members = [], attributes, ...rest } = JSON.parse(body) as StoredEntry
  return { externalId, ...rest, attributes: new Map(attributes), members }
}

/** Fields that differ, in words. Members are counted, not named: a group may have thousands. */
export function fieldsOf(before: string, after: string): SyncChange['fields'] {
  const old = JSON.parse(before) as StoredEntry
  const now = JSON.parse(after) as StoredEntry
  const pairs: readonly (readonly [string, string, string])[] = [
    ['address', old.email ?? '', now.email ?? ''],
    ['aliases', old.aliases.join(', '), now.aliases.join(', ')],
    ['name', old.name, now.name],
    ['kind', old.kind, now.kind],
    ['sign-in name', old.userName ?? '', now.userName ?? ''],
    ['sign-in', onOff(old.signInEnabled), onOff(now.signInEnabled)],
    ['place', old.place, now.place],
    ['members', String(old.memberCount), String(now.memberCount)],
    ['attributes', attributesText(old), attributesText(now)],
  ]
  const differing = pairs.filter(([, from, to]) => from !== to)
  // The same number of members can be other members.
  if (differing.length === 0 && now.kind === 'group')
    return [{ field: 'members', before: 'others', after: 'others' }]
  return differing.map(([field, from, to]) => ({ field, before: shortened(from), after: shortened(to) }))
}

function storedOf(
  entry: DirectoryEntry,
  withMembers: boolean,
): StoredEntry & { readonly externalId: string } {
  const { externalId, kind, email, aliases, name, userName, signInEnabled, attributes, members, place } =
    entry
  return {
    externalId,
    kind,
    email,
    aliases: aliases.toSorted(),
    name,
    userName,
    signInEnabled,
    attributes: [...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    place,
    memberCount: members.length,
    ...(withMembers ? { members: members.toSorted() } : {}),
  }
}

function attributesText({ attributes }: Pick<StoredEntry, 'attributes'>): string {
  return attributes.map(([name, value]) => `${name}=${value}`).join(', ')
}

function onOff(isOn: boolean): string {
  return isOn ? 'allowed' : 'disabled'
}

const SHOWN_MAX = 300

function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}
