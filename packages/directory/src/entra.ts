// Reads Entra ID by Microsoft Graph (D4): people, groups with members and contacts; whole, or what changed
// since.
import { createGraphClient, DeltaExpired, type GraphClient, type GraphQuestion } from './entra-client.ts'
import { type EntraCursor, readCursor, writeCursor } from './entra-cursor.ts'
import {
  contactEntry,
  contactProperties,
  groupEntry,
  groupProperties,
  isGuest,
  isMailMember,
  isWholeUser,
  kindOfPurpose,
  memberChanges,
  removalOf,
  userEntry,
  userSelect,
} from './entra-entry.ts'
import { strangeAnswer } from './entra-faults.ts'
import { type EntraSettings, entraAttributes } from './entra-settings.ts'
import type { DirectoryEntry, DirectoryEvent, DirectoryReader } from './entry.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import type { Web } from './web.ts'

/** More objects than any tenant we read; a listing beyond is a fault of the service. */
const ENTRIES_MAX = 2_000_000
/** Changes of one delta are kept until all parts are read; more are read as a whole listing. */
const DELTA_EVENTS_MAX = 50_000
/** `id in (…)` takes 15 values. */
const IDS_PER_QUESTION = 15
/** Purposes of mailboxes are asked one by one: only of disabled accounts, and of so many a run. */
const PURPOSES_MAX = 2_000

export const USER_ROLES = ['User.Read.All'] as const
export const GROUP_ROLES = ['GroupMember.Read.All'] as const
export const CONTACT_ROLES = ['OrgContact.Read.All'] as const
const PURPOSE_ROLE = 'MailboxSettings.Read'

/** A reader of one tenant. Effects come by `web`. */
export function createEntraReader(settings: EntraSettings, web: Web): DirectoryReader {
  const options = {
    ...settings,
    attributes: settings.attributes.filter((name) => entraAttributes.includes(name)),
  }
  return {
    async *read({ cursor, signal }) {
      const client = createGraphClient(options, web)
      const roles = await client.signIn(signal)
      const run: Run = { client, settings: options, signal, roles, purposesLeft: PURPOSES_MAX }
      const earlier = readCursor(cursor, options)
      const changed = earlier === null ? null : await readDelta(run, earlier)
      if (changed !== null) yield* changed
      else yield* readWhole(run)
    },
    lookUp: (address, signal) =>
      lookUp({ client: createGraphClient(options, web), settings: options, signal }, address),
  }
}

type Run = {
  readonly client: GraphClient
  readonly settings: EntraSettings
  readonly signal: AbortSignal
  readonly roles: readonly string[]
  purposesLeft: number
}

const mayReadContacts = (roles: readonly string[]) =>
  roles.some(
    (role) =>
      role === 'OrgContact.Read.All' || role === 'Directory.Read.All' || role === 'Directory.ReadWrite.All',
  )

const question = ({ signal }: Pick<Run, 'signal'>, roles: readonly string[]): GraphQuestion => ({
  signal,
  step: 'list',
  roles,
})

/** Where each part begins. */
const startOf = (settings: EntraSettings) => ({
  users: `/users/delta?$select=${userSelect(settings.attributes)}`,
  groups: `/groups/delta?$select=${groupProperties.join(',')},members`,
  contacts: `/contacts/delta?$select=${contactProperties.join(',')}`,
})

async function* readWhole(run: Run): AsyncGenerator<DirectoryEvent> {
  const start = startOf(run.settings)
  const links = {
    users: null as string | null,
    groups: null as string | null,
    contacts: null as string | null,
  }
  let read = 0
  const count = (events: readonly DirectoryEvent[]): DirectoryEvent => {
    read += events.length
    if (read > ENTRIES_MAX) throw strangeAnswer(`The listing has more than ${ENTRIES_MAX} entries.`)
    return { kind: 'progress', read, total: null }
  }
  try {
    for await (const page of run.client.pages(start.users, question(run, USER_ROLES))) {
      const events = await userEvents(run, page.items, 'full')
      yield* events
      yield count(events)
      links.users = page.deltaLink
    }
    const groups = new Map<string, { item: Json; readonly members: Set<string> }>()
    for await (const page of run.client.pages(start.groups, question(run, GROUP_ROLES))) {
      for (const item of page.items) gatherGroup(groups, item)
      yield { kind: 'progress', read: read + groups.size, total: null }
      links.groups = page.deltaLink
    }
    const groupEvents = [...groups.values()].flatMap(({ item, members }) =>
      entryEvent(groupEntry(item, [...members])),
    )
    yield* groupEvents
    yield count(groupEvents)
    if (mayReadContacts(run.roles))
      for await (const page of run.client.pages(start.contacts, question(run, CONTACT_ROLES))) {
        const events = page.items.flatMap((item) =>
          removalOf(item) === null ? entryEvent(contactEntry(item)) : [],
        )
        yield* events
        yield count(events)
        links.contacts = page.deltaLink
      }
  } catch (error) {
    if (error instanceof DeltaExpired)
      throw strangeAnswer('Graph forgot the listing while it was read (410).')
    throw error
  }
  yield end(run, 'full', links)
}

/** What changed since the cursor, complete; null when Graph no longer knows it or it is too much. */
async function readDelta(run: Run, cursor: EntraCursor): Promise<readonly DirectoryEvent[] | null> {
  const events: DirectoryEvent[] = []
  const links = { users: cursor.users, groups: cursor.groups, contacts: cursor.contacts }
  // The right to read contacts came or went: only a whole listing tells them all.
  if (mayReadContacts(run.roles) !== (cursor.contacts !== null)) return null
  try {
    for await (const page of run.client.pages(cursor.users, question(run, USER_ROLES))) {
      events.push(...(await userEvents(run, page.items, 'delta')))
      links.users = page.deltaLink ?? links.users
      if (events.length > DELTA_EVENTS_MAX) return null
    }
    const changed = new Set<string>()
    for await (const page of run.client.pages(cursor.groups, question(run, GROUP_ROLES))) {
      for (const item of page.items) {
        const id = textOf(item, 'id')
        if (id === null) continue
        if (removalOf(item) === null) changed.add(id)
        else events.push({ kind: 'removed', externalId: id })
      }
      links.groups = page.deltaLink ?? links.groups
      if (events.length + changed.size > DELTA_EVENTS_MAX) return null
    }
    // A delta tells which members came and went; an entry holds them all.
    for (const id of changed) events.push(...(await wholeGroup(run, id)))
    if (cursor.contacts !== null)
      for await (const page of run.client.pages(cursor.contacts, question(run, CONTACT_ROLES))) {
        events.push(...page.items.flatMap(contactEvent))
        links.contacts = page.deltaLink ?? links.contacts
        if (events.length > DELTA_EVENTS_MAX) return null
      }
  } catch (error) {
    if (error instanceof DeltaExpired) return null
    throw error
  }
  return [...events, { kind: 'progress', read: events.length, total: null }, end(run, 'delta', links)]
}

function end(
  run: Run,
  mode: 'full' | 'delta',
  links: { readonly users: string | null; readonly groups: string | null; readonly contacts: string | null },
): DirectoryEvent {
  return { kind: 'end', mode, cursor: writeCursor(links, run.settings), notListed: notListedBy(run.roles) }
}

/** What Graph cannot tell an app with these permissions, in words for the page. */
export function notListedBy(roles: readonly string[]): readonly string[] {
  const never = [
    'Dynamic distribution groups of Exchange: Graph does not have them. Add their addresses by a spreadsheet.',
    'Mail-enabled public folders: Graph does not have them. Get-MailPublicFolder lists them for a spreadsheet.',
  ]
  const contacts = mayReadContacts(roles)
    ? []
    : ['Mail contacts of the organisation: grant OrgContact.Read.All to read them.']
  const purposes = roles.includes(PURPOSE_ROLE)
    ? []
    : [
        `Which disabled accounts are shared or room mailboxes: grant ${PURPOSE_ROLE} to see it. Their mail is accepted either way.`,
      ]
  return [...never, ...contacts, ...purposes]
}

const entryEvent = (entry: DirectoryEntry | null): DirectoryEvent[] =>
  entry === null ? [] : [{ kind: 'entry', entry }]

function contactEvent(item: Json): DirectoryEvent[] {
  const id = textOf(item, 'id')
  if (id !== null && removalOf(item) !== null) return [{ kind: 'removed', externalId: id }]
  return entryEvent(contactEntry(item))
}

/**
 * Users of one page. In deltas a guest that is not wanted is said to be gone, as it may have been a member
 * before; what came in part is read again whole.
 */
async function userEvents(
  run: Run,
  items: readonly Json[],
  mode: 'full' | 'delta',
): Promise<readonly DirectoryEvent[]> {
  const events: DirectoryEvent[] = []
  const present: Json[] = []
  for (const item of items) {
    const id = textOf(item, 'id')
    if (id === null) throw strangeAnswer('Graph lists a user without an id.')
    if (removalOf(item) === null) present.push(item)
    else if (mode === 'delta') events.push({ kind: 'removed', externalId: id })
  }
  const whole = mode === 'full' ? present : await wholeUsers(run, present)
  for (const item of whole) {
    if (run.settings.guests || !isGuest(item)) events.push(...entryEvent(await userWithKind(run, item)))
    else if (mode === 'delta') events.push({ kind: 'removed', externalId: textOf(item, 'id') ?? '' })
  }
  return events
}

async function wholeUsers(run: Run, items: readonly Json[]): Promise<readonly Json[]> {
  const inPart = items.filter((item) => !isWholeUser(item)).flatMap((item) => textOf(item, 'id') ?? [])
  const whole = items.filter(isWholeUser)
  for (let at = 0; at < inPart.length; at += IDS_PER_QUESTION) {
    const ids = inPart.slice(at, at + IDS_PER_QUESTION).map(quoted)
    const filter = encodeURIComponent(`id in (${ids.join(',')})`)
    const path = `/users?$filter=${filter}&$select=${userSelect(run.settings.attributes)}`
    for await (const page of run.client.pages(path, question(run, USER_ROLES))) whole.push(...page.items)
  }
  return whole
}

/** Disabled accounts with mail are asked for the purpose of their mailbox, where the app may see it. */
async function userWithKind(run: Run, item: Json): Promise<DirectoryEntry | null> {
  const { attributes } = run.settings
  const entry = userEntry(item, { attributes })
  const isAsked =
    entry !== null && entry.email !== null && !entry.signInEnabled && run.roles.includes(PURPOSE_ROLE)
  if (!isAsked || run.purposesLeft === 0) return entry
  run.purposesLeft -= 1
  const path = `/users/${encodeURIComponent(entry.externalId)}/mailboxSettings/userPurpose`
  const answer = await run.client.get(path, question(run, [PURPOSE_ROLE]), [400, 403, 404])
  const purpose = answer.status === 200 ? textOf(objectOf(answer.body), 'value') : null
  return { ...entry, kind: kindOfPurpose(purpose) }
}

/** A group comes in several pieces over the pages of a delta. */
function gatherGroup(groups: Map<string, { item: Json; readonly members: Set<string> }>, item: Json): void {
  const id = textOf(item, 'id')
  if (id === null) throw strangeAnswer('Graph lists a group without an id.')
  if (removalOf(item) !== null) {
    groups.delete(id)
    return
  }
  const known = groups.get(id) ?? { item, members: new Set<string>() }
  known.item = { ...known.item, ...item }
  const { added, removed } = memberChanges(item)
  for (const member of added) known.members.add(member)
  for (const member of removed) known.members.delete(member)
  groups.set(id, known)
}

async function wholeGroup(run: Run, id: string): Promise<readonly DirectoryEvent[]> {
  const path = `/groups/${encodeURIComponent(id)}`
  const asked = question(run, GROUP_ROLES)
  const answer = await run.client.get(`${path}?$select=${groupProperties.join(',')}`, asked, [404])
  if (answer.status === 404) return [{ kind: 'removed', externalId: id }]
  const members: string[] = []
  for await (const page of run.client.pages(`${path}/members?$select=id`, asked))
    members.push(...page.items.filter(isMailMember).flatMap((member) => textOf(member, 'id') ?? []))
  return entryEvent(groupEntry(objectOf(answer.body) ?? {}, members))
}

/** One address among users, groups and contacts. */
async function lookUp(
  run: Pick<Run, 'client' | 'settings' | 'signal'>,
  address: string,
): Promise<DirectoryEntry | null> {
  const { client, settings, signal } = run
  const value = address.trim()
  const filter = encodeURIComponent(
    `mail eq ${quoted(value)} or proxyAddresses/any(a:a eq ${quoted(`smtp:${value}`)})`,
  )
  const asked = (roles: readonly string[]): GraphQuestion => ({ signal, step: 'look-up', roles })
  const first = async (path: string, roles: readonly string[], expect: readonly number[] = []) =>
    objectsOf(objectOf((await client.get(path, asked(roles), expect)).body), 'value')[0] ?? null
  const user = await first(`/users?$filter=${filter}&$select=${userSelect(settings.attributes)}`, USER_ROLES)
  if (user !== null) return userEntry(user, { attributes: settings.attributes })
  const group = await first(`/groups?$filter=${filter}&$select=${groupProperties.join(',')}`, GROUP_ROLES)
  if (group !== null) return groupEntry(group, [])
  const contact = await first(
    `/contacts?$filter=${filter}&$select=${contactProperties.join(',')}`,
    CONTACT_ROLES,
    [403],
  )
  return contact === null ? null : contactEntry(contact)
}

/** A value in an OData filter: a quote is doubled. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
