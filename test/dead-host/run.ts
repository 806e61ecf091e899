// A spool full of mail for a host that does not answer, and other mail beside it: does one slow the other?
// Measured on the real spool and scheduler, in turns with a spool that is empty.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  routeOfHost,
  settingsOf,
  startScheduler,
} from '../../packages/server/src/delivery/delivery.fixture.ts'
import type { Scheduler } from '../../packages/server/src/delivery/scheduler.ts'
import { type Sink, startSink } from '../../packages/server/src/delivery/smtp-sink.fixture.ts'
import { systemClock } from '../../packages/server/src/platform/clock.ts'
import type { TenantSettings } from '../../packages/server/src/policy/settings.ts'
import { openSpool } from '../../packages/server/src/spool/open.ts'
import { acceptedOf, contentOf, envelopeOf } from '../../packages/server/src/spool/spool.fixture.ts'
import type { ThreadSpool } from '../../packages/server/src/spool/thread-spool.ts'
import { median, quantile } from './figures.ts'

/** How a host is dead: it refuses connections, or it takes them and never says a word. */
export type DeadKind = 'refusing' | 'silent'

export type DeadHostOptions = {
  readonly kind: DeadKind
  /** Messages that wait for dead hosts, … */
  readonly messages: number
  /** … spread over so many of them. */
  readonly hosts: number
  /** Messages for the living host in each measurement. */
  readonly live: number
  readonly rounds: number
  readonly log: (line: string) => void
}

export type Figures = {
  /** Messages a second, all offered at once. */
  readonly perSecond: number
  /** From commit to arrival of messages that come one by one, in milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
}

export type DeadHostOutcome = {
  readonly alone: Figures
  readonly beside: Figures
  /** Looks for due messages while dead ones waited: how many, and how long the longest took. */
  readonly polls: number
  readonly pollMsMax: number
  readonly residentMiB: { readonly before: number; readonly most: number }
  readonly loopDelayP99Ms: number
  /** Messages that still wait for dead hosts at the end: none is lost. */
  readonly left: number
}

const LIVE = 'live.example'
/** Messages one by one come at this interval. */
const STEP_MS = 5
/** Later than every retry of a round, so that all dead messages are due again in the next one. */
const ROUND_MS = 6 * 3_600_000
const MIB = 1_048_576

type World = {
  readonly sink: Sink
  readonly settings: TenantSettings
  readonly arrivals: Map<string, number>
}
type Polls = { count: number; msMax: number }

/** Fills a spool, measures, cleans up. */
export async function runDeadHost(options: DeadHostOptions): Promise<DeadHostOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-dead-'))
  const arrivals = new Map<string, number>()
  const sink = await startSink({ forget: true, answer: (line) => noteArrival(line, arrivals) })
  const silent = await listenSilently()
  const spools: ThreadSpool[] = []
  try {
    const deadPort = options.kind === 'silent' ? silent.port : 1
    const world = { sink, settings: settingsFor(options.hosts, sink.port, deadPort), arrivals }
    const open = (slot: number) => openSpool(folder, slot, { clock: systemClock, emit: () => undefined })
    const [empty, full] = [await open(0), await open(1)]
    spools.push(empty, full)
    await fill(full, options)
    options.log(`${options.messages} messages wait for ${options.hosts} ${options.kind} host(s)`)
    return await measure({ world, empty, full }, options)
  } finally {
    for (const spool of spools) await spool.close()
    await sink.close()
    silent.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  parts: { readonly world: World; readonly empty: ThreadSpool; readonly full: ThreadSpool },
  { rounds, live, log }: DeadHostOptions,
): Promise<DeadHostOutcome> {
  const before = residentMiB()
  const memory = { most: before }
  const watch = setInterval(() => {
    memory.most = Math.max(memory.most, residentMiB())
  }, 100)
  const delay = monitorEventLoopDelay({ resolution: 20 })
  const polls: Polls = { count: 0, msMax: 0 }
  const alone: Figures[] = []
  const beside: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await one(parts.world, parts.empty, { live, round, polls: { count: 0, msMax: 0 } }))
    delay.enable()
    beside.push(await one(parts.world, parts.full, { live, round, polls }))
    delay.disable()
    log(`round ${round + 1}: alone ${wordsOf(alone.at(-1)!)}; beside ${wordsOf(beside.at(-1)!)}`)
  }
  clearInterval(watch)
  return {
    alone: medianOf(alone),
    beside: medianOf(beside),
    polls: polls.count,
    pollMsMax: polls.msMax,
    residentMiB: { before, most: memory.most },
    loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - 20),
    left: (await parts.full.counts()).messages,
  }
}

/** One scheduler over one spool: a burst, then messages one by one. */
async function one(
  world: World,
  spool: ThreadSpool,
  { live, round, polls }: { readonly live: number; readonly round: number; readonly polls: Polls },
): Promise<Figures> {
  const clock = { ...systemClock, now: () => systemClock.now() + round * ROUND_MS }
  const { scheduler } = startScheduler(watched(spool, polls), world.settings, { clock })
  try {
    const begun = performance.now()
    const burst = await Promise.all(Array.from({ length: live }, () => send(scheduler, spool)))
    await arrived(world, burst)
    const perSecond = (live * 1000) / (performance.now() - begun)
    const times: number[] = []
    const sent = new Map<string, number>()
    for (let i = 0; i < live / 5; i += 1) {
      const at = performance.now()
      sent.set(await send(scheduler, spool), at)
      await systemClock.sleep(STEP_MS)
    }
    await arrived(world, [...sent.keys()])
    for (const [id, at] of sent) times.push((world.arrivals.get(id) ?? Number.POSITIVE_INFINITY) - at)
    return { perSecond, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
  } finally {
    await scheduler.stop(500)
    world.arrivals.clear()
  }
}

async function send(scheduler: Scheduler, spool: ThreadSpool): Promise<string> {
  const envelope = envelopeOf({ reversePath: null, dsnAllowed: false }, [`ann@${LIVE}`])
  const content = contentOf(`X-Test: ${envelope.id}\r\n\r\nhello\r\n`)
  // The sink sees the id in MAIL's envelope, so that it need not keep contents.
  const named = { ...envelope, reversePath: `${envelope.id}@sender.example` }
  await spool.commitMessage(named, content, acceptedOf(named))
  scheduler.offer(named, content)
  return envelope.id
}

async function arrived({ arrivals }: World, ids: readonly string[]): Promise<void> {
  const end = Date.now() + 60_000
  while (!ids.every((id) => arrivals.has(id))) {
    if (Date.now() > end) throw new Error('mail for the living host did not arrive within a minute')
    await systemClock.sleep(5)
  }
}

async function fill(spool: ThreadSpool, { messages, hosts }: DeadHostOptions): Promise<void> {
  const content = contentOf(`Subject: never\r\n\r\n${'x'.repeat(1000)}\r\n`)
  for (let from = 0; from < messages; from += 2000) {
    const some = Array.from({ length: Math.min(2000, messages - from) }, (_, at) => {
      const envelope = envelopeOf({}, [`ann@dead-${(from + at) % hosts}.example`])
      return spool.commitMessage(envelope, content, acceptedOf(envelope))
    })
    await Promise.all(some)
  }
}

function settingsFor(hosts: number, livePort: number, deadPort: number): TenantSettings {
  const dead = Array.from({ length: hosts }, (_, at) =>
    routeOfHost(`127.0.1.${at + 1}`, deadPort, { id: `rte_dead_${at}`, name: `Dead ${at}`, tls: 'none' }),
  )
  const routes = [routeOfHost('127.0.0.1', livePort, { id: 'rte_live', name: 'Live', tls: 'none' }), ...dead]
  const domainOf = (name: string, routeId: string): TenantSettings['domains'][number] => ({
    id: `dom_${name}`,
    name,
    recipientMode: 'accept-all',
    unknownRecipient: 'reject',
    routeId,
  })
  const domains = [
    domainOf(LIVE, 'rte_live'),
    ...dead.map(({ id }, at) => domainOf(`dead-${at}.example`, id)),
  ]
  return settingsOf(routes, { domains })
}

/** The same spool, with its looks for due messages timed. */
function watched(spool: ThreadSpool, polls: Polls): ThreadSpool {
  return new Proxy(spool, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name !== 'due') return typeof value === 'function' ? value.bind(target) : value
      return async (...question: Parameters<ThreadSpool['due']>) => {
        const at = performance.now()
        const found = await target.due(...question)
        polls.count += 1
        polls.msMax = Math.max(polls.msMax, performance.now() - at)
        return found
      }
    },
  })
}

function noteArrival(line: string, arrivals: Map<string, number>): undefined {
  const id = /^MAIL FROM:<(msg_[a-z0-9]+)@/.exec(line)?.[1]
  if (id !== undefined) arrivals.set(id, performance.now())
}

/** Takes connections and says nothing. */
async function listenSilently(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function residentMiB(): number {
  return Math.round(process.memoryUsage.rss() / MIB)
}

function medianOf(rounds: readonly Figures[]): Figures {
  const of = (pick: (one: Figures) => number): number => median(rounds.map(pick))
  return {
    perSecond: of((one) => one.perSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
  }
}

export function wordsOf({ perSecond, p50Ms, p99Ms }: Figures): string {
  return `${Math.round(perSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
}
