// Where log lines go: a file under data/log when a person watches the terminal, else standard error.
// Buffered.
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensureFolder } from './files.ts'

const FLUSH_MS = 100 // A tenth of a second of log may be lost to a power cut; mail never.
const BUFFER_BYTES_MAX = 65_536
const ROTATE_BYTES = 100_000_000
const KEPT_FILES = 5

export type LineWriter = { write(line: string): void; flush(): void }

/** Opens (and rotates) the log file of the installation; children inherit the descriptor. */
export function openLogFile(dataFolder: string): number {
  const folder = join(dataFolder, 'log')
  ensureFolder(folder)
  const path = join(folder, 'gatepost.log')
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_BYTES) rotate(path)
  return openSync(path, 'a', 0o600)
}

/** Collects lines and writes them together: one system call serves hundreds of events. */
export function bufferedLines(descriptor: number): LineWriter {
  let waiting: string[] = []
  let size = 0
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    if (waiting.length === 0) return
    const text = waiting.join('')
    waiting = []
    size = 0
    try {
      writeSync(descriptor, text)
    } catch {
      // A log that cannot be written (closed pipe, full disk) must never stop the mail.
    }
  }
  return {
    write(line) {
      waiting.push(line)
      size += line.length
      if (size > BUFFER_BYTES_MAX) flush()
      else timer ??= setTimeout(flush, FLUSH_MS).unref()
    },
    flush,
  }
}

function rotate(path: string): void {
  rmSync(`${path}.${KEPT_FILES}`, { force: true })
  for (let at = KEPT_FILES - 1; at >= 1; at--) {
    if (statSync(`${path}.${at}`, { throwIfNoEntry: false })) renameSync(`${path}.${at}`, `${path}.${at + 1}`)
  }
  renameSync(path, `${path}.1`)
}

/** For tests and shutdown. */
export function closeLogFile(descriptor: number): void {
  closeSync(descriptor)
}
