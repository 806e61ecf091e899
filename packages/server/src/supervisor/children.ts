// Keeps the child processes: starts each, waits until it is ready, starts it again when it dies, stops all in
// order.
import { type ChildProcess, fork } from 'node:child_process'
import parent from 'node:process'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { FromChild, ToChild } from './messages.ts'

const READY_MS = 30_000 // Migrations of a large store and a long spool take their time.
const RESTART_MIN_MS = 200
const RESTART_MAX_MS = 30_000
const STABLE_MS = 60_000 // A child that lived this long is started again without delay.
const STOP_MS = 9_000 // The whole stop is promised in under 10 s.

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
}

/** The children of one supervisor. */
export class Children {
  readonly #options: Options
  readonly #children: Child[] = []
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
      await Promise.all(living.map((child) => this.#end(child.process!, deadline)))
    }
  }

  async #end(process: ChildProcess, deadline: number): Promise<void> {
    const { clock } = this.#options
    const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()))
    process.send({ kind: 'stop' } satisfies ToChild)
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
      env: { ...parent.env, NODE_COMPILE_CACHE: compileCache },
      execArgv: ['--disable-warning=ExperimentalWarning'],
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
        if (this.#stopping) return
        emit('supervisor.child.ended', { role: child.role, slot: child.slot, code, signal, why: refused })
        this.#restart(child, clock.now() - startedAt)
      })
    })
  }

  #restart(child: Child, livedMs: number): void {
    child.delayMs = livedMs > STABLE_MS ? RESTART_MIN_MS : Math.min(child.delayMs * 2, RESTART_MAX_MS)
    setTimeout(() => {
      // A failed start ends the child, and its exit brings us here again with a longer delay.
      if (!this.#stopping) this.#launch(child).catch(() => {})
    }, child.delayMs)
  }
}
