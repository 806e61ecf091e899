// The greylist of one machine among its workers: slot 0 keeps the file, the others send it their changes
// through the supervisor (decisions 23).
import type { Emit } from '#events/emit.ts'
import { openGreylistReader } from '#facts/greylist/file.ts'
import { Greylist } from '#facts/greylist/greylist.ts'
import type { Listed, ListQuestion } from '#facts/greylist/listing.ts'
import type { GreylistChange, GreylistTally } from '#facts/greylist/records.ts'
import { GreylistWriter } from '#facts/greylist/writer.ts'
import type { Holder } from '#facts/sources.ts'
import type { GreylistOrder, GreylistResult } from '#link/greylist-orders.ts'
import type { GreylistReport } from '#link/reports.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import type { Peers } from './child.ts'

/** Slot 0 answers in some milliseconds; one that starts anew takes longer, and the batch is sent again. */
const ACKNOWLEDGED_MS = 5_000

type Options = {
  readonly path: string
  readonly slot: number
  readonly clock: Clock
  readonly emit: Emit
  readonly holder: Holder
  readonly peers: Peers
  /** Takes what happened on its way to control. */
  readonly report: (reports: readonly GreylistReport[]) => void
}

export type KeptGreylist = {
  readonly greylist: Greylist
  carryOut(order: GreylistOrder): Promise<GreylistResult>
  close(): Promise<void>
}

type Message =
  | { readonly kind: 'greylist'; readonly batch: number; readonly changes: readonly GreylistChange[] }
  | { readonly kind: 'greylist-done'; readonly batch: number; readonly failed: string | null }

/** Starts keeping or using the machine's greylist. */
export function keepGreylist(options: Options): KeptGreylist {
  const { slot, path, clock, holder } = options
  const writer = slot === 0 ? startWriter(options) : null
  const write =
    writer === null
      ? writeThroughSlot0(options)
      : (changes: readonly GreylistChange[]) => writer.write(changes)
  const greylist = new Greylist({
    clock,
    reader: openGreylistReader(path),
    write,
    passElsewhere(tenantId, identity) {
      const entry = holder.entryOf(tenantId, 'greylist-pass', identity)
      if (entry.kind === 'unknown' || entry.value === null || !('at' in entry.value)) return null
      return Number(entry.value.at)
    },
  })
  return {
    greylist,
    carryOut: (order) => carryOut(order, { greylist, writer, clock }),
    async close() {
      await greylist.close()
      await writer?.close()
    },
  }
}

function startWriter({ path, clock, emit, peers, report }: Options): GreylistWriter {
  const writer = new GreylistWriter({
    path,
    clock,
    tell: (tallies) => report(tallies.map((tally) => reportOf(tally, clock.now()))),
    trouble: (why) => emit('edge.greylist.failed', { why }),
  })
  peers.listen((from, body) => {
    const message = body as Message
    if (message.kind !== 'greylist') return
    const { batch } = message
    writer.write(message.changes).then(
      () => peers.send(from, { kind: 'greylist-done', batch, failed: null } satisfies Message),
      (error: Error) =>
        peers.send(from, { kind: 'greylist-done', batch, failed: error.message } satisfies Message),
    )
  })
  return writer
}

function writeThroughSlot0({ peers, clock }: Options): (changes: readonly GreylistChange[]) => Promise<void> {
  const waiting = new Map<number, PromiseWithResolvers<void>>()
  let last = 0
  peers.listen((_from, body) => {
    const message = body as Message
    if (message.kind !== 'greylist-done') return
    if (message.failed === null) waiting.get(message.batch)?.resolve()
    else waiting.get(message.batch)?.reject(new Error(message.failed))
  })
  return async (changes) => {
    const batch = ++last
    const done = Promise.withResolvers<void>()
    waiting.set(batch, done)
    const over = new AbortController()
    const late = clock.sleep(ACKNOWLEDGED_MS, over.signal).then(() => {
      throw new Error('slot 0 did not acknowledge')
    })
    late.catch(() => {})
    try {
      peers.send(0, { kind: 'greylist', batch, changes } satisfies Message)
      await Promise.race([done.promise, late])
    } finally {
      over.abort()
      waiting.delete(batch)
    }
  }
}

/** Only slot 0 lists and decides: the others read what it writes. */
async function carryOut(
  order: GreylistOrder,
  { greylist, writer, clock }: { greylist: Greylist; writer: GreylistWriter | null; clock: Clock },
): Promise<GreylistResult> {
  if (order.kind === 'greylist-list') {
    const { tenantId, search, before, limit } = order
    const question: ListQuestion = { tenantId, search, before, limit }
    const listed: Listed =
      writer === null ? { items: [], next: null, waiting: 0 } : await writer.list(question)
    const items = listed.items.map(({ tenantId: _, keys: __, ...item }) => item)
    return { kind: 'greylist-list', ...listed, items }
  }
  const { tenantId, identity } = order
  if (writer !== null) {
    await greylist.decide(
      order.decision === 'release'
        ? { kind: 'passed', tenantId, keys: [identity], at: clock.now(), how: 'released', message: null }
        : { kind: 'forgotten', tenantId, identity },
    )
  }
  return { kind: 'greylist-decide' }
}

function reportOf(tally: GreylistTally, at: number): GreylistReport {
  return { kind: 'greylist', id: newId('gre', at), at, ...tally }
}
