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

/** How a route says its login, the strongest first: those before PLAIN do not show the host the password. */
export const LOGIN_MECHANISMS = ['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'] as const
export type LoginMechanism = (typeof LOGIN_MECHANISMS)[number]

/** What a route logs in with: the password is sealed, and opens for this tenant and route only. */
export type RouteLogin = {
  readonly username: string
  /** In the order of preference; left out for all. */
  readonly mechanisms?: readonly LoginMechanism[] | undefined
  readonly sealed: string
}

/** A next hop of the tenant: its mail host, or a smart host for outbound mail. */
export type RouteSettings = {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly tls: RouteTls
  /** Tried when the first cannot be reached. */
  readonly alternateId: string | null
  /** Share the load with `host`, on the same port. Left out where there are none. */
  readonly moreHosts?: readonly string[] | undefined
  /** Mail for it waits until somebody resumes it. Left out else, so that old shards keep their digest. */
  readonly paused?: true | undefined
  /** Said inside TLS only (RFC 4954). Left out where the host asks for none. */
  readonly login?: RouteLogin | undefined
}

/** An address that may relay for the tenant (O1). `cidr` is a single address for tenants. */
export type AuthorizedOutbound = { readonly id: string; readonly cidr: string }

/** A login of a mail host (O3). `keys` are sealed SCRAM keys: an edge opens them when they are asked for. */
export type CredentialSettings = { readonly id: string; readonly username: string; readonly keys: string }

/** Clouds whose addresses send mail of many organisations (O4). */
export type CloudProvider = 'microsoft-365' | 'google-workspace'

/** A shared cloud that the tenant sends through, and what proves in a message that it is the tenant's. */
export type CloudSettings = {
  readonly provider: CloudProvider
  /** Addresses of the provider, as data (O4). */
  readonly ranges: readonly string[]
  /** Ids that the provider gave the tenant, proven by its own domains: lower case. */
  readonly tenantIds: readonly string[]
  /** SHA-256 in hex of the secret that the tenant's rule puts into a header; null without one. */
  readonly secretDigest: string | null
}

/** Mail for this address goes to another (C13). */
export type ForwardingSettings = {
  readonly id: string
  /** Address key. */
  readonly address: string
  readonly target: string
  /** Also deliver to the address itself. */
  readonly keepCopy: boolean
}

/** An identity that sent far more than it used to, or reached its limit: seen by control, kept by edges. */
export type SuspectSender = {
  readonly kind: 'credential' | 'address' | 'author'
  /** Credential id, client address or address key. */
  readonly identity: string
  readonly action: 'throttle' | 'hold'
}

/** How long accepted outbound mail permits the answers, and how closely these are looked at (S4). */
export type AutoAllowSettings = {
  readonly enabled: boolean
  readonly days: number
  /** Of a hundred answers, how many are screened all the same. */
  readonly samplePercent: number
}

/** A signing key in use: the private half is sealed, and opens for this tenant and id only (decisions 35). */
export type SealedKey = {
  readonly id: string
  /** d= and s= of its signatures. */
  readonly domain: string
  readonly selector: string
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
  readonly sealed: string
}

/** What leaves signed (O6). */
export type SigningSettings = {
  readonly keys: readonly SealedKey[]
  /** Which mail of authors from elsewhere gets an ARC seal: what is forwarded outside, or all of it. */
  readonly seals: 'none' | 'forwarded' | 'all'
}

/** A domain that another organisation holds by now (decision 0032). */
export type LostDomain = { readonly name: string; readonly lostAt: number }

/** All that edges know of one tenant. Lists that grow (recipients) live in the replica instead. */
export type TenantSettings = {
  readonly tenantId: string
  readonly slug: string
  /** The settings revision this was compiled from; stands in every explanation. */
  readonly revision: number
  readonly domains: readonly DomainSettings[]
  /** What was accepted before the loss is still this tenant's mail. Left out while nothing was lost. */
  readonly lostDomains?: readonly LostDomain[] | undefined
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
  readonly credentials?: readonly CredentialSettings[] | undefined
  readonly clouds?: readonly CloudSettings[] | undefined
  readonly forwardings?: readonly ForwardingSettings[] | undefined
  /** Days that held mail waits for a decision; left out, 14. */
  readonly heldDays?: number | undefined
  /** Sealed key by which forwarded mail gets a reverse-path of ours and its bounces find back (SRS). */
  readonly srsKey?: string | undefined
  readonly suspects?: readonly SuspectSender[] | undefined
  /** Recipients an hour that one credential or author may write to; left out, the built-in limit holds. */
  readonly hourlyRecipients?: number | undefined
  /** Left out while no key is in use. */
  readonly signing?: SigningSettings | undefined
  /** Domains whose ARC seals are believed (RFC 8617 §5.2). */
  readonly arcSealers?: readonly string[] | undefined
  /** Mail that passes is archived; left out while it is not. */
  readonly archiving?: true | undefined
  /** Local parts that journal mail comes to; left out while none is taken. */
  readonly journal?: readonly string[] | undefined
  /** What the organisation's reports and releases taught about spam, packed; left out while nothing is. */
  readonly spamTaught?: string | undefined
  /** How auto allow works; left out where it is as it comes. */
  readonly autoAllow?: AutoAllowSettings | undefined
}
