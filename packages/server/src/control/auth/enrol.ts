// Adds and removes second factors of the own account; each change is in the audit log, and needs credentials
// that were shown a short time ago.
import type { FactorAdded } from '@gatepost/contract/account.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import { mine, requireFresh, securityOf } from './account.ts'
import { goOn } from './complete.ts'
import type { AuthDeps, RequestOrigin } from './deps.ts'
import { advance, factorsOf, placeOfKey, requireRoom } from './factor.ts'
import { placeOf, registrationOptions, verifyRegistration } from './passkey.ts'
import { profileFor } from './profile-store.ts'
import { countCodes, renewCodes } from './recovery.ts'
import type { SignedIn } from './session.ts'
import { spendFactor } from './steps.ts'
import { addTicket, takeTicket } from './ticket.ts'
import { newTotpKey, totpStep } from './totp.ts'

const CHALLENGE_MS = 300_000

/** What enrolling gives: where the sign-in waited for it, the session that goes on. */
export type Enrolled = { readonly added: FactorAdded; readonly secret: string | null }

/** Begins a code generator; it counts once `confirmTotp` proved it. */
export async function startTotp(
  name: string,
  signedIn: SignedIn,
  deps: AuthDeps,
): Promise<{ readonly id: string; readonly key: string; readonly uri: string }> {
  requireFresh(signedIn, deps)
  const { personId, email } = await mine(signedIn, deps)
  const { store, clock, secrets } = deps
  const now = clock.now()
  const id = newId('fac', now)
  const generator = newTotpKey(email)
  // Those begun and never proved make room.
  await store.db
    .deleteFrom('second_factor')
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is', null)
    .execute()
  await requireRoom(store.db, personId)
  await store.db
    .insertInto('second_factor')
    .values({
      id,
      person_id: personId,
      kind: 'totp',
      name: name === '' ? 'Code generator' : name,
      secret: secrets.seal(generator.key, placeOfKey(id)),
      credential_id: null,
      last_step: 0,
      confirmed_at: null,
      created_at: now,
      last_used_at: null,
    })
    .execute()
  return { id, ...generator }
}

/** Proves a code generator by its first code. Throws `not-found` and `wrong-code`. */
export async function confirmTotp(
  input: { readonly factor: string; readonly code: string },
  signedIn: SignedIn,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<Enrolled> {
  const { personId } = await mine(signedIn, deps)
  const { store, clock, secrets } = deps
  const row = await store.db
    .selectFrom('second_factor')
    .selectAll()
    .where('id', '=', input.factor)
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw problem('not-found')
  await spendFactor(personId, origin, deps)
  const now = clock.now()
  const key = secrets.open(row.secret, placeOfKey(row.id))
  const step = totpStep(input.code, { key, lastStep: row.last_step, now })
  if (step === null)
    throw problem(
      'wrong-code',
      'The code does not fit. Look at the clock of the device and type the next one.',
    )
  const codes = await store.transaction(async (trx) => {
    await advance(trx, { id: row.id, step, now })
    return added(trx, { signedIn, origin, name: row.name, kind: 'totp', now })
  })
  return finish(codes, 'totp', { signedIn, origin }, deps)
}

/** What the browser is to ask the authenticator. */
export async function startPasskey(signedIn: SignedIn, deps: AuthDeps): Promise<object> {
  requireFresh(signedIn, deps)
  const { personId, email, name } = await mine(signedIn, deps)
  const { store, clock, url } = deps
  await requireRoom(store.db, personId)
  const factors = await factorsOf(store.db, personId)
  const known = factors.flatMap(({ credential_id }) => credential_id ?? [])
  const { challenge, options } = await registrationOptions(placeOf(url), { id: personId, email, name, known })
  await addTicket(store.db, {
    kind: 'passkey',
    secret: `register ${signedIn.sessionId}`,
    personId,
    value: { challenge },
    now: clock.now(),
    lifeMs: CHALLENGE_MS,
  })
  return options
}

/** Keeps the passkey that an authenticator made for this person. Throws `wrong-code`. */
export async function addPasskey(
  input: { readonly name: string; readonly response: unknown },
  signedIn: SignedIn,
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<Enrolled> {
  const { personId } = await mine(signedIn, deps)
  const { store, clock, url, secrets } = deps
  const now = clock.now()
  const secret = `register ${signedIn.sessionId}`
  const ticket = await takeTicket(store.db, { kind: 'passkey', secret, now })
  const challenge = (ticket?.value as { readonly challenge: string } | undefined)?.challenge
  const passkey = challenge
    ? await verifyRegistration(placeOf(url), { response: input.response, challenge })
    : null
  if (passkey === null) throw problem('wrong-code', 'The passkey was not accepted. Try again.')
  const { credentialId, publicKey, transports, counter } = passkey
  const name = input.name === '' ? 'Passkey' : input.name
  const id = newId('fac', now)
  const codes = await store.transaction(async (trx) => {
    await trx
      .insertInto('second_factor')
      .values({
        id,
        person_id: personId,
        kind: 'passkey',
        name,
        secret: secrets.seal(JSON.stringify({ publicKey, transports }), placeOfKey(id)),
        credential_id: credentialId,
        last_step: counter,
        confirmed_at: now,
        created_at: now,
        last_used_at: null,
      })
      .execute()
    return added(trx, { signedIn, origin, name, kind: 'passkey', now })
  })
  return finish(codes, 'passkey', { signedIn, origin }, deps)
}

/** Removes a factor. Throws `not-found`, and `factor-needed` where the profile asks for one. */
export async function removeFactor(
  factorId: string,
  signedIn: SignedIn,
  { from }: RequestOrigin,
  deps: AuthDeps,
): Promise<void> {
  requireFresh(signedIn, deps)
  const candidate = await mine(signedIn, deps)
  const { personId, tenantId } = candidate
  const { store, clock } = deps
  const factors = await factorsOf(store.db, personId)
  const factor = factors.find(({ id }) => id === factorId)
  if (!factor) throw problem('not-found')
  const isLast = factors.length === 1
  const profile = await profileFor(store.db, candidate)
  if (isLast && profile.secondFactor !== 'never')
    throw problem('factor-needed', 'You need a second factor here. Add another one before you remove this.')
  const now = clock.now()
  await store.transaction(async (trx) => {
    await trx.deleteFrom('second_factor').where('id', '=', factorId).execute()
    if (isLast) await trx.deleteFrom('recovery_code').where('person_id', '=', personId).execute()
    await appendAudit(
      trx,
      { tenantId, actor: actor(signedIn), from },
      {
        action: 'factor.removed',
        subject: `${kindWords(factor.kind)} “${factor.name}” of ${candidate.name}`,
        before: { kind: factor.kind, name: factor.name },
        after: null,
        at: now,
      },
    )
  })
}

/** New recovery codes; the former ones end. */
export async function renewRecoveryCodes(
  signedIn: SignedIn,
  { from }: RequestOrigin,
  deps: AuthDeps,
): Promise<FactorAdded> {
  requireFresh(signedIn, deps)
  const { personId, tenantId, name } = await mine(signedIn, deps)
  const { store, clock } = deps
  if ((await factorsOf(store.db, personId)).length === 0)
    throw problem('factor-needed', 'Recovery codes stand in for a second factor: add one first.')
  const recoveryCodes = await store.transaction(async (trx) => {
    const subject = `recovery codes of ${name}`
    await appendAudit(
      trx,
      { tenantId, actor: actor(signedIn), from },
      {
        action: 'recovery-codes.renewed',
        subject,
        before: null,
        after: null,
        at: clock.now(),
      },
    )
    return renewCodes(trx, personId)
  })
  return { security: await securityOf(signedIn, deps), recoveryCodes: [...recoveryCodes] }
}

/** Notes the new factor; the first one brings recovery codes. */
async function added(
  trx: Trx,
  done: {
    readonly signedIn: SignedIn
    readonly origin: RequestOrigin
    readonly name: string
    readonly kind: 'totp' | 'passkey'
    readonly now: number
  },
): Promise<readonly string[]> {
  const { signedIn, origin, name, kind, now } = done
  const personId = signedIn.person.id
  await appendAudit(
    trx,
    { tenantId: null, actor: actor(signedIn), from: origin.from },
    {
      action: 'factor.added',
      subject: `${kindWords(kind)} “${name}” of ${signedIn.person.name}`,
      before: null,
      after: { kind, name },
      at: now,
    },
  )
  return (await countCodes(trx, personId)).total === 0 ? renewCodes(trx, personId) : []
}

/** A sign-in that waited for the factor goes on in a new session. */
async function finish(
  codes: readonly string[],
  factor: 'totp' | 'passkey',
  { signedIn, origin }: { readonly signedIn: SignedIn; readonly origin: RequestOrigin },
  deps: AuthDeps,
): Promise<Enrolled> {
  const added = { security: await securityOf(signedIn, deps), recoveryCodes: [...codes] }
  if (signedIn.pending !== 'enrol-second-factor') return { added, secret: null }
  const { sessionId, person, method } = signedIn
  const next = await goOn({ sessionId, personId: person.id, method }, factor, origin, deps)
  return { added, secret: next.secret }
}

function actor({ person }: SignedIn) {
  return { kind: 'person', id: person.id, name: person.name } as const
}

function kindWords(kind: 'totp' | 'passkey'): string {
  return kind === 'totp' ? 'code generator' : 'passkey'
}
