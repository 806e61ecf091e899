// Where the data plane's look-ups come from: the pinned settings of all tenants and the replica of growing
// lists. The holder of the link implements it; edge and facts only read.

import type { Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { ReplicaList, ReplicaValue } from '#link/snapshot.ts'
import type { Fact, Facts, RecipientFact } from '#policy/facts.ts'
import type { CloudProvider, ForwardingSettings, TenantSettings } from '#policy/settings.ts'

/** A service credential as published (O3). */
export type StoredCredential = {
  readonly id: string
  readonly tenantId: string
  readonly username: string
  /** Sealed SCRAM keys. */
  readonly keys: string
  /** The tenant alone, as a list: what an authorised address has, too. */
  readonly tenants: readonly string[]
}

/** One published version of every tenant's settings. A transaction keeps the one it began with. */
export type Directory = {
  readonly version: number
  /** The tenant that validated exactly this domain (A-label, lower case), or null. */
  tenantOfDomain(domain: string): string | null
  settings(tenantId: string): TenantSettings | null
  /** Ids of the tenants that authorised this client address. */
  authorizedFor(ip: string): readonly string[]
  /** Whether any tenant has a service credential: else nobody can sign in. */
  readonly hasCredentials: boolean
  credential(username: string): StoredCredential | null
  /** The shared cloud this address lies in, where any tenant sends through it. */
  cloudOf(ip: string): CloudProvider | null
  /** Whether the tenant sends through it. */
  usesCloud(tenantId: string, provider: CloudProvider): boolean
  /** The tenant that proved an id of the provider to be its own. */
  tenantOfCloudId(provider: CloudProvider, id: string): string | null
  /** The tenant whose secret has this SHA-256 in hex. */
  tenantOfCloudSecret(digest: string): string | null
  /** The tenant whose journal address has this local part. */
  tenantOfJournal(localPart: string): string | null
  /** Where an address of the tenant forwards to. */
  forwardingOf(tenantId: string, addressKey: string): ForwardingSettings | null
}

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
