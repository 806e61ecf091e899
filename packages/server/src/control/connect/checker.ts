// The background of Connect: looks at records when they are due, and notices every state that changes (C1,
// C9).
import { newId } from '#platform/random.ts'
import { lookAndKeepMx } from '../domain/mx.ts'
import { MX_LOOK } from '../domain/mx-look.ts'
import { type DomainRow, dueDomains, findDomain } from '../domain/store.ts'
import { checkProof } from '../domain/validate.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { dropOldImports } from '../user/import-store.ts'
import { dropOldActivity } from './activity.ts'
import { BYPASS_LOOK, lookAtDueDoor } from './bypass.ts'
import { forgetOldChanges } from './check-history.ts'
import { type ConnectDeps, forEach, ignoreTaken } from './connect.ts'
import { noteChanges } from './notice.ts'
import { dueObservations } from './observation-store.ts'
import { lookAndKeepSpf, SPF_LOOK } from './spf-watch.ts'
import { allTenantIds, takeLease, tenantsTouched } from './store.ts'

/** The page counts in seconds, so the loop does too. */
const ROUND_MS = 1_000
/** Another process takes over this long after one died. */
const LEASE_MS = 15_000
/** Looks started a round: a new installation with many domains must not flood its resolver. */
const LOOKS_PER_ROUND_MAX = 40
const TENANTS_PER_ROUND_MAX = 20
/** Knocks under way at once. */
const KNOCKS_PER_ROUND_MAX = 8
/** Something of ours broke: not again at once. */
const BROKEN_MS = 60_000
const PRUNE_MS = 24 * 3_600_000

/** Runs until the signal aborts; resolves when the last round is over. */
export async function watchConnect(deps: ConnectDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  // Embedded storage belongs to one process, so a restart need not wait for the lease of the dead one.
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  const checker = new Checker(deps)
  while (!signal.aborted) {
    try {
      const now = clock.now()
      if (await takeLease(store.db, { holder, now, until: now + LEASE_MS })) await checker.round()
    } catch (error) {
      if (signal.aborted) return
      emit('control.check.failed', { check: 'round', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
  await checker.end()
}

/** One round after the other; keeps which organisations are still to be looked through. */
export class Checker {
  readonly #deps: ConnectDeps
  readonly #tenants = new Set<string>()
  /** Domains whose look broke by our own fault, until when they rest. */
  readonly #resting = new Map<string, number>()
  #since: number | null = null
  #knocking: Promise<void> | null = null
  #prunedAt = 0

  constructor(deps: ConnectDeps) {
    this.#deps = deps
  }

  /** Looks at what is due and tells what changed. */
  async round(): Promise<void> {
    const { store, clock } = this.#deps
    const startedAt = clock.now()
    await this.#lookAtDue(startedAt)
    this.#knockAtDue(startedAt)
    // At the start everything may have changed while nobody watched.
    const touched =
      this.#since === null ? await allTenantIds(store.db) : await tenantsTouched(store.db, this.#since)
    for (const tenantId of touched) this.#tenants.add(tenantId)
    // Rows of transactions that end late bear earlier times.
    this.#since = startedAt - 2 * ROUND_MS
    for (const tenantId of [...this.#tenants].slice(0, TENANTS_PER_ROUND_MAX)) {
      this.#tenants.delete(tenantId)
      await noteChanges(tenantId, this.#deps).catch(ignoreGone)
    }
    if (startedAt - this.#prunedAt > PRUNE_MS) {
      this.#prunedAt = startedAt
      await dropOldActivity(store.db, startedAt)
      await forgetOldChanges(store.db, startedAt)
      await dropOldImports(store.db, startedAt)
    }
  }

  async #lookAtDue(now: number): Promise<void> {
    const { db } = this.#deps.store
    for (const [id, until] of this.#resting) if (until <= now) this.#resting.delete(id)
    const domains = await dueDomains(db, now, LOOKS_PER_ROUND_MAX)
    await forEach(domains, (row) => this.#guarded(row.id, 'proof', () => this.#lookAtProof(row)))
    const due = await dueObservations(db, MX_LOOK, { now, limit: LOOKS_PER_ROUND_MAX })
    await forEach(due, ({ tenant_id, subject }) =>
      this.#guarded(`mx ${subject}`, 'mx', async () => {
        const row = await findDomain(db, tenant_id, subject)
        if (row) await lookAndKeepMx(row, false, this.#deps)
        this.#tenants.add(tenant_id)
      }),
    )
    const spf = await dueObservations(db, SPF_LOOK, { now, limit: LOOKS_PER_ROUND_MAX })
    await forEach(spf, ({ tenant_id, subject }) =>
      this.#guarded(`spf ${subject}`, 'spf', async () => {
        const row = await findDomain(db, tenant_id, subject)
        if (row) await lookAndKeepSpf(row, false, this.#deps)
        this.#tenants.add(tenant_id)
      }),
    )
  }

  /** Hosts make strangers wait, so knocking goes on beside the rounds. */
  #knockAtDue(now: number): void {
    const { knock, store, emit } = this.#deps
    if (!knock || this.#knocking !== null) return
    const deps = { ...this.#deps, knock }
    const work = async (): Promise<void> => {
      const due = await dueObservations(store.db, BYPASS_LOOK, { now, limit: KNOCKS_PER_ROUND_MAX })
      await forEach(due, ({ tenant_id: tenantId, subject }) =>
        this.#guarded(`bypass ${tenantId} ${subject}`, 'bypass', async () => {
          await lookAtDueDoor({ tenantId, subject }, deps)
          this.#tenants.add(tenantId)
        }),
      )
    }
    this.#knocking = work()
      .catch((error: unknown) => emit('control.check.failed', { check: 'bypass', error }))
      .finally(() => {
        this.#knocking = null
      })
  }

  /** Waits for what goes on beside the rounds. */
  async end(): Promise<void> {
    await this.#knocking
  }

  async #lookAtProof(row: DomainRow): Promise<void> {
    const actor = { kind: 'system', name: 'Gatepost' } as const
    const scope: Scope = { tenantId: row.tenant_id, actor, from: 'internal' }
    await checkProof(row, false, { scope, deps: this.#deps }).catch(ignoreTaken)
    this.#tenants.add(row.tenant_id)
  }

  /** One look that breaks must neither stop the others nor be tried every second. */
  async #guarded(id: string, check: string, look: () => Promise<void>): Promise<void> {
    const { clock, emit } = this.#deps
    if (this.#resting.has(id)) return
    try {
      await look()
    } catch (error) {
      this.#resting.set(id, clock.now() + BROKEN_MS)
      emit('control.check.failed', { check, subject: id, error })
    }
  }
}

/** An organisation can be removed between two queries. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof Problem) || error.problemName !== 'not-found') throw error
}
