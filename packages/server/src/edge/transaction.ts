// One transaction: MAIL to the end of data (RFC 5321 §3.3). It keeps the settings it began with, and one
// tenant.

import type { Mailbox } from '@gatepost/mail/address.ts'

import type { MailParameters, RcptParameters } from '@gatepost/mail/command.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { AuthenticationFactOf, SpfFact } from '#facts/authentication.ts'
import type { CloudProof } from '#facts/relay-proof.ts'
import type { Screening } from '#facts/screening/screening.ts'
import type { Directory } from '#facts/sources.ts'
import type { Direction, Verdict } from '#policy/policy.ts'
import type { CloudProvider, TenantSettings } from '#policy/settings.ts'
import type { ChunkedContent } from './commands/bdat.ts'
import type { Forwarded } from './forwarding.ts'

export type AcceptedRecipient = {
  /** The address key, to see the same recipient twice. */
  readonly key: string
  readonly forwardPath: Mailbox
  readonly parameters: RcptParameters
  readonly verdict: Verdict
  /** Where its mail goes instead; null for those who get it themselves. */
  readonly forwarded: Forwarded | null
}

export type Transaction = {
  readonly startedAt: number
  /** The snapshot at MAIL: a change in between is for the next transaction. */
  readonly directory: Directory
  readonly reversePath: ReversePath
  readonly parameters: MailParameters
  readonly recipients: AcceptedRecipient[]
  /** A recipient was given, whatever became of it. */
  hasAskedRecipient: boolean
  /** Fixed by the first accepted recipient (decisions 5). */
  settings: TenantSettings | null
  direction: Direction | null
  /** The content has to prove whose mail it is: the client is in this shared cloud (decisions 2). */
  pendingCloud: CloudProvider | null
  /** It goes to the journal address of a tenant, from one of its own hosts. */
  isJournal: boolean
  /** It goes to where a tenant's people report spam, from one of its own hosts. */
  isReport: boolean
  /** The reverse-path is somebody else's: the content has to show that the tenant's host passed it on. */
  isForward: boolean
  /** What it proved, once the content was here. */
  proof: CloudProof | null
  /** SPF, DKIM and DMARC of the content, found out once. */
  authentication: AuthenticationFactOf | Promise<AuthenticationFactOf> | null
  /** What is inside the content, found out once. */
  screening: Screening | null
  /** Asked when a policy needs it, else from the first accepted recipient of inbound mail on. */
  spf: SpfFact | Promise<SpfFact> | null
  /** Content that comes in BDAT chunks, once one was sent. */
  chunked: ChunkedContent | null
}

export function openTransaction(
  directory: Directory,
  from: { readonly reversePath: ReversePath; readonly parameters: MailParameters },
  startedAt: number,
): Transaction {
  return {
    startedAt,
    directory,
    reversePath: from.reversePath,
    parameters: from.parameters,
    recipients: [],
    hasAskedRecipient: false,
    settings: null,
    direction: null,
    pendingCloud: null,
    isJournal: false,
    isReport: false,
    isForward: false,
    proof: null,
    authentication: null,
    screening: null,
    spf: null,
    chunked: null,
  }
}
