// Wires control's end of the link: publisher, socket and report sink become the EdgeLink that use cases see.
import { dirname } from 'node:path'
import type { Emit } from '#events/emit.ts'
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
  readonly clock: Clock
  readonly emit: Emit
}): Promise<{ readonly link: EdgeLink; close(): Promise<void> }> {
  const { socketPath, store, tracking, clock, emit } = options
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
  const server = new LinkServer({ socketPath, publisher, reports: tracking, clock, emit, unreachable })
  await server.listen()
  return {
    link: server,
    async close() {
      await publisher.stop()
      await server.close()
    },
  }
}
