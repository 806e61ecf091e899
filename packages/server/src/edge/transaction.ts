// One transaction: MAIL to the end of data (RFC 5321 §3.3). It keeps the settings it began with, and one
// tenant.

import type { Mailbox } from '@gatepost/mail/address.ts'

import type { MailParameters, RcptParameters } from '@gatepost/mail/command.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { SpfFact } from '#facts/authentication.ts'
import type { Directory } from '#facts/sources.ts'
import type { Direction, Verdict } from '#policy/policy.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { ChunkedContent } from './commands/bdat.ts'

export type AcceptedRecipient = {
  /** The address key, to see the same recipient twice. */
  readonly key: string
  readonly forwardPath: Mailbox
  readonly parameters: RcptParameters
  readonly verdict: Verdict
}

export type Transaction = {
  readonly startedAt: number
  /** The snapshot at MAIL: a change in between is for the next transaction. */
  readonly directory: Directory
  readonly reversePath: ReversePath
  readonly parameters: MailParameters
  readonly recipients: AcceptedRecipient[]
  /** Fixed by the first accepted recipient (decisions 5). */
  settings: TenantSettings | null
  direction: Direction | null
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
    settings: null,
    direction: null,
    spf: null,
    chunked: null,
  }
}
