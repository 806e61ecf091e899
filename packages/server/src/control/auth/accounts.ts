// Accounts of an organisation as its administrators see and mend them: temporary passwords, lost factors,
// sessions. Nobody mends the account of somebody who may do more.
import { randomInt } from 'node:crypto'
import type { Session } from '@gatepost/contract/account.ts'
import type { Account } from '@gatepost/contract/sign-in-settings.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { Db } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { type Page, pageOf } from '../page.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { accessOf } from './access.ts'
import { accountKey } from './auth.ts'
import { type Candidate, candidateById, findCandidate } from './candidate.ts'
import type { AuthDeps } from './deps.ts'
import { ensurePerson, hasPart, isBare } from './ensure-person.ts'
import { factorsOf } from './factor.ts'
import { profileFor } from './profile-store.ts'
import { endSessionsOf } from './session.ts'
import { endOneSession, sessionsOf } from './session-list.ts'
import { storePassword } from './set-password.ts'

export type AccountDeps = Pick<AuthDeps, 'store' | 'clock' | 'passwords' | 'attempts'>
/** Who mends: the rights that bound whom. */
export type Mender = { readonly personId: string; readonly isOperator: boolean }

/** People bound to the organisation, by address. */
export async function listAccounts(
  scope: Pick<Scope, 'tenantId'>,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly search?: string | undefined
  },
  deps: AccountDeps,
): Promise<Page<Account>> {
  const { tenantId } = scope
  const { limit, after, search = '' } = query
  const start = addressKey(search)
  const rows = await deps.store.db
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .select(['person.id', 'person.email_key'])
    .where('role_binding.tenant_id', '=', tenantId)
    .$if(after !== undefined, (found) => found.where('person.email_key', '>', after!))
    .$if(start !== '', (found) =>
      found.where((where) =>
        where.or([
          where.and([
            where('person.email_key', '>=', start),
            where('person.email_key', '<', `${start}\u{10ffff}`),
          ]),
          where('person.name', 'like', `${search.replace(/[\\%_]/g, '')}%`),
        ]),
      ),
    )
    .orderBy('person.email_key')
    .limit(limit + 1)
    .execute()
  const page = pageOf(rows, limit, { item: (row) => row, cursor: ({ email_key }) => email_key })
  const items = await Promise.all(page.items.map(({ id }) => presentAccount(scope, id, deps)))
  return { ...page, items }
}

async function presentAccount(
  { tenantId }: Pick<Scope, 'tenantId'>,
  personId: string,
  { store, clock, attempts }: AccountDeps,
): Promise<Account> {
  const { db } = store
  const candidate = await candidateById(db, personId)
  if (!candidate) throw problem('not-found')
  const sessions = await sessionsOf(db, { personId, current: null, now: clock.now() })
  const factors = await factorsOf(db, personId)
  const seen = await db
    .selectFrom('session')
    .select((select) => select.fn.max('seen_at').as('at'))
    .where('person_id', '=', personId)
    .where('pending', 'is', null)
    .executeTakeFirst()
  const profile = await profileFor(db, candidate)
  return {
    id: personId,
    email: candidate.email,
    name: candidate.name,
    isAdministrator: candidate.isAdministrator,
    hasPassword: candidate.password !== null,
    mustChange: candidate.mustChange,
    factors: factors.map(({ id, kind, name }) => ({ id, kind, name })),
    // What another organisation calls its profiles is its own.
    profile: candidate.tenantId === null || candidate.tenantId === tenantId ? profile.name : '',
    sessions: sessions.length,
    lastSeenAt: seen?.at ?? null,
    lockedFrom: [...attempts.locksOf(accountKey(candidate.email))],
  }
}

type Given = { readonly account: Account; readonly temporaryPassword: string }

/** Makes the account of a user. Throws `not-found` for an address that is no user here, `address-exists`. */
export async function giveAccount(scope: Scope, email: string, deps: AccountDeps): Promise<Given> {
  const candidate = await findCandidate(deps.store.db, email)
  if (!candidate || candidate.tenantId !== scope.tenantId)
    throw problem('not-found', 'There is no user with this address. Add the user first.')
  if (candidate.personId !== null) await requireBare(deps.store.db, scope, candidate.personId)
  if (!candidate.isEnabled) throw problem('not-found', 'The user is disabled. Enable it first.')
  return giveTemporary(scope, candidate, { action: 'account.given' }, deps)
}

/**
 * An account that is left of a user who was here before may be given anew; one with roles is somebody's own.
 */
async function requireBare(db: Db, { tenantId }: Scope, personId: string): Promise<void> {
  if (await hasPart(db, tenantId, personId))
    throw problem('address-exists', 'This user can sign in already. Reset the password instead.')
  if (await isBare(db, personId)) return
  const detail = 'This user has an account already, and comes in by single sign-on or a reset by mail.'
  throw problem('address-exists', detail)
}

/**
 * A temporary password; sessions end, locks go. Throws `not-found`, and `not-allowed` for who may do more.
 */
export async function resetPassword(
  scope: Scope,
  accountId: string,
  mender: Mender,
  deps: AccountDeps,
): Promise<Given> {
  const candidate = await requireMendable(scope, accountId, mender, deps)
  return giveTemporary(scope, candidate, { action: 'password.reset-by-administrator' }, deps)
}

async function giveTemporary(
  scope: Scope,
  candidate: Candidate,
  { action }: { readonly action: string },
  deps: AccountDeps,
): Promise<Given> {
  const { store, clock, passwords, attempts } = deps
  const temporaryPassword = newTemporaryPassword()
  const encoded = await passwords.hash(temporaryPassword)
  const now = clock.now()
  const personId = await store.transaction(async (trx) => {
    // Whoever mends an account of another organisation's user says nothing about that user.
    const vouch = candidate.tenantId === scope.tenantId ? 'word' : null
    const id = await ensurePerson(trx, candidate, { vouch, from: scope.from, now })
    await storePassword(trx, { personId: id, encoded, mustChange: true, keep: null, now })
    const subject = `account of ${candidate.email}`
    await appendAudit(trx, scope, { action, subject, before: null, after: { mustChange: true }, at: now })
    return id
  })
  attempts.clear(accountKey(candidate.email), null)
  return { account: await presentAccount(scope, personId, deps), temporaryPassword }
}

/** Removes the factors of somebody who lost them; the enrolment is asked for anew. */
export async function removeFactors(
  scope: Scope,
  accountId: string,
  mender: Mender,
  deps: AccountDeps,
): Promise<Account> {
  const { store, clock } = deps
  const candidate = await requireMendable(scope, accountId, mender, deps)
  const now = clock.now()
  const factors = await factorsOf(store.db, accountId)
  await store.transaction(async (trx) => {
    await trx.deleteFrom('second_factor').where('person_id', '=', accountId).execute()
    await trx.deleteFrom('recovery_code').where('person_id', '=', accountId).execute()
    await trx.updateTable('person').set({ factor_due_at: null }).where('id', '=', accountId).execute()
    await endSessionsOf(trx, { personId: accountId, but: null, now })
    await appendAudit(trx, scope, {
      action: 'factors.removed-by-administrator',
      subject: `second factors of ${candidate.email}`,
      before: factors.map(({ kind, name }) => ({ kind, name })),
      after: null,
      at: now,
    })
  })
  return presentAccount(scope, accountId, deps)
}

export async function accountSessions(
  scope: Pick<Scope, 'tenantId'>,
  accountId: string,
  { store, clock }: AccountDeps,
): Promise<readonly Session[]> {
  await requireHere(store.db, scope, accountId)
  const { tenantId } = scope
  return sessionsOf(store.db, { personId: accountId, current: null, now: clock.now(), tenantId })
}

/** Ends one session of a person, or all. */
export async function endAccountSessions(
  scope: Scope,
  target: { readonly accountId: string; readonly sessionId: string | null },
  mender: Mender,
  deps: AccountDeps,
): Promise<number> {
  const { store, clock } = deps
  const { accountId, sessionId } = target
  const candidate = await requireMendable(scope, accountId, mender, deps)
  const now = clock.now()
  return store.transaction(async (trx) => {
    const ended =
      sessionId === null
        ? await endSessionsOf(trx, { personId: accountId, but: null, now })
        : Number(await endOneSession(trx, { personId: accountId, sessionId, now }))
    if (sessionId !== null && ended === 0) throw problem('not-found')
    const subject = `sessions of ${candidate.email}`
    await appendAudit(trx, scope, {
      action: 'sessions.ended',
      subject,
      before: null,
      after: { ended },
      at: now,
    })
    return ended
  })
}

async function requireHere(db: Db, { tenantId }: Pick<Scope, 'tenantId'>, personId: string): Promise<void> {
  const row = await db
    .selectFrom('role_binding')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  if (!row) throw problem('not-found')
}

/** Whoever holds a right anywhere that the mender lacks there is out of reach: a password is all rights. */
async function requireMendable(
  scope: Scope,
  accountId: string,
  { personId, isOperator }: Mender,
  { store }: AccountDeps,
): Promise<Candidate> {
  await requireHere(store.db, scope, accountId)
  const candidate = await candidateById(store.db, accountId)
  if (!candidate) throw problem('not-found')
  if (isOperator) return candidate
  if (candidate.operator)
    throw problem('not-allowed', 'Operators of the installation mend their accounts themselves.')
  const mine = new Map(
    (await accessOf(store.db, personId)).map((access) => [access.id, new Set(access.permissions)]),
  )
  const theirs = await accessOf(store.db, accountId)
  const exceeds = theirs.some(({ id, permissions }) => permissions.some((one) => !mine.get(id)?.has(one)))
  if (exceeds)
    throw problem('not-allowed', 'This person may do more than you: somebody with their rights has to help.')
  return candidate
}

const SYLLABLES = 'bcdfghjkmnpqrstvwz'
const VOWELS = 'aeiou'

/** Five groups of four letters that can be read out, some 64 bits; it must be changed at once. */
function newTemporaryPassword(): string {
  const pick = (letters: string): string => letters[randomInt(letters.length)]!
  const group = (): string => pick(SYLLABLES) + pick(VOWELS) + pick(SYLLABLES) + pick(VOWELS)
  return Array.from({ length: 5 }, group).join('-')
}
