// A child's side of its life: waits for `start`, says `ready` or why not, ends on `stop` or when the
// supervisor is gone.
import { createEmit, type Emit } from '#events/emit.ts'
import { createLog } from '#events/log.ts'
import { createMetrics, type Metrics } from '#events/metrics.ts'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { systemClock } from '#platform/clock.ts'
import { bufferedLines } from '#platform/log-file.ts'
import { type ProcessFigures, watchProcess } from '#platform/process-figures.ts'
import { compileEarly } from './compile-early.ts'
import type { FromChild, ToChild } from './messages.ts'

export type StartMessage = Extract<ToChild, { kind: 'start' }>

/** A running role: how to end it. `stop` drains and resolves when nothing is open any more. */
export type Running = {
  readonly setupUrl: string | null
  /** `sessionsMs` is how long messages under way may take; the role's own patience when left out. */
  stop(sessionsMs?: number): Promise<void>
}

/** The other edge workers of this machine. What is said to one that is away is lost. */
export type Peers = {
  send(slot: number, body: unknown): void
  listen(heard: (slot: number, body: unknown) => void): void
}

export type RoleOptions = StartMessage & {
  readonly emit: Emit
  readonly metrics: Metrics
  readonly figures: ProcessFigures
  /** Asks the supervisor to start all processes anew. */
  readonly restart: () => void
  readonly peers: Peers
}

/** Runs a role in this process until it is told to stop. */
export function runChild(role: 'control' | 'edge', start: (options: RoleOptions) => Promise<Running>): void {
  const lines = bufferedLines(2)
  const figures = watchProcess(systemClock.now())
  let running: Running | null = null
  let ending = false
  const end = async (code: number, sessionsMs?: number): Promise<void> => {
    if (ending) return
    ending = true
    await running?.stop(sessionsMs).catch(() => {})
    lines.flush()
    process.exit(code)
  }
  const ears: ((slot: number, body: unknown) => void)[] = []
  const peers: Peers = {
    send: (slot, body) => say({ kind: 'peer', slot, body }),
    listen: (heard) => ears.push(heard),
  }
  process.on('message', (message: ToChild) => {
    if (message.kind === 'peer') {
      for (const heard of ears) heard(message.slot, message.body)
      return
    }
    if (message.kind === 'stop') return void end(0, message.sessionsMs)
    const metrics = createMetrics(role)
    const origin = { role, slot: role === 'edge' ? message.slot : null, pid: process.pid }
    const log = createLog(origin, systemClock.now, lines.write)
    const emit = createEmit({ log, metrics: metrics.sink }, message.config.logLevel)
    process.on('uncaughtException', (error) => {
      emit('boot.failed', { error })
      lines.flush()
      process.exit(1) // State after an unknown throw is not to be trusted; the supervisor starts us again.
    })
    start({ ...message, emit, metrics, figures, restart: () => say({ kind: 'restart' }), peers }).then(
      (started) => {
        running = started
        giveBackWhenCalm()
        if (role === 'edge') compileEarly()
        emit('boot.started', { role })
        say({ kind: 'ready', setupUrl: started.setupUrl })
      },
      (error: unknown) => {
        emit('boot.failed', { error })
        say({ kind: 'failed', why: error instanceof Error ? error.message : String(error) })
        lines.flush()
        setTimeout(() => process.exit(1), 50) // Leaves the message time to cross.
      },
    )
  })
  process.on('disconnect', () => void end(1)) // The supervisor is gone: nobody would stop or restart us.
  process.on('SIGTERM', () => {}) // The supervisor drains us in order; a signal to the group must not cut that short.
  process.on('SIGINT', () => {})
}

function say(message: FromChild): void {
  process.send?.(message)
}
