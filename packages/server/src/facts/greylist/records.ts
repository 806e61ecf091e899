// What the greylist remembers, and the changes that edges send to its writer.

/** One identity of one tenant. Times are Unix milliseconds, null where it did not happen. */
export type IdentityRecord = {
  /** First attempt of the present round; a round ends after the retry window. */
  readonly firstAt: number | null
  /** Last known use of a pass; renewed at most daily. */
  readonly passedAt: number | null
  /** It was let through by a rule that only observes. */
  readonly observedAt: number | null
}

/** One message for one recipient that was deferred and waits for its retry. */
export type AttemptRecord = {
  readonly id: string
  readonly tenantId: string
  readonly reversePath: string
  readonly forwardPath: string
  readonly clientIp: string
  readonly clientName: string | null
  readonly helo: string
  /** The identity it waits under. */
  readonly identity: string
  readonly keys: readonly string[]
  readonly firstAt: number
  readonly lastAt: number
  readonly attempts: number
}

export type GreylistChange =
  /** A first attempt, or a further one that came too soon. */
  | { readonly kind: 'deferred'; readonly attempt: AttemptRecord }
  /** An identity passes from now on; the attempt of this message, where there is one, has come to its end. */
  | {
      readonly kind: 'passed'
      readonly tenantId: string
      readonly keys: readonly string[]
      readonly at: number
      readonly how: 'retried' | 'authenticated' | 'released'
      readonly message: { readonly reversePath: string; readonly forwardPath: string } | null
    }
  /** A pass was used: remembered for longer, and the attempt of this message ends. */
  | {
      readonly kind: 'used'
      readonly tenantId: string
      readonly keys: readonly string[]
      readonly at: number
      readonly message: { readonly reversePath: string; readonly forwardPath: string } | null
    }
  /** A rule that only observes let a first contact through. */
  | { readonly kind: 'observed'; readonly tenantId: string; readonly identity: string; readonly at: number }
  | { readonly kind: 'forgotten'; readonly tenantId: string; readonly identity: string }

/** A deferral that ended: accepted after a wait, or never retried. */
export type EndedAttempt = {
  readonly reversePath: string
  readonly forwardPath: string
  readonly clientIp: string
  readonly identity: string
  readonly firstAt: number
  readonly endedAt: number
  readonly attempts: number
}

/** What the writer has to tell about one tenant since it last did. */
export type GreylistTally = {
  readonly tenantId: string
  /** Messages for a recipient deferred for the first time. */
  readonly deferred: number
  /** First contacts that an observing rule let through. */
  readonly observed: number
  /** Never retried within the window; the first of them are listed. */
  readonly lost: number
  readonly lostListed: readonly EndedAttempt[]
  /** Accepted after a wait, one by one: the delay caused is their sum. */
  readonly accepted: readonly EndedAttempt[]
  /** Identities that pass from now on, for other nodes. */
  readonly passes: readonly { readonly identity: string; readonly at: number }[]
}

/** A first attempt counts for this long; from its end on, an attempt is a first one again (G1). */
export const RETRY_WINDOW_MS = 12 * 3_600_000
/** How long a pass is remembered after its last use (G1). */
export const PASS_MEMORY_MS = 36 * 86_400_000
/** A pass in use is renewed at most so often. */
export const RENEWAL_MS = 86_400_000
