// Tells a tenant that an operator looks at it from outside: one entry of its audit log for each session and
// half day, whatever the operator looks at.
import type { Store } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { ControlDeps, Scope } from '../scope.ts'

const AGAIN_MS = 12 * 3_600_000
/** Visits remembered; a forgotten one is told of again, which harms nobody. */
const VISITS_MAX = 20_000

export class OperatorVisits {
  readonly #store: Store
  readonly #clock: ControlDeps['clock']
  readonly #told = new Map<string, number>()

  constructor({ store, clock }: Pick<ControlDeps, 'store' | 'clock'>) {
    this.#store = store
    this.#clock = clock
  }

  /** Called with every request of an operator; the entry is written before the request is answered. */
  async note(scope: Scope, sessionId: string): Promise<void> {
    const now = this.#clock.now()
    const key = `${sessionId} ${scope.tenantId}`
    const at = this.#told.get(key)
    if (at !== undefined && at > now - AGAIN_MS) return
    if (this.#told.size >= VISITS_MAX) this.#told.delete(this.#told.keys().next().value!)
    this.#told.set(key, now)
    const event = { action: 'operator.entered', subject: scope.actor.name, before: null, after: null }
    await this.#store.transaction((trx) => appendAudit(trx, scope, { ...event, at: now }))
  }
}
