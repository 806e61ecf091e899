// What is inside a message's content, as facts: viruses, attachments, spam. Each part begins when a policy
// first needs it and is found out once a message.
import type { KnownHeader, ParsedMime } from '@gatepost/mail/mime.ts'
import type { AttachmentsFact, AuthenticationFact, Fact, SpamFact, VirusFact } from '#policy/facts.ts'
import { unknown } from '#policy/facts.ts'

/** At once where nothing has to be waited for. */
export type Eventually<Value> = Fact<Value> | Promise<Fact<Value>>

/** The screening of one message. Never rejects. */
export type Screening = {
  virus(): Eventually<VirusFact>
  attachments(): Eventually<AttachmentsFact>
  spam(): Eventually<SpamFact>
}

/** Where the content lies: small ones in memory, large ones in a file of the spool. */
export type ContentSource =
  | { readonly kind: 'memory'; readonly chunks: readonly Uint8Array[] }
  | { readonly kind: 'file'; readonly path: string; readonly size: number }

/** What a score needs to know beside the content. Plain data: it may cross to another thread. */
export type SpamAbout = {
  readonly tenantId: string
  readonly clientIp: string
  readonly helo: string
  /** `local-part@domain`; null for the null reverse-path. */
  readonly reversePath: string | null
  readonly authentication: Fact<AuthenticationFact>
  /** Verified names of the client. */
  readonly clientNames: Fact<readonly string[]>
  /** Domains of the organisation, A-labels. */
  readonly ownDomains: readonly string[]
  /** What the organisation's reports and releases taught, packed (spam/learned.ts); null for nothing. */
  readonly taught: string | null
}

/** What `scoreMessage` (spam/score.ts) gets. */
export type SpamInput = {
  readonly octets: Uint8Array
  readonly mime: ParsedMime
  readonly about: SpamAbout
}

/** One message to be screened. */
export type ScreeningInput = {
  /** Its octets; waits for the disk where they are written there. */
  content(): ContentSource | Promise<ContentSource>
  readonly size: number
  /** The message's header where it was read already. */
  readonly header?: KnownHeader | undefined
  /** Asked for only when the message is scored. */
  about(): Promise<SpamAbout>
}

/** Screens the messages of one edge worker. */
export type Screener = {
  /** Begins nothing by itself: each part begins when it is asked for. */
  screen(input: ScreeningInput): Screening
  close(): Promise<void>
}

const NO_CONTENT = unknown('no content yet')

/** Before the content is here, and where nobody screens. */
export const NOT_SCREENED: Screening = {
  virus: () => NO_CONTENT,
  attachments: () => NO_CONTENT,
  spam: () => NO_CONTENT,
}
