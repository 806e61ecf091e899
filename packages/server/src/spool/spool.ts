// The spool's interface: what edges and delivery ask of durable storage. Law 1: once commit resolves, we may
// say 250.
import type { AcceptedReport, DeliveryReport, EdgeReport } from '#link/reports.ts'
import type { Direction, FirstContactMark } from '#policy/policy.ts'

/** MAIL's parameters that travel with the message (RFC 3461, 6152, 6531, 8689). */
export type EnvelopeParameters = {
  readonly body: '7BIT' | '8BITMIME' | 'BINARYMIME'
  readonly smtpUtf8: boolean
  readonly requireTls: boolean
  readonly ret: 'FULL' | 'HDRS' | null
  readonly envelopeId: string | null
}

export type EnvelopeRecipient = {
  readonly index: number
  /** `local-part@domain` as sent. */
  readonly forwardPath: string
  readonly originalRecipient: string | null
  readonly notify: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] | null
  /** By which forwarding address it goes here, and with which reverse-path (C13); left out for the others. */
  readonly forwarded?: { readonly id: string; readonly reversePath: string | null }
  /**
   * No mailbox but control: a copy of what passed the gateway and what came to the journal address go to the
   * archive, what people report to those who learn from it. Left out for everybody else.
   */
  readonly archive?: 'gateway' | 'journal' | 'report' | undefined
  /** What its copy shows of an author's first contact (F4); left out for all other mail. */
  readonly firstContact?: FirstContactMark | undefined
  /** `held` waits for a person; everything else starts `queued`. */
  readonly state: 'queued' | 'held'
  /** Why it was held from the start, for the queue's list. */
  readonly heldBecause?: string
}

/** Everything about a message except its content. */
export type Envelope = {
  /** `msg_…`, also the id in our Received field and in tracking. */
  readonly id: string
  readonly tenantId: string
  readonly direction: Direction
  /** Null is the null reverse-path. */
  readonly reversePath: string | null
  readonly parameters: EnvelopeParameters
  readonly recipients: readonly EnvelopeRecipient[]
  readonly receivedAt: number
  /** Octets of the content as received. */
  readonly size: number
  /** Our Received and Authentication-Results, CRLF-ended: prepended at delivery. */
  readonly traceFields: string
  /**
   * Byte ranges of the content that are left out at delivery: forged results that carry our own id (RFC 8601
   * §5).
   */
  readonly cuts: readonly (readonly [start: number, end: number])[]
  /** Whether a DSN may go to the reverse-path: SPF passed, or an internal sender (decisions 12). */
  readonly dsnAllowed: boolean
  /** Written by the gateway itself, in the organisation's name: signed whoever gets it (H6). */
  readonly isOurs?: true | undefined
  /** The author would rather have it delivered in clear than not at all (`TLS-Required: No`, RFC 8689 §5). */
  readonly tlsOptional?: true | undefined
}

/**
 * Content as received: unstuffed, CRLF (decisions 29). Small ones are chunks in memory, large ones a synced
 * file.
 */
export type Content =
  | { readonly kind: 'memory'; readonly chunks: readonly Uint8Array[] }
  | { readonly kind: 'file'; readonly name: string; readonly size: number }

/** Where content above the in-memory limit is streamed to, before its row is committed. */
export type ContentFile = {
  /** Where it lies, for those who read it before it is committed. */
  readonly path: string
  write(chunk: Uint8Array): Promise<void>
  /** Syncs the file and its folder; the returned content may then be committed. */
  finish(): Promise<Content>
  /** Removes the file; for refused or broken-off messages. */
  discard(): Promise<void>
}

/** A recipient that is due, with what delivery needs to try it. */
export type DueRecipient = EnvelopeRecipient & {
  readonly attempts: number
  readonly firstAttemptAt: number | null
  /** The route a person chose instead of the one the settings name. */
  readonly routeId?: string
  /** A person released it from being held: what held it before must not hold it again. */
  readonly isReleased?: true
  /** It was told already that it waits for a paused route or tenant. */
  readonly isPauseTold?: true
}

export type DueMessage = {
  readonly envelope: Envelope
  readonly recipients: readonly DueRecipient[]
}

/** The outcome of an attempt for some recipients of a message. Rides with the next group commit. */
export type Settlement = {
  readonly messageId: string
  readonly recipients: readonly number[]
  readonly outcome:
    | { readonly kind: 'delivered' }
    | { readonly kind: 'bounced' }
    | { readonly kind: 'held' }
    | { readonly kind: 'deferred'; readonly nextAttemptAt: number; readonly attempts: number }
    /** Waits until `SpoolQueue.unpause`, without an attempt. */
    | { readonly kind: 'paused'; readonly at: number; readonly why: string }
  /** A person decided: held recipients are meant too, and it was no attempt. */
  readonly byPerson?: true
  /** Null for a change of plan that was no attempt: nothing is told. */
  readonly report: DeliveryReport | null
}

/** Content above this size streams to a file; below it lives in the row. About 1 MiB (architecture §6). */
export const CONTENT_IN_ROW_BYTES_MAX = 1_048_576

export type SpoolHealth = { readonly ok: boolean; readonly why: string | null }

export type Spool = {
  /** Cheap: no I/O. When not ok, MAIL answers 452 4.3.1 before anything is received. */
  health(): SpoolHealth
  /** Opens a file for large content. */
  openContent(): Promise<ContentFile>
  /**
   * Makes one received message survive a power cut: group commit, synchronous=FULL. Once this resolves we may
   * reply 250 and so take responsibility (RFC 5321 §4.2.5, §6.1). Rejects with `SpoolUnavailable` when the
   * disk refuses.
   */
  commitMessage(envelope: Envelope, content: Content, report: AcceptedReport): Promise<void>
  /**
   * Records outcomes; resolves when durable. A message without open recipients is removed with its content.
   */
  settle(settlements: readonly Settlement[]): Promise<void>
  /** Queues reports that belong to no message (refusals). Durable soon, not awaited by SMTP. */
  report(reports: readonly EdgeReport[]): void
  /** Up to `limit` messages with recipients due at `now`, oldest due first, skipping `exclude`. */
  due(now: number, limit: number, exclude: ReadonlySet<string>): Promise<readonly DueMessage[]>
  /** When the next recipient becomes due later than `after`; null when nothing waits. */
  nextDueAt(after: number): Promise<number | null>
  /**
   * The whole content as chunks; bounded memory for files. With `reuse` a chunk holds only until the next is
   * asked for.
   */
  readContent(messageId: string, options?: { readonly reuse?: boolean }): AsyncIterable<Uint8Array>
  /** Makes a message's queued recipients due now; returns how many. */
  retryNow(messageId: string, now: number): Promise<number>
  /** Reports waiting for control, oldest first. */
  outbox(limit: number): Promise<readonly { readonly sequence: number; readonly report: EdgeReport }[]>
  /** The same as the JSON text of `ReportBatch['reports']`: the uplink sends it on without reading it. */
  outboxText(limit: number): Promise<{ readonly json: string; readonly count: number; readonly last: number }>
  /** Forgets reports up to and including `sequence`. */
  acknowledge(sequence: number): Promise<void>
  /** Figures for health, metrics and the console: messages, recipients queued and held, reports waiting. */
  counts(): Promise<{
    readonly messages: number
    readonly queued: number
    readonly held: number
    readonly outbox: number
  }>
  close(): Promise<void>
}

/** The disk refused: full, read-only, failing. Answered 452 4.3.1; the queue stays intact. */
export class SpoolUnavailable extends Error {}
