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
