// The key of TLS session tickets, one for all workers of a node: a client that comes back meets any of them
// (RFC 5077).
import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { modifiedAt, readText, replaceFile } from './files.ts'

/** Within the data folder: `run` is in no backup. */
export const TICKET_KEY_FILE = 'run/tickets.key'
const KEY_BYTES = 48
/** Who gets hold of a key can read the TLS 1.2 sessions of its day, and no older ones. */
const LIFETIME_MS = 24 * 3_600_000
const LOOK_MS = 600_000

/** Makes the key where there is none or where it is a day old; looks again until the returned stop. */
export function keepTicketKey(path: string, clock: Clock): () => void {
  const stopped = new AbortController()
  const look = (): void => {
    const age = clock.now() - modifiedAt(path)
    if (age >= 0 && age < LIFETIME_MS && readTicketKey(path) !== null) return
    replaceFile(path, randomBytes(KEY_BYTES).toString('base64'))
  }
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await clock.sleep(LOOK_MS, stopped.signal)
      try {
        if (!stopped.signal.aborted) look()
      } catch {
        // A disk that refuses leaves the key as it is for a while longer.
      }
    }
  }
  look()
  void run()
  return () => stopped.abort()
}

/** The key; null when there is none, and every worker then has its own. */
export function readTicketKey(path: string): Buffer | null {
  const key = Buffer.from(readText(path) ?? '', 'base64')
  return key.length === KEY_BYTES ? key : null
}
