// Recipients that each author wrote to in the last hour, at this worker: the hard limit of a sender (6.8).
import { formatMailbox } from '@gatepost/mail/address.ts'
import type { HeaderFacts } from '#facts/header-facts.ts'
import { type Fact, known, type SenderFact } from '#policy/facts.ts'
import { hourlyShare } from '#policy/sender-rate.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** An hour in slices: what is older than an hour falls out slice by slice. */
const SLICES = 12
const SLICE_MS = 300_000
/** Authors counted at a time; the one that was counted longest ago makes room. */
const AUTHORS_MAX = 50_000

type Count = { slice: number; readonly recipients: number[] }

export class SenderCounts {
  readonly #counts = new Map<string, Count>()

  /**
   * How many recipients were within the hour, these included. Beyond `limit` these are not counted: their
   * message is deferred, and if each of its retries counted, a queue that is long enough would never empty.
   */
  add(author: string, recipients: number, now: number, limit: number): number {
    const slice = Math.floor(now / SLICE_MS)
    const count = this.#counts.get(author) ?? { slice, recipients: new Array<number>(SLICES).fill(0) }
    forget(count, slice)
    const sum = count.recipients.reduce((all, one) => all + one, recipients)
    if (sum <= limit) count.recipients[slice % SLICES]! += recipients
    this.#counts.delete(author)
    if (this.#counts.size >= AUTHORS_MAX) this.#counts.delete(this.#counts.keys().next().value ?? '')
    this.#counts.set(author, count)
    return sum
  }

  /** Forgets who wrote nothing for an hour. */
  sweep(now: number): void {
    const slice = Math.floor(now / SLICE_MS)
    for (const [author, count] of this.#counts) {
      // The first is the one that was counted longest ago.
      if (slice - count.slice < SLICES) return
      this.#counts.delete(author)
    }
  }
}

function forget(count: Count, slice: number): void {
  const passed = Math.min(SLICES, slice - count.slice)
  for (let at = 1; at <= passed; at += 1) count.recipients[(count.slice + at) % SLICES] = 0
  count.slice = slice
}

const NOT_COUNTED: Fact<SenderFact> = known({ identities: [], recipientsThisHour: 0, workers: 1 })

/** Counts a message once, whatever other policies make of it. */
export function countSender(
  { edge, wire, credential }: Session,
  { settings, reversePath, recipients, direction }: Transaction,
  header: HeaderFacts,
): Fact<SenderFact> {
  if (direction !== 'outbound' || settings === null) return NOT_COUNTED
  const author = header.authors[0] ?? (reversePath === null ? '' : formatMailbox(reversePath).toLowerCase())
  const identities = [`address ${wire.clientIp}`]
  if (credential !== null) identities.push(`credential ${credential.id}`)
  if (author !== '') identities.push(`author ${author}`)
  const counted = `${settings.tenantId} ${author}`
  const limit = hourlyShare(settings, edge.workers)
  const recipientsThisHour = edge.senderCounts.add(counted, recipients.length, edge.clock.now(), limit)
  return known({ identities, recipientsThisHour, workers: edge.workers })
}
