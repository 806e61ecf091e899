// What the rest of the house knows of DNS: typed answers with TTL and AD, and failures that are never a "no".

export type DnsRecordType = 'A' | 'AAAA' | 'MX' | 'TXT' | 'CNAME' | 'NS' | 'PTR' | 'TLSA' | 'SOA'

export type MxRecord = { readonly preference: number; readonly exchange: string }
export type TlsaRecord = {
  readonly usage: number
  readonly selector: number
  readonly matchingType: number
  readonly certificate: Uint8Array
}

/**
 * The value of one record by type: text for most, structures for MX and TLSA; TXT strings are joined (RFC
 * 7208 §3.3).
 */
export type DnsValue<Type extends DnsRecordType> = Type extends 'MX'
  ? MxRecord
  : Type extends 'TLSA'
    ? TlsaRecord
    : string

/**
 * `found`: records. `none`: the name exists without that type (NODATA). `absent`: NXDOMAIN.
 * `failed`: time-out, SERVFAIL, refused: unknown, never a "no" (law 4). `server` is who answered.
 */
export type DnsAnswer<Type extends DnsRecordType> =
  | {
      readonly kind: 'found'
      readonly records: readonly DnsValue<Type>[]
      /** Seconds, the least of the answer. */
      readonly ttl: number
      /** The resolver validated DNSSEC; only believed from a resolver on loopback (decisions 39). */
      readonly authenticated: boolean
      readonly server: string
    }
  | {
      readonly kind: 'none' | 'absent'
      readonly ttl: number
      readonly authenticated: boolean
      readonly server: string
    }
  | { readonly kind: 'failed'; readonly why: string; readonly server: string }

export type DnsQuery<Type extends DnsRecordType> = {
  readonly name: string
  readonly type: Type
  /** Ask these `ip:port` servers instead of the configured resolver; answers are not cached. */
  readonly servers?: readonly string[]
  /** False asks without recursion, as one does at authoritative servers. Default true. */
  readonly recursive?: boolean
  readonly signal?: AbortSignal
  /** Skips the cache (a person pressed "check now"). */
  readonly fresh?: boolean
}

/**
 * One resolver for everything (decisions 39): cache by TTL, shared look-ups, TCP on truncation, limits on
 * time.
 */
export type Dns = {
  query<Type extends DnsRecordType>(query: DnsQuery<Type>): Promise<DnsAnswer<Type>>
  /** The `ip:port` of each authoritative server of the zone that holds `name`, with its name. */
  authoritativeServers(name: string): Promise<
    | {
        readonly kind: 'found'
        readonly zone: string
        readonly servers: readonly { readonly name: string; readonly address: string }[]
      }
    | { readonly kind: 'failed'; readonly why: string }
  >
  /**
   * Names of an address whose A/AAAA lead back to it (forward-confirmed); failed look-ups are unknown. `name`
   * is the first of `names`; `ttl` the least of all answers in seconds.
   */
  confirmedName(ip: string): Promise<
    | {
        readonly kind: 'found'
        readonly name: string
        readonly names: readonly string[]
        readonly ttl: number
      }
    | { readonly kind: 'none' }
    | { readonly kind: 'failed'; readonly why: string }
  >
}
