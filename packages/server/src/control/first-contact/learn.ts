// Learns who writes to whom from what edges report of mail they let in, and tells edges by the feed (F4).
import type { Emit } from '#events/emit.ts'
import { knownAuthorKey } from '#link/known-author.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/open.ts'
import { primariesOf } from '../sender/store.ts'
import type { AuthorSeen } from './seen.ts'
import { noteAuthors, sweepAuthors } from './store.ts'

const SWEEP_MS = 6 * 3_600_000
/** Between parts of a long sweep, so that others get their turn to write. */
const PART_MS = 50

/** Keeps them; true when edges are to be told. */
export async function keepAuthorsSeen(
  seen: readonly AuthorSeen[],
  { store }: { readonly store: Store },
): Promise<boolean> {
  const { dialect } = store
  for (const [tenantId, some] of Map.groupBy(seen, (one) => one.tenantId)) {
    const recipients = [...new Set(some.map(({ recipient }) => recipient))]
    const primaries = await primariesOf(store.db, tenantId, recipients, dialect)
    const keys = new Map<string, number>()
    for (const { author, recipient, at } of some) {
      keys.set(knownAuthorKey(primaries.get(recipient) ?? recipient, author), at)
      keys.set(knownAuthorKey('', author), at)
    }
    await store.transaction((trx) =>
      noteAuthors(trx, { tenantId, keys }, { dialect, now: Math.max(...keys.values()) }),
    )
  }
  return seen.length > 0
}

/** Lets go of authors who have not written for long, until the signal aborts. */
export async function watchKnownAuthors(
  { store, clock, emit }: { readonly store: Store; readonly clock: Clock; readonly emit: Emit },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const more = await store
      .transaction((trx) => sweepAuthors(trx, { dialect: store.dialect, now: clock.now() }))
      .catch((error) => {
        if (!signal.aborted) emit('control.request.failed', { what: 'sweep of known authors', error })
        return false
      })
    await clock.sleep(more ? PART_MS : SWEEP_MS, signal)
  }
}
