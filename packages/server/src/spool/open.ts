// Opens spools: the own one of a slot, and those of slots that are gone (decisions 24).
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import { startWriter, ThreadSpool } from './thread-spool.ts'
import type { FromWriter, WriterStart } from './wire.ts'

/** The file is open in another process or thread: its owner lives, so it must be left alone. */
export class SpoolLocked extends Error {}
/** The file was written by a newer release of Gatepost. */
export class SpoolTooNew extends Error {}
/** The file cannot be opened: the message names what the disk said. */
export class SpoolNotOpened extends Error {}

/** Two million reports are about 2 GB: a day and more of a busy edge without control. */
const OUTBOX_REPORTS_MAX = 2_000_000
/** How often a lock is tried again: a predecessor that was told to stop may still be writing. */
const LOCK_RETRY_MS = 100
/** A worker that is told to stop ends within nine seconds. */
const ADOPT_WAIT_MS = 10_000

export type OpenSpoolOptions = {
  readonly emit: Emit
  readonly clock: Clock
  /** How long to wait for a predecessor to let go, in milliseconds. Default 0. */
  readonly waitMs?: number
  /** Upper bound of the database file in bytes; the disk's space when left out. */
  readonly bytesMax?: number
  readonly outboxReportsMax?: number
}

/**
 * Opens `folder/slot.db` and all that belongs to it; creates what is missing. Throws `SpoolLocked` while a
 * living owner has it, `SpoolTooNew`, or `SpoolNotOpened`.
 */
export async function openSpool(
  folder: string,
  slot: number,
  options: OpenSpoolOptions,
): Promise<ThreadSpool> {
  const { clock, waitMs = 0 } = options
  const until = clock.now() + waitMs
  for (;;) {
    try {
      return await openOnce(folder, slot, options)
    } catch (error) {
      if (!(error instanceof SpoolLocked) || clock.now() >= until) throw error
      await clock.sleep(LOCK_RETRY_MS)
    }
  }
}

/** The slots whose spools stand in the folder, in order. */
export function listSpools(folder: string): readonly number[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return readdirSync(folder)
    .flatMap((name) => /^(\d{1,4})\.db$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/**
 * Opens every spool of a slot at or above `workers` whose owner is gone, to deliver what waits in it. One
 * that drains still is waited for: nobody looks again before the next start. One that cannot be opened is
 * told of and left as it is, because a broken file must not keep all other mail. Throws `SpoolTooNew`.
 */
export async function adoptSpools(
  folder: string,
  workers: number,
  options: OpenSpoolOptions,
): Promise<readonly ThreadSpool[]> {
  const { emit } = options
  const gone = listSpools(folder).filter((slot) => slot >= workers)
  const opened = await Promise.all(
    gone.map(async (slot) => {
      try {
        const spool = await openSpool(folder, slot, { waitMs: ADOPT_WAIT_MS, ...options })
        emit('spool.adopted', { slot })
        return spool
      } catch (error) {
        if (error instanceof SpoolTooNew) throw error
        emit('spool.not-adopted', { slot, why: error instanceof Error ? error.message : String(error) })
        return null
      }
    }),
  )
  return opened.filter((spool) => spool !== null)
}

async function openOnce(folder: string, slot: number, options: OpenSpoolOptions): Promise<ThreadSpool> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const start: WriterStart = {
    file: join(folder, `${slot}.db`),
    contentFolder: join(folder, `${slot}.content`),
    outcomesFile: join(folder, `${slot}.outcomes`),
    now: options.clock.now(),
    bytesMax: options.bytesMax ?? null,
    outboxReportsMax: options.outboxReportsMax ?? OUTBOX_REPORTS_MAX,
    keepsContents: false,
  }
  const worker = startWriter(start)
  const first = await firstWord(worker)
  if (first.kind === 'not-opened') {
    await worker.terminate()
    const Fault = { locked: SpoolLocked, 'too-new': SpoolTooNew, failed: SpoolNotOpened }[first.why]
    throw new Fault(first.text)
  }
  if (first.kind !== 'opened')
    throw new SpoolNotOpened(`the writer thread said ${first.kind} before it was open`)
  for (const messageId of first.setAside) options.emit('spool.message.set-aside', { slot, messageId })
  options.emit('spool.opened', { slot, ...first.counts, noted: first.noted })
  return new ThreadSpool(worker, { emit: options.emit, clock: options.clock, start, folder, slot })
}

function firstWord(worker: Worker): Promise<FromWriter> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: FromWriter) => {
      worker.removeListener('error', reject)
      resolve(message)
    })
  })
}
