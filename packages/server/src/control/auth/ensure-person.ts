// The account of a user: made where there is none, and tied to the user where the user's own organisation has
// a part in it. Anybody may have been invited elsewhere by an address before its organisation came.
import { addressKey } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { accessOf } from './access.ts'
import type { Candidate } from './candidate.ts'
import { endSessionsOf } from './session.ts'

type Who = Pick<Candidate, 'personId' | 'userId' | 'tenantId' | 'email' | 'name'>

type How = {
  /**
   * How the user's own organisation says who this is: by its identity provider, or by its directory, its
   * administrator or a link in mail to its domain (`word`). Null: by the account's own password or passkey.
   */
  readonly vouch: 'single-sign-on' | 'word' | null
  /** The client's address, for the audit log. */
  readonly from: string
  readonly now: number
}

/**
 * The account of a candidate. One that another organisation made for the address becomes the user's only when
 * the user's own vouches, and then none of the ways in that others know stays. One with roles elsewhere only
 * by single sign-on, which is never asked for a factor: its factors guard those roles from everybody else.
 */
export async function ensurePerson(trx: Trx, who: Who, how: How): Promise<string> {
  const { personId, userId, tenantId } = who
  if (personId === null) {
    // Two devices may sign in for the first time at once.
    const made = await madeMeanwhile(trx, who)
    return made === null ? insertPerson(trx, who, how) : ensurePerson(trx, { ...who, personId: made }, how)
  }
  if (userId === null || tenantId === null) return personId
  if (!(await hasPart(trx, tenantId, personId))) {
    if (how.vouch === null) return personId
    if (how.vouch === 'word' && !(await isBare(trx, personId))) return personId
    await takeOver(trx, { ...who, personId, tenantId }, how)
  }
  await trx
    .updateTable('person')
    .set({ user_id: userId })
    .where('id', '=', personId)
    .where('user_id', 'is', null)
    .execute()
  return personId
}

async function madeMeanwhile(db: Db, { email }: Pick<Who, 'email'>): Promise<string | null> {
  const row = await db
    .selectFrom('person')
    .select('id')
    .where('email_key', '=', addressKey(email))
    .executeTakeFirst()
  return row?.id ?? null
}

/** Whether a person has a role in an organisation, be it the portal alone. */
export async function hasPart(db: Db, tenantId: string, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom('role_binding')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether an account lets do nothing anywhere. */
export async function isBare(db: Db, personId: string): Promise<boolean> {
  const person = await db
    .selectFrom('person')
    .select('operator')
    .where('id', '=', personId)
    .executeTakeFirst()
  return person?.operator !== 1 && (await accessOf(db, personId)).length === 0
}

async function insertPerson(
  trx: Trx,
  { userId, tenantId, email, name }: Who,
  { now }: Pick<How, 'now'>,
): Promise<string> {
  if (userId === null || tenantId === null) throw new Error('an account is made for a known user alone')
  const id = newId('adm', now)
  const row = { id, email, email_key: addressKey(email), name, password: '', operator: 0 as const }
  await trx
    .insertInto('person')
    .values({ ...row, user_id: userId, created_at: now, updated_at: now })
    .execute()
  await bindEndUser(trx, { tenantId, personId: id, now })
  return id
}

type Taken = { readonly personId: string; readonly tenantId: string; readonly email: string }

/**
 * Roles elsewhere stay. Whoever made the account may know its password, hold a factor or a session of it.
 */
async function takeOver(
  trx: Trx,
  { personId, tenantId, email }: Taken,
  { now, from }: Pick<How, 'now' | 'from'>,
): Promise<void> {
  await bindEndUser(trx, { tenantId, personId, now })
  await trx
    .updateTable('person')
    .set({ password: '', must_change: 0, updated_at: now })
    .where('id', '=', personId)
    .execute()
  for (const table of ['second_factor', 'recovery_code', 'password_history'] as const)
    await trx.deleteFrom(table).where('person_id', '=', personId).execute()
  await endSessionsOf(trx, { personId, but: null, now })
  const actor = { kind: 'system', name: 'sign-in' } as const
  const event = { action: 'account.taken-over', subject: `account of ${email}`, before: null, after: null }
  await appendAudit(trx, { tenantId, actor, from }, { ...event, at: now })
}

async function bindEndUser(
  trx: Trx,
  { tenantId, personId, now }: { readonly tenantId: string; readonly personId: string; readonly now: number },
): Promise<void> {
  const row = { tenant_id: tenantId, person_id: personId, role: 'end-user', created_by: 'sign-in' } as const
  await trx
    .insertInto('role_binding')
    .values({ ...row, created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'person_id']).doNothing())
    .execute()
}
