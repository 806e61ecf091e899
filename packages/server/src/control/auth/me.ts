// Who one is in a session, with what is still owed. Before the second step it tells nothing but what it may
// be.
import type { Me } from '@gatepost/contract/session.ts'
import { meOf } from './access.ts'
import { candidateById } from './candidate.ts'
import type { AuthDeps } from './deps.ts'
import { factorsOf } from './factor.ts'
import { asksFactor, profileFor } from './profile-store.ts'
import { countCodes } from './recovery.ts'
import type { SignedIn } from './session.ts'

type Session = Pick<SignedIn, 'person'> & { readonly pending?: SignedIn['pending'] }

/** The person behind a session. Throws `not-signed-in` when it is gone. */
export async function meOfSession(session: Session, { store }: Pick<AuthDeps, 'store'>): Promise<Me> {
  const { db } = store
  const { id } = session.person
  const me = await meOf(id, { store })
  const pending = session.pending ?? null
  const factors = await factorsOf(db, id)
  if (pending === 'second-factor') {
    const { left } = await countCodes(db, id)
    const kinds = new Set(factors.map(({ kind }) => kind))
    return {
      ...me,
      name: '',
      operator: false,
      tenants: [],
      passwordOnly: false,
      mustDo: pending,
      factors: [...kinds, ...(left > 0 ? (['recovery-code'] as const) : [])],
    }
  }
  const candidate = await candidateById(db, id)
  const profile = candidate ? await profileFor(db, candidate) : null
  // Where a range is trusted, the notice still comes: elsewhere the factor will be asked for.
  const isAsked = profile !== null && (profile.secondFactor === 'outside' || asksFactor(profile, ''))
  const isMissing = isAsked && factors.length === 0
  return {
    ...me,
    ...(pending === null ? {} : { tenants: [] }),
    passwordOnly: isMissing,
    factorDueAt: isMissing ? (candidate?.factorDueAt ?? null) : null,
    mustDo: pending,
  }
}
