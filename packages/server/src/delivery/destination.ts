// One destination: its queue, its connections, and how many of them it may have. Others never wait for it.
import type { Clock } from '#platform/clock.ts'
import type { Opened } from './connector.ts'
import type { Deadlines, Waiting } from './deadlines.ts'
import { Fifo } from './fifo.ts'
import { Pace, Turns } from './pace.ts'
import type { NextHop } from './route.ts'
import { type Letter, SmtpClient, type Transmission } from './smtp-client.ts'
import type { Session, Timeouts } from './smtp-session.ts'

/** A letter on its way: recipients of one message that share the destination. */
export type Job = {
  readonly letter: Letter
  /** When this attempt began; 0 before. */
  startedAt: number
  /** How often a connection ended before it was our turn. */
  requeues: number
}

export type Refusal = Extract<Opened, { kind: 'failed' }>

export type DestinationDeps = {
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly timeouts: Timeouts
  readonly connectionsMax: number
  readonly messagesPerConnection: number
  readonly open: (hop: NextHop) => Promise<Opened>
  /** Every recipient of the job has its result. */
  readonly concluded: (job: Job, transmission: Transmission, session: Session) => void
  /** The job could not be tried, because nobody can be reached. */
  readonly failed: (job: Job, refusal: Refusal) => void
  /** The queue is too long to keep in memory: the job comes back after about `delayMs`. */
  readonly postponed: (job: Job, delayMs: number) => void
  /** All places at the host are taken: `hostReleased` is called when one is free. */
  readonly waitForHost: (destination: Destination) => void
  /** False while somebody waits for a place: then no connection is kept for later. */
  readonly mayIdle: () => boolean
  /** Jobs that may wait in memory while no connection works: fewer when memory is wanted by others. */
  readonly unservedMax: () => number
  /** False while outcomes cannot be recorded: nothing new begins then. */
  readonly mayBegin: () => boolean
}

/** Where a destination starts and where it falls back to; it grows with every success. */
const CONNECTIONS_START = 5
/** Jobs in memory; more of them come back from the spool later. */
const QUEUE_MAX = 5000
/** For so many waiting jobs a further connection is opened at once, … */
const JOBS_PER_CONNECTION = 8
/** … for fewer only when they still wait after this time. */
const PATIENCE_MS = 25
/**
 * A letter waits for a connection that is at work, rather than wake an idle one, where its turn comes within
 * this time: its envelope then goes out with the content before it, which saves a write and a read of four.
 */
const BEHIND_MS = 20
const BEHIND_MAX = 8
/**
 * A letter behind a content whose answer takes so long goes another way, where the host is usually quick:
 * what it sits on may take it ten minutes (RFC 5321 §4.5.3.2.6), or its connection is dead.
 */
const STUCK_MS = 5000
/** A host that takes longer on the average is slow with all letters: another way is no quicker. */
const QUICK_MS = 500
/** A session is kept open this long for the next message. */
const IDLE_MS = 5000
/** A destination that cannot be reached is left alone this long; what comes meanwhile is deferred. */
const DEAD_MS = 30_000
/** Names that could not be looked up may be back at once, and asking again costs no connection. */
const UNRESOLVED_MS = 2_000
/** While other connections work, one that failed is not tried again for this time. */
const CROWDED_MS = 5000
const REQUEUES_MAX = 3
/** Without a connection for so long, a destination keeps less in memory. */
const SILENT_MS = 5000
/** Places at a host are looked for again at this interval, whether told of or not. */
const BUSY_MS = 200
/** Bounds of how long a job is put back to the spool when the queue is full. */
const POSTPONE_MS_MIN = 1000
const POSTPONE_MS_MAX = 120_000

/** The letter that goes out in part with the content before it. */
type Follower = Waiting & { job: Job | null; deadline: number }
type Idler = Waiting & { readonly client: SmtpClient; take(job: Job | null): void }

export class Destination {
  readonly key: string
  readonly hop: NextHop
  readonly #deps: DestinationDeps
  readonly #queue = new Fifo<Job>()
  readonly #idle = new Set<Idler>()
  readonly #clients = new Set<SmtpClient>()
  readonly #pace = new Pace()
  readonly #turns = new Turns()
  #connecting = 0
  #limit = CONNECTIONS_START
  #deadUntil = 0
  /** When a connection was there last, or the first was wanted. */
  #servedAt: number
  #refusal: Refusal | null = null
  #crowdedUntil = 0
  #isPatient = false
  #isWaitingForHost = false
  #isStopped = false

  constructor(key: string, hop: NextHop, deps: DestinationDeps) {
    this.key = key
    this.hop = hop
    this.#deps = deps
    this.#servedAt = deps.clock.now()
  }

  get waiting(): number {
    return this.#queue.size
  }

  get connections(): number {
    return this.#clients.size + this.#connecting
  }

  /** Nothing waits, nothing runs, and nothing has to be remembered. */
  isAtRest(now: number): boolean {
    return this.#queue.size === 0 && this.connections === 0 && !isWithin(this.#deadUntil - now, DEAD_MS)
  }

  offer(job: Job): void {
    if (this.#isStopped) return
    if (this.#queue.size === 0 && this.connections === 0) this.#servedAt = this.#deps.clock.now()
    const deadMs = this.#deadUntil - this.#deps.clock.now()
    if (this.#refusal !== null && isWithin(deadMs, DEAD_MS)) {
      this.#deps.failed(job, this.#refusal)
    } else if (this.#queue.size >= this.#queueMax) this.#deps.postponed(job, this.#queueMs())
    else {
      this.#queue.push(job)
      this.pump()
    }
  }

  /** Gives waiting jobs to idle connections and opens further ones. */
  pump(): void {
    if (this.#isStopped || !this.#deps.mayBegin()) return
    this.#wakeIdle(Math.min(BEHIND_MAX, Math.floor(BEHIND_MS / this.#turns.ms)))
    if (this.#queue.size === 0) return
    if (this.connections === 0 || this.#queue.size > JOBS_PER_CONNECTION * this.connections) this.#grow()
    if (this.#queue.size > 0) this.#wait()
  }

  /** Forgets that the destination was unreachable: somebody asked to try now. */
  revive(): void {
    this.#deadUntil = 0
    this.#crowdedUntil = 0
    this.#refusal = null
  }

  /** Takes out waiting jobs; those being transmitted stay. */
  withdraw(isWanted: (job: Job) => boolean): Job[] {
    return this.#queue.size === 0 ? [] : this.#queue.remove(isWanted)
  }

  /** Begins nothing new; idle connections end. What waits stays in the spool. */
  stop(): void {
    this.#isStopped = true
    this.#queue.drain()
    this.closeIdle()
  }

  /** Ends connections that wait for work: somebody else needs their place. */
  closeIdle(): void {
    for (const idler of this.#idle) idler.take(null)
  }

  /** Ends every connection at once. */
  destroy(): void {
    for (const client of this.#clients) client.session.connection.destroy('the gateway is stopping')
  }

  /** A place at the host of this destination may be free. */
  hostReleased(): void {
    this.#isWaitingForHost = false
    this.pump()
  }

  get #queueMax(): number {
    return this.#isSilent ? this.#deps.unservedMax() : QUEUE_MAX
  }

  /** Nobody answered for a while: what waits here may wait for long. */
  get #isSilent(): boolean {
    return this.#clients.size === 0 && this.#deps.clock.now() - this.#servedAt > SILENT_MS
  }

  get #mayGrow(): boolean {
    if (this.#isWaitingForHost || this.connections >= Math.floor(this.#limit)) return false
    return !isWithin(this.#crowdedUntil - this.#deps.clock.now(), CROWDED_MS)
  }

  /** The host asked for less since these connections were opened. */
  get #isTooMany(): boolean {
    return this.#clients.size > Math.max(1, Math.floor(this.#limit))
  }

  /** About how long the queue takes at the pace of the last seconds. */
  #queueMs(): number {
    if (this.#clients.size === 0 && !this.#isSilent) return POSTPONE_MS_MIN
    const ms = (this.#queue.size / Math.max(this.#pace.perSecond(this.#deps.clock.now()), 0.001)) * 1000
    return Math.min(POSTPONE_MS_MAX, Math.max(POSTPONE_MS_MIN, ms))
  }

  #grow(): void {
    if (!this.#mayGrow) return
    this.#connecting += 1
    void this.#connect()
  }

  /** Gives work to idle connections until no more than `behind` letters wait for each that is at work. */
  #wakeIdle(behind: number): void {
    for (const idler of this.#idle) {
      const working = this.#clients.size - this.#idle.size
      if (this.#queue.size <= working * behind) return
      idler.take(idler.client.isUsable ? this.#queue.shift() : null)
    }
  }

  #wait(): void {
    if (this.#isPatient) return
    this.#isPatient = true
    void this.#deps.clock.sleep(PATIENCE_MS).then(() => {
      this.#isPatient = false
      // Those at work may have met a host that says nothing: nobody waits for them any longer.
      if (!this.#isStopped && this.#deps.mayBegin()) this.#wakeIdle(0)
      if (this.#queue.size === 0 || this.#isStopped) return
      this.#grow()
      if (this.#mayGrow || this.connections === 0) this.#wait()
    })
  }

  async #connect(): Promise<void> {
    let opened: Opened
    try {
      opened = await this.#deps.open(this.hop)
    } catch (error) {
      opened = brokenRefusal(error)
    }
    this.#connecting -= 1
    if (opened.kind === 'open') {
      this.#deadUntil = 0
      await this.#serve(opened.session, opened.release)
    } else if (opened.kind === 'busy') {
      this.#isWaitingForHost = true
      this.#deps.waitForHost(this)
      // A place may have become free while the answer was on its way.
      void this.#deps.clock.sleep(BUSY_MS).then(() => this.hostReleased())
    } else this.#refused(opened)
  }

  #refused(refusal: Refusal): void {
    const now = this.#deps.clock.now()
    if (this.connections > 0 && !refusal.isPermanent) {
      this.#limit = Math.max(1, this.#clients.size)
      this.#crowdedUntil = now + CROWDED_MS
      return
    }
    this.#limit = 1
    // A name that does not exist may exist after a look-up later; the answer's own lifetime is in the DNS
    // cache.
    this.#deadUntil = refusal.isPermanent ? 0 : now + (refusal.target === null ? UNRESOLVED_MS : DEAD_MS)
    this.#refusal = refusal
    for (const job of this.#queue.drain()) this.#deps.failed(job, refusal)
  }

  async #serve(session: Session, release: () => void): Promise<void> {
    const client = new SmtpClient(session, this.#deps.timeouts)
    this.#clients.add(client)
    const follower = this.#followerOf(client)
    let sent = 0
    let job = this.#take()
    try {
      while (job !== null) {
        sent += 1
        const mayFollow = sent < this.#deps.messagesPerConnection
        job.startedAt = this.#deps.clock.now()
        const transmission = await client.transmit(job.letter, () =>
          mayFollow ? this.#follow(follower) : null,
        )
        this.#transmitted(job, transmission, session)
        job = this.#followed(follower)
        if (!mayFollow || !client.isUsable || (this.#isTooMany && job === null)) break
        job ??= this.#take() ?? (await this.#idleFor(client))
      }
    } catch (error) {
      // A bug of ours must not bring the same job back at once, for ever.
      const refusal = brokenRefusal(error)
      if (job !== null) this.#deps.failed(job, refusal)
      job = this.#followed(follower)
    } finally {
      if (job !== null) this.#requeue(job)
      this.#clients.delete(client)
      this.#servedAt = this.#deps.clock.now()
      session.connection.quit()
      void session.connection.closed.then(release)
      this.pump()
    }
  }

  /** The letter to be said behind the content that goes out now. */
  #follow(follower: Follower): Letter | null {
    // One connection too many ends behind this letter, however many wait.
    follower.job = this.#isTooMany ? null : this.#take()
    if (follower.job === null) return null
    follower.deadline = this.#deps.deadlines.now() + STUCK_MS
    this.#deps.deadlines.add(follower)
    return follower.job.letter
  }

  /** The letter that was said so, whose turn it is now. */
  #followed(follower: Follower): Job | null {
    const { job } = follower
    if (job !== null) this.#deps.deadlines.delete(follower)
    follower.job = null
    return job
  }

  #followerOf(client: SmtpClient): Follower {
    const expire = (): void => {
      if (this.#turns.ms > QUICK_MS || this.#isStopped) {
        follower.deadline += STUCK_MS
        return
      }
      const job = this.#followed(follower)
      if (job === null) return
      client.abandonNext()
      this.#queue.unshift(job)
      this.pump()
    }
    const follower: Follower = { job: null, deadline: Number.POSITIVE_INFINITY, expire }
    return follower
  }

  #transmitted(job: Job, transmission: Transmission, session: Session): void {
    const now = this.#deps.clock.now()
    this.#pace.count(now)
    this.#turns.count(now - job.startedAt)
    if (transmission.slows) this.#limit = Math.max(1, this.#limit / 2)
    else this.#limit = Math.min(this.#deps.connectionsMax, this.#limit + 1 / this.#limit)
    if (transmission.isUntried && job.requeues < REQUEUES_MAX) this.#requeue(job)
    else this.#deps.concluded(job, transmission, session)
    if (this.#queue.size > 0) this.#wait()
  }

  #requeue(job: Job): void {
    if (this.#isStopped) return
    job.requeues += 1
    this.#queue.unshift(job)
  }

  #take(): Job | null {
    return this.#isStopped || !this.#deps.mayBegin() ? null : this.#queue.shift()
  }

  #idleFor(client: SmtpClient): Promise<Job | null> {
    if (this.#isStopped || !this.#deps.mayIdle()) return Promise.resolve(null)
    return new Promise((resolve) => {
      const take = (job: Job | null): void => {
        this.#idle.delete(idler)
        this.#deps.deadlines.delete(idler)
        resolve(job)
      }
      const deadline = this.#deps.deadlines.now() + IDLE_MS
      const idler: Idler = { client, take, deadline, expire: () => take(null) }
      this.#idle.add(idler)
      this.#deps.deadlines.add(idler)
    })
  }
}

/** Whether a wait lasts: one longer than it ever is was begun before the clock was set back. */
function isWithin(leftMs: number, mostMs: number): boolean {
  return leftMs > 0 && leftMs <= mostMs
}

function brokenRefusal(error: unknown): Refusal {
  const text = error instanceof Error ? error.message : String(error)
  const reply = { code: 451, status: '4.3.0', text }
  return { kind: 'failed', isPermanent: false, reply, target: null, isOurs: true }
}
