// Facts: what policies judge by. Three values by law 4: known, or unknown with the reason why.

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
}

/** What the replica knows of a recipient. */
export type RecipientFact = { readonly listed: boolean; readonly source: string | null }

/** The facts of part 1; each policy names those it needs. */
export type Facts = {
  readonly relay: RelayFact
  readonly recipient: RecipientFact
  readonly spf: { readonly result: SpfResult; readonly domain: string; readonly explanation: string | null }
  /** Received fields in the content (RFC 5321 §6.3) and whether one of them is our own for this message. */
  readonly hops: { readonly received: number; readonly ownLoops: number }
  /** The author's mailboxes of the From field, lower-case domains; empty when absent or unreadable. */
  readonly author: { readonly domains: readonly string[]; readonly tenants: readonly (string | null)[] }
}

export type FactName = keyof Facts
