// Sets a password: against the organisation's rules and the former ones, with the end of other sessions.
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db, Trx } from '#store/open.ts'
import { invalidInput } from '../problem.ts'
import { type Candidate, namesOfTenant, passwordRulesOf } from './candidate.ts'
import { ensurePerson } from './ensure-person.ts'
import type { Passwords } from './password.ts'
import { checkPassword } from './password-policy.ts'
import { endSessionsOf } from './session.ts'
import { dropTicketsOf } from './ticket.ts'

/** Former passwords kept, whatever the rules say: the rules may ask for more later. */
const HISTORY_KEPT = 24

type Deps = { readonly store: { readonly db: Db }; readonly passwords: Passwords }

/** Checks a new password for somebody and hashes it. Throws `invalid-input` at `/password`. */
export async function hashNewPassword(
  password: string,
  candidate: Pick<Candidate, 'personId' | 'tenantId' | 'email' | 'name' | 'password'>,
  { store, passwords }: Deps,
): Promise<string> {
  const rules = await passwordRulesOf(store.db, candidate.tenantId)
  const organisation = await namesOfTenant(store.db, candidate.tenantId)
  const { email, name } = candidate
  const faults = checkPassword(password, rules, { email, name, organisation })
  if (faults.length > 0) throw invalidInput(faults.map((message) => ({ path: '/password', message })))
  const former =
    candidate.personId === null ? [] : await formerOf(candidate.personId, rules.history, store.db)
  for (const encoded of candidate.password === null ? former : [candidate.password, ...former]) {
    if (rules.history > 0 && (await passwords.verify(password, encoded))) {
      const message = 'You used this password before. Choose one that is new here.'
      throw invalidInput([{ path: '/password', message }])
    }
  }
  return passwords.hash(password)
}

async function formerOf(personId: string, history: number, db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('password_history')
    .select('password')
    .where('person_id', '=', personId)
    .orderBy('at', 'desc')
    // The present one is the first of those that may not come again.
    .limit(Math.max(0, history - 1))
    .execute()
  return rows.map(({ password }) => password)
}

/** Stores a hashed password; sessions but `keep` end, and links in mail are over. */
export async function storePassword(
  trx: Trx,
  change: {
    readonly personId: string
    readonly encoded: string
    readonly mustChange: boolean
    readonly keep: string | null
    readonly now: number
  },
): Promise<void> {
  const { personId, encoded, mustChange, keep, now } = change
  const before = await trx
    .selectFrom('person')
    .select('password')
    .where('id', '=', personId)
    .executeTakeFirst()
  if (before && before.password !== '') {
    await trx
      .insertInto('password_history')
      .values({ person_id: personId, password: before.password, at: now })
      .execute()
    await trx
      .deleteFrom('password_history')
      .where('person_id', '=', personId)
      .where('at', 'not in', (kept) =>
        kept
          .selectFrom('password_history as newest')
          .select('newest.at')
          .where('newest.person_id', '=', personId)
          .orderBy('newest.at', 'desc')
          .limit(HISTORY_KEPT),
      )
      .execute()
  }
  await trx
    .updateTable('person')
    .set({ password: encoded, password_set_at: now, must_change: mustChange ? 1 : 0, updated_at: now })
    .where('id', '=', personId)
    .execute()
  await endSessionsOf(trx, { personId, but: keep, now })
  await dropTicketsOf(trx, personId, 'reset')
}

/**
 * Gives a user a password that somebody else chose, such as a spreadsheet: hashed already, checked by
 * `checkPassword` before, to be changed at the first sign-in. Makes the account where there is none.
 */
export async function givePassword(
  trx: Trx,
  gift: {
    readonly tenantId: string
    readonly userId: string
    readonly email: string
    readonly name: string
    readonly encoded: string
    readonly mustChange: boolean
    /** The giver's address. */
    readonly from: string
    readonly now: number
  },
): Promise<string> {
  const { tenantId, userId, email, encoded, mustChange, from, now } = gift
  const found = await trx
    .selectFrom('person')
    .select('id')
    .where((where) => where.or([where('user_id', '=', userId), where('email_key', '=', addressKey(email))]))
    .executeTakeFirst()
  const name = gift.name === '' ? email : gift.name
  const personId = await ensurePerson(
    trx,
    { personId: found?.id ?? null, userId, tenantId, email, name },
    { vouch: 'word', from, now },
  )
  await storePassword(trx, { personId, encoded, mustChange, keep: null, now })
  return personId
}
