// What waits for the disk: gathered on the calling side and cut into batches, so that one sync serves all of
// them.
import { reportText } from '#link/report-text.ts'
import type { AcceptedReport, EdgeReport } from '#link/reports.ts'
import { type Content, type Envelope, type Settlement, SpoolUnavailable } from './spool.ts'
import { isFinalItem } from './states.ts'
import type { Batch, CommitItem, RefusedCommit, SettleItem } from './wire.ts'

type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void }
type WaitingCommit = {
  readonly item: Omit<CommitItem, 'offset'>
  readonly chunks: readonly Uint8Array[]
  readonly waiter: Waiter
}
/** The settlements of one call; its promise resolves with the last of them. */
type WaitingSettlement = {
  readonly items: readonly SettleItem[]
  /**
   * Somebody outside took the message, or was told of its end, and that is not noted: until this is written a
   * kill doubles it.
   */
  readonly isUrgent: boolean
  /** What the outcome log gave for it: told back once it is durable. */
  readonly mark: number
  readonly waiter: Waiter
}

export type GatheredBatch = {
  readonly batch: Batch
  readonly commits: readonly WaitingCommit[]
  readonly settlements: readonly WaitingSettlement[]
  readonly acknowledged: readonly Waiter[]
}

/** One batch at most: bounds the time a sync takes and the buffer that is transferred. */
const COMMITS_PER_BATCH_MAX = 1000
const CONTENT_BYTES_PER_BATCH_MAX = 32 * 1024 * 1024
const SETTLEMENTS_PER_BATCH_MAX = 5000
/**
 * Those that keep their message rewrite its row, which takes far longer than removing it: a dead host's
 * thousands must not make a 250 wait.
 */
const KEEPING_SETTLEMENTS_PER_BATCH_MAX = 100
const REPORTS_PER_BATCH_MAX = 5000
/** Refusals wait in memory while the disk refuses; beyond this they are only counted. */
const REPORTS_WAITING_MAX = 50_000

/** Gathers commits, settlements, refusals and acknowledgements. No I/O, no timers. */
export class Gatherer {
  #commits: WaitingCommit[] = []
  #settlements: WaitingSettlement[] = []
  #urgent = 0
  #reports: string[] = []
  #acknowledged = 0
  #acknowledgers: Waiter[] = []
  /** Content handed to us that is not durable yet, including what is on its way. */
  bytes = 0
  /** Messages that are not durable yet, including those on their way. */
  messages = 0
  /** Refusals dropped because too many waited. */
  dropped = 0

  get isEmpty(): boolean {
    return (
      !this.hasCommits && this.#settlements.length + this.#reports.length + this.#acknowledgers.length === 0
    )
  }

  get hasCommits(): boolean {
    return this.#commits.length > 0
  }

  get settlements(): number {
    return this.#settlements.length
  }

  /** Whether an outcome waits that a kill would repeat. */
  get hasUrgent(): boolean {
    return this.#urgent > 0
  }

  commit(envelope: Envelope, content: Content, report: AcceptedReport): Promise<void> {
    const chunks = content.kind === 'memory' ? content.chunks : []
    let length = 0
    for (const chunk of chunks) length += chunk.length
    let queued = 0
    for (const { state } of envelope.recipients) if (state === 'queued') queued += 1
    const item = {
      id: envelope.id,
      envelope: JSON.stringify(envelope),
      recipients: envelope.recipients.length,
      queued,
      dueAt: envelope.receivedAt,
      length,
      file: content.kind === 'file' ? content.name : null,
      report: reportText(report),
    }
    this.bytes += length
    this.messages += 1
    return new Promise((resolve, reject) => this.#commits.push({ item, chunks, waiter: { resolve, reject } }))
  }

  settle(
    items: readonly SettleItem[],
    { isNoted, mark }: { readonly isNoted: boolean; readonly mark: number },
  ): Promise<void> {
    const isUrgent = !isNoted && items.some(isFinalItem)
    if (isUrgent) this.#urgent += 1
    return new Promise((resolve, reject) =>
      this.#settlements.push({ items, isUrgent, mark, waiter: { resolve, reject } }),
    )
  }

  report(reports: readonly EdgeReport[]): void {
    for (const report of reports) {
      if (this.#reports.length >= REPORTS_WAITING_MAX) this.dropped += 1
      else this.#reports.push(reportText(report))
    }
  }

  acknowledge(sequence: number): Promise<void> {
    this.#acknowledged = Math.max(this.#acknowledged, sequence)
    return new Promise((resolve, reject) => this.#acknowledgers.push({ resolve, reject }))
  }

  /** Takes the next batch out. */
  take(): GatheredBatch {
    const commits = this.#takeCommits()
    const settlements = this.#takeSettlements()
    const acknowledged = this.#acknowledgers
    this.#acknowledgers = []
    let total = 0
    for (const { item } of commits) total += item.length
    const contents = total === 0 ? null : Buffer.allocUnsafeSlow(total)
    let offset = 0
    const items = commits.map(({ item, chunks }): CommitItem => {
      const start = offset
      for (const chunk of chunks) {
        contents?.set(chunk, offset)
        offset += chunk.length
      }
      return { ...item, offset: start }
    })
    const batch: Batch = {
      kind: 'batch',
      commits: items,
      contents,
      settlements: settlements.flatMap((waiting) => waiting.items),
      reports: this.#reports.splice(0, REPORTS_PER_BATCH_MAX),
      acknowledged: this.#acknowledged,
    }
    return { batch, commits, settlements, acknowledged }
  }

  /** A batch is durable: its promises resolve, but for the commits named in `refused`. */
  resolve(gathered: GatheredBatch, refused: readonly RefusedCommit[]): void {
    const faults = new Map(refused.map(({ index, why }) => [index, why]))
    for (const [index, { item, waiter }] of gathered.commits.entries()) {
      this.#leave(item.length)
      const why = faults.size === 0 ? undefined : faults.get(index)
      if (why === undefined) waiter.resolve()
      else waiter.reject(new Error(`message ${item.id} cannot be stored: ${why}`))
    }
    for (const { waiter } of gathered.settlements) waiter.resolve()
    for (const waiter of gathered.acknowledged) waiter.resolve()
  }

  /** The disk refused: commits fail at once, everything else waits in its old order. */
  putBack(gathered: GatheredBatch, why: string): void {
    this.#reject(gathered.commits, why)
    this.#settlements.unshift(...gathered.settlements)
    for (const { isUrgent } of gathered.settlements) if (isUrgent) this.#urgent += 1
    this.#reports.unshift(...gathered.batch.reports)
    this.#acknowledgers.unshift(...gathered.acknowledged)
  }

  /** Fails the commits that wait: nobody may be left hanging while the disk refuses. */
  rejectCommits(why: string): void {
    this.#reject(this.#commits.splice(0), why)
  }

  /** Fails everything that waits, at the end. */
  rejectAll(why: string): void {
    this.rejectCommits(why)
    this.#urgent = 0
    for (const { waiter } of this.#settlements.splice(0)) waiter.reject(new SpoolUnavailable(why))
    for (const waiter of this.#acknowledgers.splice(0)) waiter.reject(new SpoolUnavailable(why))
  }

  #takeCommits(): WaitingCommit[] {
    let count = 0
    let bytes = 0
    while (
      count < this.#commits.length &&
      count < COMMITS_PER_BATCH_MAX &&
      bytes < CONTENT_BYTES_PER_BATCH_MAX
    ) {
      bytes += this.#commits[count]!.item.length
      count += 1
    }
    return this.#commits.splice(0, count)
  }

  #takeSettlements(): WaitingSettlement[] {
    let count = 0
    let keeping = 0
    for (const { items, isUrgent } of this.#settlements) {
      if (count >= SETTLEMENTS_PER_BATCH_MAX || keeping >= KEEPING_SETTLEMENTS_PER_BATCH_MAX) break
      count += 1
      if (isUrgent) this.#urgent -= 1
      for (const item of items) if (!isFinalItem(item)) keeping += 1
    }
    return this.#settlements.splice(0, count)
  }

  #reject(commits: readonly WaitingCommit[], why: string): void {
    for (const { item, waiter } of commits) {
      this.#leave(item.length)
      waiter.reject(new SpoolUnavailable(why))
    }
  }

  #leave(length: number): void {
    this.bytes -= length
    this.messages -= 1
  }
}

/** Replies kept for the list of the queue; the whole one stands in the report. */
const REPLY_LENGTH_MAX = 300

/** An outcome as the writer takes it. */
export function settleItemOf({ messageId, recipients, outcome, report, byPerson }: Settlement): SettleItem {
  const isDeferred = outcome.kind === 'deferred'
  return {
    messageId,
    recipients,
    kind: outcome.kind,
    nextAttemptAt: isDeferred ? outcome.nextAttemptAt : 0,
    attempts: isDeferred ? outcome.attempts : 0,
    at: outcome.kind === 'paused' ? outcome.at : (report?.at ?? 0),
    reply: replyOf(outcome, report),
    byPerson: byPerson === true,
    report: report === null ? null : JSON.stringify(report),
  }
}

/** Only those who go on waiting show a reply. */
function replyOf(outcome: Settlement['outcome'], report: Settlement['report']): string | null {
  if (outcome.kind === 'paused') return outcome.why
  if (report === null || outcome.kind === 'delivered' || outcome.kind === 'bounced') return null
  const { code, status, text } = report.reply
  return `${code} ${status === null ? '' : `${status} `}${text}`.slice(0, REPLY_LENGTH_MAX)
}
