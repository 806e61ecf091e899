// Wires control's end of the link: publisher, socket and report sink become the EdgeLink that use cases see.
import { dirname } from 'node:path'
import type { Emit } from '#events/emit.ts'
import type { ArchiveSink, ReportedMailSink } from '#link/archive-upload.ts'
import type { MeasurementBoard } from '#link/measurements.ts'
import { Publisher } from '#link/publisher.ts'
import { LinkServer, type ReportSink } from '#link/server.ts'
import type { Clock } from '#platform/clock.ts'
import { ensureFolder } from '#platform/files.ts'
import type { Store } from '#store/open.ts'
import { problem } from '../problem.ts'
import type { EdgeLink } from '../scope.ts'
import { createPublishingStore } from './store.ts'

/** Tracking, as far as the link feeds it. */
export type LinkTracking = ReportSink & { domainsChanged(domains: ReadonlyMap<string, string>): void }

/** Publishes what is waiting and opens the socket. Ready for edges once it resolves. */
export async function startLink(options: {
  readonly socketPath: string
  readonly store: Store
  readonly tracking: LinkTracking
  readonly archive?: ArchiveSink | null
  readonly reported?: ReportedMailSink | null
  readonly clock: Clock
  readonly emit: Emit
  /** The edge workers of this machine: orders to all name those that are silent. */
  readonly expected: readonly { readonly node: string; readonly slot: number }[]
}): Promise<{
  readonly link: EdgeLink & { publishedAt(): number }
  readonly board: MeasurementBoard
  close(): Promise<void>
}> {
  const { socketPath, store, tracking, archive = null, reported = null, clock, emit, expected } = options
  ensureFolder(dirname(socketPath))
  const publisher = new Publisher({
    store: createPublishingStore(store),
    clock,
    emit,
    domainsChanged: (domains) => tracking.domainsChanged(domains),
  })
  await publisher.start()
  const unreachable = (why: string): Error =>
    problem('edge-unreachable', `No edge answers at the moment: ${why}.`)
  const server = new LinkServer({
    socketPath,
    publisher,
    reports: tracking,
    archive,
    reported,
    clock,
    emit,
    unreachable,
  })
  for (const { node, slot } of expected) server.expect(node, slot)
  await server.listen()
  return {
    link: server,
    board: server.board(),
    async close() {
      await publisher.stop()
      await server.close()
    },
  }
}
