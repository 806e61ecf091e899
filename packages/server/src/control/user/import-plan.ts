// Compares the rows of a list with the users that are there: whom it adds, changes and, where it replaces the
// list before it, removes; and where it contradicts them.
import type { ImportMode, RowError } from '@gatepost/contract/user-import.ts'
import type { Db } from '#store/open.ts'
import type { UserAddress } from './address.ts'
import { isDirectory } from './claim.ts'
import type { ImportFile } from './import-file.ts'
import { administratorKeys, listedOnly } from './import-people-store.ts'
import { type Candidate, headOf } from './rows.ts'
import { addressesOfUsers, ownersOf, sourcesOfUsers, type UserRow, usersById } from './store.ts'
import { ITEMS_PER_TURN, letOthersIn } from './turn.ts'

export type ImportChange = {
  readonly user: UserRow
  readonly candidate: Candidate
  /** The name as it becomes; null where it stays. */
  readonly name: string | null
  readonly aliases: readonly UserAddress[]
  /** Addresses that are there and that the spreadsheet names from now on too. */
  readonly namedKeys: readonly string[]
  /** Aliases that only an earlier list named, where this one replaces it. */
  readonly droppedKeys: readonly string[]
  /** Sign-in as it becomes; null where it stays. */
  readonly enabled: boolean | null
  /** Attributes written here as they become; null where they stay. */
  readonly attributes: string | null
  /** The spreadsheet did not name this user before. */
  readonly isNewSource: boolean
}

export type ImportPlan = {
  readonly adds: readonly Candidate[]
  readonly changes: readonly ImportChange[]
  /** Users as the file has them; only their source may be new. */
  readonly unchanged: readonly ImportChange[]
  /** Users that replacing removes: an earlier list alone named them. */
  readonly removes: readonly UserRow[]
  /** Users that an earlier list named, this one does not, and another source does. */
  readonly keeps: readonly UserRow[]
  readonly errors: readonly RowError[]
  /** Names that a directory says otherwise. */
  readonly namesLeft: number
}

type Context = {
  readonly owners: Awaited<ReturnType<typeof ownersOf>>
  readonly users: ReadonlyMap<string, UserRow>
  readonly fromFiles: ReadonlySet<string>
  readonly fromDirectories: ReadonlySet<string>
  /** User → what names each of its addresses. */
  readonly named: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  readonly administrators: ReadonlySet<string>
  readonly file: ImportFile
  readonly mode: ImportMode
}

/**
 * A list adds and completes; it never takes an alias away or empties a name (D2: sources merge). One that
 * replaces takes back what earlier lists alone had said.
 */
export async function planImport(
  db: Db,
  tenantId: string,
  { file, mode }: { readonly file: ImportFile; readonly mode: ImportMode },
): Promise<ImportPlan> {
  const context = await contextOf(db, tenantId, { file, mode })
  const { owners, users, fromDirectories } = context
  const adds: Candidate[] = []
  const changes: ImportChange[] = []
  const unchanged: ImportChange[] = []
  const errors: RowError[] = [...file.errors]
  const listed = new Set<string>()
  let namesLeft = 0
  for (const [index, candidate] of file.candidates.entries()) {
    if (index % ITEMS_PER_TURN === 0) await letOthersIn()
    const user = users.get(owners.get(candidate.email.key)?.userId ?? '')
    if (user) listed.add(user.id)
    const conflict = conflictOf(candidate, context)
    if (conflict) errors.push(conflict)
    else if (!user) adds.push(candidate)
    else {
      const change = changeOf(candidate, user, context)
      if (fromDirectories.has(user.id) && candidate.name !== '' && candidate.name !== user.name)
        namesLeft += 1
      if (isChange(change)) changes.push(change)
      else unchanged.push(change)
    }
  }
  const { removes, keeps } = await goneOf(db, tenantId, { mode, listed })
  errors.sort((a, b) => a.line - b.line)
  return { adds, changes, unchanged, removes, keeps, errors, namesLeft }
}

async function contextOf(
  db: Db,
  tenantId: string,
  { file, mode }: { readonly file: ImportFile; readonly mode: ImportMode },
): Promise<Context> {
  const keys = file.candidates.flatMap(({ email, aliases }) => [email.key, ...aliases.map(({ key }) => key)])
  const owners = await ownersOf(db, tenantId, keys)
  const ids = [...new Set([...owners.values()].map(({ userId }) => userId))]
  const [users, sources, addresses, administrators] = await Promise.all([
    usersById(db, tenantId, ids),
    sourcesOfUsers(db, tenantId, ids),
    addressesOfUsers(db, tenantId, ids),
    administratorKeys(db),
  ])
  const named = new Map<string, Map<string, readonly string[]>>()
  for (const { user_id, address_key, named_by } of addresses) {
    const own = named.get(user_id) ?? new Map<string, readonly string[]>()
    named.set(user_id, own.set(address_key, named_by.split(' ')))
  }
  const having = (isMeant: (source: string) => boolean): ReadonlySet<string> =>
    new Set(sources.filter(({ source }) => isMeant(source)).map(({ user_id }) => user_id))
  return {
    owners,
    users,
    named,
    fromFiles: having((source) => source === 'spreadsheet'),
    fromDirectories: having(isDirectory),
    administrators,
    file,
    mode,
  }
}

function changeOf(candidate: Candidate, user: UserRow, context: Context): ImportChange {
  const { owners, fromFiles, fromDirectories, mode } = context
  const { name, aliases, email, enabled } = candidate
  const named = context.named.get(user.id) ?? new Map<string, readonly string[]>()
  const listed = new Set([email.key, ...aliases.map(({ key }) => key)])
  const isOurName = name !== '' && name !== user.name && !fromDirectories.has(user.id)
  const attributes = attributesOf(user, candidate)
  return {
    user,
    candidate,
    name: isOurName ? name : null,
    aliases: aliases.filter(({ key }) => !owners.has(key)),
    namedKeys: [...named].flatMap(([key, by]) =>
      listed.has(key) && !by.includes('spreadsheet') ? [key] : [],
    ),
    droppedKeys:
      mode === 'replace'
        ? [...named].flatMap(([key, by]) => (!listed.has(key) && by.join() === 'spreadsheet' ? [key] : []))
        : [],
    enabled: enabled === null || enabled === (user.enabled_locally === 1) ? null : enabled,
    attributes: attributes === user.local_attributes ? null : attributes,
    isNewSource: !fromFiles.has(user.id),
  }
}

/** Attributes of the row over those written before. */
export function attributesOf(
  user: Pick<UserRow, 'local_attributes'> | null,
  { attributes }: Pick<Candidate, 'attributes'>,
): string {
  const before = JSON.parse(user?.local_attributes ?? '[]') as readonly (readonly [string, string])[]
  const merged = new Map([...before, ...attributes])
  return JSON.stringify([...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isChange({ name, aliases, droppedKeys, enabled, attributes, candidate }: ImportChange): boolean {
  if (name !== null || enabled !== null || attributes !== null) return true
  if (aliases.length + droppedKeys.length > 0) return true
  return candidate.password !== null || candidate.role !== null || candidate.groups.length > 0
}

/** An address of this row that another user has, an alias where the row wants a person, an administrator. */
function conflictOf(candidate: Candidate, context: Context): RowError | null {
  const { owners, users, file, administrators } = context
  const { line, email, aliases } = candidate
  const own = owners.get(email.key)
  if (own && !own.isPrimary) {
    const reason = `The address is an alias of ${nameOf(users.get(own.userId))}. Remove it there first.`
    return { line, column: headOf(file.columns, 'email'), text: email.address, reason }
  }
  const means = candidate.password === null ? 'role' : 'password'
  if ((candidate.password !== null || candidate.role !== null) && administrators.has(email.key)) {
    const reason = 'This is an administrator: a list changes neither its password nor its role.'
    return { line, column: headOf(file.columns, means), text: '', reason }
  }
  const isOn = own === undefined || users.get(own.userId)?.enabled !== 0
  if (candidate.enabled === false && isOn && administrators.has(email.key)) {
    const reason = 'This is an administrator: a list does not switch off the sign-in.'
    return { line, column: headOf(file.columns, 'enabled'), text: '', reason }
  }
  const taken = aliases.find(({ key }) => owners.has(key) && owners.get(key)!.userId !== own?.userId)
  if (!taken) return null
  const reason = `The address belongs to ${nameOf(users.get(owners.get(taken.key)!.userId))} already.`
  return { line, column: headOf(file.columns, 'aliases'), text: taken.address, reason }
}

/** Whom earlier lists named and this one does not. */
async function goneOf(
  db: Db,
  tenantId: string,
  { mode, listed }: { readonly mode: ImportMode; readonly listed: ReadonlySet<string> },
): Promise<Pick<ImportPlan, 'removes' | 'keeps'>> {
  if (mode === 'add') return { removes: [], keeps: [] }
  const { alone, shared } = await listedOnly(db, tenantId)
  return {
    removes: alone.filter(({ id }) => !listed.has(id)),
    keeps: shared.filter(({ id }) => !listed.has(id)),
  }
}

function nameOf(user: UserRow | undefined): string {
  return user?.email ?? 'another user'
}
