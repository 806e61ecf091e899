// Where the data plane's look-ups come from: the pinned settings of all tenants and the replica of growing
// lists. The holder of the link implements it; edge and facts only read.

import type { Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { SettingsDirectory, StoredCredential } from '#link/directory.ts'
import type { ReplicaList, ReplicaValue } from '#link/feed-page.ts'
import type { Fact, Facts, RecipientFact } from '#policy/facts.ts'
import type { TenantSettings } from '#policy/settings.ts'

export type Directory = SettingsDirectory
export type { StoredCredential }

export type CallForwardFact = Fact<Facts['callForward']>

export type CallForwardQuestion = {
  readonly settings: TenantSettings
  readonly forwardPath: Mailbox
  /** Null asks with the null reverse-path. */
  readonly reversePath: ReversePath
}

/** Asks the host that would get the message for its recipient. Never rejects. */
export type AskMailHost = (question: CallForwardQuestion) => CallForwardFact | Promise<CallForwardFact>

/** What edges ask; all of it answers from memory or a local file without waiting. */
export type Holder = {
  /** Null until a first snapshot is here; mail is then deferred. */
  current(): Directory | null
  /** The replica's word on one recipient; `addressKey` as in decisions 22. */
  recipientOf(tenantId: string, addressKey: string): Fact<RecipientFact>
  /** The replica's entry of any list that grows; null where there is none. */
  entryOf(tenantId: string, list: ReplicaList, key: string): Fact<ReplicaValue | null>
}
