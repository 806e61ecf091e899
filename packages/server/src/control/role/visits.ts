// Tells a tenant that an operator looks at it from outside: one entry of its audit log for each session and
// half day, whatever the operator looks at. And tells of changes that a role did not allow.
import type { Store } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { ControlDeps, Scope } from '../scope.ts'

const AGAIN_MS = 12 * 3_600_000
const REFUSED_AGAIN_MS = 3_600_000
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

  /**
   * Somebody tried to change what the role does not allow: told of once an hour, however often it was tried.
   */
  async refused(scope: Scope, endpoint: string): Promise<void> {
    const now = this.#clock.now()
    const key = `${scope.actor.name} ${scope.tenantId} ${endpoint}`
    if (!this.#isNews(key, now, REFUSED_AGAIN_MS)) return
    const event = { action: 'request.refused', subject: endpoint, before: null, after: null, at: now }
    await this.#store.transaction((trx) => appendAudit(trx, scope, { ...event, outcome: 'refused' }))
  }

  #isNews(key: string, now: number, againMs: number): boolean {
    const at = this.#told.get(key)
    if (at !== undefined && at > now - againMs) return false
    if (this.#told.size >= VISITS_MAX) this.#told.delete(this.#told.keys().next().value!)
    this.#told.set(key, now)
    return true
  }

  /** Called with every request of an operator; the entry is written before the request is answered. */
  async note(scope: Scope, sessionId: string): Promise<void> {
    const now = this.#clock.now()
    if (!this.#isNews(`${sessionId} ${scope.tenantId}`, now, AGAIN_MS)) return
    const event = { action: 'operator.entered', subject: scope.actor.name, before: null, after: null }
    await this.#store.transaction((trx) => appendAudit(trx, scope, { ...event, at: now }))
  }
}
