// Every boot key once: its type, default, environment variable and meaning. The reference page is made from
// this list.
import * as z from 'zod'
import { tlsKeys } from './keys-tls.ts'
import {
  Cidr,
  ConsoleUrl,
  count,
  Endpoint,
  Hostname,
  Ip,
  Origin,
  Resolver,
  Scanner,
  SpamEngine,
} from './value-shapes.ts'

export type KeyDefinition = {
  /** Dotted name in the TOML file. */
  readonly key: string
  readonly env: string
  readonly schema: z.ZodType
  /** As one would write it; null means: not set. */
  readonly fallback: string | readonly string[] | number | null
  readonly list?: boolean
  /** May hold a password: a fault does not print the value. */
  readonly secret?: boolean
  readonly means: string
}

/** In the order of the reference page. */
export const keys: readonly KeyDefinition[] = [
  {
    key: 'data',
    env: 'GATEPOST_DATA',
    schema: z.string().min(1),
    fallback: './data',
    means: 'Folder of everything that is kept; created with 0700.',
  },
  {
    key: 'master_key_file',
    env: 'GATEPOST_MASTER_KEY_FILE',
    schema: z.string().min(1),
    fallback: null,
    means:
      'Key that seals secrets at rest, base64, the newest line first. Default: keys/master.key in the data folder.',
  },
  {
    key: 'hostname',
    env: 'GATEPOST_HOSTNAME',
    schema: Hostname,
    fallback: null,
    means: 'Our name in greeting, HELO, Received and Authentication-Results. Default: the machine’s name.',
  },
  {
    key: 'workers',
    env: 'GATEPOST_WORKERS',
    schema: count(1, 64),
    fallback: null,
    means: 'Edge worker processes. Default: half of the cores, at least 1.',
  },
  {
    key: 'database',
    env: 'GATEPOST_DATABASE',
    schema: z.string().regex(/^postgres(?:ql)?:\/\//, 'expected postgres://user@host/database'),
    fallback: null,
    secret: true,
    means: 'PostgreSQL for control’s truth. Default: embedded SQLite in the data folder.',
  },
  {
    key: 'log_level',
    env: 'GATEPOST_LOG_LEVEL',
    schema: z.enum(['debug', 'info', 'warn', 'error']),
    fallback: 'info',
    means: 'Least level that is written to the log.',
  },
  {
    key: 'http.listen',
    env: 'GATEPOST_HTTP',
    schema: Endpoint,
    fallback: '127.0.0.1:8080',
    means: 'Where console and API listen. Off loopback it needs TLS in front and http.trusted_proxies.',
  },
  {
    key: 'http.tls_listen',
    env: 'GATEPOST_HTTPS',
    schema: Endpoint,
    fallback: null,
    means: 'Where console and API listen with TLS of our own, such as 0.0.0.0:443: no proxy is needed then.',
  },
  {
    key: 'http.url',
    env: 'GATEPOST_URL',
    schema: ConsoleUrl,
    fallback: null,
    means: 'The console’s outward address, for links. Default: http://localhost:PORT/.',
  },
  {
    key: 'http.trusted_proxies',
    env: 'GATEPOST_HTTP_TRUSTED_PROXIES',
    schema: Cidr,
    fallback: [],
    list: true,
    means: 'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  },
  {
    key: 'smtp.mx',
    env: 'GATEPOST_SMTP_MX',
    schema: Endpoint,
    fallback: ['0.0.0.0:2525'],
    list: true,
    means: 'Listeners for mail from the internet and from authorised mail hosts; port 25 in production.',
  },
  {
    key: 'smtp.submission',
    env: 'GATEPOST_SMTP_SUBMISSION',
    schema: Endpoint,
    fallback: ['0.0.0.0:2587'],
    list: true,
    means: 'Submission listeners with STARTTLS; port 587 in production. An empty list switches them off.',
  },
  {
    key: 'smtp.submissions',
    env: 'GATEPOST_SMTP_SUBMISSIONS',
    schema: Endpoint,
    fallback: [],
    list: true,
    means: 'Submission listeners with implicit TLS; port 465 in production.',
  },
  ...tlsKeys,
  {
    key: 'dns.resolver',
    env: 'GATEPOST_DNS',
    schema: Resolver,
    fallback: null,
    means: 'Resolver for all look-ups. Default: the system’s first name server.',
  },
  {
    key: 'dns.authoritative',
    env: 'GATEPOST_DNS_AUTHORITATIVE',
    schema: Resolver,
    fallback: [],
    list: true,
    means: 'Asked instead of a zone’s own name servers (split horizon, sandbox).',
  },
  {
    key: 'dns.public',
    env: 'GATEPOST_DNS_PUBLIC',
    schema: Resolver,
    fallback: ['1.1.1.1:53', '8.8.8.8:53', '9.9.9.9:53'],
    list: true,
    means: 'Public resolvers whose view of MX records is shown.',
  },
  {
    key: 'delivery.mx_port',
    env: 'GATEPOST_DELIVERY_MX_PORT',
    schema: count(1, 65_535),
    fallback: 25,
    means: 'Port of mail hosts found by MX.',
  },
  {
    key: 'delivery.mta_sts_port',
    env: 'GATEPOST_DELIVERY_MTA_STS_PORT',
    schema: count(1, 65_535),
    fallback: 443,
    means:
      'Port of the web servers that MTA-STS policies are fetched from; another one for tests and sandboxes.',
  },
  {
    key: 'delivery.connections_per_host',
    env: 'GATEPOST_DELIVERY_CONNECTIONS_PER_HOST',
    schema: count(1, 1_000),
    fallback: 20,
    means: 'At most this many connections to one mail host, per node.',
  },
  {
    key: 'delivery.messages_per_connection',
    env: 'GATEPOST_DELIVERY_MESSAGES_PER_CONNECTION',
    schema: count(1, 100_000),
    fallback: 100,
    means: 'Messages sent over one connection before it is closed.',
  },
  {
    key: 'network.private_targets',
    env: 'GATEPOST_NETWORK_PRIVATE_TARGETS',
    schema: Cidr,
    fallback: [],
    list: true,
    means:
      'Private and loopback networks that mail may be delivered to. Link-local addresses and our own listeners never.',
  },
  {
    key: 'network.vantage_addresses',
    env: 'GATEPOST_NETWORK_VANTAGE_ADDRESSES',
    schema: Ip,
    fallback: [],
    list: true,
    means:
      'Addresses of this machine that no mail leaves from: mail hosts are asked from them whether they refuse strangers.',
  },
  {
    key: 'readiness.block_lists',
    env: 'GATEPOST_READINESS_BLOCK_LISTS',
    schema: Hostname,
    fallback: ['zen.spamhaus.org', 'bl.spamcop.net', 'psbl.surriel.com', 'dnsbl.dronebl.org'],
    list: true,
    means:
      'DNS block lists asked hourly whether they name an address of ours; best through a resolver of your own. Empty: none.',
  },
  {
    key: 'directories.entra_login',
    env: 'GATEPOST_DIRECTORIES_ENTRA_LOGIN',
    schema: Origin,
    fallback: null,
    means: 'Asked for tokens instead of the sign-in host of every Microsoft cloud; for sandboxes and tests.',
  },
  {
    key: 'directories.entra_graph',
    env: 'GATEPOST_DIRECTORIES_ENTRA_GRAPH',
    schema: Origin,
    fallback: null,
    means: 'Asked instead of Microsoft Graph of every cloud; for sandboxes and tests.',
  },
  {
    key: 'directories.google_token',
    env: 'GATEPOST_DIRECTORIES_GOOGLE_TOKEN',
    schema: z.url('expected a URL such as http://127.0.0.1:9000/token'),
    fallback: null,
    means: 'Asked for tokens instead of oauth2.googleapis.com; for sandboxes and tests.',
  },
  {
    key: 'directories.google_api',
    env: 'GATEPOST_DIRECTORIES_GOOGLE_API',
    schema: Origin,
    fallback: null,
    means: 'Asked instead of admin.googleapis.com; for sandboxes and tests.',
  },
  {
    key: 'clouds.microsoft_endpoints',
    env: 'GATEPOST_CLOUDS_MICROSOFT_ENDPOINTS',
    schema: z.url('expected a URL such as https://endpoints.office.com/endpoints/worldwide'),
    fallback:
      'https://endpoints.office.com/endpoints/worldwide?ServiceAreas=Exchange&clientrequestid=b10c5ed1-bad1-445f-b386-b919946339a7',
    means: 'Where the addresses that Microsoft 365 sends from are read, once a day.',
  },
  {
    key: 'clouds.google_spf',
    env: 'GATEPOST_CLOUDS_GOOGLE_SPF',
    schema: z.string().min(3),
    fallback: '_spf.google.com',
    means: 'The SPF record that the addresses of Google Workspace are read from, once a day.',
  },
  {
    key: 'archive.folder',
    env: 'GATEPOST_ARCHIVE_FOLDER',
    schema: z.string().min(1),
    fallback: null,
    means: 'Folder of archived content, sealed. Default: archive/content in the data folder.',
  },
  {
    key: 'archive.s3_bucket',
    env: 'GATEPOST_ARCHIVE_S3_BUCKET',
    schema: z.string().regex(/^[a-zA-Z0-9._-]{3,255}$/, 'expected the name of a bucket'),
    fallback: null,
    means: 'Keeps archived content in this bucket instead of a folder.',
  },
  {
    key: 'archive.s3_endpoint',
    env: 'GATEPOST_ARCHIVE_S3_ENDPOINT',
    schema: Origin,
    fallback: null,
    means: 'Where the bucket is asked, such as https://s3.eu-central-1.amazonaws.com.',
  },
  {
    key: 'archive.s3_region',
    env: 'GATEPOST_ARCHIVE_S3_REGION',
    schema: z.string().min(1).max(60),
    fallback: 'us-east-1',
    means: 'Region that requests to the bucket are signed for.',
  },
  {
    key: 'archive.s3_prefix',
    env: 'GATEPOST_ARCHIVE_S3_PREFIX',
    schema: z.string().regex(/^([\w.-]+\/)*$/, 'expected names that each end in a slash, such as mail/'),
    fallback: '',
    means: 'In front of every name in the bucket.',
  },
  {
    key: 'archive.s3_access_key_id',
    env: 'GATEPOST_ARCHIVE_S3_ACCESS_KEY_ID',
    schema: z.string().min(1).max(200),
    fallback: null,
    means: 'Key that requests to the bucket are signed with.',
  },
  {
    key: 'archive.s3_secret_access_key',
    env: 'GATEPOST_ARCHIVE_S3_SECRET_ACCESS_KEY',
    schema: z.string().min(1).max(400),
    fallback: null,
    secret: true,
    means: 'The secret of that key.',
  },
  {
    key: 'screening.clamd',
    env: 'GATEPOST_CLAMD',
    schema: Scanner,
    fallback: null,
    means: 'Where clamd listens: host:port, or the path of its socket. Default: no virus scanning.',
  },
  {
    key: 'screening.clamd_file_bytes',
    env: 'GATEPOST_CLAMD_FILE_BYTES',
    schema: count(1_048_576, 2_147_483_648),
    fallback: 26_214_400,
    means:
      'Largest file that clamd looks at (its MaxFileSize). Larger ones count as not checked: clamd itself passes over them in silence.',
  },
  {
    key: 'screening.spam_engine',
    env: 'GATEPOST_SPAM_ENGINE',
    schema: SpamEngine,
    fallback: null,
    means:
      'Another engine for spam scores: http://host:port of rspamd, or spamd://host:port of SpamAssassin. ' +
      'Default: the built-in score, which also counts while the other does not answer.',
  },
  {
    key: 'proxy.trusted',
    env: 'GATEPOST_PROXY_TRUSTED',
    schema: Cidr,
    fallback: [],
    list: true,
    means: 'Load balancers that may name the client by PROXY protocol version 2.',
  },
  {
    key: 'limits.message_bytes',
    env: 'GATEPOST_LIMITS_MESSAGE_BYTES',
    schema: count(65_536, 2_000_000_000),
    fallback: 209_715_200,
    means: 'Largest message (SIZE, RFC 1870).',
  },
  {
    key: 'limits.recipients_per_message',
    env: 'GATEPOST_LIMITS_RECIPIENTS_PER_MESSAGE',
    schema: count(100, 10_000),
    fallback: 100,
    means: 'Recipients of one transaction; RFC 5321 §4.5.3.1.8 asks for at least 100.',
  },
  {
    key: 'limits.connections',
    env: 'GATEPOST_LIMITS_CONNECTIONS',
    schema: count(10, 200_000),
    fallback: 10_000,
    means: 'Open SMTP connections of the node.',
  },
  {
    key: 'limits.connections_per_client',
    env: 'GATEPOST_LIMITS_CONNECTIONS_PER_CLIENT',
    schema: count(1, 100_000),
    fallback: 20,
    means: 'Open SMTP connections of one client address (IPv6: one /64).',
  },
  {
    key: 'limits.connections_per_tenant',
    env: 'GATEPOST_LIMITS_CONNECTIONS_PER_TENANT',
    schema: count(1, 200_000),
    fallback: 2_500,
    means:
      'SMTP connections of the node that carry mail of one organisation; recipients beyond get 451 4.7.0.',
  },
  {
    key: 'limits.command_errors',
    env: 'GATEPOST_LIMITS_COMMAND_ERRORS',
    schema: count(1, 1_000),
    fallback: 10,
    means: 'Protocol errors after which a session is closed; a message that is taken forgives them.',
  },
  {
    key: 'limits.unknown_recipients',
    env: 'GATEPOST_LIMITS_UNKNOWN_RECIPIENTS',
    schema: count(1, 10_000_000),
    fallback: 20,
    means:
      'Unknown recipients of one client in a minute before replies slow down; at three times it is closed.',
  },
]

/** Variables of ours that are no boot keys. */
export const OTHER_VARIABLES: readonly string[] = ['GATEPOST_CONFIG', 'GATEPOST_TESTDATA']
