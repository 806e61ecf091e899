// Slot 0's side of the writer thread: questions with answers, a sweep a minute, and tallies for reports.
import { Worker } from 'node:worker_threads'
import type { Clock } from '#platform/clock.ts'
import type { Listed, ListQuestion } from './listing.ts'
import type { GreylistChange, GreylistTally } from './records.ts'
import type { WriterAnswer, WriterQuestion } from './writer-thread.ts'

/** How often what is over is ended: "never retried" is told this exactly. */
const SWEEP_MS = 60_000
/** How often what happened is told: figures and other nodes' passes are this fresh. */
const TALLY_MS = 1_000

type Options = {
  readonly path: string
  readonly clock: Clock
  /** What happened lately; also called a last time before the end. */
  readonly tell: (tallies: readonly GreylistTally[]) => void
  /** The file refuses; said once until it works again. */
  readonly trouble: (why: string) => void
}

export class GreylistWriter {
  readonly #options: Options
  /** Null once it ended, until a new one is begun. */
  #thread: Worker | null
  readonly #waiting = new Map<number, PromiseWithResolvers<WriterAnswer>>()
  readonly #ended = new AbortController()
  readonly #loop: Promise<void>
  #lastId = 0
  #isTroubled = false

  constructor(options: Options) {
    this.#options = options
    this.#thread = this.#start()
    this.#loop = this.#work()
  }

  /** Resolves when the changes are on file. */
  async write(changes: readonly GreylistChange[]): Promise<void> {
    await this.#ask({ kind: 'write', changes })
  }

  async list(question: ListQuestion): Promise<Listed> {
    const { listed } = await this.#ask({ kind: 'list', question })
    if (listed === undefined) throw new Error('the greylist gave no list')
    return listed
  }

  /** Tells what is left to tell and closes the file. */
  async close(): Promise<void> {
    this.#ended.abort()
    await this.#loop
    await this.#tell().catch(() => {})
    await this.#ask({ kind: 'close' }).catch(() => {})
    await this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: { greylistPath: this.#options.path },
    })
    const end = (error: Error): void => {
      if (this.#thread === thread) this.#thread = null
      this.#fail(error)
    }
    thread.on('message', (answer: WriterAnswer) => this.#settle(answer))
    thread.on('error', (error) => end(error as Error))
    thread.on('exit', () => end(ended()))
    return thread
  }

  async #work(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#ended
    let sweptAt = 0
    while (!signal.aborted) {
      try {
        if (clock.now() - sweptAt >= SWEEP_MS) {
          const { more } = await this.#ask({ kind: 'sweep', now: clock.now() })
          if (more !== true) sweptAt = clock.now()
        }
        await this.#tell()
        this.#isTroubled = false
      } catch (error) {
        if (!signal.aborted && !this.#isTroubled) this.#options.trouble(String(error))
        this.#isTroubled = true
      }
      await clock.sleep(TALLY_MS, signal)
      // A full disk ends the thread as it opens the file; there may be room by now.
      if (!signal.aborted) this.#thread ??= this.#start()
    }
  }

  async #tell(): Promise<void> {
    const { tallies = [] } = await this.#ask({ kind: 'tallies' })
    if (tallies.length > 0) this.#options.tell(tallies)
  }

  #ask(question: WriterQuestion): Promise<WriterAnswer> {
    if (this.#thread === null) return Promise.reject(ended())
    const id = ++this.#lastId
    const waiting = Promise.withResolvers<WriterAnswer>()
    this.#waiting.set(id, waiting)
    this.#thread.postMessage({ id, question })
    return waiting.promise
  }

  #settle(answer: WriterAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.failed === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(answer.failed))
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}

function ended(): Error {
  return new Error('the greylist’s writer has ended')
}
