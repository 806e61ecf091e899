// Workbooks as rows: read in a thread that may be ended, because a file can be made to cost more than it
// shows.
import { Worker } from 'node:worker_threads'
import type { CsvRow } from './csv.ts'

export type XlsxWork = { readonly bytes: Uint8Array; readonly rowsMax: number }
export type XlsxAnswer =
  | { readonly kind: 'rows'; readonly rows: readonly CsvRow[] }
  | { readonly kind: 'too-many' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Too many others wait to be read. */
  | { readonly kind: 'busy' }
  /** The reader could not make sense of it; what it says is for the log. */
  | { readonly kind: 'damaged'; readonly reason: string }

/** Objects of a sheet of 100,000 rows with ten columns need some 120 MB. */
const HEAP_MB = 320
/** Such a sheet takes 3 s on a slow machine. */
const READ_MS = 30_000

/** Threads at once: each may take its whole memory, and control has little besides. */
const READING_MAX = 2
/** Files that wait for one; each is in memory meanwhile. */
const WAITING_MAX = 6

/** XLSX is a zip file. */
export function isXlsx([a, b, c, d]: Uint8Array): boolean {
  return a === 0x50 && b === 0x4b && c === 3 && d === 4
}

let reading = 0
const waiting: (() => void)[] = []

/** Reads the first sheet, when those before it are read. */
export async function readXlsx(bytes: Uint8Array, rowsMax: number): Promise<XlsxAnswer> {
  if (reading >= READING_MAX) {
    if (waiting.length >= WAITING_MAX) return { kind: 'busy' }
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else reading += 1
  try {
    return await readInThread(bytes, rowsMax)
  } finally {
    // The place is handed over, not freed, when somebody waits.
    const next = waiting.shift()
    if (next) next()
    else reading -= 1
  }
}

function readInThread(bytes: Uint8Array, rowsMax: number): Promise<XlsxAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./xlsx-thread.ts', import.meta.url), {
      workerData: { bytes, rowsMax } satisfies XlsxWork,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
      name: 'xlsx-reader',
    })
    const timer = setTimeout(() => end({ kind: 'refused', reason: TOO_SLOW }), READ_MS)
    const end = (answer: XlsxAnswer): void => {
      clearTimeout(timer)
      resolve(answer)
      void worker.terminate()
    }
    worker.once('message', end)
    worker.once('error', (error: Error & { readonly code?: string }) => {
      // The thread's own memory was not enough; the process is well.
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return end({ kind: 'refused', reason: TOO_SLOW })
      clearTimeout(timer)
      reject(error)
    })
    worker.once('exit', () => end({ kind: 'damaged', reason: 'the thread that reads has ended' }))
  })
}

const TOO_SLOW =
  'The workbook holds more than a list of people can be. Save the sheet alone as a new file, or as “CSV UTF-8”.'
