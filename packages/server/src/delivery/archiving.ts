// Archiving is a delivery (decisions 32): the message goes over the link to control, and its row stays in the
// spool until control has it on disk. It never fails for good: what is to be archived waits for the archive.
import type { Upload } from '#link/archive-upload.ts'
import type { Clock } from '#platform/clock.ts'
import type { DueRecipient, Envelope } from '#spool/spool.ts'
import type { InHand } from './in-hand.ts'

/** Brings a message to the archive; resolves once it survives there. Rejects while it cannot be taken. */
export type BringToArchive = (upload: Upload, content: AsyncIterable<Uint8Array>) => Promise<void>

/** On their way at once: enough to share the archive's disk syncs. */
const UPLOADS_MAX = 64
/** In memory for their turn; more come back from the spool later. */
const WAITING_MAX = 2_000
/** After a failure nothing is tried for so long, and twice as long after the next one. */
const PAUSE_MS_MIN = 2_000
const PAUSE_MS_MAX = 60_000

type Turn = { readonly message: InHand; readonly recipients: readonly DueRecipient[] }

export type ArchivingDeps = {
  readonly clock: Clock
  /** Null where nobody takes it: then it waits in the spool. */
  readonly bring: BringToArchive | null
  /** The archive has it. */
  readonly kept: (message: InHand, recipients: readonly DueRecipient[]) => void
  /** It goes back to the spool for about so long. */
  readonly postponed: (message: InHand, recipients: readonly DueRecipient[], delayMs: number) => void
  /** The archive cannot take anything at the moment. Told once until it does again. */
  readonly troubled: (why: string) => void
}

export class Archiving {
  readonly #deps: ArchivingDeps
  readonly #waiting: Turn[] = []
  #running = 0
  /** Uploads that the archive took. */
  #kept = 0
  #pausedUntil = 0
  #pauseMs = PAUSE_MS_MIN
  #isTroubled = false
  #isStopped = false

  constructor(deps: ArchivingDeps) {
    this.#deps = deps
  }

  /** Uploads that are not answered yet. */
  get running(): number {
    return this.#running
  }

  offer(message: InHand, recipients: readonly DueRecipient[]): void {
    const pause = this.#pausedUntil - this.#deps.clock.now()
    if (this.#deps.bring === null) this.#deps.postponed(message, recipients, PAUSE_MS_MAX)
    else if (isWithin(pause)) this.#deps.postponed(message, recipients, pause)
    else if (this.#waiting.length >= WAITING_MAX) this.#deps.postponed(message, recipients, PAUSE_MS_MIN)
    else {
      this.#waiting.push({ message, recipients })
      this.#pump()
    }
  }

  /** Begins nothing new; what waits stays in the spool. */
  stop(): void {
    this.#isStopped = true
    this.#waiting.length = 0
  }

  #pump(): void {
    while (!this.#isStopped && this.#running < UPLOADS_MAX) {
      const turn = this.#waiting.shift()
      if (turn === undefined) return
      this.#running += 1
      void this.#upload(turn).finally(() => {
        this.#running -= 1
        this.#pump()
      })
    }
  }

  async #upload({ message, recipients }: Turn): Promise<void> {
    const keptBefore = this.#kept
    try {
      await this.#deps.bring!(uploadOf(message.envelope), contentOf(message))
      this.#isTroubled = false
      this.#kept += 1
      this.#pauseMs = PAUSE_MS_MIN
      this.#pausedUntil = 0
      this.#deps.kept(message, recipients)
    } catch (error) {
      if (!this.#isTroubled) this.#deps.troubled(error instanceof Error ? error.message : String(error))
      this.#isTroubled = true
      // The archive took others meanwhile: it is this message alone, and nobody else waits for it.
      if (this.#kept > keptBefore) this.#deps.postponed(message, recipients, PAUSE_MS_MAX)
      else this.#pause({ message, recipients })
    }
  }

  #pause(failed: Turn): void {
    const now = this.#deps.clock.now()
    if (!isWithin(this.#pausedUntil - now)) {
      this.#pausedUntil = now + this.#pauseMs
      this.#pauseMs = Math.min(PAUSE_MS_MAX, this.#pauseMs * 2)
    }
    for (const { message, recipients } of [failed, ...this.#waiting.splice(0)])
      this.#deps.postponed(message, recipients, this.#pausedUntil - now)
  }
}

/** Whether a pause lasts: one longer than it ever is was begun before the clock was set back. */
function isWithin(leftMs: number): boolean {
  return leftMs > 0 && leftMs <= PAUSE_MS_MAX
}

/** What the archive is told of a message. */
export function uploadOf(envelope: Envelope): Upload {
  const { id, tenantId, direction, reversePath, receivedAt, size, recipients } = envelope
  // Reports tell by their address what they are.
  const people = recipients.filter(({ archive }) => archive === undefined || archive === 'report')
  return {
    delivery: id,
    tenantId,
    as: recipients.find(({ archive }) => archive !== undefined)?.archive ?? 'gateway',
    direction,
    reversePath,
    forwardPaths: [
      ...new Set(
        people.flatMap(({ forwardPath, originalRecipient }) => {
          // Who was meant counts beside where it went (RFC 3461 §4.2).
          const meant = /^rfc822;(.+@.+)$/i.exec(originalRecipient ?? '')?.[1]
          return meant === undefined ? [forwardPath] : [meant, forwardPath]
        }),
      ),
    ],
    isHeld: people.length > 0 && people.every(({ state }) => state === 'held'),
    receivedAt,
    size,
  }
}

function contentOf({ envelope, chunks, source }: InHand): AsyncIterable<Uint8Array> {
  return chunks === null ? source.spool.readContent(envelope.id) : inMemory(chunks)
}

async function* inMemory(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
