// Connections open to each mail host: one busy domain must not take more of a host than its share (decisions
// 14).
import type { Target } from './mx.ts'

/** Counts connections by address and port, and in all. */
export class Hosts {
  readonly #perHostMax: number
  readonly #max: number
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
    const key = `${target.ip} ${target.port}`
    const open = this.#open.get(key) ?? 0
    if (open >= this.#perHostMax || this.#total >= this.#max) return false
    this.#open.set(key, open + 1)
    this.#total += 1
    return true
  }

  release(target: Target): void {
    const key = `${target.ip} ${target.port}`
    const open = (this.#open.get(key) ?? 1) - 1
    if (open > 0) this.#open.set(key, open)
    else this.#open.delete(key)
    this.#total -= 1
    this.onRelease()
  }
}
