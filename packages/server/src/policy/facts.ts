// Facts: what policies judge by. Three values by law 4: known, or unknown with the reason why.
import type { CloudProvider } from './settings.ts'

/** A fact that was found out, or that could not be had. Unknown never means "no". */
export type Fact<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly why: string }

export function known<Value>(value: Value): Fact<Value> {
  return { kind: 'known', value }
}

export function unknown(why: string): { readonly kind: 'unknown'; readonly why: string } {
  return { kind: 'unknown', why }
}

/** RFC 7208 §2.6 result names. */
export type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror'

/**
 * Where a transaction may go, found from the client's address and the reverse-path's domain (decisions 1).
 */
export type RelayFact = {
  /** Tenants that authorised the client's address. */
  readonly authorizedFor: readonly string[]
  /** The tenant that validated the reverse-path's domain, if any. */
  readonly reversePathTenant: string | null
  /** The tenant that validated the forward-path's domain, if any. */
  readonly forwardPathTenant: string | null
  /** The shared cloud the client's address lies in, where a tenant sends through it (decisions 2). */
  readonly cloud?:
    | {
        readonly provider: CloudProvider
        /** The reverse-path's tenant is one of those. */
        readonly isReversePathTenants: boolean
      }
    | null
    | undefined
}

/** What the content proves about whose outbound mail it is (decisions 2 and 3). */
export type RelayProof = {
  /** The reverse-path is of no domain of the tenant; the null one is nobody's and not foreign. */
  readonly isReversePathForeign: boolean
  /** What shows that the tenant's host passed the message on for others, in plain words. */
  readonly resent: string | null
} & (
  | { readonly kind: 'not-needed' }
  /** `by` names what proved it, in plain words. */
  | { readonly kind: 'proven'; readonly by: string }
  | { readonly kind: 'unproven'; readonly cloud: string; readonly why: string }
)

/** What the replica knows of a recipient. */
export type RecipientFact = {
  readonly listed: boolean
  readonly source: string | null
  /** A reverse-path that we made for forwarded mail, and a bounce for it. */
  readonly isReturned?: true | undefined
}

/** One valid or failed signature (RFC 6376, RFC 8601 §2.7.1 result names). */
export type DkimSignature = {
  /** The d= domain, A-label, lower case. */
  readonly domain: string
  readonly selector: string
  readonly result: 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror'
  /** It passes, or its key could not be had, and its organisational domain equals the author's. */
  readonly aligned: boolean
  /** Why it did not pass, in plain words. */
  readonly reason?: string | undefined
}

/** One seal of a chain (RFC 8617): who made it, and the author domain it saw pass DMARC, if it did. */
export type ArcSealer = { readonly domain: string; readonly dmarcPassFor: string | null }

/** What authentication of a whole message found. Results that could not be had are `temperror`. */
export type AuthenticationFact = {
  readonly spf: SpfResult
  /** The domain SPF was checked for: the reverse-path's, or the HELO name of a null reverse-path. */
  readonly spfDomain: string
  /** SPF passes, or could not be had, and its organisational domain equals the author's. */
  readonly spfAligned: boolean
  readonly dkim: readonly DkimSignature[]
  readonly dmarc: {
    /** `temperror` too where SPF or a signature that could not be had would be aligned. */
    readonly result: 'none' | 'pass' | 'fail' | 'temperror' | 'permerror'
    /** The author domain's published wish; null without a record, or where it could not be had. */
    readonly policy: 'none' | 'quarantine' | 'reject' | null
    /** The author domain that was judged; null when there is none or more than one. */
    readonly domain: string | null
  }
  readonly arc: 'none' | 'pass' | 'fail'
  /** The chain fails for want of a look-up, and might pass with its answer. */
  readonly isArcUnsure?: true | undefined
  /**
   * Who sealed a chain that passes or might, the oldest first, and whose mail each saw pass DMARC; else left
   * out.
   */
  readonly sealers?: readonly ArcSealer[] | undefined
}

/** A row of a managed-senders list that fits a sender and an internal user (S3, S4). */
export type ManagedSenderEntry = {
  readonly id: string
  /** What the row names: an address or a domain. */
  readonly sender: string
  readonly source: 'managed' | 'imported' | 'auto-allow' | 'trusted-service'
  /** The row counts only where the mail authenticates (decisions 16). */
  readonly onlyIfAuthenticated: boolean
}

/** One sign that an author from outside passes for somebody of the tenant (F4). */
export type ImpersonationSignal = {
  readonly kind: 'internal-address' | 'internal-name' | 'look-alike-domain' | 'reply-to-mismatch'
  /** What was seen, in plain words. */
  readonly saw: string
}

/** Whether an author wrote before, as learned from mail that was let in (F4). */
export type FirstContactFact = {
  /** What the author is remembered by: the address key, behind `~` where nothing vouched for it. */
  readonly author: string
  readonly wroteTo: 'recipient' | 'organisation' | 'nobody'
  /** Remembered long ago: it is to be noted anew. */
  readonly isStale: boolean
}

/** What the greylist knows of the sender of a message. Times are Unix milliseconds (G1, G2). */
export type GreylistMemory = {
  /** What the sender is recognised by, such as `spf:sender.example` (decisions 10). */
  readonly identity: string
  /** All that its retry may be recognised by. */
  readonly keys: readonly string[]
  /** SPF or a verified host name vouches for it, so that any later attempt is a retry. */
  readonly isProven: boolean
  /** When a pass was last used; null without one that still counts. */
  readonly passedAt: number | null
  /** First attempt of the identity in the present round. */
  readonly firstAttemptAt: number | null
  /** First attempt of this very message by somebody who shares a key, and what that was recognised by. */
  readonly sameMessageAt: number | null
  readonly sameMessageAs: string | null
  /** A rule that only observes let it through before. */
  readonly isObserved: boolean
  readonly at: number
}

/** Who sends an outbound message, by all that it is counted by, and what it sent before (issue 6.8). */
export type SenderFact = {
  /** `credential cre_…`, `address 192.0.2.1`, `author ann@acme.example`. */
  readonly identities: readonly string[]
  /** Recipients of the author in the last hour at this worker, this message's included. */
  readonly recipientsThisHour: number
  /** Among which the limit of the node is shared (decisions 23). */
  readonly workers: number
}

/** What a virus scanner and our own counting came to. `no-scanner`: the installation has none. */
export type VirusFact =
  | { readonly kind: 'no-scanner' }
  | { readonly kind: 'clean'; readonly by: string }
  | { readonly kind: 'infected'; readonly name: string; readonly by: string }
  /** The scanner found nothing, and some of it was never looked at: what, in plain words. */
  | { readonly kind: 'not-checked'; readonly what: readonly string[]; readonly by: string }

/** Kinds of risky content; each is a choice of its own in a rule. */
export type AttachmentClass = 'dangerous' | 'script' | 'macro' | 'encrypted' | 'disguised' | 'unreadable'

/** One thing found in the content. */
export type AttachmentFinding = {
  readonly class: AttachmentClass
  /** The file, as Outlook would show it, with the archives it lies in: `a.zip › run.exe`. */
  readonly file: string
  /** What it is, in plain words. */
  readonly saw: string
}

export type AttachmentsFact = {
  /** Files, those within archives too, as far as looked at. */
  readonly files: number
  readonly findings: readonly AttachmentFinding[]
}

/** One reason of a spam score, in plain words. */
export type SpamContribution = { readonly name: string; readonly points: number; readonly saw: string }

export type SpamFact = {
  readonly score: number
  /** The weightiest first. */
  readonly contributions: readonly SpamContribution[]
  readonly engine: 'built-in' | 'rspamd' | 'spamd'
}

/** The facts policies judge by; each policy names those it needs. */
export type Facts = {
  readonly relay: RelayFact
  readonly relayProof: RelayProof
  readonly sender: SenderFact
  readonly recipient: RecipientFact
  /** Names of the client whose address records lead back to it (P3), lower case; empty when none does. */
  readonly clientNames: readonly string[]
  readonly authentication: AuthenticationFact
  /** The most specific permit and block the recipient's own list holds for the sender of this stage. */
  readonly managedSender: {
    readonly permit: ManagedSenderEntry | null
    readonly block: ManagedSenderEntry | null
  }
  readonly spf: { readonly result: SpfResult; readonly domain: string; readonly explanation: string | null }
  /** Received fields in the content (RFC 5321 §6.3) and whether one of them is our own for this message. */
  readonly hops: {
    readonly received: number
    readonly ownLoops: number
    /** The forwarding address that forwarded it before and would again; null for none. */
    readonly forwardedAgain?: string | null | undefined
  }
  /** The author's mailboxes of the From field, lower-case domains; empty when absent or unreadable. */
  readonly author: {
    readonly domains: readonly string[]
    readonly tenants: readonly (string | null)[]
    /** Each author as a reader sees it: name shown, address key, what is written where none can be read. */
    readonly people: readonly {
      readonly displayName: string
      readonly address: string | null
      readonly written: string
    }[]
    /** Address keys of Reply-To. */
    readonly replyTo: readonly string[]
  }
  /** What the tenant's mail host says of a recipient (R1). A host that does not say is unknown. */
  readonly callForward: {
    readonly answer: 'accepted' | 'refused'
    readonly host: string
    /** Its reply. */
    readonly said: string
  }
  /**
   * SPF of the domains that anti-spoofing exemptions name, checked for this client; empty where the sender
   * claims no internal domain.
   */
  readonly listedSpf: readonly { readonly domain: string; readonly result: SpfResult }[]
  readonly greylist: GreylistMemory
  /** What in the author looks like somebody of ours, in words for the reader; empty when nothing does. */
  readonly impersonation: readonly ImpersonationSignal[]
  readonly firstContact: FirstContactFact
  readonly virus: VirusFact
  readonly attachments: AttachmentsFact
  readonly spam: SpamFact
}

export type FactName = keyof Facts
