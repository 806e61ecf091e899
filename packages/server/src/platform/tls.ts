// TLS material: the operator's certificate files, watched; or a self-made P-256 certificate made at first
// start.
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { readText, replaceFile, watchFile } from './files.ts'
import { readTicketKey } from './tls-tickets.ts'

export type TlsMaterial = {
  /** The newest context that could be read; null only when the files never could. */
  context(): SecureContext | null
  readonly selfMade: boolean
  /** PEM of the chain, for readiness. */
  certificate(): string
  close(): void
}

type Options = {
  readonly folder: string
  readonly hostname: string
  readonly now: number
  readonly files: { readonly certificate: string; readonly key: string } | null
  /** The file of the ticket key that workers share; null lets each context make its own. */
  readonly ticketKeyFile?: string | null
  readonly reloaded: (problem: string | null) => void
}

/** Certificate and key are replaced one after the other: a look in between would find two that do not fit. */
const SETTLE_MS = 100
const VALID_DAYS = 3_650 // Opportunistic TLS does not verify; ten years spare a silent expiry.

/**
 * Loads or makes the certificate, and reloads it when the files change. A broken new file keeps the old one.
 */
export function openTls(options: Options): TlsMaterial {
  const { folder, hostname, now, files, reloaded, ticketKeyFile = null } = options
  const paths = files ?? { certificate: join(folder, 'self.crt'), key: join(folder, 'self.key') }
  if (!files && readText(paths.certificate) === null) {
    const made = selfSigned(hostname, now)
    replaceFile(paths.key, made.key)
    replaceFile(paths.certificate, made.certificate)
  }
  let certificate = ''
  let context: SecureContext | null = null
  const load = (): void => {
    try {
      const cert = readText(paths.certificate)
      const key = readText(paths.key)
      if (cert === null || key === null) throw new Error(`${paths.certificate} or ${paths.key} is missing`)
      const tickets = ticketKeyFile === null ? null : readTicketKey(ticketKeyFile)
      context = createSecureContext({
        cert,
        key,
        minVersion: 'TLSv1.2',
        honorCipherOrder: true,
        ...(tickets === null ? {} : { ticketKeys: tickets }),
      })
      certificate = cert
      reloaded(null)
    } catch (error) {
      reloaded(error instanceof Error ? error.message : String(error))
    }
  }
  load()
  let timer: NodeJS.Timeout | null = null
  const loadSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      load()
    }, SETTLE_MS).unref()
  }
  const watched = [
    ...(files ? [files.certificate, files.key] : []),
    ...(ticketKeyFile ? [ticketKeyFile] : []),
  ]
  const stop = watched.map((path) => watchFile(path, loadSoon))
  return {
    context: () => context,
    selfMade: files === null,
    certificate: () => certificate,
    close: () => {
      for (const end of stop) end()
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/**
 * A self-signed P-256 certificate for `hostname` as DER written by hand (RFC 5280 §4.1): Node can sign, not
 * issue.
 */
export function selfSigned(
  hostname: string,
  now: number,
): { readonly certificate: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
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

function der(tag: number, content: Buffer): Buffer {
  const length =
    content.length < 128
      ? Buffer.from([content.length])
      : content.length < 256
        ? Buffer.from([0x81, content.length])
        : Buffer.from([0x82, content.length >> 8, content.length & 255])
  return Buffer.concat([Buffer.from([tag]), length, content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const digits = [arc & 127]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 127) | 128)
    bytes.push(...digits)
  }
  return der(0x06, Buffer.from(bytes))
}

/** GeneralizedTime after 2049, UTCTime before (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return Number(digits.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`))
}
