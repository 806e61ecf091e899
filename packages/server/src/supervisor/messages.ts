// What supervisor and children say to each other over IPC: start, ready, stop. Nothing of mail passes here.
import type { BootConfig } from '#boot/config-types.ts'

export type Listening = {
  readonly role: 'mx' | 'submission' | 'submissions' | 'http'
  readonly host: string
  readonly port: number
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
  | { readonly kind: 'stop' }

export type FromChild =
  | { readonly kind: 'ready'; readonly setupUrl: string | null }
  | { readonly kind: 'failed'; readonly why: string }
