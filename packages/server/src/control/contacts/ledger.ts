// The ledger of a run in the database: what one page adds, and where to go on, in one transaction.
import type { LeftOut } from '@gatepost/contacts/collect.ts'
import { partsAgain, sumOf } from '@gatepost/contacts/journal.ts'
import type { Ledger, RunEvent } from '@gatepost/contacts/run.ts'
import type { Store } from '#store/open.ts'
import {
  addPairs,
  allParts,
  findRun,
  insertParts,
  partsOf,
  type RunPlace,
  replaceParts,
  setRun,
  skipPart,
} from './store.ts'

export type DatabaseLedger = Ledger & {
  /** Writes down what a run tells of itself. */
  note(event: RunEvent): Promise<void>
  /** Puts parts that were given up untouched at the end once more; resolves with how many. */
  takeAgain(): Promise<number>
}

export function createLedger(
  place: RunPlace,
  { store, now }: { readonly store: Store; readonly now: () => number },
): DatabaseLedger {
  let lastAt = now()
  const elapsed = (): number => {
    const at = now()
    const span = Math.max(0, at - lastAt)
    lastAt = at
    return span
  }
  return {
    async load() {
      const row = await findRun(store.db, place)
      if (row === null || row.parts === null) return null
      return { parts: await partsOf(store.db, place), index: row.part_index, cursor: row.cursor }
    },
    async begin(parts) {
      await store.transaction(async (trx) => {
        await insertParts(trx, place, parts)
        await setRun(trx, place, { parts: parts.length })
      })
    },
    async keep(step) {
      await store.transaction(async (trx) => {
        const row = await findRun(trx, place)
        if (row === null) return
        await addPairs(trx, place, step.pairs)
        if (step.skipped !== null) {
          const { index: position, skipped: why, isUntouched = false } = step
          await skipPart(trx, place, { position, why, isUntouched })
        }
        await setRun(trx, place, {
          part_index: step.isPartDone ? step.index + 1 : step.index,
          cursor: step.isPartDone ? null : step.cursor,
          part_seen: step.isPartDone ? 0 : row.part_seen + step.seen,
          seen: row.seen + step.seen,
          left_out: JSON.stringify(sumOf(JSON.parse(row.left_out) as LeftOut, step.leftOut)),
          skipped: row.skipped + (step.skipped === null ? 0 : 1),
          active_ms: row.active_ms + elapsed(),
          waiting: null,
        })
      })
    },
    takeAgain: () =>
      store.transaction(async (trx) => {
        const row = await findRun(trx, place)
        if (row === null) return 0
        const parts = await allParts(trx, place)
        const given = parts.flatMap((part) => (part.skipped === null ? [] : [{ ...part, why: part.skipped }]))
        const next = partsAgain({ parts, index: row.part_index }, given)
        if (next === null) return 0
        const known = new Map(parts.map((part) => [part.id, part]))
        const ordered = next.parts.map((part) => {
          const skipped = known.get(part.id)?.isUntouched ? null : (known.get(part.id)?.skipped ?? null)
          return { ...part, skipped, isUntouched: false }
        })
        await replaceParts(trx, place, ordered)
        const skipped = row.skipped - next.again
        await setRun(trx, place, { part_index: next.from, cursor: null, part_seen: 0, skipped })
        return next.again
      }),
    async note(event) {
      if (event.kind === 'page' && event.page.next !== null)
        await setRun(store.db, place, { part_title: event.part.title, part_total: event.page.total })
      if (event.kind === 'waiting') await setRun(store.db, place, { waiting: event.why })
    },
  }
}
