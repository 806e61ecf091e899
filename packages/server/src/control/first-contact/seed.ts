// Who wrote before a first-contact policy was made stands in tracking: read once for each organisation, so
// that its known correspondents are not marked (F4).
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import type { Emit } from '#events/emit.ts'
import { authorNameOf, knownAuthorKey } from '#link/known-author.ts'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#store/open.ts'
import type { EdgeLink } from '../scope.ts'
import type { InboundLetter } from '../tracking/inbound-letters.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { keepAuthorsSeen } from './learn.ts'
import type { AuthorSeen } from './seen.ts'
import { keepSeed, unseededTenants } from './store.ts'

export type SeedDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly emit: Emit
  readonly link: Pick<EdgeLink, 'settingsChanged'>
  readonly tracking: Pick<Tracking, 'inboundLetters' | 'days'>
}

export type Seeded = { readonly tenantId: string; readonly messages: number; readonly pairs: number }

/** Between looks for new policies: long before any days of learning are over. */
const LOOK_MS = 60_000
const PAGE_SIZE = 500
/** Between pages, so that requests and reports get their turn. */
const PAUSE_MS = 20
/** Messages read of one organisation, the newest first: some minutes of a background's time. */
export const SEED_MESSAGES_MAX = 300_000

/** Seeds organisations whose first policy was made, until the signal aborts. */
export async function watchFirstContactSeeds(deps: SeedDeps, signal: AbortSignal): Promise<void> {
  const { clock, emit } = deps
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal)
    if (signal.aborted) return
    await seedDue(deps, signal).catch((error) => {
      if (!signal.aborted) emit('control.request.failed', { what: 'seeds of first contact', error })
    })
  }
}

/** One round: every organisation with a policy that was never seeded. */
export async function seedDue(deps: SeedDeps, signal: AbortSignal): Promise<readonly Seeded[]> {
  const { store, clock, link } = deps
  const done: Seeded[] = []
  for (const tenantId of await unseededTenants(store.db)) {
    const seeded = await seed(tenantId, deps, signal)
    if (signal.aborted) return done
    await keepSeed(store.db, seeded, clock.now())
    if (seeded.pairs > 0) link.settingsChanged()
    done.push(seeded)
  }
  return done
}

async function seed(
  tenantId: string,
  { store, clock, tracking }: SeedDeps,
  signal: AbortSignal,
): Promise<Seeded> {
  let messages = 0
  /** The newest word of each pair came first; what is older says nothing new. */
  const pairs = new Set<string>()
  for (const day of await tracking.days()) {
    for (let before: string | null = null; messages < SEED_MESSAGES_MAX; ) {
      const letters: readonly InboundLetter[] = await tracking.inboundLetters(tenantId, {
        day,
        before,
        limit: PAGE_SIZE,
      })
      if (signal.aborted) break
      const seen = seenIn(tenantId, letters, pairs)
      await keepAuthorsSeen(seen, { store })
      messages += letters.length
      if (letters.length < PAGE_SIZE) break
      before = letters.at(-1)!.id
      await clock.sleep(PAUSE_MS, signal)
    }
  }
  return { tenantId, messages, pairs: pairs.size }
}

/** Pairs of a page that were in none before. */
function seenIn(
  tenantId: string,
  letters: readonly InboundLetter[],
  pairs: Set<string>,
): readonly AuthorSeen[] {
  const seen: AuthorSeen[] = []
  for (const { author, at, authentication, recipients } of letters) {
    const name = author === null ? null : authorNameOf(author, authentication)
    if (name === null) continue
    for (const forwardPath of recipients) {
      const mailbox = mailboxOf(forwardPath)
      if (mailbox === null) continue
      const recipient = addressKey(mailbox)
      const key = knownAuthorKey(recipient, name)
      if (pairs.has(key)) continue
      pairs.add(key)
      seen.push({ tenantId, author: name, recipient, at })
    }
  }
  return seen
}
