// Reads Google Workspace by the Admin SDK (D5): people with aliases and unit, groups with members. Google has
// no delta, so every listing is whole.
import type { DirectoryEntry, DirectoryEvent, DirectoryReader } from './entry.ts'
import { createGoogleClient, type GoogleClient, type GoogleQuestion } from './google-client.ts'
import { googleGroup, googleUser } from './google-entry.ts'
import { strangeGoogleAnswer } from './google-faults.ts'
import type { GoogleSettings } from './google-settings.ts'
import { type Json, objectOf, textOf } from './json.ts'
import type { Web } from './web.ts'

/** More than any Workspace we read. */
const ENTRIES_MAX = 2_000_000
/** The largest pages that the Admin SDK gives. */
const USERS_PER_PAGE = 500
const GROUPS_PER_PAGE = 200

export const googleNotListed: readonly string[] = [
  'Addresses that Gmail itself rewrites (recipient maps, catch-all): the Admin SDK has none. Add them by a spreadsheet.',
  'Shared contacts of the domain: they are not mailboxes, and the Admin SDK does not list them.',
]

const question = (signal: AbortSignal, what: string): GoogleQuestion => ({ signal, step: 'list', what })

/** A reader of one Workspace. Effects come by `web`. */
export function createGoogleReader(settings: GoogleSettings, web: Web): DirectoryReader {
  return {
    async *read({ signal }) {
      const client = createGoogleClient(settings, web)
      const people: string[] = []
      let read = 0
      for await (const page of client.list(usersPath(settings), 'users', question(signal, 'people'))) {
        if (page === null) throw strangeGoogleAnswer('Google knows no such customer.')
        for (const item of page) {
          const entry = googleUser(item, settings.attributes)
          if (entry === null) throw strangeGoogleAnswer('Google lists a person without id or address.')
          people.push(entry.externalId)
          yield { kind: 'entry', entry }
        }
        read += page.length
        yield progress(read)
      }
      for await (const page of client.list(groupsPath(settings), 'groups', question(signal, 'groups'))) {
        if (page === null) break
        for (const item of page) {
          const entry = await groupWithMembers(client, item, { people, signal })
          if (entry !== null) yield { kind: 'entry', entry }
        }
        read += page.length
        yield progress(read)
      }
      yield { kind: 'end', mode: 'full', cursor: null, notListed: googleNotListed }
    },
    lookUp: (address, signal) => lookUp(createGoogleClient(settings, web), settings, { address, signal }),
  }
}

function progress(read: number): DirectoryEvent {
  if (read > ENTRIES_MAX) throw strangeGoogleAnswer(`The listing has more than ${ENTRIES_MAX} entries.`)
  return { kind: 'progress', read, total: null }
}

const usersPath = ({ customer }: GoogleSettings) =>
  `/users?customer=${encodeURIComponent(customer)}&maxResults=${USERS_PER_PAGE}&projection=full&orderBy=email`

const groupsPath = ({ customer }: GoogleSettings) =>
  `/groups?customer=${encodeURIComponent(customer)}&maxResults=${GROUPS_PER_PAGE}`

/** A group that vanished while we read is left out. “All in the organisation” is a kind of member. */
async function groupWithMembers(
  client: GoogleClient,
  item: Json,
  { people, signal }: { readonly people: readonly string[]; readonly signal: AbortSignal },
): Promise<DirectoryEntry | null> {
  const id = textOf(item, 'id')
  if (id === null) throw strangeGoogleAnswer('Google lists a group without id.')
  const members = new Set<string>()
  const path = `/groups/${encodeURIComponent(id)}/members?maxResults=${GROUPS_PER_PAGE}`
  for await (const page of client.list(path, 'members', question(signal, 'members of groups'))) {
    if (page === null) return null
    for (const member of page) {
      if (textOf(member, 'type') === 'CUSTOMER') for (const one of people) members.add(one)
      else members.add(textOf(member, 'id') ?? '')
    }
  }
  members.delete('')
  return googleGroup(item, [...members])
}

/** One address among people and groups; both are found by aliases, too. */
async function lookUp(
  client: GoogleClient,
  settings: GoogleSettings,
  { address, signal }: { readonly address: string; readonly signal: AbortSignal },
): Promise<DirectoryEntry | null> {
  const key = encodeURIComponent(address.trim())
  const asked = (what: string): GoogleQuestion => ({ signal, step: 'look-up', what })
  const user = await client.get(`/users/${key}?projection=full`, asked('people'), [400, 404])
  const found = user.status === 200 ? objectOf(user.body) : null
  if (found !== null) return googleUser(found, settings.attributes)
  const group = await client.get(`/groups/${key}`, asked('groups'), [400, 403, 404])
  const item = group.status === 200 ? objectOf(group.body) : null
  return item === null ? null : googleGroup(item, [])
}
