// A collection as pages and the API show it: how far it is, and how long it may still take.
import type { LeftOut } from '@gatepost/contacts/collect.ts'
import type { ContactRun } from '@gatepost/contract/contacts.ts'
import type { ContactDeps } from './deps.ts'
import { type ContactSettings, targetOf } from './settings.ts'
import { type ContactRunRow, countPairs, type PairCounts, skippedParts } from './store.ts'

/** Less than this much done, or this short a time, tells nothing. */
const SHARE_MIN = 0.02
const ACTIVE_MS_MIN = 5_000

/** A count may be as old as this while a run goes on: pages ask every few seconds, and pairs are millions. */
const COUNT_MS = 10_000
/** Runs whose counts are kept. */
const COUNTS_MAX = 200

/** Counts pairs of runs, and again only when there are new ones. */
export class PairCounter {
  readonly #deps: Pick<ContactDeps, 'store' | 'clock'>
  readonly #known = new Map<
    string,
    { readonly seen: number; readonly at: number; readonly counts: PairCounts }
  >()

  constructor(deps: Pick<ContactDeps, 'store' | 'clock'>) {
    this.#deps = deps
  }

  async countsOf(row: ContactRunRow): Promise<PairCounts> {
    const { store, clock } = this.#deps
    const at = clock.now()
    const known = this.#known.get(row.id)
    const isFresh = known?.seen === row.seen || (row.state === 'running' && at - (known?.at ?? 0) < COUNT_MS)
    if (known !== undefined && isFresh) return known.counts
    const counts = await countPairs(store.db, { tenantId: row.tenant_id, runId: row.id })
    if (this.#known.size >= COUNTS_MAX) this.#known.clear()
    this.#known.set(row.id, { seen: row.seen, at, counts })
    return counts
  }
}

export async function presentRun(
  row: ContactRunRow,
  { store, contacts }: Pick<ContactDeps, 'store'> & { readonly contacts: { readonly pairs: PairCounter } },
): Promise<ContactRun> {
  const place = { tenantId: row.tenant_id, runId: row.id }
  const settings = JSON.parse(row.settings) as ContactSettings
  const isReading = row.state === 'running' && row.parts !== null && row.part_index < row.parts
  return {
    id: row.id,
    source: row.source,
    state: row.state,
    target: targetOf(settings),
    since: settings.since,
    startedAt: row.started_at,
    startedBy: row.started_by,
    finishedAt: row.finished_at,
    parts: row.parts,
    partsDone: row.part_index,
    part:
      isReading && row.part_title !== ''
        ? { title: row.part_title, seen: row.part_seen, total: row.part_total }
        : null,
    messages: row.seen,
    ...(await contacts.pairs.countsOf(row)),
    leftOut: JSON.parse(row.left_out) as LeftOut,
    skipped: row.skipped,
    skippedParts: row.skipped === 0 ? [] : [...(await skippedParts(store.db, place))],
    leftMs: isReading ? leftMsOf(row) : null,
    waiting: row.waiting,
    trouble: row.why === null ? null : { saw: row.why, remedy: row.remedy ?? '' },
  }
}

/** By the pace so far; pure. */
export function leftMsOf(
  row: Pick<ContactRunRow, 'parts' | 'part_index' | 'part_seen' | 'part_total' | 'active_ms'>,
): number | null {
  if (row.parts === null || row.parts === 0) return null
  const within =
    row.part_total === null || row.part_total === 0 ? 0 : Math.min(1, row.part_seen / row.part_total)
  const done = row.part_index + within
  if (done / row.parts < SHARE_MIN || row.active_ms < ACTIVE_MS_MIN) return null
  return Math.round((row.active_ms / done) * (row.parts - done))
}
