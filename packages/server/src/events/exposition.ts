// Readings of many processes as one OpenMetrics text
// (https://prometheus.io/docs/specs/om/open_metrics_spec/).
import { BUCKETS, type Family, families } from './families.ts'
import type { Measured } from './metrics.ts'

/** One process: which machine, and its slot or `control`. */
export type Source = { readonly node: string; readonly slot: string; readonly measured: Measured }

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/**
 * Each family once with the samples of all sources; families without a sample and unknown names are left out.
 */
export function openMetrics(sources: readonly Source[]): string {
  const blocks = families.flatMap((family) => {
    const samples = sources.flatMap((source) => samplesOf(family, source))
    return samples.length === 0 ? [] : [...headOf(family), ...samples]
  })
  return `${[...blocks, '# EOF'].join('\n')}\n`
}

function headOf({ name, kind, unit, means }: Family): readonly string[] {
  const full = `gatepost_${name}`
  return [
    `# TYPE ${full} ${kind}`,
    ...(unit === null ? [] : [`# UNIT ${full} ${unit}`]),
    `# HELP ${full} ${escaped(means)}`,
  ]
}

function samplesOf(family: Family, { node, slot, measured }: Source): readonly string[] {
  const labels = [`node="${escaped(node)}"`, `slot="${escaped(slot)}"`]
  const full = `gatepost_${family.name}`
  if (family.kind === 'histogram') return histogramOf(full, labels, measured.histograms.get(family.name))
  const suffix = family.kind === 'counter' ? '_total' : ''
  const values = family.kind === 'counter' ? measured.counters : measured.gauges
  const sample = (value: number | undefined, more: readonly string[]): readonly string[] =>
    value === undefined ? [] : [`${full}${suffix}{${[...labels, ...more].join(',')}} ${numberText(value)}`]
  if (family.by === null) return sample(values.get(family.name), [])
  const { label, values: words } = family.by
  return words.flatMap((word) => sample(values.get(`${family.name}.${word}`), [`${label}="${word}"`]))
}

function histogramOf(
  full: string,
  labels: readonly string[],
  histogram: { readonly counts: readonly number[]; readonly sum: number } | undefined,
): readonly string[] {
  if (histogram === undefined) return []
  const bounds = [...BUCKETS.map(boundText), '+Inf']
  let total = 0
  const buckets = bounds.map((bound, at) => {
    total += histogram.counts[at] ?? 0
    return `${full}_bucket{${[...labels, `le="${bound}"`].join(',')}} ${total}`
  })
  const all = labels.join(',')
  return [...buckets, `${full}_count{${all}} ${total}`, `${full}_sum{${all}} ${numberText(histogram.sum)}`]
}

/** Bounds are floats, and `1` is written `1.0` there. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound)
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)))
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
