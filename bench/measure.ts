// One cell measured once at one running target: what the load saw, what arrived at the sink, and what it
// cost.
import { setTimeout as pause } from 'node:timers/promises'
import type { Cell, IdleCell, RejectCell, RelayCell } from './cells.ts'
import { holdSessions, type LoadResult, runLoad, runTlsLoad, type Sink, type SinkCount } from './load.ts'
import { busySeconds, familyCpuSeconds, familyPssKib } from './processes.ts'
import { signedBodies } from './signed-mail.ts'

/** Memory is read this often: reading it stops the family for moments, so not more. */
const PSS_EVERY_MS = 1_000
const SINK_POLL_MS = 20
/** Without a new message at the sink for so long, what is missing counts as lost. */
const SINK_STALL_MS = 15_000
/** Work that follows the last delivery, such as removing the message from the queue, belongs to the cost. */
const SETTLE_MS = 250
const LOAD_TIMEOUT_S = 180
const HOLD_TIMEOUT_S = 60
/**
 * Idle memory is read once it has not fallen for some time: what a start leaves behind is given back later
 * (Gatepost: when a thread has been calm for a minute), and must count neither for nor against a session.
 */
const MEMORY_SETTLE_MS = 30_000
const MEMORY_SETTLE_MS_MAX = 180_000
const MEMORY_POLL_MS = 2_000
/** Less than this is no fall. */
const MEMORY_FALL_SHARE = 0.01

export type Metric =
  | 'rate' // messages delivered, or recipients refused, a second
  | 'cpu' // CPU seconds of the family per 1,000 of them
  | 'dotP50' // milliseconds from the end of data to its 250
  | 'dotP99'
  | 'rcptP50' // milliseconds from RCPT to its reply
  | 'rcptP99'
  | 'pssMb' // peak memory of the family, MiB
  | 'held' // idle sessions standing
  | 'kibPerSession' // memory an idle session adds

export type Measurement = {
  readonly cell: string
  readonly target: string
  readonly round: number
  readonly metrics: Readonly<Partial<Record<Metric, number>>>
  readonly lost: number
  readonly doubles: number
  readonly failed: number
  readonly lastError: string
  /**
   * Cores used by processes that are neither the target's nor the bench's, or taken by the machine's host;
   * null where it wasn't measured.
   */
  readonly otherCores: number | null
}

export type Subject = {
  readonly name: string
  readonly port: number
  pids(): readonly number[]
}

export type MeasureOptions = {
  readonly cell: Cell
  readonly subject: Subject
  readonly sink: Sink
  readonly round: number
  /** `--messages`; the cell takes its share. */
  readonly messages: number
}

/** Measures one cell. Rejects only if our own tools fail; what the target does wrong is in the result. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { cell } = options
  switch (cell.kind) {
    case 'relay':
      return measureRelay(options, cell)
    case 'reject':
      return measureReject(options, cell)
    case 'idle':
      return measureIdle(options, cell)
  }
}

let latestRun = 0

async function measureRelay(options: MeasureOptions, cell: RelayCell): Promise<Measurement> {
  const { subject, sink } = options
  const messages = Math.max(1, Math.round(options.messages * cell.share))
  const run = ++latestRun
  const before = await sink.expect(run, messages)
  const meter = new Meter(subject)
  const { sessions, perConnection, sizeBytes } = cell
  const plan = {
    mode: 'mail',
    port: subject.port,
    sessions,
    messages,
    perConnection,
    sizeBytes,
    run,
    timeoutSeconds: LOAD_TIMEOUT_S,
  } as const
  const load =
    cell.transport === 'plain'
      ? await runLoad({ ...plan, ...(cell.mail === 'signed' && { bodies: await signedBodies(sizeBytes) }) })
      : await runTlsLoad(plan, cell.transport === 'starttls-resumed')
  const arrived = await waitForSink(sink, load.done)
  await pause(SETTLE_MS)
  const cost = meter.stop(load.cpuSeconds + arrived.cpuSeconds - before.cpuSeconds)
  return {
    ...identity(options),
    metrics: {
      rate: arrived.distinct / (arrived.lastAt - load.startedAt),
      cpu: (cost.cpuSeconds / Math.max(1, arrived.distinct)) * 1_000,
      ...latencies(load),
      pssMb: cost.peakPssKib / 1_024,
    },
    lost: Math.max(0, load.done - arrived.distinct),
    doubles: arrived.doubles,
    ...failures(load),
    otherCores: cost.otherCores,
  }
}

async function measureReject(options: MeasureOptions, cell: RejectCell): Promise<Measurement> {
  const { subject } = options
  const meter = new Meter(subject)
  const load = await runLoad({
    mode: cell.what === 'first-contact' ? 'greylist' : 'reject',
    port: subject.port,
    run: ++latestRun,
    sessions: cell.sessions,
    messages: Math.max(1, Math.round(options.messages * cell.share)),
    perConnection: cell.perConnection,
    timeoutSeconds: LOAD_TIMEOUT_S,
  })
  await pause(SETTLE_MS)
  const cost = meter.stop(load.cpuSeconds)
  return {
    ...identity(options),
    metrics: {
      rate: load.done / (load.endedAt - load.startedAt),
      cpu: (cost.cpuSeconds / Math.max(1, load.done)) * 1_000,
      ...latencies(load),
      pssMb: cost.peakPssKib / 1_024,
    },
    lost: 0,
    doubles: 0,
    ...failures(load),
    otherCores: cost.otherCores,
  }
}

async function measureIdle(options: MeasureOptions, cell: IdleCell): Promise<Measurement> {
  const { subject } = options
  const before = await settledPssKib(subject)
  let during = before
  let standing = 0
  const load = await holdSessions(
    { mode: 'hold', port: subject.port, sessions: cell.sessions, timeoutSeconds: HOLD_TIMEOUT_S },
    async (held) => {
      standing = held
      during = await settledPssKib(subject)
    },
  )
  return {
    ...identity(options),
    metrics: {
      held: standing,
      pssMb: during / 1_024,
      kibPerSession: (during - before) / Math.max(1, standing),
    },
    lost: 0,
    doubles: 0,
    failed: load.dropped,
    lastError: load.lastError,
    otherCores: null,
  }
}

/** Memory of the family at rest, in KiB: the lowest, once there was none lower for a while. */
async function settledPssKib({ pids }: Subject): Promise<number> {
  const end = performance.now() + MEMORY_SETTLE_MS_MAX
  let lowest = familyPssKib(pids())
  let fellAt = performance.now()
  while (performance.now() < Math.min(end, fellAt + MEMORY_SETTLE_MS)) {
    await pause(MEMORY_POLL_MS)
    const now = familyPssKib(pids())
    if (now < lowest * (1 - MEMORY_FALL_SHARE)) fellAt = performance.now()
    lowest = Math.min(lowest, now)
  }
  return lowest
}

function identity({ cell, subject, round }: MeasureOptions) {
  return { cell: cell.name, target: subject.name, round }
}

function failures({ failed, errors, lastError }: LoadResult) {
  return { failed: Math.max(failed, errors), lastError }
}

function latencies(load: LoadResult): Partial<Record<Metric, number>> {
  const { dotP50, dotP99, rcptP50, rcptP99 } = load
  return {
    ...(dotP50 !== undefined && dotP99 !== undefined && { dotP50, dotP99 }),
    ...(rcptP50 !== undefined && rcptP99 !== undefined && { rcptP50, rcptP99 }),
  }
}

async function waitForSink(sink: Sink, messages: number): Promise<SinkCount> {
  let count = await sink.count()
  let latest = performance.now()
  while (count.distinct < messages && performance.now() - latest < SINK_STALL_MS) {
    await pause(SINK_POLL_MS)
    const next = await sink.count()
    if (next.distinct > count.distinct) latest = performance.now()
    count = next
  }
  return count
}

/** Takes the cost of a family from its construction to `stop`. */
class Meter {
  readonly #subject: Subject
  readonly #startedAt = performance.now()
  readonly #busy = busySeconds()
  readonly #own = process.cpuUsage()
  readonly #cpu: number
  readonly #timer: NodeJS.Timeout
  #peakPssKib: number

  constructor(subject: Subject) {
    this.#subject = subject
    this.#peakPssKib = familyPssKib(subject.pids())
    this.#timer = setInterval(() => this.#sample(), PSS_EVERY_MS)
    this.#cpu = familyCpuSeconds(subject.pids())
  }

  /**
   * `toolSeconds` is what generator and sink used meanwhile; they count neither for the target nor as others.
   */
  stop(toolSeconds: number) {
    clearInterval(this.#timer)
    const cpuSeconds = familyCpuSeconds(this.#subject.pids()) - this.#cpu
    this.#sample()
    const own = process.cpuUsage(this.#own)
    const known = cpuSeconds + toolSeconds + (own.user + own.system) / 1e6
    const seconds = (performance.now() - this.#startedAt) / 1_000
    const otherCores = Math.max(0, (busySeconds() - this.#busy - known) / seconds)
    return { cpuSeconds, peakPssKib: this.#peakPssKib, otherCores }
  }

  #sample(): void {
    this.#peakPssKib = Math.max(this.#peakPssKib, familyPssKib(this.#subject.pids()))
  }
}
