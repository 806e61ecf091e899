// Final outcomes, noted before the writer's batch has them: a killed process loses its memory, but not what
// it gave the kernel, so what it knew to be delivered is not sent again. See docs/internals/spool.md.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { isFinalItem } from './states.ts'
import type { SettleItem } from './wire.ts'

/**
 * The file is written in a ring of this size. A hundred outcomes may be unwritten (`delivery/recorder.ts`),
 * so this holds ten times what it must, and a start reads it in milliseconds.
 */
const RING_BYTES = 1024 * 1024
/** An outcome names its recipients and one reply: longer than this it is not noted, and a kill doubles it. */
const NOTE_BYTES_MAX = 64 * 1024
const CHECKSUM_CHARS = 8
const LINE_FEED = 10

export type OutcomeLogOptions = {
  readonly path: string
  /** The disk does not take notes: told once, until it takes one again. */
  readonly tell: (why: string) => void
  readonly ringBytes?: number
}

/**
 * Notes outcomes in a file without syncing it: some microseconds each, on the calling thread. Records are
 * facts that stay true, so old ones in the ring harm nobody: whoever reads them finds the messages gone. A
 * disk that refuses costs the notes and nothing else.
 */
export class OutcomeLog {
  readonly #options: OutcomeLogOptions
  readonly #ringBytes: number
  readonly #record = Buffer.allocUnsafeSlow(NOTE_BYTES_MAX)
  /** Opened with the first note. */
  #file: number | null = null
  /** Octets noted so far, all turns of the ring together; at first the place of the next note. */
  #noted = 0
  /** Notes before this are written to the spool's file: their room may be used again. */
  #settled = 0
  #isFailing = false

  constructor(options: OutcomeLogOptions) {
    this.#options = options
    this.#ringBytes = options.ringBytes ?? RING_BYTES
  }

  /** What `settled` takes once everything noted so far is durable. */
  get mark(): number {
    return this.#noted
  }

  /** Notes what is final among the items; true when a kill can repeat none of them now. Never throws. */
  note(items: readonly SettleItem[]): boolean {
    let isSafe = true
    for (const item of items) if (isFinalItem(item) && !this.#note(item)) isSafe = false
    return isSafe
  }

  /** What was noted before `mark` is durable elsewhere. */
  settled(mark: number): void {
    if (mark > this.#settled) this.#settled = mark
  }

  /** Ends the notes. The file goes when all is settled; else it stays for the next start. */
  close(): void {
    try {
      if (this.#file !== null) closeSync(this.#file)
      if (this.#settled >= this.#noted) rmSync(this.#options.path, { force: true })
    } catch {
      // Whatever stays in the file is known to be done at the next start.
    }
    this.#file = null
  }

  #note(item: SettleItem): boolean {
    const length = writeRecord(this.#record, item)
    const start = this.#placeFor(length)
    if (length === 0 || start === null) return false
    try {
      this.#file ??= openSync(this.#options.path, 'w', 0o600)
      const written = writeSync(this.#file, this.#record, 0, length, start % this.#ringBytes)
      if (written < length) throw new Error('the disk took a part of a note')
      this.#noted = start + length
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#options.tell(error instanceof Error ? error.message : String(error))
      this.#isFailing = true
    }
    return !this.#isFailing
  }

  /** Where a note of this length begins; null when it would write over one that still counts. */
  #placeFor(length: number): number | null {
    const left = this.#ringBytes - (this.#noted % this.#ringBytes)
    const start = length <= left ? this.#noted : this.#noted + left
    return start + length - this.#settled > this.#ringBytes ? null : start
  }
}

/**
 * The outcomes noted in a file, in no order: torn and half overwritten records are left out, and nothing is
 * there when the file is not.
 */
export function readOutcomes(path: string): readonly SettleItem[] {
  const bytes = contentOf(path)
  const items: SettleItem[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, from)
    if (end < 0) break
    const item = readRecord(bytes.subarray(from, end))
    if (item !== null) items.push(item)
    from = end + 1
  }
  return items
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    // A missing or unreadable file is as if it had never been: what waits is delivered, at worst twice.
    return Buffer.alloc(0)
  }
}

/**
 * Writes checksum, fields and the report's JSON, which holds no line feed, as one line; returns its length, 0
 * when it is too long.
 */
function writeRecord(target: Buffer, item: SettleItem): number {
  const { messageId, recipients, kind, at, byPerson, report } = item
  const text = `${messageId}\t${kind}\t${at}\t${byPerson ? 1 : 0}\t${recipients.join()}\t${report ?? ''}\n`
  // A character takes three octets at most.
  if (CHECKSUM_CHARS + 3 * text.length > target.length) return 0
  const end = CHECKSUM_CHARS + target.write(text, CHECKSUM_CHARS)
  target.write(checksumOf(target.subarray(CHECKSUM_CHARS, end - 1)), 0, 'latin1')
  return end
}

function readRecord(line: Buffer): SettleItem | null {
  const body = line.subarray(CHECKSUM_CHARS)
  if (line.toString('latin1', 0, CHECKSUM_CHARS) !== checksumOf(body)) return null
  const [messageId = '', kind, at, byPerson, recipients = '', ...report] = body.toString().split('\t')
  if (kind !== 'delivered' && kind !== 'bounced') return null
  return {
    messageId,
    recipients: recipients.split(',').map(Number),
    kind,
    nextAttemptAt: 0,
    attempts: 0,
    at: Number(at),
    reply: null,
    byPerson: byPerson === '1',
    report: report.join('\t') || null,
  }
}

function checksumOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(CHECKSUM_CHARS, '0')
}
