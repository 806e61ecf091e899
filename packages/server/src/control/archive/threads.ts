// The archive's threads as control holds them: questions out, answers back, and a thread that died is not
// waited for.
import { Worker } from 'node:worker_threads'
import { ContentMissing } from '#platform/content-files.ts'
import { ContentSpoiled } from './seal.ts'
import type { Answer, Asked, ThreadStart } from './thread-wire.ts'

type Pending = { resolve(value: never): void; reject(error: Error): void }

export class ArchiveThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #number = 0
  #isGone = false

  constructor(start: ThreadStart) {
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: start,
      name: `archive-${start.role}`,
    })
    this.#worker.on('message', (answer: Answer) => this.#hear(answer))
    this.#worker.on('error', (error: Error) => this.#lose(error))
    this.#worker.on('exit', () => this.#lose(new Error('the thread of the archive ended')))
  }

  /** Questions that are not answered yet. */
  get busy(): number {
    return this.#pending.size
  }

  get isGone(): boolean {
    return this.#isGone
  }

  ask<Kind extends keyof Asked>(
    kind: Kind,
    question: Asked[Kind]['in'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Asked[Kind]['out']> {
    if (this.#isGone) return Promise.reject(new Error('the thread of the archive ended'))
    this.#number += 1
    const id = this.#number
    return new Promise<Asked[Kind]['out']>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject })
      this.#worker.postMessage({ ...question, kind, id }, transfer)
    })
  }

  async close(): Promise<void> {
    await this.ask('close', {}).catch(() => undefined)
    await this.#worker.terminate()
  }

  #hear(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ('value' in answer) pending?.resolve(answer.value as never)
    else if (answer.fault === 'spoiled') pending?.reject(new ContentSpoiled(answer.error))
    else if (answer.fault === 'missing') pending?.reject(new ContentMissing(answer.error))
    else pending?.reject(new Error(answer.error))
  }

  #lose(error: Error): void {
    this.#isGone = true
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }
}

/** Waiting for one thread before another is begun: a trickle of mail needs no more than one. */
const BUSY_MAX = 4

/** Threads for work that any of them can do: as many as there is work for, up to a number. */
export class ArchiveCrew {
  readonly #start: ThreadStart
  readonly #max: number
  #threads: ArchiveThread[] = []

  constructor(start: ThreadStart, max: number) {
    this.#start = start
    this.#max = max
  }

  /** The one that has least to do. */
  next(): ArchiveThread {
    this.#threads = this.#threads.filter(({ isGone }) => !isGone)
    const least = this.#threads.reduce<ArchiveThread | null>(
      (best, one) => (best === null || one.busy < best.busy ? one : best),
      null,
    )
    if (least !== null && (least.busy < BUSY_MAX || this.#threads.length >= this.#max)) return least
    const thread = new ArchiveThread(this.#start)
    this.#threads.push(thread)
    return thread
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
    this.#threads = []
  }
}
