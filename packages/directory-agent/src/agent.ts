// The agent at work: waits for the gateway's wishes, reads and pushes when it is time, answers sign-ins.
import type { AgentStatus, AgentTask } from '@gatepost/contract/agent.ts'
import { DirectoryFault, type DirectoryReader } from '@gatepost/directory/entry.ts'
import { createLdapReader } from '@gatepost/directory/ldap/reader.ts'
import { ldapSignIn } from '@gatepost/directory/ldap/sign-in.ts'
import { type AgentConfig, directoryWords } from './config.ts'
import { type Gateway, GatewayFault, type Work } from './gateway.ts'
import type { Effects } from './platform.ts'
import { pushListing, readListing } from './push.ts'

/** How long one question for work stays open. */
const WAIT_SECONDS = 45
const REST_MS = 1_000
const REST_MS_MAX = 60_000

/** So that nobody searches a network through the agent: rarely, and where mail hosts listen. */
const PROBE_REST_MS = 1_000
const PROBE_PORTS = (port: number): boolean => port === 25 || port === 465 || port === 587 || port > 1_023

/** What `gatepost-agent status` shows, and the page of the site. */
export type Report = AgentStatus & {
  readonly lastPushAt: number | null
  readonly lastSeenGatewayAt: number | null
  readonly gatewayTrouble: string | null
  readonly newerVersion: string | null
}

export type AgentParts = {
  readonly config: AgentConfig
  readonly gateway: Gateway
  readonly effects: Effects
  readonly version: string
  /** Told whenever something changed. */
  readonly report: (report: Report) => void
  /** Between two questions for work; tests are shorter. */
  readonly waitSeconds?: number
}

export class Agent {
  readonly #parts: AgentParts
  readonly #signal: AbortSignal
  #report: Report
  #nextAt = 0
  #pushing: Promise<void> | null = null
  #pushWanted = false
  #probedAt = Number.NEGATIVE_INFINITY

  constructor(parts: AgentParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#report = {
      state: 'idle',
      directory: directoryWords(parts.config),
      lastReadAt: null,
      entries: null,
      trouble: null,
      signsIn: parts.config.signsIn,
      lastPushAt: null,
      lastSeenGatewayAt: null,
      gatewayTrouble: null,
      newerVersion: null,
    }
  }

  /** Runs until the signal comes. Throws `GatewayFault` of kind `shut-out` when the site was removed. */
  async run(): Promise<void> {
    const { effects, gateway, waitSeconds = WAIT_SECONDS } = this.#parts
    let restMs = REST_MS
    while (!this.#signal.aborted) {
      if (this.#pushWanted || effects.now() >= this.#nextAt) this.#startPush()
      try {
        // The first question is short, so that the site's page sees us at once.
        const wait = this.#report.lastSeenGatewayAt === null ? 0 : waitSeconds
        const work = await gateway.work(this.#status(), wait, this.#signal)
        this.#seen(work)
        restMs = REST_MS
        for (const task of work.tasks) this.#take(task, work)
      } catch (error) {
        if (this.#signal.aborted) break
        if (!(error instanceof GatewayFault) || error.kind === 'shut-out') throw error
        this.#note({ gatewayTrouble: error.message })
        effects.say(error.message)
        await effects.pause(restMs, this.#signal)
        restMs = Math.min(restMs * 2, REST_MS_MAX)
      }
    }
    await this.#pushing?.catch(() => undefined)
  }

  /** Reads and pushes once. Throws `DirectoryFault`, `GatewayFault`. */
  async push(): Promise<number> {
    const { config, gateway, effects } = this.#parts
    this.#note({ state: 'reading' })
    try {
      const listing = await readListing(readerOf(config, effects), this.#signal)
      this.#note({ state: 'pushing', lastReadAt: effects.now(), entries: listing.entries, trouble: null })
      await pushListing(listing, gateway, { ...effects, signal: this.#signal })
      this.#note({ state: 'idle', lastPushAt: effects.now() })
      effects.say(`pushed ${listing.entries} entries of ${directoryWords(config)}`)
      return listing.entries
    } catch (error) {
      const trouble = error instanceof DirectoryFault ? { saw: error.saw, remedy: error.remedy } : null
      this.#note({ state: 'idle', ...(trouble !== null && { trouble }) })
      throw error
    }
  }

  #startPush(): void {
    if (this.#pushing !== null) return
    const { effects, config } = this.#parts
    this.#pushWanted = false
    this.#nextAt = effects.now() + config.everyMinutes * 60_000
    this.#pushing = this.push()
      .then(
        () => undefined,
        (error: unknown) => {
          if (!this.#signal.aborted) effects.say(error instanceof Error ? error.message : String(error))
        },
      )
      .finally(() => {
        this.#pushing = null
      })
  }

  #take(task: AgentTask, work: Work): void {
    if (task.kind === 'push') {
      this.#pushWanted = true
      return
    }
    if (task.kind === 'probe') {
      void this.#probe(task).catch((error: unknown) => {
        this.#parts.effects.say(error instanceof Error ? error.message : 'A probe could not be answered.')
      })
      return
    }
    void this.#answer(task, work).catch((error: unknown) => {
      this.#parts.effects.say(error instanceof Error ? error.message : 'A sign-in could not be answered.')
    })
  }

  /** Both sides have to allow it. The password goes to the directory and nowhere else. */
  async #answer(task: Extract<AgentTask, { kind: 'sign-in' }>, work: Work): Promise<void> {
    const { config, effects, gateway } = this.#parts
    const isAllowed = config.signsIn && work.liveSignIn && config.directory !== null
    const result =
      isAllowed && config.directory !== null
        ? await ldapSignIn(
            {
              options: config.directory,
              secret: config.password,
              userName: task.userName,
              password: task.password,
            },
            effects.ldap,
            this.#signal,
          )
        : ({
            kind: 'unavailable',
            code: 'switched-off',
            saw: 'The agent’s own settings do not let it sign in.',
          } as const)
    await gateway.answer(task.id, result, this.#signal)
  }

  /** Knocks at a mail host of the organisation, where the agent's own settings allow it. */
  async #probe(task: Extract<AgentTask, { kind: 'probe' }>): Promise<void> {
    const { config, effects, gateway } = this.#parts
    const { id, host, port } = task
    const now = effects.now()
    const isTooSoon = now - this.#probedAt < PROBE_REST_MS
    const refusal = !config.probes
      ? 'The agent’s own settings do not let it probe.'
      : isTooSoon
        ? 'The agent probed a moment ago.'
        : !PROBE_PORTS(port)
          ? 'The agent probes mail ports only.'
          : null
    if (refusal !== null) {
      const answer = { kind: 'unknown', stage: 'connect', reply: refusal, address: null } as const
      return gateway.probed(id, answer, this.#signal)
    }
    this.#probedAt = now
    effects.say(`knocking at ${host}:${port} for the gateway`)
    const answer = await effects.probe({ ...task, localAddress: null }, this.#signal)
    await gateway.probed(id, answer, this.#signal)
  }

  #seen({ currentVersion }: Work): void {
    const { effects, version } = this.#parts
    const newerVersion = currentVersion === version ? null : currentVersion
    if (newerVersion !== null && this.#report.newerVersion !== newerVersion)
      effects.say(`the gateway offers version ${newerVersion}; this is ${version}`)
    this.#note({ lastSeenGatewayAt: effects.now(), gatewayTrouble: null, newerVersion })
  }

  #status(): AgentStatus {
    const { state, directory, lastReadAt, entries, trouble, signsIn } = this.#report
    return { state, directory, lastReadAt, entries, trouble, signsIn }
  }

  #note(change: Partial<Report>): void {
    this.#report = { ...this.#report, ...change }
    this.#parts.report(this.#report)
  }
}

/** The reader of the directory. Throws `DirectoryFault` when none is set. */
export function readerOf(config: AgentConfig, effects: Pick<Effects, 'ldap'>): DirectoryReader {
  if (config.directory === null || config.directory.host === '')
    throw new DirectoryFault({
      step: 'resolve',
      code: 'not-set',
      saw: 'No directory is set.',
      remedy: 'Set it with: gatepost-agent set --host NAME --user ACCOUNT --password FILE --base DN',
    })
  const reading = { ...config.directory, password: config.password, attributes: config.attributes }
  return createLdapReader(reading, effects.ldap)
}
