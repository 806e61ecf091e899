// Passwords and roles that a list gives (D7): hashed before the import's transaction, because a hundred
// thousand take an hour, and given inside it.
import type { Trx } from '#store/open.ts'
import { ensurePerson } from '../auth/ensure-person.ts'
import type { Passwords } from '../auth/password.ts'
import { givePassword } from '../auth/set-password.ts'
import type { Candidate } from './rows.ts'

/** Address key → hashed password. */
export type Hashes = ReadonlyMap<string, string>

/**
 * Hashes one after the other: the second place for such work stays free for people who sign in. Stops between
 * two when the signal says so.
 */
export async function hashPasswords(
  candidates: readonly Candidate[],
  { passwords }: { readonly passwords: Pick<Passwords, 'hash'> },
  tell: (done: number) => void,
): Promise<Hashes> {
  const hashes = new Map<string, string>()
  for (const { email, password } of candidates) {
    if (password === null) continue
    hashes.set(email.key, await passwords.hash(password))
    tell(hashes.size)
  }
  return hashes
}

export type AccountsUndo = {
  /** Accounts that had another password, or none, before. */
  readonly passwords: readonly { readonly person: string; readonly before: string; readonly after: string }[]
  readonly roles: readonly { readonly person: string; readonly before: string; readonly after: string }[]
}

export type AccountWish = { readonly userId: string; readonly candidate: Candidate; readonly name: string }

type Giving = {
  readonly tenantId: string
  readonly hashes: Hashes
  /** The importer's address. */
  readonly from: string
  readonly now: number
}

/** Gives passwords and roles; accounts are made where there are none. */
export async function giveAccounts(
  trx: Trx,
  wishes: readonly AccountWish[],
  { tenantId, hashes, from, now }: Giving,
): Promise<AccountsUndo> {
  const passwords: AccountsUndo['passwords'][number][] = []
  const roles: AccountsUndo['roles'][number][] = []
  for (const { userId, candidate, name } of wishes) {
    const encoded = hashes.get(candidate.email.key)
    if (encoded === undefined && candidate.role === null) continue
    const email = candidate.email.address
    const there = await trx
      .selectFrom('person')
      .select(['id', 'password'])
      .where((where) =>
        where.or([where('user_id', '=', userId), where('email_key', '=', candidate.email.key)]),
      )
      .executeTakeFirst()
    const shown = name === '' ? email : name
    const account = { personId: there?.id ?? null, userId, tenantId, email, name: shown }
    const person = await ensurePerson(trx, account, { vouch: 'word', from, now })
    await ensureBinding(trx, { tenantId, person, now })
    if (encoded !== undefined) {
      await givePassword(trx, { tenantId, userId, email, name, encoded, mustChange: true, from, now })
      passwords.push({ person, before: there?.password ?? '', after: encoded })
    }
    if (candidate.role === null) continue
    const before = await roleOf(trx, tenantId, person)
    if (before === candidate.role) continue
    await setRole(trx, { tenantId, person, role: candidate.role })
    roles.push({ person, before, after: candidate.role })
  }
  return { passwords, roles }
}

/** Puts passwords and roles back where nobody changed them since. */
export async function takeAccountsBack(
  trx: Trx,
  undo: AccountsUndo,
  { tenantId, now }: { readonly tenantId: string; readonly now: number },
): Promise<void> {
  for (const { person, before, after } of undo.passwords) {
    await trx
      .updateTable('person')
      .set({ password: before, must_change: 0, updated_at: now })
      .where('id', '=', person)
      .where('password', '=', after)
      .execute()
  }
  for (const { person, before, after } of undo.roles) {
    if ((await roleOf(trx, tenantId, person)) === after)
      await setRole(trx, { tenantId, person, role: before })
  }
}

async function roleOf(trx: Trx, tenantId: string, person: string): Promise<string> {
  const row = await trx
    .selectFrom('role_binding')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', person)
    .executeTakeFirst()
  return row?.role ?? 'end-user'
}

/** An account that lost its binding, as its user had gone, gets it back. */
async function ensureBinding(
  trx: Trx,
  { tenantId, person, now }: { readonly tenantId: string; readonly person: string; readonly now: number },
): Promise<void> {
  await trx
    .insertInto('role_binding')
    .values({
      tenant_id: tenantId,
      person_id: person,
      role: 'end-user',
      created_by: 'import',
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'person_id']).doNothing())
    .execute()
}

async function setRole(
  trx: Trx,
  { tenantId, person, role }: { readonly tenantId: string; readonly person: string; readonly role: string },
): Promise<void> {
  await trx
    .updateTable('role_binding')
    .set({ role: role as 'end-user' })
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', person)
    .execute()
}
