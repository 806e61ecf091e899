// Measures Gatepost beside Postfix and Haraka in interleaved rounds and writes ratios: `npm run bench`.
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cells as allCells, type Cell, pickCells, type RelayCell } from './cells.ts'
import { cacheFolder, compileLoad, runLoad, Sink } from './load.ts'
import { describeMachine, fileSystemOf } from './machine.ts'
import { type Measurement, measure } from './measure.ts'
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.ts'
import { noisy, OTHER_CORES_MAX, type Report, reportText, type TargetReport } from './report.ts'
import { figure } from './statistics.ts'
import { gatepost } from './targets/gatepost.ts'
import { haraka } from './targets/haraka.ts'
import { postfix } from './targets/postfix.ts'
import { postfixPostgrey } from './targets/postfix-postgrey.ts'
import { postfixRspamd } from './targets/postfix-rspamd.ts'
import type { RunningTarget, Target } from './targets/target.ts'

const TARGETS: ReadonlyMap<string, Target> = new Map(
  [gatepost, postfix, haraka, postfixRspamd, postfixPostgrey].map((t) => [t.name, t]),
)
/**
 * Sent before anything is measured, as a share of a cell, so that code is compiled and processes are there:
 * V8 goes on compiling for the first ten thousand messages or so, and what is measured is a server that has
 * run.
 */
const WARM_UP_SHARE = 1.5
const WARM_UP_MESSAGES_MIN = 300
const WARM_UP_IDLE_MESSAGES = 20
/** Enough for every cell but the idle ones. */
const SESSIONS = 20

type Bench = {
  readonly options: BenchOptions
  readonly sink: Sink
  readonly folder: string
  readonly log: string
  readonly measurements: Measurement[]
  readonly settings: Map<string, ReadonlySet<string>>
  readonly running: Set<RunningTarget>
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const cells = pickCells(options.cells, options.isQuick)
  if (cells.length === 0)
    throw new UsageError(`no such cell; there are ${allCells.map((c) => c.name).join(', ')}`)
  await compileLoad()
  const { found, missing } = await prepareTargets(options.targets)
  if (found.size === 0) throw new Error(`nothing to measure: ${[...missing.values()].join('; ')}`)
  const bench = await openBench(options)
  onSignals(bench)
  try {
    const ceiling = await measureCeiling(bench)
    for (let round = 1; round <= options.rounds; round++) {
      for (const target of found.keys()) {
        if (missing.has(target.name)) continue
        await measureRound(bench, target, cells, round).catch((error) => {
          missing.set(target.name, `stopped in round ${round}: ${messageOf(error)}`)
          say(`${target.name}: ${messageOf(error)}`)
        })
      }
    }
    const targets = [...found].map(([{ name }, version]): TargetReport => {
      return { name, version, settings: [...(bench.settings.get(name) ?? [])] }
    })
    await publish(bench, { cells, targets, missing, ceiling })
  } finally {
    await closeBench(bench)
  }
}

async function prepareTargets(names: readonly string[]) {
  const found = new Map<Target, string>()
  const missing = new Map<string, string>()
  for (const name of names) {
    const target = TARGETS.get(name)
    if (target === undefined)
      throw new UsageError(`no such target: ${name}; there are ${[...TARGETS.keys()]}`)
    try {
      found.set(target, await target.prepare())
    } catch (error) {
      missing.set(name, messageOf(error))
      say(`${name} is left out: ${messageOf(error)}`)
    }
  }
  return { found, missing }
}

async function openBench(options: BenchOptions): Promise<Bench> {
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'gatepost-bench-'))
  if ((await fileSystemOf(folder)) === 'tmpfs') {
    say('The work folder is on tmpfs, where a sync costs nothing: use --work-dir for a real disk.')
  }
  await chmod(folder, 0o755) // Postfix works as a user of its own.
  const runs = join(cacheFolder, 'runs')
  await mkdir(runs, { recursive: true })
  const log = join(runs, `${new Date().toISOString().replaceAll(':', '')}.jsonl`)
  return {
    options,
    sink: await Sink.start(),
    folder,
    log,
    measurements: [],
    settings: new Map(),
    running: new Set(),
  }
}

async function closeBench({ running, sink, folder }: Bench): Promise<void> {
  for (const target of running) await target.stop().catch((error) => say(messageOf(error)))
  running.clear()
  sink.stop()
  await rm(folder, { recursive: true, force: true })
}

/** A bench that is interrupted must not leave servers behind. */
function onSignals(bench: Bench): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void closeBench(bench).finally(() => process.exit(130)))
  }
}

/** Generator straight to sink: what can't be exceeded by any target. */
async function measureCeiling({ sink, options }: Bench): Promise<readonly Measurement[]> {
  const subject = { name: 'none', port: sink.port, pids: () => [] }
  const plain = allCells.filter((cell): cell is RelayCell => {
    const isPlain = cell.kind === 'relay' && cell.mail === 'plain' && cell.transport === 'plain'
    return isPlain && cell.sizeBytes < 10_000
  })
  const results: Measurement[] = []
  for (const cell of plain) {
    results.push(await measure({ cell, subject, sink, round: 0, messages: options.messages }))
  }
  say(`ceiling: ${results.map(({ cell, metrics }) => `${cell} ${figure(metrics.rate ?? 0)}/s`).join(', ')}`)
  return results
}

/**
 * All cells at one target: the busy ones at one start, each idle one at a fresh start of its own and in the
 * first round only, since memory hardly varies and thousands of processes take their time.
 */
async function measureRound(
  bench: Bench,
  target: Target,
  cells: readonly Cell[],
  round: number,
): Promise<void> {
  const busy = cells.filter(({ kind }) => kind !== 'idle')
  if (busy.length > 0) await measureStart(bench, { target, cells: busy, round, sessions: SESSIONS })
  for (const cell of cells) {
    if (cell.kind === 'idle' && round === 1) {
      await measureStart(bench, { target, cells: [cell], round, sessions: cell.sessions })
    }
  }
}

async function measureStart(
  bench: Bench,
  part: {
    readonly target: Target
    readonly cells: readonly Cell[]
    readonly round: number
    readonly sessions: number
  },
): Promise<void> {
  const { target, round, sessions } = part
  const { sink, options, folder } = bench
  const workDir = await mkdtemp(join(folder, `${target.name}-`))
  const running = await target.start({ sinkPort: sink.port, workDir, sessions })
  bench.running.add(running)
  try {
    const known = bench.settings.get(target.name) ?? new Set()
    bench.settings.set(target.name, known.union(new Set(running.settings)))
    const isIdle = part.cells.every(({ kind }) => kind === 'idle')
    const busyWarmUp = Math.max(WARM_UP_MESSAGES_MIN, Math.round(options.messages * WARM_UP_SHARE))
    await warmUp(bench, running.port, isIdle ? WARM_UP_IDLE_MESSAGES : busyWarmUp)
    for (const cell of part.cells) {
      const subject = { name: target.name, port: running.port, pids: running.pids }
      const result = await measure({ cell, subject, sink, round, messages: options.messages })
      bench.measurements.push(result)
      await appendFile(bench.log, `${JSON.stringify(result)}\n`)
      say(lineOf(result))
    }
  } finally {
    await running.stop()
    bench.running.delete(running)
    await rm(workDir, { recursive: true, force: true })
  }
}

/** Half of it one message a connection, half as many as there are. */
async function warmUp({ sink }: Bench, port: number, messages: number): Promise<void> {
  const half = Math.ceil(messages / 2)
  for (const perConnection of [1, 0]) {
    await sink.expect(0, half)
    const load = await runLoad({ mode: 'mail', port, sessions: 10, messages: half, perConnection, run: 0 })
    if (load.done < half) throw new Error(`the target refuses mail: ${load.lastError}`)
  }
}

async function publish(
  { options, folder, measurements, log }: Bench,
  rest: Pick<Report, 'cells' | 'targets' | 'missing' | 'ceiling'>,
): Promise<void> {
  const report: Report = {
    ...rest,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: await describeMachine(folder),
    rounds: options.rounds,
    messages: options.messages,
    measurements,
  }
  const text = reportText(report)
  process.stdout.write(`\n${text}\n`)
  if (options.out !== null) await writeFile(options.out, text)
  say(`each measurement: ${log}${options.out === null ? '' : `; results: ${options.out}`}`)
  if (noisy(measurements).length > 0) say(`Noisy: others used more than ${OTHER_CORES_MAX} cores. Run again.`)
}

function lineOf({ round, cell, target, metrics, lost, doubles, failed, otherCores }: Measurement): string {
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${figure(value)}`)
  const faults = lost + doubles + failed > 0 ? `; lost ${lost}, doubled ${doubles}, failed ${failed}` : ''
  const others = otherCores === null ? '' : `; others ${figure(otherCores)}`
  return `${round} ${cell} ${target}: ${values.join(', ')}${faults}${others}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

try {
  await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  say(isUsage ? `${error.message}\n${USAGE}` : String(error instanceof Error ? error.stack : error))
  process.exitCode = isUsage ? 2 : 1
}
