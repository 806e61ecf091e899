// Kills the gateway while mail flows, again and again, and counts what became of every message that got 250.
import { setTimeout as pause } from 'node:timers/promises'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import { live, proveDomain } from '../journeys/lib/acme.ts'
import { setUp } from '../journeys/lib/api.ts'
import { type Gateway, startGateway } from '../journeys/lib/gateway.ts'
import { countDoubles, type Doubles, type Role } from './doubles.ts'
import { type Killer, startKiller } from './killer.ts'
import { type Load, startLoad } from './load.ts'

export type CrashOptions = {
  readonly kills: number
  readonly data: string
  /** In [0, 1): when to kill, and whom. */
  readonly random: () => number
  readonly log: (line: string) => void
  /** Messages a second; as fast as they go when left out. */
  readonly perSecond?: number
  /** Milliseconds of flowing mail between kills on average; a few dozen messages when left out. */
  readonly everyMs?: number
  /** No more kills once this time is over, in milliseconds; without end when left out. */
  readonly withinMs?: number
}

export type CrashOutcome = {
  /** How many there were: fewer than asked when the time was over first. */
  readonly kills: number
  readonly acknowledged: number
  /** Sent, never answered; some of them arrive. */
  readonly unanswered: number
  /** Answered 250 and neither delivered nor held: must be none. */
  readonly lost: readonly string[]
  /** Arrived more than once. */
  readonly duplicated: number
  readonly doubles: Doubles
  /** Messages set aside after three deaths with them in hand. */
  readonly setAside: number
}

const SENDERS = 8
/** A steady load needs more of them: a turn of each must not wait for the message before. */
const SENDERS_OF_STEADY_LOAD = 24
/** Messages between a start and a kill: from the middle of recovery to steady work. */
const KILL_AFTER_MESSAGES_SPAN = 60
/** A busy machine may take long for them; they are not waited for without end. */
const KILL_AFTER_MS_MAX = 8_000
const KILL_LATER_MS_SPAN = 600
/** Of all kills, those of a single worker and of the control plane; the others take the whole family. */
const EDGE_SHARE = 0.4
const CONTROL_SHARE = 0.2
/** Starts that may be too slow, one after the other: then it is not the machine any more. */
const STARTS_MAX = 4
/** Everything due is delivered long before; a message deferred by mistake would show as lost. */
const DELIVERED_WITHIN_MS = 90_000

/** Runs the given number of kills on one data folder. */
export async function runCrash(options: CrashOptions): Promise<CrashOutcome> {
  const world = await startWorld()
  const env = { ...world.gatewayEnvironment(), GATEPOST_WORKERS: '2' }
  const load = startLoad({
    senders: options.perSecond === undefined ? SENDERS : SENDERS_OF_STEADY_LOAD,
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example', 'bob@acme.example'],
    ...(options.perSecond ? { perSecond: options.perSecond } : {}),
  })
  const doubles = countDoubles(world.acme)
  const killer = startKiller()
  let gateway: Gateway | null = null
  let setAside = 0
  try {
    gateway = await startGateway({ data: options.data, env })
    await connectAcme(world, gateway)
    const end = Date.now() + (options.withinMs ?? Number.POSITIVE_INFINITY)
    let kills = 0
    while (kills < options.kills && Date.now() < end) {
      load.aim(gateway.mxPort)
      const { role, flowedMs, at } = await strike(killer, { gateway, load, options })
      kills += 1
      doubles.kill(role, { flowedMs, at })
      const sofar = `${load.acknowledged.size} acknowledged, ${doubles.windows().length} doubled`
      options.log(`kill ${kills} of ${options.kills} (${role}): ${sofar}`)
      // The rest of a family goes on, and puts another in the place of the one that died.
      if (role !== 'all') continue
      load.aim(null)
      await gateway.killAll()
      setAside += countOf(gateway.output(), 'spool.message.set-aside')
      gateway = await startAgain({ data: options.data, env }, options.log)
    }
    load.aim(null)
    await load.stop()
    await arrived(world, load)
    setAside += countOf(gateway.output(), 'spool.message.set-aside')
    return outcomeOf(world, load, { kills, setAside, doubles })
  } finally {
    await load.stop()
    await killer.stop()
    await gateway?.killAll().catch(() => undefined)
    await world.stop()
  }
}

type Kill = { readonly role: Role; readonly flowedMs: number; readonly at: number }

/** Waits until mail flows, and has somebody killed some time later. */
async function strike(
  killer: Killer,
  { gateway, load, options }: { gateway: Gateway; load: Load; options: CrashOptions },
): Promise<Kill> {
  const { random, everyMs } = options
  // Nothing can come twice before anything flows.
  if (everyMs !== undefined) await taken(load, 1)
  const began = performance.now()
  if (everyMs === undefined) await taken(load, Math.floor(random() * KILL_AFTER_MESSAGES_SPAN))
  const afterMs = random() * (everyMs === undefined ? KILL_LATER_MS_SPAN : 2 * everyMs)
  const [supervisor = 0] = gateway.pids()
  const victim = { supervisor, role: roleOf(random()), draw: random() }
  const one = await killer.strike({ ...victim, afterMs })
  if (one !== null) return { role: victim.role, flowedMs: one - began, at: one }
  // None of that role lived just then: it is everybody's turn.
  const at = await killer.strike({ ...victim, role: 'all', afterMs: 0 })
  if (at === null) throw new Error('nobody was left to be killed')
  return { role: 'all', flowedMs: at - began, at }
}

async function taken(load: Load, messages: number): Promise<void> {
  const enough = load.acknowledged.size + messages
  const end = Date.now() + KILL_AFTER_MS_MAX
  while (load.acknowledged.size < enough && Date.now() < end) await pause(5)
}

/** A busy machine may need longer than a start allows itself; a start after that has to succeed. */
async function startAgain(
  place: { readonly data: string; readonly env: Readonly<Record<string, string>> },
  log: (line: string) => void,
): Promise<Gateway> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startGateway(place)
    } catch (error) {
      const isSlow = error instanceof Error && /not ready within|printed no block within/.test(error.message)
      if (!isSlow || tries >= STARTS_MAX) throw error
      log('the gateway was not ready in time; it is started once more')
    }
  }
}

/** The organisation with its route and people, as in the stories. */
export async function connectAcme(world: World, gateway: Gateway): Promise<void> {
  const { api, slug } = await setUp(gateway)
  const base = `/v1/tenants/${slug}`
  await proveDomain(world, api, base)
  const { host, port } = { host: '127.0.0.1', port: world.acme.port }
  await api.call('POST', `${base}/routes`, {
    name: 'Exchange',
    host,
    port,
    tls: 'none',
    defaultFor: 'inbound',
  })
  await live(api, base)
}

export async function arrived(world: World, load: Load): Promise<void> {
  const end = Date.now() + DELIVERED_WITHIN_MS
  while (Date.now() < end) {
    const counts = world.acme.counts()
    if ([...load.acknowledged].every((id) => counts.has(id))) break
    await pause(100)
  }
  // What arrives twice may do so a moment later.
  await pause(500)
}

function outcomeOf(
  world: World,
  load: Load,
  {
    kills,
    setAside,
    doubles,
  }: { readonly kills: number; readonly setAside: number; readonly doubles: Doubles },
): CrashOutcome {
  const counts = world.acme.counts()
  const missing = [...load.acknowledged].filter((id) => !counts.has(id))
  return {
    kills,
    acknowledged: load.acknowledged.size,
    unanswered: load.unanswered.size,
    lost: missing.slice(Math.min(setAside, missing.length)),
    duplicated: [...counts.values()].filter((count) => count > 1).length,
    doubles,
    setAside,
  }
}

function roleOf(draw: number): Role {
  if (draw < EDGE_SHARE) return 'edge'
  return draw < EDGE_SHARE + CONTROL_SHARE ? 'control' : 'all'
}

function countOf(text: string, word: string): number {
  return text.split(word).length - 1
}
