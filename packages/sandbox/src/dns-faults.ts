// Makes chosen names misbehave, so that people and tests see what a broken name server does.
export type DnsFault =
  | { readonly kind: 'servfail' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'delay'; readonly delayMs: number }

export type DnsFaultSet = { readonly name: string; readonly below: boolean; readonly fault: DnsFault }

const FAULTS_MAX = 1000

/** Faults by name; `below` also covers every name under it. The nearest name wins. */
export class DnsFaults {
  readonly #faults = new Map<string, DnsFaultSet>()
  #version = 0

  get version(): number {
    return this.#version
  }

  set(name: string, fault: DnsFault, options: { readonly below?: boolean } = {}): void {
    const key = normal(name)
    if (!this.#faults.has(key) && this.#faults.size >= FAULTS_MAX) throw new RangeError('too many faults')
    this.#faults.set(key, { name: key, below: options.below ?? false, fault })
    this.#version += 1
  }

  /** Takes one fault away, or all when no name is given. */
  clear(name?: string): void {
    if (name === undefined) this.#faults.clear()
    else this.#faults.delete(normal(name))
    this.#version += 1
  }

  list(): DnsFaultSet[] {
    return [...this.#faults.values()]
  }

  /** The fault that a question for the name meets, or null. */
  for(name: string): DnsFault | null {
    const key = normal(name)
    const exact = this.#faults.get(key)
    if (exact !== undefined) return exact.fault
    const labels = key.split('.')
    for (let cut = 1; cut <= labels.length; cut += 1) {
      const above = this.#faults.get(labels.slice(cut).join('.'))
      if (above?.below) return above.fault
    }
    return null
  }
}

function normal(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '')
}
