// Reads the boot configuration: defaults < TOML file < environment (decisions 44). A wrong key or value stops
// the start.
import { availableParallelism, hostname as machineName } from 'node:os'
import { parse as parseToml, TomlError } from 'smol-toml'
import * as z from 'zod'
import { readText } from '#platform/files.ts'
import { nearestName } from '#platform/nearest.ts'
import type { BootConfig, Endpoint } from './config-types.ts'
import { type KeyDefinition, keys, OTHER_VARIABLES } from './keys.ts'

/** What is wrong with the configuration: file or variable, key, and what was expected. */
export class ConfigError extends Error {}

type Sources = {
  readonly env: ReadonlyMap<string, string>
  /** The TOML text and the name to show for it; null when there is no file. */
  readonly file: { readonly name: string; readonly text: string } | null
}

/**
 * The file that `GATEPOST_CONFIG` names, which must exist, or `gatepost.toml` in the current folder, which
 * may. Throws `ConfigError` where it cannot be read.
 */
export function findConfigFile(env: ReadonlyMap<string, string>): Sources['file'] {
  const named = env.get('GATEPOST_CONFIG')
  const name = named ?? 'gatepost.toml'
  let text: string | null
  try {
    text = readText(name)
  } catch (error) {
    throw new ConfigError(`${name}: cannot be read by this account: ${whyOf(error)}`)
  }
  if (text !== null) return { name, text }
  if (named === undefined) return null
  throw new ConfigError(`${name}: there is no such file; GATEPOST_CONFIG names it`)
}

/** The checked configuration. Throws `ConfigError` with one line a fault. */
export function loadBootConfig(sources: Sources): BootConfig {
  const faults: string[] = []
  const fromFile = sources.file ? readFile(sources.file, faults) : new Map<string, unknown>()
  for (const name of sources.env.keys()) {
    if (!name.startsWith('GATEPOST_') || OTHER_VARIABLES.includes(name)) continue
    if (keys.some(({ env }) => env === name)) continue
    faults.push(`environment: ${name} is not known${variableFor(name)}`)
  }
  const values = new Map<string, unknown>()
  for (const definition of keys) values.set(definition.key, settingOf(definition, sources, fromFile, faults))
  if (faults.length === 0) checkTogether(values, faults)
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return build(values)
}

function settingOf(
  definition: KeyDefinition,
  sources: Sources,
  fromFile: ReadonlyMap<string, unknown>,
  faults: string[],
): unknown {
  const { key, env, list } = definition
  const text = sources.env.get(env)
  const given = text !== undefined ? (list ? splitList(text) : text) : fromFile.get(key)
  const where = text !== undefined ? `environment: ${env}` : `${sources.file?.name}: ${key}`
  const raw = given ?? definition.fallback
  if (raw === null) return null
  const schema = list ? z.array(definition.schema) : definition.schema
  const parsed = schema.safeParse(list && !Array.isArray(raw) ? [raw] : raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const got = definition.secret === true ? '' : ` (got ${JSON.stringify(raw)})`
  const wanted = typeof raw !== 'string' && isOfText(issue) ? 'expected text in quotes' : issue?.message
  faults.push(`${where}: ${wanted ?? 'wrong value'}${got}`)
  return null
}

/** A number or a yes where TOML wants quotes. */
function isOfText(issue: z.core.$ZodIssue | undefined): boolean {
  return issue?.code === 'invalid_type' && issue.expected === 'string'
}

function readFile(file: { name: string; text: string }, faults: string[]): Map<string, unknown> {
  const found = new Map<string, unknown>()
  let tree: unknown
  try {
    tree = parseToml(file.text)
  } catch (error) {
    faults.push(`${file.name}${placeOf(error)}: not valid TOML: ${whyOf(error)}`)
    return found
  }
  flatten(tree, '', found)
  for (const key of found.keys()) {
    if (keys.some((definition) => definition.key === key)) continue
    faults.push(
      `${file.name}: key "${key}" is not known${suggestion(
        key,
        keys.map((k) => k.key),
      )}`,
    )
    found.delete(key)
  }
  return found
}

/** `, line 3`, where the parser tells. */
function placeOf(error: unknown): string {
  return error instanceof TomlError ? `, line ${error.line}` : ''
}

/** The parser's first line, without the words that we have said. */
function whyOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')
}

function flatten(value: unknown, prefix: string, into: Map<string, unknown>): void {
  const isTable = typeof value === 'object' && value !== null && !(value instanceof Date)
  if (!isTable || Array.isArray(value)) {
    into.set(prefix, value)
    return
  }
  for (const [name, inner] of Object.entries(value)) flatten(inner, prefix ? `${prefix}.${name}` : name, into)
}

function checkTogether(values: ReadonlyMap<string, unknown>, faults: string[]): void {
  if ((values.get('tls.certificate') === null) !== (values.get('tls.key') === null)) {
    faults.push('tls.certificate and tls.key: expected both or neither')
  }
  if ((values.get('tls.acme.eab_key_id') === null) !== (values.get('tls.acme.eab_hmac_key') === null)) {
    faults.push('tls.acme.eab_key_id and tls.acme.eab_hmac_key: expected both or neither')
  }
  const acmeNeedsTerms = ['contact', 'names', 'listen'].map((name) => `tls.acme.${name}`)
  const wanted = acmeNeedsTerms.filter((key) => [values.get(key) ?? []].flat().length > 0)
  if (wanted.length > 0 && values.get('tls.acme.terms_agreed') !== true) {
    faults.push(
      `${wanted.join(', ')}: nothing is fetched before tls.acme.terms_agreed is yes, which agrees to the terms`,
    )
  }
  const s3 = ['bucket', 'endpoint', 'access_key_id', 'secret_access_key'].map((name) => `archive.s3_${name}`)
  const missing = s3.filter((key) => values.get(key) === null)
  if (missing.length > 0 && missing.length < s3.length) {
    faults.push(`${missing.join(', ')}: expected, because another key of the archive's bucket is set`)
  }
  const listen = values.get('http.listen') as Endpoint
  const onLoopback = listen.host === 'localhost' || listen.host === '::1' || listen.host.startsWith('127.')
  if (!onLoopback && (values.get('http.trusted_proxies') as readonly string[]).length === 0) {
    faults.push(
      'http.listen: off loopback the console needs TLS: use http.tls_listen instead, or name the TLS proxy in http.trusted_proxies',
    )
  }
}

/** Fetching certificates begins with the consent to the terms, and with nothing else. */
function tlsOf(get: <Value>(key: string) => Value): BootConfig['tls'] {
  const acme = {
    directory: get<string>('tls.acme.directory'),
    contact: get<string | null>('tls.acme.contact'),
    names: namesOf(get),
    listen: get<readonly Endpoint[]>('tls.acme.listen'),
    reuseKey: get<boolean>('tls.acme.reuse_key'),
    caFile: get<string | null>('tls.acme.ca_file'),
    eabKeyId: get<string | null>('tls.acme.eab_key_id'),
    eabHmacKey: get<string | null>('tls.acme.eab_hmac_key'),
  }
  return {
    certificateFile: get('tls.certificate'),
    keyFile: get('tls.key'),
    further: get('tls.certificates'),
    acme: get<boolean>('tls.acme.terms_agreed') ? acme : null,
  }
}

/** Our own name first: its certificate is the one that clients get who name none. */
function namesOf(get: <Value>(key: string) => Value): readonly string[] {
  const given = get<readonly string[]>('tls.acme.names')
  if (given.length > 0) return [...new Set(given.map((name) => name.toLowerCase()))]
  const url = get<string | null>('http.url')
  const console = url !== null && get('http.tls_listen') !== null ? [new URL(url).hostname] : []
  return [...new Set([(get<string | null>('hostname') ?? machineName()).toLowerCase(), ...console])]
}

/** Null while no bucket is named. */
function bucketOf(get: <Value>(key: string) => Value): NonNullable<BootConfig['archive']>['s3'] {
  const bucket = get<string | null>('archive.s3_bucket')
  if (bucket === null) return null
  return {
    bucket,
    endpoint: get('archive.s3_endpoint'),
    region: get('archive.s3_region'),
    prefix: get('archive.s3_prefix'),
    accessKeyId: get('archive.s3_access_key_id'),
    secretAccessKey: get('archive.s3_secret_access_key'),
  }
}

function build(values: ReadonlyMap<string, unknown>): BootConfig {
  const get = <Value>(key: string): Value => values.get(key) as Value
  return {
    data: get('data'),
    masterKeyFile: get('master_key_file'),
    hostname: (get<string | null>('hostname') ?? machineName()).toLowerCase(),
    http: {
      listen: get('http.listen'),
      tlsListen: get('http.tls_listen'),
      url: get('http.url'),
      trustedProxies: get('http.trusted_proxies'),
    },
    smtp: { mx: get('smtp.mx'), submission: get('smtp.submission'), submissions: get('smtp.submissions') },
    tls: tlsOf(get),
    dns: {
      resolver: get('dns.resolver'),
      authoritative: get('dns.authoritative'),
      public: get('dns.public'),
    },
    delivery: {
      mxPort: get('delivery.mx_port'),
      mtaStsPort: get('delivery.mta_sts_port'),
      connectionsPerHost: get('delivery.connections_per_host'),
      messagesPerConnection: get('delivery.messages_per_connection'),
    },
    network: { privateTargets: get('network.private_targets') },
    vantage: { addresses: get('network.vantage_addresses') },
    readiness: { blockLists: get('readiness.block_lists') },
    clouds: {
      microsoftEndpoints: get('clouds.microsoft_endpoints'),
      googleSpf: get('clouds.google_spf'),
    },
    directories: {
      entraLogin: get('directories.entra_login'),
      entraGraph: get('directories.entra_graph'),
      googleToken: get('directories.google_token'),
      googleApi: get('directories.google_api'),
    },
    archive: { folder: get('archive.folder'), s3: bucketOf(get) },
    screening: {
      clamd: get('screening.clamd'),
      clamdFileBytes: get('screening.clamd_file_bytes'),
      spamEngine: get('screening.spam_engine'),
    },
    proxy: { trusted: get('proxy.trusted') },
    limits: {
      messageBytes: get('limits.message_bytes'),
      recipientsPerMessage: get('limits.recipients_per_message'),
      connections: get('limits.connections'),
      connectionsPerClient: get('limits.connections_per_client'),
      connectionsPerTenant: get('limits.connections_per_tenant'),
      commandErrors: get('limits.command_errors'),
      unknownRecipients: get('limits.unknown_recipients'),
    },
    workers: get<number | null>('workers') ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    database: get('database'),
    logLevel: get('log_level'),
  }
}

function splitList(text: string): string[] {
  return text.split(/[,\s]+/).filter((part) => part !== '')
}

/**
 * Some variables are shorter than their key, and a person writes the key in capitals: that is the best guess.
 */
function variableFor(name: string): string {
  const meant = keys.find(({ key }) => `GATEPOST_${key.replaceAll('.', '_').toUpperCase()}` === name)
  if (meant) return `; did you mean ${meant.env}?`
  return suggestion(
    name,
    keys.map(({ env }) => env),
  )
}

/** "; did you mean …" when a known name is near enough. */
function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === null ? '' : `; did you mean ${nearest}?`
}
