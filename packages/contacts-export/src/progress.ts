// Progress of a run in words: how much is done, how long it may still take, and what it waits for.
import type { RunEvent } from '@gatepost/contacts/run.ts'

type Seen = { readonly parts: number; readonly done: number; readonly within: number }

/** Keeps track of a run and says where it is; pure but for what it is told. */
export class Progress {
  readonly #startedAt: number
  #parts = 0
  #done = 0
  #doneAtStart = 0
  #title = ''
  #inPart = 0
  #total: number | null = null
  #seen = 0

  constructor(now: number) {
    this.#startedAt = now
  }

  take(event: RunEvent): void {
    switch (event.kind) {
      case 'parts':
        this.#parts = event.parts
        this.#done = event.done
        this.#doneAtStart = event.done
        return
      case 'page':
        if (this.#title !== event.part.title) this.#inPart = 0
        this.#title = event.part.title
        this.#inPart += event.page.seen
        this.#total = event.page.total
        this.#seen += event.page.seen
        return
      case 'part-done':
      case 'part-skipped':
        this.#done = event.index + 1
        this.#inPart = 0
        this.#total = null
        return
      case 'waiting':
        return
    }
  }

  /** One line: `3 of 20 mailboxes, maya@acme.example 1,500 of 5,000, 4,812 contacts, 12 min left`. */
  line(now: number, contacts: number): string {
    const within =
      this.#total === null ? number(this.#inPart) : `${number(this.#inPart)} of ${number(this.#total)}`
    const left = leftMs(
      { parts: this.#parts, done: this.#done, within: this.#share() },
      {
        doneAtStart: this.#doneAtStart,
        elapsedMs: now - this.#startedAt,
      },
    )
    const parts = [
      `${number(this.#done)} of ${number(this.#parts)} read`,
      ...(this.#title === '' || this.#done === this.#parts ? [] : [`${this.#title} ${within}`]),
      `${number(this.#seen)} messages`,
      `${number(contacts)} contacts`,
      ...(left === null ? [] : [`${duration(left)} left`]),
    ]
    return parts.join(', ')
  }

  #share(): number {
    if (this.#total === null || this.#total === 0) return 0
    return Math.min(1, this.#inPart / this.#total)
  }
}

/** What is left by the pace so far; null as long as too little is done to tell. */
export function leftMs(
  { parts, done, within }: Seen,
  { doneAtStart, elapsedMs }: { readonly doneAtStart: number; readonly elapsedMs: number },
): number | null {
  const read = done + within - doneAtStart
  if (read < 0.05 || elapsedMs < 3_000 || done >= parts) return null
  return (elapsedMs / read) * (parts - done - within)
}

/** A span as people say it. */
export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'under a minute'
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(ms / 3_600_000)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

export const number = (value: number): string => value.toLocaleString('en-GB')
