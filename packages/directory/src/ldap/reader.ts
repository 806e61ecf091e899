// Reads a directory whole by LDAP: people page by page, then groups with their members, each by its lasting
// id (D3). It says `end` only when every page came; whatever breaks off before is a fault, never a short
// list.
import type { DirectoryEntry, DirectoryEvent, DirectoryReader } from '../entry.ts'
import { DirectoryFault } from '../entry.ts'
import { openChannel } from './channel.ts'
import { filterValue, LdapClient, type LdapEntry } from './client.ts'
import { firstOf, isGroup, keyOfDn, READ_ATTRIBUTES, readEntry } from './entry.ts'
import type { LdapEffects, LdapOptions } from './options.ts'
import { groupFilter, type LdapServer, meetServer, peopleFilter } from './server.ts'

export type LdapReading = LdapOptions & {
  readonly password: string
  /** Attributes to read besides. */
  readonly attributes: readonly string[]
}

/** Entries of one directory; more are no organisation's, and memory would have no bound. */
const ENTRIES_MAX = 500_000
/** Members of all groups together, by the same token. */
const MEMBERS_MAX = 5_000_000
const REFERRALS_SHOWN = 3

export function createLdapReader(reading: LdapReading, effects: LdapEffects): DirectoryReader {
  return {
    read: ({ signal }) => new Listing(reading, effects, signal).read(),
    async lookUp(address, signal) {
      const client = await openSignedIn(reading, effects, signal)
      try {
        return await lookUpAddress(client, await meetServer(client, reading), { address, reading })
      } finally {
        await client.close()
      }
    },
  }
}

/** A client that has signed in. Throws `DirectoryFault`. */
export async function openSignedIn(
  reading: LdapOptions & { readonly password: string },
  effects: LdapEffects,
  signal: AbortSignal,
): Promise<LdapClient> {
  const { socket } = await openChannel(reading, effects, { signal })
  const client = new LdapClient(socket)
  try {
    await client.signIn(reading.userName, reading.password)
    return client
  } catch (error) {
    await client.close()
    throw error
  }
}

/** The one who receives mail at an address; null when nobody does. */
export async function lookUpAddress(
  client: LdapClient,
  { base }: LdapServer,
  { address, reading }: { readonly address: string; readonly reading: Pick<LdapReading, 'attributes'> },
): Promise<DirectoryEntry | null> {
  const value = filterValue(address.trim())
  const filter = `(|(mail=${value})(proxyAddresses=smtp:${value})(proxyAddresses=SMTP:${value}))`
  const attributes = [...READ_ATTRIBUTES, ...reading.attributes]
  const [found] = await client.some('look-up', { base, scope: 'sub', filter, attributes }, 1)
  return found === undefined ? null : readEntry(found, reading.attributes)
}

/** A group whose members are still names. */
type PendingGroup = { readonly entry: DirectoryEntry; readonly members: readonly string[] }

/** One reading, from the first page to the last. */
class Listing {
  readonly #reading: LdapReading
  readonly #effects: LdapEffects
  readonly #signal: AbortSignal
  /** Lasting ids by distinguished name, and by uid for groups that name their members so. */
  readonly #ids = new Map<string, string>()
  readonly #uids = new Map<string, string>()
  readonly #knownIds = new Set<string>()
  readonly #notListed = new Set<string>()
  readonly #referrals = new Set<string>()
  #read = 0
  #members = 0

  constructor(reading: LdapReading, effects: LdapEffects, signal: AbortSignal) {
    this.#reading = reading
    this.#effects = effects
    this.#signal = signal
  }

  async *read(): AsyncGenerator<DirectoryEvent> {
    const client = await openSignedIn(this.#reading, this.#effects, this.#signal)
    // A page that is on its way would keep a cancelled run waiting.
    const stop = (): void => void client.close()
    this.#signal.addEventListener('abort', stop, { once: true })
    try {
      const server = await meetServer(client, this.#reading)
      yield* this.#people(client, server)
      yield* this.#groups(client, server)
      this.#signal.throwIfAborted()
      yield { kind: 'end', mode: 'full', cursor: null, notListed: this.#remarks() }
    } finally {
      this.#signal.removeEventListener('abort', stop)
      await client.close()
    }
  }

  async *#people(client: LdapClient, server: LdapServer): AsyncGenerator<DirectoryEvent> {
    const filter = peopleFilter(server, this.#reading)
    const attributes = [...READ_ATTRIBUTES, ...this.#reading.attributes]
    for await (const page of client.pages('list', { base: server.base, scope: 'sub', filter, attributes })) {
      this.#signal.throwIfAborted()
      for (const target of page.referrals) this.#referrals.add(target)
      for (const found of page.entries) {
        const isDynamic = isDynamicGroup(found)
        if (isGroup(found) && !isDynamic) continue
        if (isDynamic)
          this.#notListed.add('Members of dynamic distribution groups: the server works them out itself.')
        yield { kind: 'entry', entry: this.#keep(found) }
      }
      yield { kind: 'progress', read: this.#read, total: null }
    }
  }

  async *#groups(client: LdapClient, server: LdapServer): AsyncGenerator<DirectoryEvent> {
    const attributes = [
      ...READ_ATTRIBUTES,
      'member',
      'uniqueMember',
      'memberUid',
      ...this.#reading.attributes,
    ]
    const pending: PendingGroup[] = []
    const search = { base: server.base, scope: 'sub', filter: groupFilter(server), attributes } as const
    for await (const page of client.pages('list', search)) {
      this.#signal.throwIfAborted()
      for (const target of page.referrals) this.#referrals.add(target)
      for (const found of page.entries) {
        const entry = this.#keep(found)
        const members = await membersOf(client, found)
        this.#members += members.length
        if (this.#members > MEMBERS_MAX) throw tooMany(`more than ${MEMBERS_MAX} members of groups`)
        // Ids are shorter than names and shared between groups.
        pending.push({ entry, members: members.map((name) => this.#idOf(name) ?? keyOfDn(name)) })
      }
      yield { kind: 'progress', read: this.#read, total: null }
    }
    for (const { entry, members } of pending) yield { kind: 'entry', entry: this.#resolved(entry, members) }
  }

  /** A group may name groups that came later. Names outside of what is read stand for nobody we know. */
  #resolved(entry: DirectoryEntry, members: readonly string[]): DirectoryEntry {
    const known = new Set<string>()
    for (const member of members) {
      const id = this.#knownIds.has(member) ? member : this.#ids.get(member)
      if (id !== undefined) known.add(id)
      else
        this.#notListed.add(
          'Members of groups that are no mail users, or stand outside the base DN or filter.',
        )
    }
    return { ...entry, members: [...known] }
  }

  #keep(found: LdapEntry): DirectoryEntry {
    const entry = readEntry(found, this.#reading.attributes)
    this.#read += 1
    if (this.#read > ENTRIES_MAX) throw tooMany(`more than ${ENTRIES_MAX} entries`)
    this.#ids.set(keyOfDn(found.dn), entry.externalId)
    this.#knownIds.add(entry.externalId)
    const uid = firstOf(found, 'uid')
    if (uid !== null) this.#uids.set(uid.toLowerCase(), entry.externalId)
    return entry
  }

  #idOf(name: string): string | undefined {
    return (
      this.#ids.get(keyOfDn(name)) ?? (name.includes('=') ? undefined : this.#uids.get(name.toLowerCase()))
    )
  }

  #remarks(): readonly string[] {
    const [...targets] = this.#referrals
    if (targets.length === 0) return [...this.#notListed]
    const shown = targets.slice(0, REFERRALS_SHOWN).join(', ')
    return [...this.#notListed, `Parts held by other servers, which are not followed: ${shown}.`]
  }
}

/** Direct members as the group names them; long lists come in ranges (MS-ADTS §3.1.1.3.1.3.3). */
export async function membersOf(
  client: Pick<LdapClient, 'some'>,
  group: LdapEntry,
): Promise<readonly string[]> {
  const members = ['member', 'uniquemember', 'memberuid'].flatMap((name) => group.values.get(name) ?? [])
  let range = rangeOf(group)
  while (range !== null) {
    members.push(...range.values)
    if (range.next === null) break
    const attributes = [`member;range=${range.next}-*`]
    const search = { base: group.dn, scope: 'base', filter: '(objectClass=*)', attributes } as const
    const [more] = await client.some('list', search, 1)
    range = more === undefined ? null : rangeOf(more)
  }
  return members
}

function rangeOf(
  group: LdapEntry,
): { readonly values: readonly string[]; readonly next: number | null } | null {
  for (const [name, values] of group.values) {
    const range = /^member;range=(\d+)-(\d+|\*)$/.exec(name)
    if (range !== null && values.length > 0)
      return { values, next: range[2] === '*' ? null : Number(range[2]) + 1 }
  }
  return null
}

function isDynamicGroup(entry: LdapEntry): boolean {
  return (entry.values.get('objectclass') ?? []).some((name) => /^msExchDynamicDistributionList$/i.test(name))
}

function tooMany(what: string): DirectoryFault {
  return new DirectoryFault({
    step: 'list',
    code: 'too-many',
    saw: `The directory lists ${what}.`,
    remedy: 'Narrow base DN or filter, or use a connector for each part.',
  })
}
