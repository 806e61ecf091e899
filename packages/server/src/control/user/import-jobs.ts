// Imports that take longer than a request: what is running in this process, how far it is, and how it ended
// when it did not end well. The database knows nothing of it until an import is whole.
import { Problem } from '../problem.ts'

export type Progress = { readonly phase: string; readonly done: number; readonly total: number }

/** How others learn how far a job is. */
export type Tell = (progress: Progress) => void

/** Failures remembered; older ones are forgotten. */
const FAILURES_MAX = 100

export class ImportJobs {
  readonly #running = new Map<string, Progress>()
  readonly #failures = new Map<string, string>()
  readonly #waitMs: number

  /** An import that takes longer than `waitMs` goes on after the answer. */
  constructor(waitMs = 1_500) {
    this.#waitMs = waitMs
  }

  /** Null when no job of this import is running. */
  progressOf(importId: string): Progress | null {
    return this.#running.get(importId) ?? null
  }

  /** Why the last job of this import failed; null when none did. */
  failureOf(importId: string): string | null {
    return this.#failures.get(importId) ?? null
  }

  /**
   * Runs `work` and waits for it for a moment; true when it is done by then. What it throws in that time
   * is thrown on; what it throws later is kept for `failureOf`.
   */
  async run(importId: string, work: (tell: Tell) => Promise<void>): Promise<boolean> {
    this.#failures.delete(importId)
    const tell: Tell = (progress) => void this.#running.set(importId, progress)
    tell({ phase: 'Reading the file', done: 0, total: 1 })
    let isWaited = true
    const job = work(tell)
      .catch((error: unknown) => {
        if (isWaited) throw error
        this.#keep(importId, error)
      })
      .finally(() => this.#running.delete(importId))
    // Without a listener, what it throws while nobody waits would end the process.
    job.catch(() => {})
    const timer = Promise.withResolvers<false>()
    const timeout = setTimeout(() => timer.resolve(false), this.#waitMs)
    try {
      return await Promise.race([job.then(() => true as const), timer.promise])
    } finally {
      isWaited = false
      clearTimeout(timeout)
    }
  }

  #keep(importId: string, error: unknown): void {
    const text =
      error instanceof Problem ? error.message : 'Nothing was imported. Look at the log, and try again.'
    this.#failures.set(importId, text)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > FAILURES_MAX && oldest !== undefined) this.#failures.delete(oldest)
  }
}
