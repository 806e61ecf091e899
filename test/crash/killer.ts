// Strikes at a moment of its own. Timers of the process that plays the mail host run right behind its
// reading, when replies have just left: a kill by them hits more answers on their way than one by chance.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, Worker } from 'node:worker_threads'
import { familyOf } from '../journeys/lib/gateway.ts'
import type { Role } from './doubles.ts'

/** What to kill, and in how many milliseconds. */
export type Strike = {
  readonly afterMs: number
  /** The supervisor. */
  readonly supervisor: number
  /** One of this role, or the whole family. */
  readonly role: Role
  /** In [0, 1): which one, of several that live then. */
  readonly draw: number
}

/** When it struck, by `performance.now()` of the asking thread; null when none of them lived any more. */
export type Struck = number | null

export type Killer = {
  strike(strike: Strike): Promise<Struck>
  stop(): Promise<void>
}

/** Starts the thread; one strike at a time. */
export function startKiller(): Killer {
  const worker = new Worker(new URL(import.meta.url))
  return {
    strike: (strike) =>
      new Promise((resolve, reject) => {
        worker.once('message', (at: Struck) => {
          worker.off('error', reject)
          resolve(at === null ? null : at - performance.timeOrigin)
        })
        worker.once('error', reject)
        worker.postMessage(strike)
      }),
    stop: async () => void (await worker.terminate()),
  }
}

parentPort?.on('message', async ({ afterMs, supervisor, role, draw }: Strike) => {
  await pause(afterMs)
  const family = familyOf(supervisor)
  const living = role === 'all' ? family : family.filter((pid) => isOf(pid, role))
  const one = living[Math.floor(draw * living.length)]
  const at = performance.timeOrigin + performance.now()
  for (const pid of role === 'all' ? living : [one]) if (pid !== undefined) killQuietly(pid)
  parentPort?.postMessage((one === undefined ? null : at) satisfies Struck)
})

function isOf(pid: number, role: Role): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`child-${role}`)
  } catch {
    return false
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
