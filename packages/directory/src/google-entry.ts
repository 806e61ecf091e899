// What one object of Google's directory is to mail: pure reading of users and groups.
import type { DirectoryEntry } from './entry.ts'
import { flagOf, type Json, objectOf, objectsOf, textOf, textsOf } from './json.ts'

/** Null for what has no id. A suspended or archived person can't sign in; mail goes on where a mailbox is. */
export function googleUser(item: Json, attributes: readonly string[]): DirectoryEntry | null {
  const externalId = textOf(item, 'id')
  const email = textOf(item, 'primaryEmail')
  if (externalId === null || email === null) return null
  const hasMailbox = flagOf(item, 'isMailboxSetup') !== false
  const isOff = flagOf(item, 'suspended') === true || flagOf(item, 'archived') === true
  return {
    externalId,
    kind: 'user',
    email: hasMailbox ? email : null,
    aliases: hasMailbox ? aliasesOf(item, email) : [],
    name: textOf(objectOf(item.name), 'fullName') ?? email,
    userName: email,
    signInEnabled: !isOff,
    attributes: attributesOf(item, attributes),
    members: [],
    place: textOf(item, 'orgUnitPath') ?? '/',
  }
}

export function googleGroup(item: Json, members: readonly string[]): DirectoryEntry | null {
  const externalId = textOf(item, 'id')
  const email = textOf(item, 'email')
  if (externalId === null || email === null) return null
  return {
    externalId,
    kind: 'group',
    email,
    aliases: aliasesOf(item, email),
    name: textOf(item, 'name') ?? email,
    userName: null,
    signInEnabled: false,
    attributes: new Map(),
    members,
    place: 'Groups',
  }
}

/** Google gives every domain a twin for its own tests; nobody writes there. */
const TEST_TWIN = /\.test-google-a\.com$/i

function aliasesOf(item: Json, email: string): readonly string[] {
  const aliases = new Map<string, string>()
  for (const alias of [...textsOf(item, 'aliases'), ...textsOf(item, 'nonEditableAliases')]) {
    const key = alias.toLowerCase()
    if (!TEST_TWIN.test(alias) && key !== email.toLowerCase()) aliases.set(key, alias)
  }
  return [...aliases.values()]
}

/** The primary of several organisations, ids and locations; one value each. */
function attributesOf(item: Json, names: readonly string[]): ReadonlyMap<string, string> {
  const organizations = objectsOf(item, 'organizations')
  const first = organizations.find((one) => flagOf(one, 'primary') === true) ?? organizations[0] ?? null
  const employee =
    objectsOf(item, 'externalIds').find((one) => textOf(one, 'type') === 'organization') ?? null
  const values = new Map<string, string | null>([
    ['department', textOf(first, 'department')],
    ['title', textOf(first, 'title')],
    ['costCenter', textOf(first, 'costCenter')],
    ['location', textOf(objectsOf(item, 'locations')[0] ?? null, 'buildingId') ?? textOf(first, 'location')],
    ['employeeId', textOf(employee, 'value')],
  ])
  const attributes = new Map<string, string>()
  for (const name of names) {
    const value = values.get(name) ?? null
    if (value !== null) attributes.set(name, value)
  }
  return attributes
}
