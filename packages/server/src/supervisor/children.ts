// Keeps the child processes: starts each, waits until it is ready, starts it again when it dies, stops all in
// order.
import { type ChildProcess, fork } from 'node:child_process'
import parent from 'node:process'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { FromChild, ToChild } from './messages.ts'

// Migrations of a large store and a long spool take their time, as does a machine that starts all at once.
const READY_MS = 180_000
const RESTART_MIN_MS = 200
const RESTART_MAX_MS = 30_000
const STABLE_MS = 60_000 // A child that lived this long is started again without delay.
const STOP_MS = 9_000 // The whole stop is promised in under 10 s.

/**
 * A restart is patient with messages under way while other workers take new connections; a lone worker's port
 * is closed meanwhile, so it is less so.
 */
const RESTART_SESSIONS_MS = 120_000
const RESTART_SESSIONS_ALONE_MS = 10_000

/**
 * Half of what V8 gives to short-lived objects in each thread. Twice as much saves no CPU that can be
 * measured under full load, costs a third more memory, and makes pauses longer.
 */
const SEMI_SPACE_MIB = 8
/** The C library's own heaps: one a thread, as by default, keeps what each of a dozen threads once used. */
const MALLOC_ARENA_MAX = '2'

/** A child said why it cannot start; the message is for people. */
export class ChildRefused extends Error {}

export type ChildRole = 'control' | 'edge'

type Child = {
  readonly role: ChildRole
  readonly slot: number
  process: ChildProcess | null
  delayMs: number
}

type Options = {
  readonly mainFile: string
  readonly startMessage: (role: ChildRole, slot: number) => ToChild
  /** Where children write their log lines. */
  readonly logDescriptor: number | 'inherit'
  /** Folder of V8's compiled code: the second start need not compile again. */
  readonly compileCache: string
  readonly clock: Clock
  readonly emit: Emit
  /** Control passes on that the owner of the data folder wants a restart. */
  readonly restartAsked: () => void
}

/** The children of one supervisor. */
export class Children {
  readonly #options: Options
  readonly #children: Child[] = []
  /** Told to end by us: their end is no accident. */
  readonly #retired = new WeakSet<ChildProcess>()
  #stopping = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Starts a child and resolves with its `ready`; rejects with its reason when the first start fails. */
  async start(role: ChildRole, slot: number): Promise<Extract<FromChild, { kind: 'ready' }>> {
    const child: Child = { role, slot, process: null, delayMs: RESTART_MIN_MS }
    this.#children.push(child)
    return this.#launch(child)
  }

  /** Process ids, control first. */
  pids(): readonly number[] {
    return this.#children.map((child) => child.process?.pid ?? 0)
  }

  /** Asks edges to drain, then control to end; kills what is left after 9 s. */
  async stop(): Promise<void> {
    this.#stopping = true
    const deadline = this.#options.clock.now() + STOP_MS
    for (const role of ['edge', 'control'] as const) {
      const living = this.#children.filter((child) => child.role === role && child.process?.connected)
      await Promise.all(living.map((child) => this.#end(child.process!, { deadline })))
    }
  }

  /**
   * Starts control anew, then one worker after the other: each comes to the end of its messages, lets go of
   * its spool, and its successor is ready before the next one's turn. Resolves with control's `ready`.
   * Rejects when a new process does not come up; those behind it keep running as they are.
   */
  async restart(): Promise<Extract<FromChild, { kind: 'ready' }> | null> {
    const workers = this.#children.filter(({ role }) => role === 'edge').length
    const sessionsMs = workers > 1 ? RESTART_SESSIONS_MS : RESTART_SESSIONS_ALONE_MS
    let ready: Extract<FromChild, { kind: 'ready' }> | null = null
    const inOrder = [...this.#children].sort((a, b) =>
      a.role === b.role ? a.slot - b.slot : a.role < b.role ? -1 : 1,
    )
    for (const child of inOrder) {
      const before = child.process
      // One that died is being started anew already.
      if (this.#stopping || !before?.connected) continue
      this.#retired.add(before)
      const patience = child.role === 'edge' ? sessionsMs : 0
      await this.#end(before, { deadline: this.#options.clock.now() + patience + STOP_MS, sessionsMs })
      if (this.#stopping) return ready
      const started = await this.#launch(child)
      if (child.role === 'control') ready = started
    }
    return ready
  }

  async #end(
    process: ChildProcess,
    { deadline, sessionsMs }: { readonly deadline: number; readonly sessionsMs?: number },
  ): Promise<void> {
    const { clock } = this.#options
    const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()))
    process.send({ kind: 'stop', ...(sessionsMs === undefined ? {} : { sessionsMs }) } satisfies ToChild)
    const patience = new AbortController()
    const late = clock.sleep(Math.max(0, deadline - clock.now()), patience.signal)
    await Promise.race([ended, late])
    patience.abort()
    if (process.exitCode === null && process.signalCode === null) process.kill('SIGKILL')
  }

  #launch(child: Child): Promise<Extract<FromChild, { kind: 'ready' }>> {
    const { mainFile, startMessage, logDescriptor, compileCache, clock, emit } = this.#options
    const startedAt = clock.now()
    const log = logDescriptor === 'inherit' ? 2 : logDescriptor
    const process = fork(mainFile, [`child-${child.role}`], {
      stdio: ['ignore', log, log, 'ipc'],
      // An operator's own choice of folder wins.
      env: { NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX, ...parent.env },
      execArgv: ['--disable-warning=ExperimentalWarning', `--max-semi-space-size=${SEMI_SPACE_MIB}`],
    })
    child.process = process
    process.send(startMessage(child.role, child.slot))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        process.kill('SIGKILL')
        reject(new Error(`${child.role} was not ready within ${READY_MS} ms`))
      }, READY_MS)
      let refused: string | null = null
      process.on('message', (message: FromChild) => {
        if (message.kind === 'failed') refused = message.why
        if (message.kind === 'restart') this.#options.restartAsked()
        if (message.kind === 'peer') this.#passOn(child, message)
        if (message.kind !== 'ready') return
        clearTimeout(timer)
        resolve(message)
      })
      process.once('error', reject)
      process.once('exit', (code, signal) => {
        clearTimeout(timer)
        reject(
          refused !== null
            ? new ChildRefused(refused)
            : new Error(`${child.role} ended with ${signal ?? code} before it was ready`),
        )
        if (this.#stopping || this.#retired.has(process)) return
        emit('supervisor.child.ended', { role: child.role, slot: child.slot, code, signal, why: refused })
        this.#restart(child, clock.now() - startedAt)
      })
    })
  }

  #passOn(from: Child, { slot, body }: Extract<FromChild, { kind: 'peer' }>): void {
    const to = this.#children.find((one) => one.role === 'edge' && one.slot === slot)
    if (to?.process?.connected) to.process.send({ kind: 'peer', slot: from.slot, body } satisfies ToChild)
  }

  #restart(child: Child, livedMs: number): void {
    child.delayMs = livedMs > STABLE_MS ? RESTART_MIN_MS : Math.min(child.delayMs * 2, RESTART_MAX_MS)
    setTimeout(() => {
      // A failed start ends the child, and its exit brings us here again with a longer delay.
      if (!this.#stopping) this.#launch(child).catch(() => {})
    }, child.delayMs)
  }
}
