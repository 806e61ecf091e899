// From an address to a session that is ready for MAIL: connect, greeting, EHLO or HELO, TLS as the route
// asks.
import type { Reply } from '@gatepost/mail/reply.ts'
import type { DeliveryTls, TrackedReply } from '#link/reports.ts'
import { type Capabilities, capabilitiesOf, NO_CAPABILITIES } from './capabilities.ts'
import type { Deadlines } from './deadlines.ts'
import { logIn, loginNeedsTls } from './login/log-in.ts'
import type { Target } from './mx.ts'
import {
  type Connect,
  ConnectionLost,
  SmtpConnection,
  type TlsSession,
  type TlsState,
} from './smtp-connection.ts'
import type { TlsSessions } from './tls-sessions.ts'

/**
 * How long a client waits at each stage, in milliseconds. RFC 5321 §4.5.3.2; connecting has no limit there.
 */
export const TIMEOUTS = {
  connect: 30_000,
  greeting: 300_000,
  hello: 300_000,
  startTls: 60_000,
  login: 120_000,
  mail: 300_000,
  rcpt: 300_000,
  data: 120_000,
  dataBlock: 180_000,
  finalDot: 600_000,
} as const
export type Timeouts = { readonly [Stage in keyof typeof TIMEOUTS]: number }

export type SessionStage = 'connect' | 'greeting' | 'hello' | 'tls' | 'login'

export type Session = {
  readonly target: Target
  readonly connection: SmtpConnection
  readonly capabilities: Capabilities
  readonly tls: TlsState | null
  /** The same as reports tell it. */
  readonly tlsTold: DeliveryTls | null
  /** First line of the greeting, as the probe shows it. */
  readonly greeting: string
}

export type OpenedSession =
  | { readonly kind: 'open'; readonly session: Session }
  /** The host cannot be talked to now; the next one may. */
  | {
      readonly kind: 'failed'
      readonly stage: SessionStage
      readonly reply: TrackedReply
      /** The reply is in our words, which may repeat those of the host. */
      readonly isOurs: boolean
    }

export type SessionDeps = {
  readonly connect: Connect
  readonly deadlines: Deadlines
  /** Our name in EHLO. */
  readonly hostname: string
  readonly timeouts: Timeouts
  readonly tlsSessions: TlsSessions
  /** PEM of authorities to trust beside the usual ones. */
  readonly ca?: string | undefined
}

/**
 * Opens a session. TLS by the target: `none` never; `opportunistic` when offered, falling back to clear when
 * the handshake fails (RFC 7435); `enforced-relaxed` always, unverified; `enforced-strict` always and
 * verified.
 */
export async function openSession(target: Target, deps: SessionDeps): Promise<OpenedSession> {
  const first = await tryOpen(target, deps, target.tls !== 'none')
  if (first.kind === 'open' || first.stage !== 'tls' || target.tls !== 'opportunistic') return first
  return tryOpen(target, deps, false)
}

async function tryOpen(target: Target, deps: SessionDeps, wantsTls: boolean): Promise<OpenedSession> {
  let stage: SessionStage = 'connect'
  let connection: SmtpConnection | null = null
  try {
    connection = await SmtpConnection.open(
      { host: target.ip, port: target.port },
      { ...deps, timeoutMs: deps.timeouts.connect },
    )
    stage = 'greeting'
    const greeting = await connection.reply(deps.timeouts.greeting)
    if (greeting.code !== 220) return refused(connection, stage, greeting)
    stage = 'hello'
    let capabilities = await sayHello(connection, deps)
    if ('code' in capabilities) return refused(connection, stage, capabilities)
    let tls: TlsState | null = null
    if (wantsTls) {
      stage = 'tls'
      const secured = await secure(connection, { target, deps, capabilities })
      if (secured !== null && 'code' in secured) {
        connection.quit()
        return { kind: 'failed', stage, reply: secured, isOurs: true }
      }
      tls = secured
      if (tls !== null) {
        stage = 'hello'
        // What was offered in clear may be forged: RFC 3207 §4.2.
        const again = await sayHello(connection, deps)
        if ('code' in again) return refused(connection, stage, again)
        capabilities = again
      }
    }
    const login = target.route?.login ?? null
    if (login !== null) {
      stage = 'login'
      const { auth: offered } = capabilities
      const refusal =
        tls === null
          ? loginNeedsTls()
          : await logIn(connection, { offered, login, timeoutMs: deps.timeouts.login })
      if (refusal !== null) {
        connection.quit()
        return { kind: 'failed', stage, reply: refusal, isOurs: true }
      }
    }
    const tlsTold = tls === null ? null : toldOf(tls, target)
    const session: Session = {
      target,
      connection,
      capabilities,
      tls,
      tlsTold,
      greeting: greeting.lines[0] ?? '',
    }
    return { kind: 'open', session }
  } catch (error) {
    connection?.destroy()
    if (!(error instanceof ConnectionLost)) throw error
    return { kind: 'failed', stage, reply: lostReply(error, stage), isOurs: true }
  }
}

/** Made once a connection: every delivery over it tells the same. */
function toldOf(tls: TlsState, { by, stsTest }: Target): DeliveryTls {
  const { version, cipher, verified, fault, certificate } = tls
  const failsTest = stsTest !== undefined && !(stsTest.isNamed && verified)
  return {
    version,
    cipher,
    verified,
    ...(by === undefined ? {} : { by }),
    ...(fault === null ? {} : { fault }),
    ...(failsTest ? { stsTestFailed: true as const } : {}),
    ...(certificate === null ? {} : { certificate }),
  }
}

async function sayHello(connection: SmtpConnection, deps: SessionDeps): Promise<Capabilities | Reply> {
  connection.write(`EHLO ${deps.hostname}\r\n`)
  const ehlo = await connection.reply(deps.timeouts.hello)
  if (ehlo.code === 250) return capabilitiesOf(ehlo)
  // Only a server that does not know EHLO gets HELO (RFC 5321 §3.2).
  if (ehlo.code < 500) return ehlo
  connection.write(`HELO ${deps.hostname}\r\n`)
  const helo = await connection.reply(deps.timeouts.hello)
  return helo.code === 250 ? NO_CAPABILITIES : helo
}

/** Null: the session goes on in clear. A reply: it must not. */
async function secure(
  connection: SmtpConnection,
  {
    target,
    deps,
    capabilities,
  }: { readonly target: Target; readonly deps: SessionDeps; readonly capabilities: Capabilities },
): Promise<TlsState | TrackedReply | null> {
  const isEnforced = target.tls !== 'opportunistic'
  if (!capabilities.startTls) {
    if (target.route?.login) return loginNeedsTls()
    return isEnforced
      ? { code: 451, status: '4.7.4', text: 'the route asks for TLS and the host does not offer STARTTLS' }
      : null
  }
  connection.write('STARTTLS\r\n')
  const reply = await connection.reply(deps.timeouts.startTls)
  if (reply.code !== 220) return isEnforced ? tracked(reply) : null
  const tls = await connection.startTls(
    {
      host: target.host,
      strict: target.tls === 'enforced-strict',
      names: target.names,
      dane: target.dane,
      ca: deps.ca,
      // A session is as verified as its first handshake, and TLSA records may have changed since.
      ...(target.dane === undefined && target.names === undefined
        ? {
            session: deps.tlsSessions.get(target),
            onSession: (session: TlsSession) => deps.tlsSessions.set(target, session),
          }
        : {}),
    },
    deps.timeouts.startTls,
  )
  return tls
}

function refused(connection: SmtpConnection, stage: SessionStage, reply: Reply): OpenedSession {
  connection.quit()
  return { kind: 'failed', stage, reply: tracked(reply), isOurs: false }
}

/** Remote texts are kept up to this length. */
const REPLY_TEXT_MAX = 1000

/** A reply as reports keep it. */
export function tracked(reply: Reply): TrackedReply {
  const { code, status, lines } = reply
  const text = lines.length === 1 ? lines[0]! : lines.join(' ')
  return { code, status, text: text.length > REPLY_TEXT_MAX ? text.slice(0, REPLY_TEXT_MAX) : text }
}

/** Our words for a connection that ended, as a transient reply. */
export function lostReply(
  lost: ConnectionLost,
  stage: SessionStage | 'mail' | 'rcpt' | 'data' | 'content' | 'final',
): TrackedReply {
  const status = stage === 'connect' ? '4.4.1' : stage === 'tls' ? '4.7.5' : '4.4.2'
  return { code: 421, status, text: `${lost.message} (${STAGE_WORDS[stage]})` }
}

const STAGE_WORDS = {
  connect: 'while connecting',
  greeting: 'while waiting for the greeting',
  hello: 'at EHLO',
  tls: 'at the TLS handshake',
  login: 'at AUTH',
  mail: 'at MAIL',
  rcpt: 'at RCPT',
  data: 'at DATA',
  content: 'while the message was sent',
  final: 'after the message was sent; it may have been taken',
} as const
