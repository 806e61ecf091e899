// The signals that end a gateway or start its processes anew.
import type { EventEmitter } from 'node:events'

/** A start script and the service manager may both send one and the same word; a person asks again later. */
const SAME_WORD_MS = 1_000

type Options = {
  /** Where signals come in: the process. */
  readonly process: Pick<EventEmitter, 'on'>
  /** A person watches: SIGHUP then means that the terminal is gone. */
  readonly terminal: boolean
  readonly restart: () => void
  /** Ends at once, without waiting for what is under way. */
  readonly abandon: () => void
  /** In milliseconds. */
  readonly now: () => number
}

/**
 * Resolves at the first signal that asks for an end. What comes behind it does not cut the draining short:
 * systemd signals every process of a service, and the start script passes its own on. Only a second Ctrl-C
 * of an impatient person does. SIGHUP restarts a service.
 */
export function untilSignal({ process, terminal, restart, abandon, now }: Options): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null
    const asked = (signal: string): void => {
      if (askedAt === null) askedAt = now()
      else if (signal === 'SIGINT' && now() - askedAt > SAME_WORD_MS) abandon()
      resolve()
    }
    process.on('SIGTERM', () => asked('SIGTERM'))
    process.on('SIGINT', () => asked('SIGINT'))
    process.on('SIGHUP', () => (terminal ? asked('SIGHUP') : restart()))
  })
}
