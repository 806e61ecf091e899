// Records what became of recipients: settlements with their reports, events, and the DSNs that must be
// durable first.
import { flatText } from '@gatepost/mail/bytes.ts'
import type { Emit } from '#events/emit.ts'
import type { DeliveryReport } from '#link/reports.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { DueRecipient, Settlement } from '#spool/spool.ts'
import { type Conclusion, concludeAttempt } from './attempt.ts'
import type { Job, Refusal } from './destination.ts'
import { createDsn, type DsnMessage, ORIGINAL_BYTES_MAX } from './dsn.ts'
import type { InHand } from './in-hand.ts'
import { originalOf, type SentWith } from './letter.ts'
import type { Target } from './mx.ts'
import type { RecipientResult } from './smtp-client.ts'
import type { Session } from './smtp-session.ts'

export type Outcome = {
  readonly results: readonly RecipientResult[]
  /** Null when no session came about. */
  readonly session: Session | null
  /** Who was tried, when there is no session. */
  readonly target?: Target | null
  readonly startedAt?: number
  /** What its content left with. */
  readonly sent?: SentWith | undefined
  /** Who decided, where this is a person's decision and no attempt. */
  readonly by?: string
}

export type RecorderDeps = {
  readonly clock: Clock
  readonly emit: Emit
  readonly hostname: string
  readonly random: () => number
  readonly settingsOf: (tenantId: string) => TenantSettings | null
  readonly signal: AbortSignal
  /** Commits a DSN and hands it to delivery. */
  readonly store: (message: DsnMessage) => Promise<void>
  /** What `mayBegin` refused may begin now. */
  readonly mayBeginAgain: () => void
}

/**
 * Outcomes that are not durable yet; beyond this nothing new begins, because a crash now would double them
 * all. A sync every 20 ms still writes thousands a second.
 */
const UNRECORDED_MAX = 100
/**
 * After a start, until outcomes became durable: the queue goes out in one burst on a machine that is busy
 * with starting, and whoever starts after a crash may crash again.
 */
const UNRECORDED_MAX_AT_START = 10

/** While the disk refuses, a DSN is tried again at this interval; the message it is about waits with it. */
const DSN_RETRY_MS = 5000
/** The original may be lost for good: after so many looks the report goes without it. */
const ORIGINAL_TRIES_MAX = 3
/** DSNs made at once: each holds up to 64 KiB of its original in memory. */
const DSNS_AT_ONCE_MAX = 50

export class Recorder {
  readonly #deps: RecorderDeps
  readonly #turns: (() => void)[] = []
  #making = 0
  #unrecorded = 0
  #unrecordedMax = UNRECORDED_MAX_AT_START
  #hasRefused = false

  constructor(deps: RecorderDeps) {
    this.#deps = deps
  }

  /** Outcomes of transmissions that are not durable yet. */
  get unrecorded(): number {
    return this.#unrecorded
  }

  /** Whether one more letter may go out; `mayBeginAgain` is called after a no. */
  mayBegin(): boolean {
    const may = this.#unrecorded < this.#unrecordedMax
    if (!may) this.#hasRefused = true
    return may
  }

  /**
   * Records the results of a job; resolves, when durable, with the time of the next attempt, if there is one.
   */
  async record(message: InHand, outcome: Outcome): Promise<number | null> {
    const conclusion = this.#conclusionOf(message, outcome)
    const isKept = await this.#keep(message, conclusion, outcome.session !== null)
    return isKept ? nextAttemptOf(conclusion.settlements) : null
  }

  /**
   * Returns open recipients to the reverse-path because a person said so; where it may not be told, they are
   * held as undeliverable (decisions 12). Rejects when nothing became durable.
   */
  async returnToSender(
    message: InHand,
    recipients: readonly DueRecipient[],
    { by, reason }: { readonly by: string; readonly reason: string | null },
  ): Promise<{ readonly returned: number; readonly withheld: number }> {
    const reply = { code: 550, status: '5.7.1', text: reason ?? 'an administrator returned this message' }
    const results = recipients.map(
      (recipient) => ({ recipient, kind: 'permanent', reply, isOurs: true }) as const,
    )
    const conclusion = this.#conclusionOf(message, { results, session: null, by })
    if (!(await this.#keep(message, conclusion, true)))
      throw new Error('the spool takes no outcomes at the moment')
    const withheld = conclusion.withheld.length
    return { returned: recipients.length - withheld, withheld }
  }

  #conclusionOf(message: InHand, outcome: Outcome): Conclusion {
    const { clock, random } = this.#deps
    const { session } = outcome
    const target = session?.target ?? outcome.target ?? null
    const now = clock.now()
    return concludeAttempt({
      envelope: message.envelope,
      results: outcome.results,
      now,
      startedAt: outcome.startedAt === undefined || outcome.startedAt === 0 ? now : outcome.startedAt,
      nextHop: target === null ? null : { host: target.host, ip: target.ip, port: target.port },
      tls: session === null ? null : session.tlsTold,
      relaysDsn: session?.capabilities.dsn === true,
      random,
      newReportId: () => newId('rep', now),
      newDsnId: () => newId('msg', now),
      by: outcome.by,
      stamp: session === null ? null : (outcome.sent?.stamp ?? null),
      banner: session === null ? null : (outcome.sent?.banner ?? null),
    })
  }

  /** Makes a conclusion durable. False when the spool is closed: recipients are as they were (RFC 1047). */
  async #keep(message: InHand, conclusion: Conclusion, wasTransmitted: boolean): Promise<boolean> {
    // What never reached a host is no harm when a crash repeats it: it must not hold up the others.
    if (wasTransmitted) this.#unrecorded += 1
    try {
      this.#tellWithheld(message, conclusion)
      if (conclusion.dsnId === null) await this.#write(message, conclusion.settlements)
      else await this.#keepWithReport(message, conclusion, conclusion.dsnId)
      return true
    } catch {
      return false
    } finally {
      if (wasTransmitted) this.#recorded()
    }
  }

  /** Who was reached does not wait for the report on others: until it is written a crash doubles it. */
  async #keepWithReport(message: InHand, conclusion: Conclusion, dsnId: string): Promise<void> {
    const { true: reported = [], false: others = [] } = Object.groupBy(
      conclusion.settlements,
      ({ report }) => `${report?.dsnId === dsnId}` as const,
    )
    const written = this.#write(message, others)
    // Heard of below, but not before the report is made.
    written.catch(() => undefined)
    await this.#sendDsn(message, conclusion, dsnId)
    await this.#write(message, reported)
    const { id: messageId, tenantId } = message.envelope
    this.#deps.emit('delivery.dsn.sent', { messageId, tenantId, dsnId })
    await written
  }

  /** On its way to the disk before it is told of: until it is written a crash doubles the message. */
  #write(message: InHand, settlements: readonly Settlement[]): Promise<void> {
    const written = message.source.spool.settle(settlements)
    this.#tell(message, settlements)
    return written
  }

  #recorded(): void {
    this.#unrecorded -= 1
    this.#unrecordedMax = Math.min(UNRECORDED_MAX, this.#unrecordedMax + 1)
    if (!this.#hasRefused) return
    this.#hasRefused = false
    this.#deps.mayBeginAgain()
  }

  /** Lets recipients wait until delivery is resumed; told once, however often it is looked at. */
  async pause(message: InHand, recipients: readonly DueRecipient[], why: string): Promise<void> {
    const now = this.#deps.clock.now()
    const { id: messageId, tenantId } = message.envelope
    const settlementOf = (isTold: boolean, some: readonly DueRecipient[]): Settlement => {
      const indexes = some.map(({ index }) => index)
      const outcome = { kind: 'paused', at: now, why } as const
      if (isTold) return { messageId, recipients: indexes, outcome, report: null }
      const report: DeliveryReport = {
        kind: 'delivery',
        id: newId('rep', now),
        messageId,
        tenantId,
        at: now,
        recipients: indexes,
        outcome: 'paused',
        attempt: Math.max(...some.map(({ attempts }) => attempts)),
        nextAttemptAt: null,
        nextHop: null,
        tls: null,
        reply: { code: 0, status: null, text: why },
        durationMs: 0,
        dsnId: null,
      }
      return { messageId, recipients: indexes, outcome, report }
    }
    const groups = Map.groupBy(recipients, ({ isPauseTold }) => isPauseTold === true)
    const settlements = [...groups].map(([isTold, some]) => settlementOf(isTold, some))
    // When the spool is closed the recipients are due as they were.
    await message.source.spool.settle(settlements).catch(() => undefined)
  }

  /** The archive has the message. Told of what came for it alone: of a copy, nobody waits to hear. */
  async archived(message: InHand, recipients: readonly DueRecipient[]): Promise<void> {
    const now = this.#deps.clock.now()
    const { id: messageId, tenantId } = message.envelope
    const indexes = recipients.map(({ index }) => index)
    const isJournal = recipients.some(({ archive }) => archive === 'journal')
    const isReport = recipients.some(({ archive }) => archive === 'report')
    const report: DeliveryReport = {
      kind: 'delivery',
      id: newId('rep', now),
      messageId,
      tenantId,
      at: now,
      recipients: indexes,
      outcome: 'delivered',
      attempt: 1,
      nextAttemptAt: null,
      nextHop: null,
      tls: null,
      reply: { code: 250, status: '2.0.0', text: isReport ? 'report taken' : 'archived' },
      durationMs: 0,
      dsnId: null,
    }
    const settlement = { messageId, recipients: indexes, outcome: { kind: 'delivered' } } as const
    // When the spool is closed it comes again, and the archive knows it by its id.
    await message.source.spool
      .settle([{ ...settlement, report: isJournal || isReport ? report : null }])
      .catch(() => undefined)
  }

  /** Moves recipients to a later time without an attempt. */
  async postpone(message: InHand, recipients: readonly DueRecipient[], nextAttemptAt: number): Promise<void> {
    const byAttempts = Map.groupBy(recipients, ({ attempts }) => attempts)
    const settlements = [...byAttempts].map(
      ([attempts, some]): Settlement => ({
        messageId: message.envelope.id,
        recipients: some.map(({ index }) => index),
        outcome: { kind: 'deferred', nextAttemptAt, attempts },
        report: null,
      }),
    )
    // When the spool is closed the recipients are due as they were.
    await message.source.spool.settle(settlements).catch(() => undefined)
  }

  #tell(message: InHand, settlements: readonly Settlement[]): void {
    const { emit } = this.#deps
    const { id, tenantId } = message.envelope
    for (const { outcome, report } of settlements) {
      if (report === null) continue
      const name =
        outcome.kind === 'delivered' ? 'delivered' : outcome.kind === 'deferred' ? 'deferred' : 'bounced'
      emit(`delivery.attempt.${name}`, {
        messageId: id,
        tenantId,
        recipients: report.recipients.length,
        attempt: report.attempt,
        host: report.nextHop?.host ?? null,
        reply: flatText(report.reply.code, ' ', report.reply.status ?? '', ' ', report.reply.text),
        durationMs: report.durationMs,
      })
    }
  }

  #tellWithheld(message: InHand, { withheld }: Conclusion): void {
    const { id: messageId, tenantId } = message.envelope
    const recipients = withheld.length
    if (recipients > 0) this.#deps.emit('delivery.dsn.withheld', { messageId, tenantId, recipients })
  }

  /**
   * The report is durable before the recipients it speaks of are let go: a crash between doubles it, never
   * loses it.
   */
  async #sendDsn(message: InHand, conclusion: Conclusion, id: string): Promise<void> {
    const { clock, signal, store } = this.#deps
    let faults = 0
    await this.#turn()
    try {
      for (;;) {
        try {
          const dsn = await this.#makeDsn(message, {
            ...conclusion,
            id,
            isBare: faults >= ORIGINAL_TRIES_MAX,
          })
          faults = 0
          if (dsn !== null) await store(dsn)
          return
        } catch (error) {
          // A spool that is about to close still takes it, but nothing waits for one that does not.
          if (signal.aborted) throw error
          faults += 1
          await clock.sleep(DSN_RETRY_MS, signal)
        }
      }
    } finally {
      this.#making -= 1
      this.#turns.shift()?.()
    }
  }

  /** Bare of the original where that is lost, or where the report fails over it. */
  async #makeDsn(
    message: InHand,
    { notices, id, isBare }: Pick<Conclusion, 'notices'> & { readonly id: string; readonly isBare: boolean },
  ): Promise<DsnMessage | null> {
    const { clock, hostname, settingsOf } = this.#deps
    const { envelope } = message
    const settings = settingsOf(envelope.tenantId)
    const original = isBare ? new Uint8Array(0) : await originalOf(message, ORIGINAL_BYTES_MAX)
    return createDsn({ id, envelope, notices, original, hostname, settings, now: clock.now() })
  }

  async #turn(): Promise<void> {
    this.#making += 1
    if (this.#making > DSNS_AT_ONCE_MAX) await new Promise<void>((resolve) => this.#turns.push(resolve))
  }
}

function nextAttemptOf(settlements: readonly Settlement[]): number | null {
  let next: number | null = null
  for (const { outcome } of settlements) {
    if (outcome.kind === 'deferred' && (next === null || outcome.nextAttemptAt < next))
      next = outcome.nextAttemptAt
  }
  return next
}

/** What came of a job for which nobody could be reached: the same for each recipient. */
export function untriedOutcome({ letter }: Job, { isPermanent, reply, isOurs, target }: Refusal): Outcome {
  const kind = isPermanent ? 'permanent' : 'transient'
  const results = letter.recipients.map((recipient) => ({ recipient, kind, reply, isOurs }) as const)
  return { results, session: null, target }
}
