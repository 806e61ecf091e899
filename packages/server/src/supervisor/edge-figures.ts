// What an edge worker measures of itself for /metrics: sessions, queue, delivery, spool, process.
import type { Scheduler } from '#delivery/scheduler.ts'
import type { Edge } from '#edge/edge.ts'
import type { GaugeName } from '#events/families.ts'
import type { Measured, Metrics } from '#events/metrics.ts'
import type { SnapshotHolder } from '#link/holder.ts'
import type { ProcessFigures } from '#platform/process-figures.ts'
import type { Spool } from '#spool/spool.ts'

type Parts = {
  readonly edge: Edge
  /** The own spool first, then adopted ones. */
  readonly spools: readonly Spool[]
  readonly scheduler: Scheduler
  readonly holder: SnapshotHolder
  readonly metrics: Metrics
  readonly figures: ProcessFigures
}

/** One reading. Figures of the queue are left out while the disk refuses to tell them. */
export async function measureEdge(parts: Parts): Promise<Measured> {
  const { edge, scheduler, holder, metrics, figures } = parts
  const { gauges, cpuSeconds } = figures.read()
  const states = new Map<string, number>([
    ['sessions.command', 0],
    ['sessions.intake', 0],
    ['sessions.busy', 0],
  ])
  for (const { state } of edge.sessions) {
    const key = `sessions.${state}`
    states.set(key, (states.get(key) ?? 0) + 1)
  }
  const { inHand, connections, destinations } = scheduler.counts()
  const own: readonly (readonly [GaugeName, number])[] = [
    ['connections_open', edge.connections.total],
    ['delivery_messages', inHand],
    ['delivery_connections', connections],
    ['delivery_destinations', destinations],
    ['snapshot_version', holder.current()?.version ?? 0],
    ...(await queueOf(parts.spools)),
  ]
  return {
    counters: new Map([...metrics.counters(), ['cpu_seconds', cpuSeconds]]),
    gauges: new Map([...gauges, ...states, ...own]),
    histograms: metrics.histograms(),
  }
}

async function queueOf(spools: readonly Spool[]): Promise<readonly (readonly [GaugeName, number])[]> {
  const isOk = spools[0]?.health().ok === true
  const counts = await Promise.all(spools.map((spool) => spool.counts())).catch(() => null)
  if (counts === null) return [['spool_ok', 0]]
  const sum = (pick: (one: Awaited<ReturnType<Spool['counts']>>) => number): number =>
    counts.reduce((total, one) => total + pick(one), 0)
  return [
    ['spool_ok', isOk ? 1 : 0],
    ['queue_messages', sum(({ messages }) => messages)],
    ['queue_recipients', sum(({ queued }) => queued)],
    ['held_recipients', sum(({ held }) => held)],
    ['outbox_reports', sum(({ outbox }) => outbox)],
  ]
}
