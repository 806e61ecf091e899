// The scheduler: takes messages in memory or from spools, sorts their recipients by destination, records what
// came of it.
import type { TenantSettings } from '#policy/settings.ts'
import type { QueueSpool } from '#spool/queue.ts'
import type { Content, DueRecipient, Envelope } from '#spool/spool.ts'
import { Archiving } from './archiving.ts'
import { openHop } from './connector.ts'
import { Deadlines } from './deadlines.ts'
import { Destination, type DestinationDeps, type Job } from './destination.ts'
import type { DsnMessage } from './dsn.ts'
import { Futile } from './futile.ts'
import { Hosts } from './hosts.ts'
import { Hand, type InHand, type Source } from './in-hand.ts'
import { letterOf, recipientsPerLetter } from './letter.ts'
import { Pauses } from './pauses.ts'
import { QueueTools } from './queue-tools.ts'
import { type Outcome, Recorder, untriedOutcome } from './recorder.ts'
import { runRetention } from './retention.ts'
import { destinationKey, type NextHop, wayKey } from './route.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { TIMEOUTS } from './smtp-session.ts'
import { type Surroundings, wayOf, waysOf } from './ways.ts'
import { connectorDepsOf } from './wiring.ts'

const CONNECTIONS_MAX = 500 // Of one worker; each costs a socket and some kilobytes.
/** Looked for at least this often, whatever is believed of due times. */
const POLL_MS_MAX = 60_000
const POLL_MS_MIN = 50
/** After a start messages wait this long for the first snapshot, looked for at the interval below. */
const SETTINGS_WAIT_MS = 30_000
const SETTINGS_POLL_MS = 500

type ScheduledJob = Job & {
  readonly letter: ReturnType<typeof letterOf>
  readonly message: InHand
  readonly recipients: readonly DueRecipient[]
}

export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #hand = new Hand()
  readonly #sources: Source[] = []
  readonly #destinations = new Map<string, Destination>()
  readonly #deps: DestinationDeps
  readonly #hosts: Hosts
  readonly #recorder: Recorder
  readonly #waitingForHost = new Set<Destination>()
  readonly #stopped = new AbortController()
  readonly #own: Source
  readonly #startedAt: number
  readonly #watches: Promise<void>[] = []
  readonly #pauses: Pauses
  readonly #futile = new Futile()
  readonly #archiving: Archiving
  /** What people do with what waits. */
  readonly queue: QueueTools

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#startedAt = options.clock.now()
    const perHost = Math.ceil(options.config.delivery.connectionsPerHost / (options.workers ?? 1))
    this.#hosts = new Hosts({ connectionsPerHost: perHost, connections: CONNECTIONS_MAX })
    const deadlines = new Deadlines(options.clock, options.sweepMs)
    const timeouts = options.timeouts ?? TIMEOUTS
    const connector = connectorDepsOf(options, { hosts: this.#hosts, deadlines, timeouts })
    this.#recorder = new Recorder({
      clock: options.clock,
      emit: options.emit,
      hostname: options.config.hostname,
      random: options.random ?? Math.random,
      settingsOf: options.settingsOf,
      signal: this.#stopped.signal,
      store: (message) => this.#storeDsn(message),
      mayBeginAgain: () => this.#pumpAll(),
    })
    this.#deps = {
      clock: options.clock,
      deadlines,
      timeouts,
      connectionsMax: perHost,
      messagesPerConnection: options.config.delivery.messagesPerConnection,
      open: (hop) => openHop(hop, connector),
      concluded: (job, transmission, session) =>
        void this.#conclude(job, { results: transmission.results, session }),
      failed: (job, refusal) => this.#futile.add(this.#conclude(job, untriedOutcome(job, refusal))),
      postponed: (job, delayMs) => this.#futile.add(this.#postpone(job, delayMs)),
      unservedMax: () => this.#hand.unservedMax,
      waitForHost: (destination) => {
        this.#waitingForHost.add(destination)
        for (const other of this.#destinations.values()) other.closeIdle()
      },
      mayIdle: () => this.#waitingForHost.size === 0,
      mayBegin: () => this.#recorder.mayBegin(),
    }
    this.#hosts.onRelease = () => this.#releaseHost()
    const waking = {
      clock: options.clock,
      sources: () => this.#sources,
      wake: (source: Source) => this.#wakeAt(source, 0),
    }
    this.#pauses = new Pauses({
      ...waking,
      settingsOf: options.settingsOf,
      withdraw: (tenantId) => this.#withdraw((job, key) => this.#isAstray(job, key, tenantId)),
    })
    this.queue = new QueueTools({
      ...waking,
      hand: this.#hand,
      recorder: this.#recorder,
      recheck: options.recheck,
      withdraw: (ids) => this.#withdraw(({ message }) => ids.has(message.envelope.id)),
      revive: () => this.#revive(),
    })
    this.#archiving = this.#startArchiving(options)
    this.#own = this.addSpool(options.spool)
    const { signal } = this.#stopped
    const { queue } = this
    const store = (message: DsnMessage): Promise<void> => this.#storeDsn(message)
    const retention = { ...options, queue, store, sources: () => this.#sources }
    this.#watches.push(this.#pauses.run(signal), runRetention(retention, signal))
  }

  /** Delivers from a further spool too: one whose slot is gone. Due messages are looked for from now on. */
  addSpool(spool: QueueSpool): Source {
    const source: Source = {
      spool,
      nextPollAt: 0,
      wake: new AbortController(),
      hasMissed: false,
      lacksSettings: false,
    }
    this.#sources.push(source)
    this.#watches.push(this.#watch(source), this.#pauses.takeOver(source))
    return source
  }

  /** Takes over a message that was just committed to the own spool. Never throws, never waits. */
  offer(envelope: Envelope, content: Content): void {
    const recipients = envelope.recipients
      .filter(({ state }) => state === 'queued')
      .map((recipient) => ({ ...recipient, attempts: 0, firstAttemptAt: null }))
    if (recipients.length === 0) return
    this.#admit(this.#own, { envelope, recipients, content })
    if (this.#own.lacksSettings) this.#wakeAt(this.#own, this.#options.clock.now() + SETTINGS_POLL_MS)
  }

  /**
   * Makes a message due now and tries at once, also where nobody could be reached just now. Returns
   * recipients.
   */
  async retryNow(messageId: string): Promise<number> {
    let count = 0
    for (const source of this.#sources) {
      count += await source.spool.retryNow(messageId, this.#options.clock.now())
      if (count > 0) {
        this.#revive()
        this.#wakeAt(source, 0)
        break
      }
    }
    return count
  }

  /** Begins nothing new and waits up to `graceMs` for what is on its way; then connections are cut. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped.abort()
    for (const source of this.#sources) source.wake.abort()
    for (const destination of this.#destinations.values()) destination.stop()
    this.#archiving.stop()
    const { clock } = this.#options
    const until = clock.now() + graceMs
    while (clock.now() < until && this.#connections + this.#recorder.unrecorded + this.#archiving.running > 0)
      await clock.sleep(20)
    for (const destination of this.#destinations.values()) destination.destroy()
    while (this.#connections > 0 && clock.now() < until + 1000) await clock.sleep(10)
    await Promise.all(this.#watches)
  }

  /** Figures for health and metrics. */
  counts(): { readonly inHand: number; readonly destinations: number; readonly connections: number } {
    return { inHand: this.#hand.size, destinations: this.#destinations.size, connections: this.#connections }
  }

  get #surroundings(): Surroundings {
    const { tenantOfDomain, clock } = this.#options
    return { tenantOfDomain, now: clock.now() }
  }

  get #connections(): number {
    let connections = 0
    for (const destination of this.#destinations.values()) connections += destination.connections
    return connections
  }

  #admit(
    source: Source,
    {
      envelope,
      recipients,
      content,
    }: {
      readonly envelope: Envelope
      readonly recipients: readonly DueRecipient[]
      readonly content: Content | null
    },
  ): void {
    if (this.#stopped.signal.aborted || this.#hand.has(envelope.id)) return
    const settings = this.#options.settingsOf(envelope.tenantId)
    if (settings === null && this.#options.clock.now() < this.#startedAt + SETTINGS_WAIT_MS) {
      // The snapshot is still on its way: no attempt is lost for that.
      source.lacksSettings = true
      return
    }
    const message = this.#hand.take(source, envelope, content)
    if (message === null) {
      source.hasMissed = true
      return
    }
    const jobs: { readonly job: ScheduledJob; readonly hop: NextHop }[] = []
    const paused: { readonly why: string; readonly some: readonly DueRecipient[] }[] = []
    const toArchive = recipients.filter(({ archive }) => archive !== undefined)
    const people =
      toArchive.length === 0 ? recipients : recipients.filter(({ archive }) => archive === undefined)
    for (const [way, some] of waysOf(settings, { envelope, recipients: people }, this.#surroundings)) {
      if (way.kind === 'paused') {
        paused.push({ why: way.why, some })
        continue
      }
      const most = recipientsPerLetter(envelope, settings)
      for (let from = 0; from < some.length; from += most) {
        const part = some.slice(from, from + most)
        const letter = letterOf(message, part, this.#options.stamper)
        jobs.push({ job: { letter, message, recipients: part, startedAt: 0, requeues: 0 }, hop: way })
      }
    }
    // Counted first: a job may be done before the next one is offered.
    message.open = jobs.length + paused.length + (toArchive.length > 0 ? 1 : 0)
    if (toArchive.length > 0) this.#archiving.offer(message, toArchive)
    for (const { why, some } of paused) this.#pause(message, some, { why, settings })
    for (const { job, hop } of jobs) this.#destinationOf(envelope.tenantId, hop, settings).offer(job)
  }

  #pause(
    message: InHand,
    recipients: readonly DueRecipient[],
    { why, settings }: { readonly why: string; readonly settings: TenantSettings | null },
  ): void {
    const { tenantId } = message.envelope
    this.#pauses.watch(tenantId, settings)
    void this.#recorder.pause(message, recipients, why).then(() => {
      this.#release(message)
      // Resumed before the pause was written: nothing else would wake it.
      if (this.#options.settingsOf(tenantId) !== settings) this.#pauses.distrust(tenantId)
    })
  }

  #destinationOf(tenantId: string, hop: NextHop, settings: TenantSettings | null): Destination {
    const key = destinationKey(tenantId, hop)
    let destination = this.#destinations.get(key)
    if (destination === undefined) {
      this.#pauses.watch(tenantId, settings)
      destination = new Destination(key, hop, this.#deps)
      this.#destinations.set(key, destination)
    }
    return destination
  }

  #conclude(job: Job, outcome: Outcome): Promise<void> {
    const { message, letter } = job as ScheduledJob
    const told = { ...outcome, startedAt: job.startedAt, sent: letter.sentWith() }
    return this.#recorder.record(message, told).then((at) => this.#release(message, at))
  }

  /** Puts a job back to the spool for a while, because too many wait in memory for the same destination. */
  #postpone(job: Job, delayMs: number): Promise<void> {
    const { message, recipients } = job as ScheduledJob
    return this.#putBack(message, recipients, delayMs)
  }

  #startArchiving({ clock, bringToArchive, emit }: SchedulerOptions): Archiving {
    return new Archiving({
      clock,
      bring: bringToArchive ?? null,
      kept: (message, recipients) => void this.#archived(message, recipients),
      postponed: (message, recipients, delayMs) => void this.#putBack(message, recipients, delayMs),
      troubled: (why) => emit('delivery.archive.waiting', { why }),
    })
  }

  #archived(message: InHand, recipients: readonly DueRecipient[]): Promise<void> {
    return this.#recorder.archived(message, recipients).then(() => this.#release(message))
  }

  #putBack(message: InHand, recipients: readonly DueRecipient[], delayMs: number): Promise<void> {
    const random = this.#options.random ?? Math.random
    const nextAttemptAt = Math.round(this.#options.clock.now() + delayMs * (0.5 + random()))
    const written = this.#recorder.postpone(message, recipients, nextAttemptAt)
    return written.then(() => this.#release(message, nextAttemptAt))
  }

  /** A job of a message is done, or due again later: there may be room for what was missed. */
  #release(message: InHand, nextAttemptAt: number | null = null): void {
    this.#hand.release(message)
    const { source } = message
    if (nextAttemptAt !== null && nextAttemptAt < source.nextPollAt) this.#wakeAt(source, nextAttemptAt)
    if (!this.#hand.hasRoom) return
    for (const one of this.#sources) if (one.hasMissed) this.#wakeAt(one, 0)
  }

  #revive(): void {
    this.#options.logins?.forget()
    for (const destination of this.#destinations.values()) destination.revive()
  }

  /** Gives waiting jobs back to the spool, due as before. */
  #withdraw(isWanted: (job: ScheduledJob, key: string) => boolean): void {
    for (const [key, destination] of this.#destinations) {
      const jobs = destination.withdraw((job) => isWanted(job as ScheduledJob, key))
      for (const job of jobs) void this.#postpone(job, 0)
    }
  }

  /** Whether the settings of a tenant send this job elsewhere than it waits for, or nowhere for now. */
  #isAstray({ message, recipients }: ScheduledJob, key: string, tenantId: string): boolean {
    const { envelope } = message
    if (envelope.tenantId !== tenantId) return false
    const settings = this.#options.settingsOf(tenantId)
    const way = wayOf(settings, { envelope, recipient: recipients[0]! }, this.#surroundings)
    return wayKey(tenantId, way) !== key
  }

  async #storeDsn({ envelope, content, report }: DsnMessage): Promise<void> {
    await this.#own.spool.commitMessage(envelope, content, report)
    this.offer(envelope, content)
  }

  #pumpAll(): void {
    for (const destination of this.#destinations.values()) destination.pump()
  }

  get #mayLook(): boolean {
    return this.#hand.hasRoom && this.#futile.mayLook && this.#deps.mayBegin()
  }

  #releaseHost(): void {
    const waiting = [...this.#waitingForHost]
    this.#waitingForHost.clear()
    for (const destination of waiting) destination.hostReleased()
  }

  #wakeAt(source: Source, at: number): void {
    source.nextPollAt = at
    source.wake.abort()
  }

  /**
   * Looks for due messages of one spool: at the start, when one becomes due, and when memory has room again.
   */
  async #watch(source: Source): Promise<void> {
    const { clock } = this.#options
    while (!this.#stopped.signal.aborted) {
      source.wake = new AbortController()
      const now = clock.now()
      // Further away it never is, but where the clock was set back.
      const isTime = source.nextPollAt <= now || source.nextPollAt > now + POLL_MS_MAX
      if (isTime && this.#mayLook) {
        await this.#poll(source).catch(() => {
          // The spool said itself what is wrong with it; here it only means to come back.
          source.nextPollAt = clock.now() + POLL_MS_MAX / 60
        })
      }
      if (!this.#hand.hasRoom) source.hasMissed = true
      const wait = this.#hand.hasRoom ? source.nextPollAt - clock.now() : POLL_MS_MAX
      await clock.sleep(POLL_MS_MIN)
      await clock.sleep(Math.max(0, Math.min(wait - POLL_MS_MIN, POLL_MS_MAX)), source.wake.signal)
    }
  }

  async #poll(source: Source): Promise<void> {
    const { clock } = this.#options
    const now = clock.now()
    source.hasMissed = false
    source.lacksSettings = false
    source.nextPollAt = now + POLL_MS_MAX
    const limit = this.#futile.beginLook()
    const due = await source.spool.due(now, limit, this.#hand.idsOf(source))
    for (const { envelope, recipients } of due) this.#admit(source, { envelope, recipients, content: null })
    if (source.lacksSettings) source.nextPollAt = now + SETTINGS_POLL_MS
    else if (due.length >= limit || source.hasMissed) {
      source.nextPollAt = now + this.#futile.pauseMs
    } else {
      const next = await source.spool.nextDueAt(now)
      if (next !== null) source.nextPollAt = Math.min(source.nextPollAt, next)
    }
    for (const [key, destination] of this.#destinations) {
      if (destination.isAtRest(now)) this.#destinations.delete(key)
    }
  }
}
