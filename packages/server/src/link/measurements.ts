// What edges measure, on its way to control's /metrics: the shape on the link, the pump of an edge, and
// control's board of last values.
import * as z from 'zod'
import type { Source } from '#events/exposition.ts'
import type { Measured } from '#events/metrics.ts'
import type { Clock } from '#platform/clock.ts'
import type { LinkClient } from './client.ts'
import { linkPaths } from './protocol.ts'

/** How often an edge measures. */
export const MEASURE_MS = 5_000
/** Six missed readings: the edge is gone, and old figures would lie. */
const FORGET_MS = 30_000
/** Edges kept: a node has at most 64 workers, and a cluster few nodes. */
const SOURCES_MAX = 4_096

const Name = z.string().regex(/^[a-z0-9_.]{1,80}$/)
const Values = z.array(z.tuple([Name, z.number()])).max(200)

export const Measurements = z.object({
  node: z.string().min(1).max(200),
  slot: z.int().min(0).max(4096),
  counters: Values,
  gauges: Values,
  histograms: z
    .array(z.tuple([Name, z.object({ counts: z.array(z.int().min(0)).max(100), sum: z.number() })]))
    .max(50),
})
export type Measurements = z.infer<typeof Measurements>

type Edge = {
  readonly node: string
  readonly slot: number
  readonly seenAt: number
  readonly measured: Measured
}

/** Control's memory of the last reading of each edge. */
export class MeasurementBoard {
  readonly #clock: Clock
  readonly #edges = new Map<string, Edge>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take({ node, slot, counters, gauges, histograms }: Measurements): void {
    const measured = {
      counters: new Map(counters),
      gauges: new Map(gauges),
      histograms: new Map(histograms),
    }
    const key = `${slot} ${node}`
    this.#edges.delete(key)
    this.#edges.set(key, { node, slot, seenAt: this.#clock.now(), measured })
    if (this.#edges.size > SOURCES_MAX) this.#edges.delete(this.#edges.keys().next().value!)
  }

  /** Edges that reported lately, by node and slot. */
  edges(): readonly Edge[] {
    const since = this.#clock.now() - FORGET_MS
    for (const [key, { seenAt }] of this.#edges) if (seenAt < since) this.#edges.delete(key)
    return [...this.#edges.values()].sort((a, b) =>
      a.node === b.node ? a.slot - b.slot : a.node < b.node ? -1 : 1,
    )
  }

  /** The same for `openMetrics`. */
  sources(): readonly Source[] {
    return this.edges().map(({ node, slot, measured }) => ({ node, slot: String(slot), measured }))
  }
}

/**
 * Sends a reading at once and then every five seconds, until the signal aborts. A lost one is not repeated.
 */
export async function pumpMeasurements(
  measure: () => Promise<Measured>,
  options: {
    readonly client: LinkClient
    readonly clock: Clock
    readonly node: string
    readonly slot: number
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { client, clock, node, slot, signal } = options
  while (!signal.aborted) {
    try {
      const { counters, gauges, histograms } = await measure()
      const body: Measurements = {
        node,
        slot,
        counters: [...counters],
        gauges: [...gauges],
        histograms: [...histograms].map(([name, { counts, sum }]) => [name, { counts: [...counts], sum }]),
      }
      await client.post(linkPaths.metrics, JSON.stringify(body), { timeoutMs: MEASURE_MS, signal })
    } catch {
      // Control or the spool is away, which other events say; the next reading tells everything again.
    }
    await clock.sleep(MEASURE_MS, signal)
  }
}
