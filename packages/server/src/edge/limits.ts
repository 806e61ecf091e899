// The limits of an edge, each with its reason, and the counters that enforce those across sessions.

export { clientKey } from '@gatepost/mail/ip.ts'

/** Limits of one worker. Times are milliseconds. */
export type EdgeLimits = {
  readonly messageBytes: number
  readonly recipientsPerMessage: number
  /** All connections of this worker. */
  readonly connections: number
  /** Connections of one client: an IPv4 address or an IPv6 /64. */
  readonly connectionsPerClient: number
  /** Connections that carry mail of one tenant: its flood must leave room for the others. */
  readonly connectionsPerTenant: number
  /** Faulty commands a session may send before it is closed. */
  readonly commandErrors: number
  /**
   * Unknown recipients of one client in a minute before its replies slow down, and before it is closed
   * (R3).
   */
  readonly unknownRecipientsSlow: number
  readonly unknownRecipientsClose: number
}

/** RFC 5321 §4.5.3.2.7: a server waits at least five minutes for the next command. */
export const COMMAND_MS = 300_000
/** RFC 5321 §4.5.3.2.5: three minutes for the next block of data. */
export const DATA_BLOCK_MS = 180_000
/** All of one message's data: 200 MB over a line of half a megabit a second. */
export const DATA_TOTAL_MS = 3_600_000
/** A TLS handshake is a few round trips. */
export const HANDSHAKE_MS = 30_000
/** When nearly all connections are taken, idle ones have to make room (reliability §3, case 10). */
export const COMMAND_UNDER_PRESSURE_MS = 10_000
/** The share of all connections above which that is so. */
export const PRESSURE_SHARE = 0.9
/** How long a client may take to close its side once we have closed ours. */
export const CLOSING_MS = 10_000
/** RFC 5321 §4.5.3.2.6: after ten minutes no client waits for its reply any more. */
export const BUSY_MS = 600_000
/** How long a trusted address may take to send its PROXY header before it counts as direct. */
export const PROXY_HEADER_MS = 200
/** How often deadlines are looked at: coarse, so that a session costs no timer. */
export const SWEEP_MS = 1_000
/** A sweep that comes so much too late, or too early: the clock was set, or the machine slept. */
export const CLOCK_JUMP_MS = 30_000
/**
 * RFC 5321 §4.5.3.1.4 asks for 512 octets; DSN parameters add up to 1,100 (RFC 3461 §4), SMTPUTF8 paths and
 * an initial response of AUTH the rest.
 */
export const COMMAND_LINE_OCTETS_MAX = 4_096
/** What a client may send ahead of our replies before we stop reading. */
export const PENDING_OCTETS_MAX = 65_536
/** Content of all messages under way that may wait in memory before more of them go to files. */
export const CONTENT_HELD_OCTETS_MAX = 67_108_864
/** From this size on a message may be one of them. */
export const CONTENT_EARLY_FILE_OCTETS = 65_536
/** Content waiting for the disk before we stop reading. */
export const CONTENT_WAITING_OCTETS_MAX = 262_144
/** How long a harvester's reply waits once it is slowed. */
export const SLOW_REPLY_MS = 1_000
/** The window in which unknown recipients and refusals are counted. */
export const COUNTING_WINDOW_MS = 60_000
/** Clients counted at one time; the oldest window is forgotten first. */
export const COUNTED_CLIENTS_MAX = 10_000

/** What a session waits for: `busy` is our own work, or a client that does not read our replies. */
export type SessionState = 'command' | 'intake' | 'busy'

/** How long a session may stay as it is, in milliseconds. */
export function patience(state: SessionState, isUnderPressure: boolean): number {
  if (state === 'intake') return DATA_BLOCK_MS
  if (state === 'busy') return BUSY_MS
  return isUnderPressure ? COMMAND_UNDER_PRESSURE_MS : COMMAND_MS
}

/** What the operator configures, for the whole node (decisions 23). */
export type ConfiguredLimits = {
  readonly messageBytes: number
  readonly recipientsPerMessage: number
  readonly connections: number
  readonly connectionsPerClient: number
  readonly connectionsPerTenant: number
  readonly commandErrors: number
  /** Unknown recipients of one client in a minute before it slows down; three times as many close it. */
  readonly unknownRecipients: number
}

/** A worker's share: limits are per node, so each of `workers` takes its part, rounded up (decisions 23). */
export function limitsOf(configured: ConfiguredLimits, workers: number): EdgeLimits {
  const share = (limit: number): number => Math.ceil(limit / workers)
  return {
    messageBytes: configured.messageBytes,
    recipientsPerMessage: configured.recipientsPerMessage,
    connections: share(configured.connections),
    connectionsPerClient: share(configured.connectionsPerClient),
    connectionsPerTenant: share(configured.connectionsPerTenant),
    commandErrors: configured.commandErrors,
    unknownRecipientsSlow: share(configured.unknownRecipients),
    unknownRecipientsClose: share(configured.unknownRecipients) * 3,
  }
}

/** Counts open connections of a worker, over all its listeners. */
export class ConnectionCounter {
  readonly #limits: Pick<EdgeLimits, 'connections' | 'connectionsPerClient'>
  readonly #byClient = new Map<string, number>()
  #total = 0

  constructor(limits: Pick<EdgeLimits, 'connections' | 'connectionsPerClient'>) {
    this.#limits = limits
  }

  get total(): number {
    return this.#total
  }

  get isUnderPressure(): boolean {
    return this.#total > this.#limits.connections * PRESSURE_SHARE
  }

  /** Counts a connection in; says which limit stands against it, if any. Always pair with `leave`. */
  enter(key: string): 'connections' | 'connections-per-client' | null {
    const count = (this.#byClient.get(key) ?? 0) + 1
    this.#byClient.set(key, count)
    this.#total++
    if (this.#total > this.#limits.connections) return 'connections'
    return count > this.#limits.connectionsPerClient ? 'connections-per-client' : null
  }

  leave(key: string): void {
    this.#total--
    const count = (this.#byClient.get(key) ?? 1) - 1
    if (count > 0) this.#byClient.set(key, count)
    else this.#byClient.delete(key)
  }
}

/** Whether a counting window is over; one that begins in the future is older than a clock that was set. */
export function isWindowOver(start: number, now: number): boolean {
  return now < start || now - start >= COUNTING_WINDOW_MS
}

/** Counts events of a key in fixed windows of a minute; bounded, forgets the oldest first. */
export class WindowCounter {
  readonly #windows = new Map<string, { start: number; count: number }>()

  /** Counts one more and returns how many there were in this window. */
  add(key: string, now: number): number {
    const window = this.#windows.get(key)
    if (window !== undefined && !isWindowOver(window.start, now)) return ++window.count
    this.#windows.delete(key)
    this.#windows.set(key, { start: now, count: 1 })
    if (this.#windows.size > COUNTED_CLIENTS_MAX) {
      const oldest = this.#windows.keys().next()
      if (!oldest.done) this.#windows.delete(oldest.value)
    }
    return 1
  }

  /** How many there were in the window that is open. */
  count(key: string, now: number): number {
    const window = this.#windows.get(key)
    return window !== undefined && !isWindowOver(window.start, now) ? window.count : 0
  }

  reset(key: string): void {
    this.#windows.delete(key)
  }

  /** Forgets windows that are over. */
  sweep(now: number): void {
    for (const [key, window] of this.#windows) {
      if (isWindowOver(window.start, now)) this.#windows.delete(key)
    }
  }

  get size(): number {
    return this.#windows.size
  }
}
