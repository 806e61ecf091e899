// Why a sign-in was refused: the audit log tells the administrators, the page tells the person nothing.
import { appendAudit } from '../audit/audit.ts'
import type { AuthDeps } from './deps.ts'

export type Refusal = {
  readonly tenantId: string | null
  /** Null where there is no account yet. */
  readonly personId: string | null
  readonly name: string
  readonly email: string
  /** A sentence for administrators. */
  readonly why: string
  readonly from: string
}

type Deps = Pick<AuthDeps, 'store' | 'clock' | 'emit' | 'attempts'>

/**
 * Writes why, afterwards: whoever waits for the answer must not learn from its time that there was something
 * to write (abuse case 61).
 */
export function tellRefusal(refusal: Refusal, deps: Deps): void {
  writeRefusal(refusal, deps).catch((error: unknown) =>
    deps.emit('control.sign-in.untold', { error: error instanceof Error ? error : new Error(String(error)) }),
  )
}

/** Adds an entry, unless this account had many of late: guessers must not fill the log. */
async function writeRefusal(refusal: Refusal, { store, clock, emit, attempts }: Deps): Promise<void> {
  const { tenantId, personId, name, email, why, from } = refusal
  emit('control.sign-in.failed', { from })
  if (attempts.spend('told', personId ?? email) > 0) return
  const actor =
    personId === null
      ? ({ kind: 'system', name: 'sign-in' } as const)
      : ({ kind: 'person', id: personId, name } as const)
  await store.transaction((trx) =>
    appendAudit(
      trx,
      { tenantId, actor, from },
      {
        action: 'session.refused',
        subject: `sign-in of ${email}`,
        before: null,
        after: { why },
        outcome: 'refused',
        at: clock.now(),
      },
    ),
  )
}
