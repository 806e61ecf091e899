// Reports: what edges tell control. They wait in the edge's outbox until acknowledged and are deduplicated by
// id.
import type { HeldBecause } from '#policy/per-recipient.ts'
import type { Direction, ExplanationStep, GatheredFacts, Verdict } from '#policy/policy.ts'

export type TrackedReply = { readonly code: number; readonly status: string | null; readonly text: string }

/** Who connected, as tracked. `name` is the forward-confirmed reverse name, when known. */
export type TrackedClient = {
  readonly ip: string
  readonly name: string | null
  readonly helo: string
  readonly tls: { readonly version: string; readonly cipher: string } | null
}

/** A recipient or transaction refused or deferred before it was ours. One report an event, or counted. */
export type RefusedReport = {
  readonly kind: 'refused'
  readonly id: string
  readonly at: number
  readonly tenantId: string | null
  readonly direction: Direction | null
  readonly outcome: 'deferred' | 'refused'
  readonly client: TrackedClient
  readonly reversePath: string | null
  readonly forwardPath: string | null
  readonly author: string | null
  readonly subject: string | null
  readonly messageIdField: string | null
  readonly reply: TrackedReply
  readonly explanation: readonly ExplanationStep[]
  readonly facts: GatheredFacts
  readonly settingsRevision: number | null
  /** 1, or how many further refusals of this client and reason this row stands for (decisions 30). */
  readonly count: number
}

/** A message accepted (250): one report, its recipients inside. Rides in the spool's transaction. */
export type AcceptedReport = {
  readonly kind: 'accepted'
  readonly id: string
  readonly at: number
  readonly tenantId: string
  readonly direction: Direction
  readonly origin: 'smtp' | 'dsn' | 'control'
  readonly client: TrackedClient | null
  readonly reversePath: string | null
  readonly author: string | null
  readonly subject: string | null
  readonly messageIdField: string | null
  readonly size: number
  readonly recipients: readonly {
    readonly index: number
    readonly forwardPath: string
    readonly explanation: readonly ExplanationStep[]
    readonly facts: GatheredFacts
    /** What the message's policies said for this recipient, where it is not what is told for all. */
    readonly message?:
      | {
          readonly verdict: Verdict['kind']
          readonly explanation: readonly ExplanationStep[]
          readonly facts: GatheredFacts
        }
      | undefined
    /** Where it goes instead, by which forwarding address (C13). */
    readonly forwarded?: { readonly id: string; readonly to: string } | undefined
    /** Why it is held from the start; left out for recipients that are queued. */
    readonly held?: 'by-policy' | HeldBecause | undefined
  }[]
  /** The login that the client used, where it did. */
  readonly credentialId?: string | undefined
  readonly explanation: readonly ExplanationStep[]
  readonly facts: GatheredFacts
  readonly verdict: Verdict['kind']
  readonly settingsRevision: number
  /** Whose answers this mail permits (S4); left out where it permits nobody's. */
  readonly correspondence?: Correspondence | undefined
}

/** An internal user and those outside who were written to. */
export type Correspondence = {
  /** Address key of the user's list. */
  readonly user: string
  /** Address keys. */
  readonly to: readonly string[]
  /** Message ids that it answers: what was held permits nobody. */
  readonly answers: readonly string[]
}

/** A signature of ours on a message that was sent: DKIM, or an ARC seal. */
export type MadeSignature = {
  readonly kind: 'dkim' | 'arc'
  readonly domain: string
  readonly selector: string
  readonly algorithm: string
}

/** TLS of a delivery (T1): what was agreed, who vouched for the host, and its certificate. */
export type DeliveryTls = {
  readonly version: string
  readonly cipher: string
  readonly verified: boolean
  /** What asked for it beyond the route: left out where nothing did. */
  readonly by?: 'dane' | 'mta-sts' | 'policy' | undefined
  /** Why the certificate is not verified, where it need not be. */
  readonly fault?: string | undefined
  /** The domain tests an MTA-STS policy, and this delivery would have failed it. */
  readonly stsTestFailed?: true | undefined
  readonly certificate?:
    | {
        readonly subject: string
        readonly issuer: string
        /** Epoch milliseconds. */
        readonly notAfter: number
        /** SHA-256. */
        readonly fingerprint: string
      }
    | undefined
}

/** What became of recipients in one delivery attempt, or by a decision of ours (expired, discarded). */
export type DeliveryReport = {
  readonly kind: 'delivery'
  readonly id: string
  readonly messageId: string
  readonly tenantId: string
  readonly at: number
  readonly recipients: readonly number[]
  readonly outcome:
    | 'delivered'
    | 'deferred'
    | 'bounced'
    | 'held'
    | 'ambiguous'
    /** By a person, from being held: queued again, gone for good, or queued for another route. */
    | 'released'
    | 'discarded'
    | 'rerouted'
    /** Its route or tenant is paused: queued without an attempt. */
    | 'paused'
  readonly attempt: number
  /** When the next attempt is due; null when there is none. */
  readonly nextAttemptAt: number | null
  readonly nextHop: { readonly host: string; readonly ip: string | null; readonly port: number } | null
  readonly tls: DeliveryTls | null
  /** The remote reply, or our own words for what failed before one came; code 0 where there was no reply. */
  readonly reply: TrackedReply
  /** Milliseconds from first contact to outcome. */
  readonly durationMs: number
  /** The DSN this outcome caused, if any. */
  readonly dsnId: string | null
  /** The signatures it left with; left out where there are none. */
  readonly signatures?: readonly MadeSignature[] | undefined
  /** Why it left without a signature it should have. */
  readonly unsigned?: string | undefined
  /** What became of a first-contact banner: in the text, or why the text stayed. */
  readonly banner?: 'placed' | BannerLeft | undefined
  /** Who decided it, where a person did; then `attempt` is the last one before. */
  readonly by?: string | undefined
}

/** Why a message keeps its text although a banner was wanted. */
export type BannerLeft = (typeof BANNER_LEFT)[number]

export const BANNER_LEFT = ['signed', 'encrypted', 'report', 'no-text', 'unreadable', 'too-large'] as const

/** A deferral that ended: accepted after a wait, or never retried. */
export type EndedDeferral = {
  readonly reversePath: string
  readonly forwardPath: string
  readonly clientIp: string
  readonly identity: string
  readonly firstAt: number
  readonly endedAt: number
  readonly attempts: number
}

/** What greylisting did in one tenant in a moment: figures, ended deferrals, and identities that pass now. */
export type GreylistReport = {
  readonly kind: 'greylist'
  readonly id: string
  readonly at: number
  readonly tenantId: string
  readonly deferred: number
  readonly observed: number
  readonly lost: number
  readonly lostListed: readonly EndedDeferral[]
  readonly accepted: readonly EndedDeferral[]
  readonly passes: readonly { readonly identity: string; readonly at: number }[]
}

/** A report about a message: tracking keeps these. */
export type Report = RefusedReport | AcceptedReport | DeliveryReport

/** All that an edge reports. */
export type EdgeReport = Report | GreylistReport

/**
 * One POST of an edge's outbox. `sequence` orders them within a slot; control acknowledges the highest it
 * stored.
 */
export type ReportBatch = {
  readonly node: string
  readonly slot: number
  readonly reports: readonly { readonly sequence: number; readonly report: EdgeReport }[]
}
