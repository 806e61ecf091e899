// The bypass probe kept (C10, C16): what each mail host last answered to strangers, since when it refuses
// them, and when it is asked again.
import type { Knocked } from '@gatepost/contract/lock.ts'
import { MISSES_BELIEVED, nextOnceRight, nextWhilePending } from '../domain/schedule.ts'
import type { ControlDeps } from '../scope.ts'
import { doorsOf } from './doors.ts'
import type { Door, Knock } from './knock.ts'
import { readObservation, writeObservation } from './observation-store.ts'

export type BypassLook = {
  readonly host: string
  readonly port: number
  readonly knocks: readonly Knocked[]
  readonly verdict: 'closed' | 'open' | 'unknown' | 'no-vantage'
  /** When it first refused strangers; null until then. */
  readonly closedAt: number | null
  /** When it last refused them; looks of former versions have none. */
  readonly closedSeenAt?: number | null
  /** Looks in a row that got in after that. */
  readonly misses: number
}

/** Name of the observation; its subject is `host:port`. */
export const BYPASS_LOOK = 'bypass'
const HOUR_MS = 3_600_000
/** A closed door that nobody could knock at for so long is not verified any more. */
const PROOF_MS = 7 * 24 * HOUR_MS

export type BypassDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit'> & { readonly knock: Knock }

export function subjectOf({ host, port }: Pick<Door, 'host' | 'port'>): string {
  return `${host}:${port}`
}

/** Knocks and keeps what was seen. */
export async function lookAndKeepBypass(door: Door, asked: boolean, deps: BypassDeps): Promise<BypassLook> {
  const { store, clock, emit, knock } = deps
  const { tenantId, host, port } = door
  const key = { tenantId, subject: subjectOf(door), name: BYPASS_LOOK }
  const before = await readObservation<BypassLook | null>(store.db, key)
  const knocks = await knock.knock(door)
  const verdict = verdictOf(knocks)
  emit('control.check.ran', { check: 'bypass', host, outcome: verdict })
  const now = clock.now()
  const was = before?.value ?? null
  const look: BypassLook = { host, port, knocks, verdict, ...proofAfter(was, verdict, now) }
  const failures = verdict === 'closed' ? 0 : asked ? 1 : (before?.failures ?? 0) + 1
  const nextCheckAt = nextLook(look, { now, failures, isWhole: door.isWhole })
  await writeObservation(store.db, key, { value: look, checkedAt: now, nextCheckAt, failures })
  return look
}

/** What is proven after a look. Nobody's word keeps a proof for a week; then it is not verified any more. */
function proofAfter(
  was: BypassLook | null,
  verdict: BypassLook['verdict'],
  now: number,
): Pick<BypassLook, 'closedAt' | 'closedSeenAt' | 'misses'> {
  if (verdict === 'closed') return { closedAt: was?.closedAt ?? now, closedSeenAt: now, misses: 0 }
  if (was === null || was.closedAt === null) return { closedAt: null, closedSeenAt: null, misses: 0 }
  const { closedAt, closedSeenAt } = was
  const seenAt = closedSeenAt ?? now
  if (verdict === 'open') return { closedAt, closedSeenAt: seenAt, misses: was.misses + 1 }
  if (!isOpenAgain(was) && now - seenAt > PROOF_MS) return { closedAt: null, closedSeenAt: null, misses: 0 }
  return { closedAt, closedSeenAt: seenAt, misses: was.misses }
}

/** Knocks at every door of an organisation, one after the other. */
export async function lookAtDoors(tenantId: string, deps: BypassDeps): Promise<void> {
  for (const door of await doorsOf(deps.store.db, tenantId)) await lookAndKeepBypass(door, true, deps)
}

/** Knocks at the door of an observation that is due; forgets one that no route leads to any more. */
export async function lookAtDueDoor(
  { tenantId, subject }: { readonly tenantId: string; readonly subject: string },
  deps: BypassDeps,
): Promise<void> {
  const { store, clock } = deps
  const door = (await doorsOf(store.db, tenantId)).find((one) => subjectOf(one) === subject)
  if (door) {
    await lookAndKeepBypass(door, false, deps)
    return
  }
  const key = { tenantId, subject, name: BYPASS_LOOK }
  await writeObservation(store.db, key, {
    value: null,
    checkedAt: clock.now(),
    nextCheckAt: null,
    failures: 0,
  })
}

/** Whether it refuses strangers: once closed, one look that got in proves nothing yet. */
export function isClosed(look: BypassLook | null): boolean {
  if (look === null) return false
  return look.verdict === 'closed' || (look.closedAt !== null && look.misses < MISSES_BELIEVED)
}

/** It was closed, and two looks in a row got in. */
export function isOpenAgain(look: BypassLook | null): boolean {
  return look !== null && look.closedAt !== null && look.misses >= MISSES_BELIEVED
}

/** Getting in from inside the network says nothing; being refused there does. */
export function verdictOf(knocks: readonly Knocked[]): BypassLook['verdict'] {
  const telling = knocks.filter(({ kind, isInside, recipient }) => {
    // The mailbox need not exist in the cloud's own domain: only a yes or a no says something there.
    if (recipient === 'cloud-domain' && kind === 'unknown') return false
    return !(isInside && kind === 'open')
  })
  if (telling.length === 0) return 'no-vantage'
  if (telling.some(({ kind }) => kind === 'open')) return 'open'
  return telling.every(({ kind }) => kind === 'closed') ? 'closed' : 'unknown'
}

/**
 * Once closed it is watched by the hour for ever; while open, as long as whole messages are not sent for it.
 */
function nextLook(
  look: BypassLook,
  { now, failures, isWhole }: { readonly now: number; readonly failures: number; readonly isWhole: boolean },
): number {
  if (look.closedAt !== null)
    return nextOnceRight(now, { misses: look.misses, known: look.verdict !== 'unknown' })
  // Each look at an open cloud leaves a message in somebody's mailbox.
  if (isWhole || look.verdict === 'no-vantage') return now + HOUR_MS
  return nextWhilePending(now, failures)
}
