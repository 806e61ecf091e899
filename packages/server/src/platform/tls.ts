// TLS material: the operator's certificate files and those fetched by ACME, watched and chosen by host name;
// or a self-made P-256 certificate made at first start.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { der, oid, sequence } from './der.ts'
import { FETCHED_INDEX, fetchedNames, fetchedPath } from './fetched-certificates.ts'
import { readText, replaceFile, watchFile } from './files.ts'
import { readTicketKey } from './tls-tickets.ts'

export type TlsMaterial = {
  /** The newest usual context; null only when not even one of our own making can be read. */
  context(): SecureContext | null
  /** The context for a host that a client names (SNI, RFC 6066 §3); null while there is no choice. */
  byName(): ((servername: string) => SecureContext | null) | null
  /** What the usual context is made of, for servers that take files; null as above. */
  usual(): TlsPair | null
  /** PEM of the usual chain, for readiness. */
  certificate(): string
  close(): void
}

/** PEM texts. */
export type TlsPair = { readonly cert: string; readonly key: string }
export type TlsFiles = { readonly certificate: string; readonly key: string }

type Options = {
  readonly folder: string
  readonly hostname: string
  readonly now: number
  readonly files: TlsFiles | null
  /** For clients that name one of their hosts. */
  readonly further?: readonly TlsFiles[]
  /** Folder of certificates fetched by ACME; null uses none. */
  readonly fetched?: string | null
  /** The file of the ticket key that workers share; null lets each context make its own. */
  readonly ticketKeyFile?: string | null
  /** A problem with a file, or null when all were read. */
  readonly reloaded: (problem: string | null) => void
}

/** Certificate and key are replaced one after the other: a look in between would find two that do not fit. */
const SETTLE_MS = 100
const VALID_DAYS = 3_650 // Opportunistic TLS does not verify; ten years spare a silent expiry.

type Loaded = { readonly pair: TlsPair; readonly context: SecureContext; readonly names: readonly string[] }

/**
 * Loads or makes the certificates, and reloads them when files change. A broken new file keeps the old one.
 * Sessions under way keep the certificate they began with.
 */
export function openTls(options: Options): TlsMaterial {
  const {
    folder,
    hostname,
    now,
    files,
    further = [],
    fetched = null,
    reloaded,
    ticketKeyFile = null,
  } = options
  const self = { certificate: join(folder, 'self.crt'), key: join(folder, 'self.key') }
  const last = new Map<string, Loaded>()
  let usual: Loaded | null = null
  let byName: ReadonlyMap<string, Loaded> = new Map()
  const makeSelf = (): void => {
    if (readText(self.certificate) !== null) return
    const made = selfSigned(hostname, now)
    replaceFile(self.key, made.key)
    replaceFile(self.certificate, made.certificate)
  }
  const load = (): void => {
    const ticketKeys = ticketKeyFile === null ? null : readTicketKey(ticketKeyFile)
    let problem: string | null = null
    const one = (paths: TlsFiles): Loaded[] => {
      try {
        last.set(paths.certificate, loadOne(paths, ticketKeys))
      } catch (error) {
        problem ??= `${paths.certificate}: ${error instanceof Error ? error.message : String(error)}`
      }
      return [last.get(paths.certificate) ?? []].flat()
    }
    const own = files === null ? [] : one(files)
    const more = further.flatMap(one)
    const names = fetched === null ? [] : fetchedNames(fetched)
    const fetchedOnes = names.flatMap((name) => {
      const path = fetchedPath(fetched!, name)
      return one({ certificate: path, key: path })
    })
    byName = namesOf([...own, ...more, ...fetchedOnes])
    const ours = fetchedOnes.find((loaded) => loaded.names.includes(hostname)) ?? fetchedOnes[0]
    // Where the operator's files cannot be read at a start, mail still comes encrypted; the problem is told.
    if (own.length === 0 && ours === undefined) makeSelf()
    usual = own[0] ?? ours ?? one(self)[0] ?? null
    reloaded(problem)
  }
  load()
  const close = watchTogether(
    [
      ...[files ?? [], further].flat().flatMap(({ certificate, key }) => [certificate, key]),
      ...(fetched === null ? [] : [join(fetched, FETCHED_INDEX)]),
      ...(ticketKeyFile ? [ticketKeyFile] : []),
    ],
    load,
  )
  return {
    context: () => usual?.context ?? null,
    byName: () => {
      if ([...byName.values()].every((loaded) => loaded === usual)) return null
      return (servername) => (chosen(servername, byName) ?? usual)?.context ?? null
    },
    usual: () => usual?.pair ?? null,
    certificate: () => usual?.pair.cert ?? '',
    close,
  }
}

/** Looks once a moment after any of the files changed; returns the stop. */
function watchTogether(paths: readonly string[], look: () => void): () => void {
  let timer: NodeJS.Timeout | null = null
  const lookSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      look()
    }, SETTLE_MS).unref()
  }
  const stop = paths.map((path) => watchFile(path, lookSoon))
  return () => {
    for (const end of stop) end()
    if (timer !== null) clearTimeout(timer)
  }
}

function loadOne({ certificate, key: keyFile }: TlsFiles, ticketKeys: Buffer | null): Loaded {
  const cert = readText(certificate)
  const key = readText(keyFile)
  if (cert === null) throw new Error('there is no such file')
  if (key === null) throw new Error(`its key ${keyFile} is missing`)
  const context = createSecureContext({
    cert,
    key,
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    ...(ticketKeys === null ? {} : { ticketKeys }),
  })
  return { pair: { cert, key }, context, names: namesIn(cert) }
}

/** DNS names of the first certificate of a chain, lower case. */
export function namesIn(chain: string): readonly string[] {
  const { subjectAltName = '' } = new X509Certificate(chain)
  return [...subjectAltName.matchAll(/DNS:([^,"\s]+)/g)].map(([, name = '']) => name.toLowerCase())
}

/** The first certificate of a name counts: what the operator named himself stands in front. */
function namesOf(all: readonly Loaded[]): ReadonlyMap<string, Loaded> {
  const found = new Map<string, Loaded>()
  for (const loaded of all) {
    for (const name of loaded.names) if (!found.has(name)) found.set(name, loaded)
  }
  return found
}

/** By the name itself, else by a wildcard in place of its first label (RFC 9525 §6.3). */
function chosen(servername: string, byName: ReadonlyMap<string, Loaded>): Loaded | undefined {
  const name = servername.toLowerCase().replace(/\.$/, '')
  return byName.get(name) ?? byName.get(`*${name.slice(name.indexOf('.'))}`)
}

/**
 * A self-signed P-256 certificate for `hostname` as DER written by hand (RFC 5280 §4.1): Node can sign, not
 * issue.
 */
export function selfSigned(
  hostname: string,
  now: number,
  /** PEM of a P-256 key to use again; left out, a new one is made. */
  own?: string,
): { readonly certificate: string; readonly key: string } {
  const privateKey =
    own === undefined ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : createPrivateKey(own)
  const publicKey = createPublicKey(privateKey)
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const name = sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(hostname.slice(0, 64))))))
  const alternative = sequence(der(0x82, Buffer.from(hostname)))
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)])
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    sequence(time(now - 86_400_000), time(now + VALID_DAYS * 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('2.5.29.17'), der(0x04, alternative)))),
  )
  const signature = sign('sha256', body, createPrivateKey(key))
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return { key, certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` }
}

/** GeneralizedTime after 2049, UTCTime before (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return Number(digits.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`))
}
