// Compares the rows of a list with the users that are there: whom it adds, changes, and where it contradicts
// them.
import type { RowError } from '@gatepost/contract/user-import.ts'
import type { Db } from '#store/open.ts'
import type { UserAddress } from './address.ts'
import type { ImportFile } from './import-file.ts'
import { type Candidate, headOf } from './rows.ts'
import { ownersOf, sourcesOfUsers, type UserRow, usersById } from './store.ts'
import { ITEMS_PER_TURN, letOthersIn } from './turn.ts'

export type ImportChange = {
  readonly user: UserRow
  /** The name as it becomes; null where it stays. */
  readonly name: string | null
  readonly aliases: readonly UserAddress[]
  /** The spreadsheet did not name this user before. */
  readonly isNewSource: boolean
}

export type ImportPlan = {
  readonly adds: readonly Candidate[]
  readonly changes: readonly ImportChange[]
  /** Users as the file has them; only their source may be new. */
  readonly unchanged: readonly ImportChange[]
  readonly errors: readonly RowError[]
}

type Owners = Awaited<ReturnType<typeof ownersOf>>
type Context = {
  readonly owners: Owners
  readonly users: ReadonlyMap<string, UserRow>
  readonly fromFiles: ReadonlySet<string>
  readonly file: ImportFile
}

/** A list adds and completes; it never takes an alias away or empties a name (D2: sources merge). */
export async function planImport(db: Db, tenantId: string, file: ImportFile): Promise<ImportPlan> {
  const keys = file.candidates.flatMap(({ email, aliases }) => [email.key, ...aliases.map(({ key }) => key)])
  const owners = await ownersOf(db, tenantId, keys)
  const ids = [...new Set([...owners.values()].map(({ userId }) => userId))]
  const users = await usersById(db, tenantId, ids)
  const sources = await sourcesOfUsers(db, tenantId, ids)
  const fromFiles = new Set(
    sources.filter(({ source }) => source === 'spreadsheet').map(({ user_id }) => user_id),
  )
  const context: Context = { owners, users, fromFiles, file }
  const adds: Candidate[] = []
  const changes: ImportChange[] = []
  const unchanged: ImportChange[] = []
  const errors: RowError[] = [...file.errors]
  for (const [index, candidate] of file.candidates.entries()) {
    if (index % ITEMS_PER_TURN === 0) await letOthersIn()
    const conflict = conflictOf(candidate, context)
    const user = users.get(owners.get(candidate.email.key)?.userId ?? '')
    if (conflict) errors.push(conflict)
    else if (!user) adds.push(candidate)
    else {
      const change = changeOf(candidate, user, context)
      if (change.name === null && change.aliases.length === 0) unchanged.push(change)
      else changes.push(change)
    }
  }
  return { adds, changes, unchanged, errors: errors.toSorted((a, b) => a.line - b.line) }
}

function changeOf(candidate: Candidate, user: UserRow, { owners, fromFiles }: Context): ImportChange {
  const { name, aliases } = candidate
  return {
    user,
    name: name !== '' && name !== user.name ? name : null,
    aliases: aliases.filter(({ key }) => !owners.has(key)),
    isNewSource: !fromFiles.has(user.id),
  }
}

/** An address of this row that another user has, or an alias where the row wants a person. */
function conflictOf(candidate: Candidate, { owners, users, file }: Context): RowError | null {
  const { line, email, aliases } = candidate
  const own = owners.get(email.key)
  if (own && !own.isPrimary) {
    const reason = `The address is an alias of ${nameOf(users.get(own.userId))}. Remove it there first.`
    return { line, column: headOf(file.columns, 'email'), text: email.address, reason }
  }
  const taken = aliases.find(({ key }) => owners.has(key) && owners.get(key)!.userId !== own?.userId)
  if (!taken) return null
  const reason = `The address belongs to ${nameOf(users.get(owners.get(taken.key)!.userId))} already.`
  return { line, column: headOf(file.columns, 'aliases'), text: taken.address, reason }
}

function nameOf(user: UserRow | undefined): string {
  return user?.email ?? 'another user'
}
