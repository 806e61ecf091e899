// One thread that looks into content, one message after the other: a bounded queue before it, a limit of time
// for each message, and a new thread when one ended. What ends a thread is set aside, not tried again.
import { Worker } from 'node:worker_threads'
import type { Emit } from '#events/emit.ts'
import type { InspectionJob, InspectionResult } from './inspection-wire.ts'

export type PoolAnswer =
  | InspectionResult
  /** Nobody looked: the queue is full, or the gateway stops. The message may come again. */
  | { readonly kind: 'busy'; readonly why: string }
  /** It took the thread down or was too slow: looking again would end the same way. */
  | { readonly kind: 'set-aside'; readonly why: string }

export type PoolOptions = {
  readonly emit: Emit
  /** For each message. */
  readonly timeoutMs?: number | undefined
  readonly thread?: URL | undefined
}

type Waiting = {
  readonly job: Omit<InspectionJob, 'id'>
  readonly octets: number
  readonly done: (answer: PoolAnswer) => void
}

/** A message takes some milliseconds; the worst of bombs a second. */
const TIMEOUT_MS = 10_000
const WAITING_MAX = 500
const WAITING_OCTETS_MAX = 64 * 1_048_576
/** Octets are outside the heap; this bounds what is made of them. */
const HEAP_MB = 256

/** Looks into content in a thread of its own, which begins with the first message. */
export class InspectionPool {
  readonly #options: PoolOptions
  readonly #waiting: Waiting[] = []
  #waitingOctets = 0
  #worker: Worker | null = null
  #current: Waiting | null = null
  #timer: NodeJS.Timeout | null = null
  #lastId = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Never rejects. */
  run(job: Omit<InspectionJob, 'id'>): Promise<PoolAnswer> {
    const octets = job.source.kind === 'memory' ? job.source.octets.length : 0
    const isFull = this.#waiting.length >= WAITING_MAX || this.#waitingOctets + octets > WAITING_OCTETS_MAX
    if (this.#isClosed || isFull) {
      return Promise.resolve({ kind: 'busy', why: 'too much content is being looked at' })
    }
    return new Promise((done) => {
      this.#waiting.push({ job, octets, done })
      this.#waitingOctets += octets
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { done } of this.#waiting.splice(0)) done({ kind: 'busy', why: 'the gateway stops' })
    this.#settle({ kind: 'busy', why: 'the gateway stops' })
    await this.#worker?.terminate()
  }

  #next(): void {
    if (this.#current !== null || this.#isClosed) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#waitingOctets -= next.octets
    this.#current = next
    this.#worker ??= this.#start()
    this.#lastId += 1
    this.#timer = setTimeout(() => this.#setAside('it took too long'), this.#options.timeoutMs ?? TIMEOUT_MS)
    const { source } = next.job
    const transfer = source.kind === 'memory' ? [source.octets.buffer as ArrayBuffer] : []
    this.#worker.postMessage({ ...next.job, id: this.#lastId } satisfies InspectionJob, transfer)
  }

  #start(): Worker {
    const url = this.#options.thread ?? new URL('./inspection-thread.ts', import.meta.url)
    const worker = new Worker(url, {
      name: 'screening',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
    })
    // An idle thread must not keep the process alive.
    worker.unref()
    worker.on('message', (result: InspectionResult) => {
      if (worker !== this.#worker || result.id !== this.#lastId) return
      this.#settle(result)
      this.#next()
    })
    const ended = (error: unknown): void => {
      if (worker !== this.#worker) return
      this.#setAside(error instanceof Error ? error.message : 'the thread ended')
    }
    worker.on('error', ended)
    worker.on('exit', ended)
    return worker
  }

  /** The thread goes with the message that it cannot cope with; the next one gets a new thread. */
  #setAside(why: string): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
    if (this.#isClosed) return
    this.#options.emit('edge.screening.failed', { why })
    this.#settle({ kind: 'set-aside', why })
    this.#next()
  }

  #settle(answer: PoolAnswer): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const current = this.#current
    this.#current = null
    current?.done(answer)
  }
}
