// Turns measurements into Markdown: medians with ranges, ratios to each peer, floors, and what casts doubt on
// them.
import type { Cell } from './cells.ts'
import type { Measurement, Metric } from './measure.ts'
import { figure, type Spread, spreadOf, spreadText } from './statistics.ts'

/** Above this, rates and latencies of a measurement say more about the neighbours than about the target. */
export const OTHER_CORES_MAX = 0.3

export type TargetReport = {
  readonly name: string
  readonly version: string
  readonly settings: readonly string[]
}

export type Report = {
  readonly date: string
  readonly machine: readonly string[]
  readonly rounds: number
  readonly messages: number
  /** The first is the subject. */
  readonly targets: readonly TargetReport[]
  /** Targets that could not be measured, with the reason. */
  readonly missing: ReadonlyMap<string, string>
  /** Messages a second from the generator straight to the sink, one and many a connection. */
  readonly ceiling: readonly Measurement[]
  readonly cells: readonly Cell[]
  readonly measurements: readonly Measurement[]
}

type Column = { readonly title: string; readonly metric: Metric }

const COLUMNS: Readonly<Record<Cell['kind'], readonly Column[]>> = {
  relay: [
    { title: 'delivered/s', metric: 'rate' },
    { title: 'CPU-s/1000', metric: 'cpu' },
    { title: 'end of data→250 p50 ms', metric: 'dotP50' },
    { title: 'p99 ms', metric: 'dotP99' },
    { title: 'RCPT p50 ms', metric: 'rcptP50' },
    { title: 'p99 ms', metric: 'rcptP99' },
    { title: 'peak PSS MiB', metric: 'pssMb' },
  ],
  reject: [
    { title: 'refused/s', metric: 'rate' },
    { title: 'CPU-s/1000', metric: 'cpu' },
    { title: 'RCPT p50 ms', metric: 'rcptP50' },
    { title: 'p99 ms', metric: 'rcptP99' },
    { title: 'peak PSS MiB', metric: 'pssMb' },
  ],
  idle: [
    { title: 'held', metric: 'held' },
    { title: 'PSS MiB', metric: 'pssMb' },
    { title: 'KiB a session', metric: 'kibPerSession' },
  ],
}

/** The whole report as Markdown. */
export function reportText(report: Report): string {
  const parts = [
    '# Bench results',
    headOf(report),
    doubtsOf(report),
    ...report.cells.map((cell) => cellText(cell, report)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Measurements during which other processes, or the machine's host, used too much of the cores. */
export function noisy(measurements: readonly Measurement[]): readonly Measurement[] {
  return measurements.filter(({ otherCores }) => otherCores !== null && otherCores > OTHER_CORES_MAX)
}

function headOf(report: Report): string {
  const ceiling = report.ceiling.map(({ cell, metrics }) => `${cell} ${figure(metrics.rate ?? 0)}`)
  const lines = [
    `- ${report.date}`,
    ...report.machine.map((line) => `- ${line}`),
    `- ${report.rounds === 1 ? 'one round' : `${report.rounds} interleaved rounds`} (idle sessions: one), ` +
      `${report.messages.toLocaleString('en-GB')} messages a cell (half as many of 50 KiB); ` +
      'loopback; generator and sink on the same cores',
    `- generator → sink without a server, messages/s: ${ceiling.join(', ')}`,
    ...report.targets.map(({ name, version, settings }) => `- ${name}: ${version}; ${settings.join(', ')}`),
    ...[...report.missing].map(([name, reason]) => `- ${name}: not measured in full (${firstLine(reason)})`),
  ]
  return `${lines.join('\n')}\n\nMedians (min–max). CPU is that of the whole process family and the figure to read first.`
}

/** What follows the first line of a failure is a log, and may name folders of this machine. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}

function doubtsOf({ measurements }: Report): string {
  const doubts: string[] = []
  const loud = noisy(measurements)
  if (loud.length > 0) {
    const worst = Math.max(...loud.map(({ otherCores }) => otherCores ?? 0))
    doubts.push(
      `**Noisy machine**: during ${loud.length} of ${measurements.length} measurements others used more than ` +
        `${OTHER_CORES_MAX} cores (at most ${figure(worst)}). Rates and latencies marked † are no basis for claims.`,
    )
  }
  for (const { cell, target, round, lost, doubles, failed, lastError } of measurements) {
    if (lost + doubles + failed === 0) continue
    const why = lastError === '' ? '' : ` (last: ${lastError.trim()})`
    doubts.push(
      `${cell}, ${target}, round ${round}: ${lost} lost, ${doubles} doubled, ${failed} failed${why}.`,
    )
  }
  return doubts.map((doubt) => `> ${doubt}`).join('\n>\n')
}

function cellText(cell: Cell, report: Report): string {
  const ours = report.measurements.filter((measurement) => measurement.cell === cell.name)
  if (ours.length === 0) return ''
  const columns = COLUMNS[cell.kind]
  const rows = report.targets.flatMap(({ name }) => {
    const own = ours.filter(({ target }) => target === name)
    if (own.length === 0) return []
    const mark = noisy(own).length > 0 ? ' †' : ''
    const values = columns.map(({ metric }) => spreadText(spreadOf(valuesOf(own, metric))))
    return [`| ${name}${mark} | ${values.join(' | ')} | ${othersText(own)} |`]
  })
  const table = [
    `| | ${columns.map(({ title }) => title).join(' | ')} | other cores |`,
    `|${'---|'.repeat(columns.length + 2)}`,
    ...rows,
  ]
  return [`## ${cell.title} (\`${cell.name}\`)`, table.join('\n'), ratiosText(cell, report, ours)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function othersText(own: readonly Measurement[]): string {
  const values = own.flatMap(({ otherCores }) => otherCores ?? [])
  return values.length === 0 ? '–' : figure(Math.max(...values))
}

function ratiosText(cell: Cell, report: Report, ours: readonly Measurement[]): string {
  const [subject, ...peers] = report.targets.map(({ name }) => name)
  const lines = peers.flatMap((peer) => {
    const ratio = (metric: Metric, isInverse: boolean) =>
      ratioOf(valuesOf(targetOf(ours, subject!), metric), valuesOf(targetOf(ours, peer), metric), isInverse)
    if (cell.kind === 'idle') {
      const memory = ratio('kibPerSession', true)
      return memory === null ? [] : [`- ${subject} ÷ ${peer}: memory a session ${inverseText(memory)}`]
    }
    const [rate, cpu, p99] = [ratio('rate', false), ratio('cpu', true), ratio('dotP99', true)]
    if (rate === null || cpu === null) return []
    const tail = p99 === null ? '' : `, end of data p99 ${inverseText(p99)}`
    return [
      `- ${subject} ÷ ${peer}: rate ${timesText(rate)}, CPU ${inverseText(cpu)}${tail}` +
        floorText(cell, peer, subject === 'gatepost' ? { rate, cpu, p99 } : null),
    ]
  })
  return [...lines, ...barText(cell, targetOf(ours, 'gatepost'))].join('\n')
}

function barText(cell: Cell, own: readonly Measurement[]): readonly string[] {
  const [memory, each] = [spreadOf(valuesOf(own, 'pssMb')), spreadOf(valuesOf(own, 'kibPerSession'))]
  const held = spreadOf(valuesOf(own, 'held'))
  if (cell.kind !== 'idle' || cell.bar === null || memory === null || each === null || held === null)
    return []
  const { pssMib, kibPerSession } = cell.bar
  const isHeld = memory.median <= pssMib && each.median <= kibPerSession && held.median >= cell.sessions
  const bar = `all sessions, at most ${pssMib} MiB, ${kibPerSession} KiB each`
  return [isHeld ? `- floor held: ${bar}` : `- **floor missed: ${bar}**`]
}

function floorText(
  cell: Cell,
  peer: string,
  got: { readonly rate: Spread; readonly cpu: Spread; readonly p99: Spread | null } | null,
): string {
  const floor = cell.floors.get(peer)
  if (floor === undefined || got === null) return ''
  const misses = [
    ...(got.rate.median < floor.rate ? [`rate below ${floor.rate}×`] : []),
    ...(got.cpu.median < floor.cpu ? [`CPU above 1/${floor.cpu}`] : []),
    ...(floor.p99 !== null && got.p99 !== null && got.p99.median < floor.p99 ? ['p99 above the peer'] : []),
  ]
  const bar = `${floor.rate}×, 1/${floor.cpu}`
  return misses.length === 0 ? `; floor ${bar} held` : `; **floor ${bar} missed: ${misses.join(', ')}**`
}

/**
 * The ratio of medians, with the range of the ratios within each round. Inverse: how many times less the
 * subject needs.
 */
function ratioOf(subject: readonly number[], peer: readonly number[], isInverse: boolean): Spread | null {
  const [above, below] = isInverse ? [peer, subject] : [subject, peer]
  const [a, b] = [spreadOf(above), spreadOf(below)]
  if (a === null || b === null || b.median <= 0) return null
  const paired = above.flatMap((value, round) => ((below[round] ?? 0) > 0 ? value / below[round]! : []))
  const range = spreadOf(paired)
  const median = a.median / b.median
  return { median, min: Math.min(median, range?.min ?? median), max: Math.max(median, range?.max ?? median) }
}

function timesText({ median, min, max }: Spread): string {
  return min === max ? `${figure(median)}×` : `${figure(median)}× (${figure(min)}–${figure(max)})`
}

/** `1/7.2` where the subject needs less; `1.4×` where it needs more. */
function inverseText({ median, min, max }: Spread): string {
  const one = (value: number) => (value >= 1 ? `1/${figure(value)}` : `${figure(1 / value)}×`)
  return min === max ? one(median) : `${one(median)} (${one(min)} to ${one(max)})`
}

function targetOf(measurements: readonly Measurement[], name: string): readonly Measurement[] {
  return measurements.filter(({ target }) => target === name).toSorted((a, b) => a.round - b.round)
}

function valuesOf(measurements: readonly Measurement[], metric: Metric): readonly number[] {
  return measurements.flatMap(({ metrics }) => metrics[metric] ?? [])
}
