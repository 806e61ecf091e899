// The background of alerts: asks every source in turn, escalates what nobody takes care of, sends what is
// due.
import { newId } from '#platform/random.ts'
import { takeLease } from '../connect/store.ts'
import { clearAlert, raiseAlert, tell } from './alert.ts'
import { sendDue } from './send.ts'
import { archiveSource } from './sources/archive.ts'
import { certificateSource } from './sources/certificate.ts'
import { claimSource } from './sources/claim.ts'
import { gatewaySource } from './sources/gateway.ts'
import { agentSource, syncSource, takeoverSource } from './sources/kept.ts'
import { queueSource } from './sources/queue.ts'
import { scannerSource } from './sources/scanner.ts'
import type { Source, SourceDeps } from './sources/source.ts'
import { channelOf, dropOldAlerts, openOfKinds, unattendedAlerts } from './store.ts'

const ROUND_MS = 1_000
/** Another process takes over this long after one died. */
const LEASE_MS = 30_000
const MINUTE_MS = 60_000
const PRUNE_MS = 24 * 3_600_000

const sources: readonly Source[] = [
  queueSource,
  syncSource,
  agentSource,
  takeoverSource,
  gatewaySource,
  certificateSource,
  archiveSource,
  scannerSource,
  claimSource,
]

/** Runs until the signal aborts; resolves when the last round is over. */
export async function watchAlerts(deps: SourceDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  // Embedded storage belongs to one process, so a restart need not wait for the lease of the dead one.
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  const watch = new AlertWatch(deps)
  while (!signal.aborted) {
    try {
      const now = clock.now()
      const lease = { holder, now, until: now + LEASE_MS, subject: 'alerts' } as const
      if (await takeLease(store.db, lease)) await watch.round()
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'alerts', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
  await watch.end()
}

/** Sends run beside the rounds: a webhook that does not answer keeps nothing else waiting. */
export class AlertWatch {
  readonly #deps: SourceDeps
  readonly #sources: readonly Source[]
  readonly #lookedAt = new Map<string, number>()
  #sending: Promise<unknown> | null = null
  #looking: Promise<unknown> | null = null
  #prunedAt = 0

  constructor(deps: SourceDeps, ofSources: readonly Source[] = sources) {
    this.#deps = deps
    this.#sources = ofSources
  }

  async round(): Promise<void> {
    const { store, clock, emit } = this.#deps
    const now = clock.now()
    this.#looking ??= this.#lookAtDue(now).finally(() => {
      this.#looking = null
    })
    await retellUnattended(this.#deps, now)
    this.#sending ??= sendDue(this.#deps)
      .catch((error: unknown) => emit('control.check.failed', { check: 'alert sends', error }))
      .finally(() => {
        this.#sending = null
      })
    if (now - this.#prunedAt > PRUNE_MS) {
      this.#prunedAt = now
      await dropOldAlerts(store.db, now)
    }
  }

  /** Waits for what runs beside the rounds. */
  async end(): Promise<void> {
    await this.#looking
    await this.#sending
  }

  async #lookAtDue(now: number): Promise<void> {
    for (const source of this.#sources) {
      if (now - (this.#lookedAt.get(source.name) ?? 0) < source.everyMs) continue
      this.#lookedAt.set(source.name, now)
      try {
        await applySource(source, this.#deps)
      } catch (error) {
        // One source that breaks must not silence the others.
        this.#deps.emit('control.check.failed', { check: `alerts ${source.name}`, error })
      }
    }
  }
}

/** Raises what a source finds, and clears what it does not find any more. */
export async function applySource(source: Source, deps: SourceDeps): Promise<void> {
  const { store, clock } = deps
  const now = clock.now()
  const { wrong, stays } = await source.look(deps, now)
  const keys = new Set(wrong.map(({ tenantId, kind, subject }) => keyOf(tenantId ?? 'system', kind, subject)))
  const open = await openOfKinds(store.db, source.kinds)
  const over = open.filter((row) => !keys.has(keyOf(row.tenant_id, row.kind, row.subject)) && !stays?.(row))
  if (wrong.length === 0 && over.length === 0) return
  await store.transaction(async (trx) => {
    for (const alert of wrong) await raiseAlert(trx, alert, now)
    for (const row of over) {
      const kind = source.kinds.find((name) => name === row.kind)
      if (kind) await clearAlert(trx, { tenantId: row.tenant_id, kind, subject: row.subject }, now)
    }
  })
}

/** Escalates critical alerts that nobody acknowledged, and tells again what outlasted its muting. */
export async function retellUnattended(deps: Pick<SourceDeps, 'store'>, now: number): Promise<void> {
  const { store } = deps
  const rows = await unattendedAlerts(store.db, now)
  for (const row of rows) {
    const wasMuted = row.muted_until !== null && row.muted_until <= now
    const isMuted = row.muted_until !== null && !wasMuted
    const { escalateMinutes } = await channelOf(store.db, row.tenant_id)
    const isLate =
      row.severity === 'critical' &&
      row.escalated_at === null &&
      escalateMinutes !== null &&
      now - row.raised_at >= escalateMinutes * MINUTE_MS
    if (isMuted || (!isLate && !wasMuted)) continue
    await store.transaction(async (trx) => {
      const done = await trx
        .updateTable('alert')
        .set(isLate ? { escalated_at: now, muted_until: null } : { muted_until: null })
        .where('tenant_id', '=', row.tenant_id)
        .where('id', '=', row.id)
        .where('is_open', '=', 1)
        .where('acknowledged_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      if (done) await tell(trx, row, isLate ? 'escalated' : 'raised', now)
    })
  }
}

function keyOf(tenantId: string, kind: string, subject: string): string {
  return `${tenantId} ${kind} ${subject.slice(0, 300)}`
}
