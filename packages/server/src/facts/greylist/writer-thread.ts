// The thread of slot 0 that owns `greylist.db`: writes batches, sweeps, lists. No worker ever waits for it.
import { parentPort, workerData } from 'node:worker_threads'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { fileExists, removeFile, renameFile } from '#platform/files.ts'
import { type Listed, type ListQuestion, listWaiting } from './listing.ts'
import type { GreylistChange, GreylistTally } from './records.ts'
import { GreylistStore, openGreylistDatabase } from './store.ts'

export type WriterQuestion =
  | { readonly kind: 'write'; readonly changes: readonly GreylistChange[] }
  | { readonly kind: 'sweep'; readonly now: number }
  | { readonly kind: 'list'; readonly question: ListQuestion }
  | { readonly kind: 'tallies' }
  | { readonly kind: 'close' }

export type WriterAnswer = {
  readonly id: number
  readonly listed?: Listed
  readonly tallies?: readonly GreylistTally[]
  /** There is more to sweep. */
  readonly more?: boolean
  readonly failed?: string
}

/** Opens the file; one that cannot be read is put aside, since every row of it can be learned again. */
function open(path: string) {
  try {
    return openGreylistDatabase(path)
  } catch {
    for (const end of ['', '-wal', '-shm']) if (fileExists(path + end)) removeFile(`${path}.unreadable${end}`)
    for (const end of ['', '-wal', '-shm'])
      if (fileExists(path + end)) renameFile(path + end, `${path}.unreadable${end}`)
    return openGreylistDatabase(path)
  }
}

function serve(path: string): void {
  const database = open(path)
  const store = new GreylistStore(database)
  const answer = (question: WriterQuestion): Omit<WriterAnswer, 'id'> => {
    switch (question.kind) {
      case 'write':
        store.apply(question.changes)
        return {}
      case 'sweep':
        return { more: store.sweep(question.now) }
      case 'list':
        return { listed: listWaiting(database, question.question) }
      case 'tallies':
        return { tallies: store.takeTallies() }
      case 'close':
        store.close()
        return {}
    }
  }
  parentPort?.on(
    'message',
    ({ id, question }: { readonly id: number; readonly question: WriterQuestion }) => {
      try {
        parentPort?.postMessage({ id, ...answer(question) } satisfies WriterAnswer)
      } catch (error) {
        const failed = error instanceof Error ? error.message : String(error)
        parentPort?.postMessage({ id, failed } satisfies WriterAnswer)
      }
      if (question.kind === 'close') parentPort?.close()
    },
  )
}

if (parentPort && workerData?.greylistPath) {
  giveBackWhenCalm()
  serve(String(workerData.greylistPath))
}
