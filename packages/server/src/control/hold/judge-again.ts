// Mail that was accepted for others and held for some recipients, because a policy would have deferred it
// for them: it is asked again by itself, as the client would have come again, until a policy knows
// (decisions 11).
import type { Emit } from '#events/emit.ts'
import type { Explained } from '#link/explain-orders.ts'
import { newId } from '#platform/random.ts'
import type { Verdict } from '#policy/policy.ts'
import { takeLease } from '../connect/store.ts'
import { actOnWaiting } from '../queue/queue.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { fetchContent } from './preview.ts'
import { againDue, type HeldRow, markHeld, markJudged } from './store.ts'

export type JudgeAgainDeps = Pick<ControlDeps, 'store' | 'clock' | 'link'> & {
  readonly tracking: Pick<Tracking, 'getMessage'>
  readonly emit: Emit
}

const MINUTE_MS = 60_000
/** Pauses between attempts, about those of a mail host; the last one repeats. */
const PAUSES_MS: readonly number[] = [2, 5, 15, 30, 60].map((minutes) => minutes * MINUTE_MS)
/** As long as a mail host would have tried (RFC 5321 §4.5.4.1). */
export const JUDGED_FOR_MS = 4 * 24 * 60 * MINUTE_MS
const ROUND_MS = 15_000
const LEASE_MS = 120_000
const PER_ROUND_MAX = 50
/** An order carries the content in one piece. */
const CONTENT_OCTETS_MAX = 10 * 1024 * 1024
const BY = 'Gatepost'

/** When mail that was held for a deferral is asked about for the first time (Unix milliseconds). */
export function firstJudgedAt(heldAt: number): number {
  return heldAt + PAUSES_MS[0]!
}

/** Runs until the signal aborts. */
export async function watchDeferred(deps: JudgeAgainDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  while (!signal.aborted) {
    try {
      const now = clock.now()
      const lease = { holder, now, until: now + LEASE_MS, subject: 'judge-again' } as const
      if (await takeLease(store.db, lease)) await judgeRound(deps)
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'deferred mail', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
}

/** One round; resolves with how many recipients were asked about. */
export async function judgeRound(deps: JudgeAgainDeps): Promise<number> {
  const due = await againDue(deps.store.db, { now: deps.clock.now(), limit: PER_ROUND_MAX })
  for (const row of due) {
    // One that cannot be asked about now comes with the next pause, and stops no other.
    const found = await ask(row, deps).catch((error: unknown) => {
      deps.emit('control.check.failed', { check: 'deferred mail', subject: row.message_id, error })
      return null
    })
    await settle(row, found, deps)
  }
  return due.length
}

/** The verdict of now; null where nobody could give one. */
async function ask(row: HeldRow, deps: JudgeAgainDeps): Promise<Verdict | null> {
  const scope = scopeOf(row)
  const { client } = await deps.tracking.getMessage(scope, row.message_id)
  if (client === null || row.size > CONTENT_OCTETS_MAX) return null
  const asked = { messageId: row.message_id, octets: CONTENT_OCTETS_MAX }
  const content = await fetchContent(scope, asked, deps)
  const result = await deps.link.order({
    kind: 'explain',
    id: newId('ord', deps.clock.now()),
    tenantId: row.tenant_id,
    clientIp: client.ip,
    helo: client.helo,
    reversePath: row.reverse_path,
    forwardPath: row.recipient,
    content: Buffer.from(content.octets).toString('base64'),
    draft: null,
  })
  return result.kind === 'explain' ? verdictIn(result) : null
}

/** A recipient that was accepted is not asked about again, unless it is refused by now. */
function verdictIn({ rcpt, message }: Explained): Verdict | null {
  return rcpt.reply === null ? message : rcpt
}

async function settle(row: HeldRow, found: Verdict | null, deps: JudgeAgainDeps): Promise<void> {
  const { store, clock } = deps
  const times = row.judged + 1
  if (found?.kind === 'accept' && (await release(row, times, deps))) return
  const place = { tenantId: row.tenant_id, messageId: row.message_id, indexes: [row.recipient_index] }
  await store.transaction((trx) => markJudged(trx, place, changeOf(row, found, clock.now())))
}

type Change = Parameters<typeof markJudged>[2]

/** What the row says from now on. Pure. */
export function changeOf(
  row: Pick<HeldRow, 'held_at' | 'judged' | 'class' | 'because'>,
  found: Verdict | null,
  now: number,
): Change {
  const judged = row.judged + 1
  const step = found?.explanation.find(({ policy }) => policy === found.by)
  const by = { class: found?.by ?? row.class, rule_name: step?.rule?.name ?? null }
  if (found?.kind === 'hold') return { ...by, judged, again_at: null, because: step?.because ?? 'held' }
  if (found?.kind === 'reject')
    return { ...by, judged, again_at: null, because: 'refused-for-this-recipient' }
  if (now >= row.held_at + JUDGED_FOR_MS) return { judged, again_at: null, because: 'deferred-too-long' }
  return { judged, again_at: now + (PAUSES_MS[judged] ?? PAUSES_MS.at(-1)!) }
}

/** Let go as if a person had; the reply of the report says why. False where no edge could. */
async function release(row: HeldRow, times: number, deps: JudgeAgainDeps): Promise<boolean> {
  const reason = `judged again, ${times === 1 ? 'once' : `${times} times`}: no policy defers it any more`
  const scope = scopeOf(row)
  const order = { action: 'release' as const, messages: [row.message_id], reason }
  const acted = await actOnWaiting(scope, order, deps, { state: 'held', indexes: [row.recipient_index] })
  if (acted.recipients === 0) return false
  const place = { tenantId: row.tenant_id, messageId: row.message_id, indexes: [row.recipient_index] }
  const at = deps.clock.now()
  await deps.store.transaction(async (trx) => {
    await markJudged(trx, place, { judged: times, again_at: null })
    await markHeld(trx, place, { state: 'released', decided_at: at, decided_by: BY, decision: reason })
  })
  return true
}

function scopeOf({ tenant_id: tenantId }: Pick<HeldRow, 'tenant_id'>): Scope {
  return { tenantId, actor: { kind: 'system', name: BY }, from: 'internal' }
}
