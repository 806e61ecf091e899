// Connections open to each mail host: one busy domain must not take more of a host than its share (decisions
// 14).
import type { Target } from './mx.ts'

/** Counts connections by address and port, and in all. */
export class Hosts {
  readonly #perHostMax: number
  readonly #max: number
  readonly #taken = new Map<string, number>()
  /** How many of them got as far as a session. */
  readonly #open = new Map<string, number>()
  #total = 0
  /** Called when a place became free. */
  onRelease: () => void = () => {}

  constructor(limits: { readonly connectionsPerHost: number; readonly connections: number }) {
    this.#perHostMax = limits.connectionsPerHost
    this.#max = limits.connections
  }

  get total(): number {
    return this.#total
  }

  /** Takes a place, or says that none is free. */
  acquire(target: Target): boolean {
    const key = keyOf(target)
    const taken = this.#taken.get(key) ?? 0
    if (taken >= this.#perHostMax || this.#total >= this.#max) return false
    this.#taken.set(key, taken + 1)
    this.#total += 1
    return true
  }

  /** The place taken last for this host came to a session. */
  opened(target: Target): void {
    const key = keyOf(target)
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1)
  }

  /** Whether the host is there: somebody has a session with it just now. */
  hasOpen(target: Target): boolean {
    return this.#open.has(keyOf(target))
  }

  /** Gives a place back; `wasOpened` where `opened` was told of it. */
  release(target: Target, wasOpened: boolean): void {
    const key = keyOf(target)
    takeOne(this.#taken, key)
    if (wasOpened) takeOne(this.#open, key)
    this.#total -= 1
    this.onRelease()
  }
}

function keyOf({ ip, port }: Target): string {
  return `${ip} ${port}`
}

function takeOne(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
