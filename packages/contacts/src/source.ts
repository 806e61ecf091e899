// What every source of sent mail is to the run that reads it: parts such as mailboxes or files, read page by
// page from a mark that can be kept.
import type { Letter } from './letter.ts'

/** A mailbox, a file or a day. */
export type Part = {
  /** Names it for the source, and for good. */
  readonly id: string
  /** For people. */
  readonly title: string
}

export type Page = {
  readonly letters: readonly Letter[]
  /** Where to go on; null when the part is at its end. */
  readonly next: string | null
  /** Messages of this page, letters or not. */
  readonly seen: number
  /** Messages of the whole part, as far as the source tells. */
  readonly total: number | null
}

export type Source = {
  readonly kind: SourceKind
  /** All parts in an order that does not change. Throws `SourceFault`. */
  parts(signal: AbortSignal): Promise<readonly Part[]>
  /** Pages of a part from a mark, or from its beginning. Throws `SourceFault`. */
  read(part: Part, from: string | null, signal: AbortSignal): AsyncGenerator<Page>
  /** Lets go of connections. */
  close(): Promise<void>
}

export const sourceKinds = [
  'graph-trace',
  'graph-sent',
  'ews',
  'gmail',
  'imap',
  'tracking-log',
  'mbox',
  'maildir',
  'gateway',
] as const
export type SourceKind = (typeof sourceKinds)[number]

/**
 * `fatal`: the run cannot go on until somebody changes something; `passing`: the same page may be had later;
 * `part`: this part cannot be read, the others can.
 */
export type FaultReach = 'fatal' | 'passing' | 'part'

export class SourceFault extends Error {
  readonly reach: FaultReach
  readonly saw: string
  readonly remedy: string
  /** How long the service asks to be left alone, in milliseconds; null where it does not say. */
  readonly restMs: number | null

  constructor(of: {
    readonly reach: FaultReach
    readonly saw: string
    readonly remedy: string
    readonly restMs?: number | null
  }) {
    super(`${of.saw} ${of.remedy}`)
    this.reach = of.reach
    this.saw = of.saw
    this.remedy = of.remedy
    this.restMs = of.restMs ?? null
  }
}

/** Effects that sources and runs need. */
export type Effects = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
  /** Waits; ends early without a fault when the signal comes. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** Files as sources read them. */
export type Files = {
  /** Names in a folder, sorted by code units; null where there is none. */
  list(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[] | null>
  size(path: string): Promise<number>
  /** At most `max` octets from an offset; shorter at the end. */
  slice(path: string, from: number, max: number): Promise<Uint8Array>
  join(...parts: readonly string[]): string
}
