// What supervisor and children say to each other over IPC: start, ready, restart, stop, and what edge
// workers tell one another. No content of mail passes.
import type { BootConfig } from '#boot/config-types.ts'

export type Listening = {
  /** `https` is the console with TLS of our own; `acme` answers challenges alone. */
  readonly role: 'mx' | 'submission' | 'submissions' | 'http' | 'https' | 'acme'
  readonly host: string
  readonly port: number
  /** Set where another listener has the same port for IPv4: `[::]` would want that too. */
  readonly ipv6Only?: true
}

/** What edge workers listen on; the rest is control's. */
export function isMail({ role }: Pick<Listening, 'role'>): boolean {
  return role === 'mx' || role === 'submission' || role === 'submissions'
}

export type ToChild =
  | {
      readonly kind: 'start'
      readonly config: BootConfig
      readonly node: string
      /** Real ports: the supervisor bound each once (decisions 25). */
      readonly listening: readonly Listening[]
      readonly slot: number
      readonly workers: number
    }
  /** Drain and end; sessions with a message under way get so long to come to their reply. */
  | { readonly kind: 'stop'; readonly sessionsMs?: number }
  /** Another edge worker says something; passed on unread. */
  | { readonly kind: 'peer'; readonly slot: number; readonly body: unknown }

export type FromChild =
  | { readonly kind: 'ready'; readonly setupUrl: string | null }
  | { readonly kind: 'failed'; readonly why: string }
  /** Control passes on that the owner of the data folder wants a restart. */
  | { readonly kind: 'restart' }
  /** For the edge worker of a slot. Lost when that worker is away: who sends it asks again. */
  | { readonly kind: 'peer'; readonly slot: number; readonly body: unknown }
