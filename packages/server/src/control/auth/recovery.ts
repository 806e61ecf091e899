// Recovery codes: ten of 80 bits each, kept as digests bound to their person, good once.
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Trx } from '#store/open.ts'

export const RECOVERY_CODES = 10
/** Without letters that are taken for others. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const CODE_LETTERS = 16

/** Makes new codes in the place of the former ones; they are shown once and kept nowhere. */
export async function renewCodes(trx: Trx, personId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode)
  await trx.deleteFrom('recovery_code').where('person_id', '=', personId).execute()
  await trx
    .insertInto('recovery_code')
    .values(
      codes.map((code) => ({ person_id: personId, digest: digestOfCode(personId, code), used_at: null })),
    )
    .execute()
  return codes
}

/** Takes a code: true once, false for ever after. */
export async function takeCode(
  db: Db,
  options: { readonly personId: string; readonly code: string; readonly now: number },
): Promise<boolean> {
  const { personId, code, now } = options
  const taken = await db
    .updateTable('recovery_code')
    .set({ used_at: now })
    .where('person_id', '=', personId)
    .where('digest', '=', digestOfCode(personId, code))
    .where('used_at', 'is', null)
    .returning('digest')
    .execute()
  return taken.length > 0
}

export async function countCodes(
  db: Db,
  personId: string,
): Promise<{ readonly left: number; readonly total: number }> {
  const rows = await db
    .selectFrom('recovery_code')
    .select('used_at')
    .where('person_id', '=', personId)
    .execute()
  return { left: rows.filter(({ used_at }) => used_at === null).length, total: rows.length }
}

function newCode(): string {
  const letters = [...randomBytes(CODE_LETTERS)].map((byte) => LETTERS[byte & 31]).join('')
  return letters.match(/.{4}/g)!.join('-')
}

/** 80 bits and the person's id: no table of digests helps a thief, and no digest fits another person. */
function digestOfCode(personId: string, code: string): string {
  const letters = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  return createHash('sha256').update(`${personId} ${letters}`).digest('hex')
}
