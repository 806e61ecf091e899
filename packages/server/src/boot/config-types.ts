// The boot configuration as the house sees it: checked, complete, read-only. Keys and defaults stand in
// schema.ts.

export type Endpoint = { readonly host: string; readonly port: number }

export type BootConfig = {
  /** Folder of everything that is kept. */
  readonly data: string
  /** The key that seals secrets; null takes `keys/master.key` of the data folder. */
  readonly masterKeyFile: string | null
  /** Our name in greetings, Received and HELO. */
  readonly hostname: string
  readonly http: {
    readonly listen: Endpoint
    /** With TLS of our own; null leaves it to a proxy. */
    readonly tlsListen: Endpoint | null
    readonly url: string | null
    readonly trustedProxies: readonly string[]
  }
  readonly smtp: {
    /** Listeners that take mail for validated domains and from authorised addresses (port 25 later). */
    readonly mx: readonly Endpoint[]
    readonly submission: readonly Endpoint[]
    /** Implicit TLS (465); empty by default. */
    readonly submissions: readonly Endpoint[]
  }
  readonly tls: {
    readonly certificateFile: string | null
    readonly keyFile: string | null
    /** For clients that name another host (SNI). */
    readonly further: readonly { readonly certificate: string; readonly key: string }[]
    /** Null: no certificate is fetched. */
    readonly acme: AcmeConfig | null
  }
  readonly dns: {
    /** `ip:port` of the resolver; null takes the system's. */
    readonly resolver: string | null
    /** Asked instead of the delegation for "authoritative" look-ups (split horizon, sandbox). */
    readonly authoritative: readonly string[]
    /** Public resolvers for the propagation view of C9. */
    readonly public: readonly string[]
  }
  readonly delivery: {
    readonly mxPort: number
    readonly mtaStsPort: number
    readonly connectionsPerHost: number
    readonly messagesPerConnection: number
  }
  readonly network: { readonly privateTargets: readonly string[] }
  /** Addresses of this machine that no mail leaves from: mail hosts are asked from them (C10). */
  readonly vantage: { readonly addresses: readonly string[] }
  /** Block lists that are asked about our own addresses (U0). */
  readonly readiness: { readonly blockLists: readonly string[] }
  /** Hosts asked instead of the clouds' own; null: the clouds. */
  readonly directories: {
    readonly entraLogin: string | null
    readonly entraGraph: string | null
    readonly googleToken: string | null
    readonly googleApi: string | null
  }
  /** Where the addresses of shared clouds are read (O4). */
  readonly clouds: { readonly microsoftEndpoints: string; readonly googleSpf: string }
  /** Content scanners beside us; null where there is none. */
  readonly screening: {
    readonly clamd:
      | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
      | { readonly kind: 'unix'; readonly path: string }
      | null
    /** Its MaxFileSize: what is larger it passes over in silence. */
    readonly clamdFileBytes: number
    /** Another engine for spam scores; null: the built-in one. */
    readonly spamEngine:
      | { readonly kind: 'rspamd'; readonly url: string }
      | { readonly kind: 'spamd'; readonly host: string; readonly port: number }
      | null
  }
  readonly proxy: { readonly trusted: readonly string[] }
  readonly limits: {
    readonly messageBytes: number
    readonly recipientsPerMessage: number
    readonly connections: number
    readonly connectionsPerClient: number
    readonly connectionsPerTenant: number
    readonly commandErrors: number
    readonly unknownRecipients: number
  }
  /** Where archived content stands; left out where a test has no word of it: the data folder. */
  readonly archive?: {
    /** Null: `archive/content` of the data folder. */
    readonly folder: string | null
    /** A bucket instead of a folder. */
    readonly s3: {
      readonly endpoint: string
      readonly bucket: string
      readonly region: string
      readonly prefix: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
    } | null
  }
  readonly workers: number
  /** null is embedded SQLite; else postgres://… */
  readonly database: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** How certificates are fetched (RFC 8555); being there at all is the consent to the terms. */
export type AcmeConfig = {
  readonly directory: string
  readonly contact: string | null
  /** Lower case, each with a certificate of its own. */
  readonly names: readonly string[]
  /** Listeners for challenges alone. */
  readonly listen: readonly Endpoint[]
  readonly reuseKey: boolean
  readonly caFile: string | null
  readonly eabKeyId: string | null
  readonly eabHmacKey: string | null
}
