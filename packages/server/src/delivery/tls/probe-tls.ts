// Looks at the TLS of a domain outside as a delivery to it would find it, host by host. Sends no mail.
import type { BootConfig, Endpoint } from '#boot/config-types.ts'
import { TLS_HOSTS_MAX, type TlsProbed, type TlsProbedHost, type TlsProbeOrder } from '#link/tls-orders.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns, TlsaRecord } from '#platform/dns-types.ts'
import { createTargetGuard } from '#platform/target-guard.ts'
import { capabilitiesOf } from '../capabilities.ts'
import { Deadlines } from '../deadlines.ts'
import { resolveMx, type Target } from '../mx.ts'
import { type Connect, openSocket, SmtpConnection, type TlsState } from '../smtp-connection.ts'
import { chainOf, daneFaultOf, tlsaUseOf } from './dane.ts'
import { MtaSts, type StsAnswer } from './mta-sts.ts'
import { isNamedBy } from './mta-sts-policy.ts'
import { NO_NEED } from './need.ts'

export type TlsProbeDeps = {
  readonly dns: Dns
  readonly clock: Clock
  readonly config: Pick<BootConfig, 'hostname' | 'network' | 'delivery'>
  readonly ownListeners: () => readonly Endpoint[]
  readonly localAddresses: () => readonly string[]
  readonly connect?: Connect | undefined
  /** PEM of authorities to trust beside the usual ones. */
  readonly ca?: string | undefined
  /** Milliseconds for each answer: a person waits. */
  readonly stepMs?: number
}

const STEP_MS = 10_000
const TEXT_MAX = 900

/** Looks at every host at once. Never throws: what goes wrong is a finding. */
export async function probeTls({ domain }: TlsProbeOrder, deps: TlsProbeDeps): Promise<TlsProbed> {
  const { dns, clock, config, ca, ownListeners, localAddresses } = deps
  const { hostname } = config
  const { mxPort, mtaStsPort: port } = config.delivery
  const guard = createTargetGuard({
    privateTargets: config.network.privateTargets,
    ownListeners,
    localAddresses,
  })
  // Fetched anew: a person who tests wants to know how it is now.
  const policy = await new MtaSts({ dns, clock, guard, port, ca }).policyOf(domain)
  // What is published must not hide a host from the test: it is compared below.
  const need = { ...NO_NEED, ignorePublished: true }
  const found = await resolveMx(domain, { port: mxPort, need }, { dns, guard, hostname, random: () => 0 })
  const told = { kind: 'probe-tls', sts: stsOf(policy) } as const
  if (found.kind !== 'targets') {
    const state = found.kind === 'permanent' ? 'none' : 'failed'
    return { ...told, mx: { state, saw: sentence(found.text) }, hosts: [] }
  }
  const first = new Map<string, Target>()
  for (const target of found.targets) if (!first.has(target.host)) first.set(target.host, target)
  const targets = [...first.values()].slice(0, TLS_HOSTS_MAX)
  const hosts = await Promise.all(targets.map((target) => probeHost(target, { domain, policy }, deps)))
  const names = targets.map(({ host }) => host).join(', ')
  return { ...told, mx: { state: 'found', saw: cut(`Mail for ${domain} goes to ${names}.`) }, hosts }
}

type Around = { readonly domain: string; readonly policy: StsAnswer }

async function probeHost(target: Target, around: Around, deps: TlsProbeDeps): Promise<TlsProbedHost> {
  const { host, ip } = target
  const isNamedBySts = around.policy.kind === 'policy' ? isNamedBy(around.policy.policy, host) : null
  const tlsa = await tlsaOf(target, around.domain, deps)
  const base = {
    host,
    ip,
    version: null,
    cipher: null,
    certificate: null,
    isVerified: false,
    isForDomain: false,
    isNamedBySts,
    dane: tlsa.kind === 'found' ? ('not-met' as const) : tlsa.kind,
  }
  const seen = await handshake(target, deps)
  if (seen.kind !== 'encrypted') return { ...base, state: seen.kind, saw: cut(sentence(seen.why)) }
  const { tls, chain } = seen
  const names = [host, around.domain]
  const fault =
    tlsa.kind === 'found' ? daneFaultOf(tlsa.records, chain, { names, now: deps.clock.now() }) : null
  const [leaf] = chain
  const isForDomain =
    leaf !== undefined &&
    [around.domain, `any.${around.domain}`].some((name) => leaf.checkHost(name) !== undefined)
  const vouched = tls.verified ? 'valid for this name' : `not verified (${tls.fault})`
  const dane =
    tlsa.kind === 'found' ? (fault === null ? ' It meets its TLSA records.' : ` DANE: ${fault}.`) : ''
  return {
    ...base,
    state: 'encrypted',
    version: tls.version,
    cipher: tls.cipher,
    certificate: tls.certificate,
    isVerified: tls.verified,
    isForDomain,
    dane: tlsa.kind === 'found' ? (fault === null ? 'met' : 'not-met') : tlsa.kind,
    saw: cut(`${tls.version}, ${tls.cipher}; the certificate is ${vouched}.${dane}`),
  }
}

type Handshake =
  | { readonly kind: 'encrypted'; readonly tls: TlsState; readonly chain: ReturnType<typeof chainOf> }
  | { readonly kind: 'clear' | 'failed' | 'unreachable'; readonly why: string }

async function handshake(target: Target, deps: TlsProbeDeps): Promise<Handshake> {
  const { host, ip, port } = target
  const timeoutMs = deps.stepMs ?? STEP_MS
  const deadlines = new Deadlines(deps.clock, 100)
  let stage: 'unreachable' | 'failed' = 'unreachable'
  let connection: SmtpConnection | null = null
  try {
    const connect = deps.connect ?? openSocket
    connection = await SmtpConnection.open({ host: ip, port }, { connect, deadlines, timeoutMs })
    const greeting = await connection.reply(timeoutMs)
    if (greeting.code !== 220) return { kind: 'unreachable', why: `${host} said ${greeting.lines.join(' ')}` }
    connection.write(`EHLO ${deps.config.hostname}\r\n`)
    const hello = await connection.reply(timeoutMs)
    if (hello.code !== 250 || !capabilitiesOf(hello).startTls)
      return { kind: 'clear', why: `${host} does not offer STARTTLS` }
    stage = 'failed'
    connection.write('STARTTLS\r\n')
    const reply = await connection.reply(timeoutMs)
    if (reply.code !== 220)
      return { kind: 'failed', why: `${host} refused STARTTLS: ${reply.lines.join(' ')}` }
    const tls = await connection.startTls({ host, strict: false, ca: deps.ca }, timeoutMs)
    return { kind: 'encrypted', tls, chain: chainOf(connection.peerCertificate) }
  } catch (error) {
    return { kind: stage, why: `${host}: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    connection?.quit()
  }
}

type Tlsa =
  | { readonly kind: 'found'; readonly records: readonly TlsaRecord[] }
  | { readonly kind: 'none' | 'unavailable' | 'failed' }

/** The records count where DNSSEC vouches for every step to them (RFC 7672 §2.2). */
async function tlsaOf({ host, port }: Target, domain: string, { dns }: TlsProbeDeps): Promise<Tlsa> {
  const [mx, address, answer] = await Promise.all([
    dns.query({ name: domain, type: 'MX' }),
    dns.query({ name: host, type: 'A' }),
    dns.query({ name: `_${port}._tcp.${host}`, type: 'TLSA' }),
  ])
  if (answer.kind === 'failed') return { kind: 'failed' }
  if (answer.kind !== 'found') return { kind: 'none' }
  const isSecure = [mx, address, answer].every((one) => one.kind !== 'failed' && one.authenticated)
  if (!isSecure) return { kind: 'unavailable' }
  const use = tlsaUseOf(answer.records)
  return use.kind === 'authenticate' ? { kind: 'found', records: use.records } : { kind: 'none' }
}

function stsOf(answer: StsAnswer): TlsProbed['sts'] {
  if (answer.kind === 'policy') {
    const { mode, mx } = answer.policy
    const what = mode === 'enforce' ? 'enforces TLS' : 'tests TLS'
    const hosts = mx.join(', ')
    return {
      state: mode === 'enforce' ? 'enforce' : 'testing',
      saw: cut(`Its policy ${what} for ${hosts}.`),
      expiresAt: answer.expiresAt,
    }
  }
  if (answer.why !== null) return { state: 'failed', saw: cut(sentence(answer.why)), expiresAt: null }
  return { state: 'none', saw: 'No MTA-STS policy is published.', expiresAt: null }
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
