// Greylisting as people see it (G3): figures, what is deferred now, release and forgetting.
import type { BodyOf, OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import type {
  getGreylisting,
  listDeferred,
  listEndedDeferrals,
  releaseDeferred,
} from '@gatepost/contract/greylist.ts'
import { mergeNewest } from '#link/greylist-orders.ts'
import { newId } from '#platform/random.ts'
import { GREYLIST_DELAY_MS, GREYLIST_WINDOW_MS } from '#policy/greylisting.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { mergeDelays, quantileOf } from './delays.ts'
import { countPasses, countSenders, dropPass, PASS_MEMORY_MS, readEnded, readHours } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

const DAY_MS = 86_400_000
/** An edge looks through 50,000 rows in less; the rest is the way there and back. */
const LIST_MS_MAX = 10_000
const DECIDE_MS_MAX = 10_000

/** Figures of the last `days` days. */
export async function readGreylisting(
  { tenantId }: Scope,
  { days }: QueryOf<typeof getGreylisting>,
  { store, clock }: Deps,
): Promise<OutputOf<typeof getGreylisting>> {
  const since = clock.now() - days * DAY_MS
  const [hours, sendersDelayed, passing] = await Promise.all([
    readHours(store.db, tenantId, since),
    countSenders(store.db, tenantId, since),
    countPasses(store.db, tenantId),
  ])
  const sum = (of: (row: (typeof hours)[number]) => number): number =>
    hours.reduce((all, row) => all + of(row), 0)
  const delays = mergeDelays(hours.map((row) => JSON.parse(row.delays) as number[]))
  const perDay = new Map<number, OutputOf<typeof getGreylisting>['perDay'][number]>()
  for (const { hour, deferred, accepted, lost, delay_ms: delayMs } of hours) {
    const day = Math.floor(hour / DAY_MS) * DAY_MS
    const before = perDay.get(day) ?? { day, deferred: 0, accepted: 0, neverRetried: 0, delayMs: 0 }
    perDay.set(day, {
      day,
      deferred: before.deferred + deferred,
      accepted: before.accepted + accepted,
      neverRetried: before.neverRetried + lost,
      delayMs: before.delayMs + delayMs,
    })
  }
  return {
    days,
    figures: {
      deferred: sum((row) => row.deferred),
      accepted: sum((row) => row.accepted),
      neverRetried: sum((row) => row.lost),
      observed: sum((row) => row.observed),
      sendersDelayed,
      delayMs: sum((row) => row.delay_ms),
      delayP50Ms: quantileOf(delays, 0.5),
      delayP95Ms: quantileOf(delays, 0.95),
    },
    perDay: [...perDay.values()],
    delayMs: GREYLIST_DELAY_MS,
    windowMs: GREYLIST_WINDOW_MS,
    memoryMs: PASS_MEMORY_MS,
    passing,
  }
}

/** What waits for its retry. Throws `edge-unreachable` when no edge answers at all. */
export async function listDeferredNow(
  { tenantId }: Scope,
  { limit, after, search }: QueryOf<typeof listDeferred>,
  { clock, link }: Deps,
): Promise<OutputOf<typeof listDeferred>> {
  const id = newId('ord', clock.now())
  const asked = { tenantId, search: search ?? null, before: after ?? null, limit }
  const order = { kind: 'greylist-list', id, ...asked } as const
  const { answers, unreachable } = await link.orderAll(order, LIST_MS_MAX)
  if (answers.length === 0) throw silence(unreachable)
  const parts = answers.flatMap(({ result }) => (result.kind === 'greylist-list' ? [result] : []))
  const { items, next } = mergeNewest(parts, limit)
  return {
    items: items.map((item) => ({
      ...item,
      reversePath: item.reversePath === '' ? null : item.reversePath,
      acceptedFrom: item.firstAt + GREYLIST_DELAY_MS,
      giveUpAt: item.firstAt + GREYLIST_WINDOW_MS,
    })),
    next,
    total: parts.reduce((sum, { waiting }) => sum + waiting, 0),
    unreachable: [...unreachable],
  }
}

/** Deferrals that ended in the last seven days. */
export async function listEnded(
  { tenantId }: Scope,
  { limit, after, outcome, search }: QueryOf<typeof listEndedDeferrals>,
  { store }: Deps,
): Promise<OutputOf<typeof listEndedDeferrals>> {
  const rows = await readEnded(store.db, {
    tenantId,
    outcome: outcome ?? null,
    search: search ?? null,
    before: after ?? null,
    limit: limit + 1,
  })
  const shown = rows.slice(0, limit)
  return {
    items: shown.map((row) => ({
      id: row.id,
      outcome: row.outcome,
      reversePath: row.reverse_path === '' ? null : row.reverse_path,
      forwardPath: row.forward_path,
      clientIp: row.client_ip,
      identity: row.identity,
      firstAt: row.first_at,
      endedAt: row.ended_at,
      attempts: row.attempts,
    })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    total: null,
  }
}

/**
 * Lets an identity pass, or forgets it, on every edge. Who did it is in the audit log before it is done.
 * Throws `edge-unreachable` when no edge answers at all.
 */
export async function decideIdentity(
  scope: Scope,
  { identity, decision }: BodyOf<typeof releaseDeferred> & { readonly decision: 'release' | 'forget' },
  { store, clock, link }: Deps,
): Promise<OutputOf<typeof releaseDeferred>> {
  const { tenantId } = scope
  const at = clock.now()
  const action = decision === 'release' ? 'greylisting.released' : 'greylisting.forgotten'
  await store.transaction(async (trx) => {
    await appendAudit(trx, scope, { action, subject: `sender ${identity}`, before: null, after: null, at })
    if (decision === 'forget') {
      await dropPass(trx, { tenantId, identity }, { dialect: store.dialect, now: at })
    }
  })
  const order = { kind: 'greylist-decide', id: newId('ord', at), tenantId, identity, decision } as const
  const { answers, unreachable } = await link.orderAll(order, DECIDE_MS_MAX)
  if (answers.length === 0) throw silence(unreachable)
  return { unreachable: [...unreachable] }
}

function silence(unreachable: readonly { readonly why: string }[]): Error {
  return problem('edge-unreachable', unreachable[0]?.why ?? 'No edge has reported to control yet.')
}
