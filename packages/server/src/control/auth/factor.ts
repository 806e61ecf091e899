// Second factors of a person: those there are, a code or passkey shown, and adding and removing them.
import type { Factor } from '@gatepost/contract/account.ts'
import type { SecretPlace } from '#platform/secret-box.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { type StoredPasskey, verifyAuthentication } from './passkey.ts'
import { takeCode } from './recovery.ts'
import { totpStep } from './totp.ts'

/** More than anybody carries. */
export const FACTORS_MAX = 20

type FactorRow = Row<'second_factor'>
type Deps = Pick<ControlDeps, 'store' | 'clock' | 'secrets'>

/** Factors that were proved, the oldest first. */
export async function factorsOf(db: Db, personId: string): Promise<readonly FactorRow[]> {
  return db
    .selectFrom('second_factor')
    .selectAll()
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** Where the key of a code generator stands. */
export function placeOfKey(factorId: string): SecretPlace {
  return { tenantId: 'system', column: 'second_factor.secret', id: factorId }
}

/** What people see of a factor. */
export function presentFactor(row: FactorRow): Factor {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}

/**
 * Takes a code of a generator, or a recovery code, as the second factor. Returns which it was, or null.
 * A code's step and a recovery code count once; two who show the same at once cannot both be let in.
 */
export async function takeFactorCode(
  personId: string,
  code: string,
  { store, clock, secrets }: Deps,
): Promise<'totp' | 'recovery-code' | null> {
  const now = clock.now()
  for (const row of await factorsOf(store.db, personId)) {
    if (row.kind !== 'totp') continue
    const key = secrets.open(row.secret, placeOfKey(row.id))
    const step = totpStep(code, { key, lastStep: row.last_step, now })
    if (step !== null && (await advance(store.db, { id: row.id, step, now }))) return 'totp'
  }
  return (await takeCode(store.db, { personId, code, now })) ? 'recovery-code' : null
}

/** Notes a step as used; false when it was used meanwhile. */
export async function advance(
  db: Db,
  { id, step, now }: { readonly id: string; readonly step: number; readonly now: number },
): Promise<boolean> {
  const advanced = await db
    .updateTable('second_factor')
    .set({ last_step: step, last_used_at: now, confirmed_at: now })
    .where('id', '=', id)
    .where('last_step', '<', step)
    .returning('id')
    .execute()
  return advanced.length > 0
}

/** The person whose passkey answered rightly, or null. Signature counters never go back. */
export async function takePasskey(
  answer: { readonly credentialId: string; readonly response: unknown; readonly challenge: string },
  place: { readonly rpId: string; readonly origin: string },
  { store, clock, secrets }: Deps,
): Promise<string | null> {
  const row = await store.db
    .selectFrom('second_factor')
    .selectAll()
    .where('credential_id', '=', answer.credentialId)
    .where('kind', '=', 'passkey')
    .executeTakeFirst()
  if (!row) return null
  const kept = JSON.parse(secrets.open(row.secret, placeOfKey(row.id))) as Pick<
    StoredPasskey,
    'publicKey' | 'transports'
  >
  const passkey = { ...kept, credentialId: answer.credentialId, counter: row.last_step }
  const counter = await verifyAuthentication(place, { ...answer, passkey })
  if (counter === null) return null
  await store.db
    .updateTable('second_factor')
    .set({ last_step: Math.max(counter, row.last_step), last_used_at: clock.now() })
    .where('id', '=', row.id)
    .execute()
  return row.person_id
}

/** Throws `limit-reached` where a person has as many factors as anybody needs. */
export async function requireRoom(db: Db, personId: string): Promise<void> {
  const { count } = await db
    .selectFrom('second_factor')
    .select((select) => select.fn.countAll().as('count'))
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= FACTORS_MAX) throw problem('limit-reached', `At most ${FACTORS_MAX} factors are kept.`)
}
