// What /metrics answers: control's own figures and the last reading of each edge, in one text.
import { openMetrics, type Source } from '#events/exposition.ts'
import type { Metrics } from '#events/metrics.ts'
import type { MeasurementBoard } from '#link/measurements.ts'
import type { ProcessFigures } from '#platform/process-figures.ts'

type Parts = {
  readonly node: string
  readonly metrics: Metrics
  readonly figures: ProcessFigures
  readonly board: MeasurementBoard
  readonly link: { edges(): readonly unknown[]; version(): number }
}

/** OpenMetrics text of the node as it is now. */
export function nodeMetrics({ node, metrics, figures, board, link }: Parts): string {
  const { gauges, cpuSeconds } = figures.read()
  const control: Source = {
    node,
    slot: 'control',
    measured: {
      counters: new Map([...metrics.counters(), ['cpu_seconds', cpuSeconds]]),
      gauges: new Map([...gauges, ['edges', link.edges().length], ['snapshot_version', link.version()]]),
      histograms: metrics.histograms(),
    },
  }
  return openMetrics([control, ...board.sources()])
}
