// What an edge knows of each tenant: the settings that policies read. Compiled by control, carried by
// snapshots.
import type { AddressGroup, PolicyRule } from './rule.ts'

/** How recipients of a domain are validated (decisions 17). */
export type RecipientMode = 'accept-all' | 'known' | 'directory' | 'call-forward' | 'learning'

/** A validated domain of a tenant. */
export type DomainSettings = {
  readonly id: string
  /** A-label, lower case. */
  readonly name: string
  readonly recipientMode: RecipientMode
  /** 550 5.1.1 by default; 451 4.1.1 by choice in the first days after a cut-over. */
  readonly unknownRecipient: 'reject' | 'defer'
  /** The delivery route for this domain; null takes the tenant's default route. */
  readonly routeId: string | null
  /** Only where the mail host is asked. */
  readonly callForward?: CallForwardSettings | undefined
  /** Unix milliseconds; only where the domain learns. Afterwards unknown recipients wait for a decision. */
  readonly learningUntil?: number | undefined
}

/** How the mail host is asked for recipients (R1). */
export type CallForwardSettings = {
  /** The null reverse-path is taken by hosts that check senders. */
  readonly sender: 'original' | 'null'
  /** What becomes of recipients that the host says nothing of. */
  readonly whenSilent: 'defer' | 'accept'
}

/** How strictly the next hop's TLS is asked for. */
export type RouteTls = 'opportunistic' | 'enforced-relaxed' | 'enforced-strict' | 'none'

/** A next hop of the tenant: its mail host, or a smart host for outbound mail. */
export type RouteSettings = {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly tls: RouteTls
  /** Tried when the first cannot be reached. */
  readonly alternateId: string | null
  /** Mail for it waits until somebody resumes it. Left out else, so that old shards keep their digest. */
  readonly paused?: true | undefined
}

/** An address that may relay for the tenant (O1). `cidr` is a single address for tenants. */
export type AuthorizedOutbound = { readonly id: string; readonly cidr: string }

/** All that edges know of one tenant. Lists that grow (recipients) live in the replica instead. */
export type TenantSettings = {
  readonly tenantId: string
  readonly slug: string
  /** The settings revision this was compiled from; stands in every explanation. */
  readonly revision: number
  readonly domains: readonly DomainSettings[]
  readonly authorizedOutbounds: readonly AuthorizedOutbound[]
  readonly routes: readonly RouteSettings[]
  /** Mail to this tenant's domains without a route of their own. */
  readonly defaultRouteId: string | null
  /** Outbound mail: null delivers by MX. */
  readonly smartHostRouteId: string | null
  /** postmaster@ and abuse@ of every domain are accepted and go to this mailbox (decisions 17), when set. */
  readonly postmaster: string | null
  /** All delivery of this tenant waits until somebody resumes it. */
  readonly deliveryPaused?: true | undefined
  /** Enabled rules of every type, by id. Left out when there are none. */
  readonly rules?: readonly PolicyRule[] | undefined
  readonly groups?: readonly AddressGroup[] | undefined
}
