// AUTH: a host proves with a service credential whose mail it sends. RFC 4954; PLAIN (RFC 4616), LOGIN,
// SCRAM-SHA-256 (RFC 5802, RFC 7677), with PLUS bound to the connection. Only inside TLS, and no passwords of
// people (decisions 36).
import { randomBytes } from 'node:crypto'
import type { Command } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { Reply } from '@gatepost/mail/reply.ts'
import type { StoredCredential } from '#facts/sources.ts'
import { isPasswordOf, keysOfNobody, type ScramKeys, serverSignature } from '#platform/scram-keys.ts'
import { SESSION_FAILURES_MAX, SLOW_AUTH_MS } from '../auth-guard.ts'
import { openKeys } from '../credential.ts'
import { type NameAndPassword, parseLogin, parsePlain } from '../sasl/plain.ts'
import { parseClientFinal, parseClientFirst, serverFirst } from '../sasl/scram.ts'
import type { Session } from '../session.ts'

type Outcome = Reply | Promise<Reply>
/** Takes one answer of the client, decoded. */
type Next = (octets: Uint8Array) => Outcome

const ALREADY_IN = replies.badSequence('Already authenticated')
/** Of ours in the exchange: 144 bits. */
const NONCE_BYTES = 18
/** What names of nobody get their salt from: another in each process is told apart by nobody. */
const NOBODY_SECRET = randomBytes(32)
const LF = 10

export function auth(session: Session, command: Command & { readonly verb: 'AUTH' }): Outcome {
  const { edge, wire } = session
  if (session.credential !== null) return ALREADY_IN
  if (wire.tls === null) return edge.tlsContext() === null ? replies.notImplemented : replies.authNeedsTls
  if (edge.secrets === null || edge.holder.current() === null) return replies.authUnavailable
  if (edge.authGuard.isClosed(wire.clientKey, edge.clock.now())) return replies.authTooManyFailures
  const begin = mechanisms.get(command.mechanism)
  if (begin === undefined) return replies.authMechanismUnknown
  const { first, challenge } = begin(session)
  if (command.initialResponse !== null) return withAnswer(command.initialResponse, first)
  return ask(session, challenge, first)
}

type Begin = (session: Session) => { readonly first: Next; readonly challenge: string }
const mechanisms: ReadonlyMap<string, Begin> = new Map<string, Begin>([
  ['PLAIN', (session) => ({ challenge: '', first: (octets) => check(session, parsePlain(octets)) })],
  ['LOGIN', (session) => ({ challenge: 'Username:', first: (name) => askPassword(session, name) })],
  ['SCRAM-SHA-256', (session) => ({ challenge: '', first: (octets) => scram(session, octets, false) })],
  ['SCRAM-SHA-256-PLUS', (session) => ({ challenge: '', first: (octets) => scram(session, octets, true) })],
])

/** Sends a challenge; the next line is its answer. */
function ask(session: Session, challenge: string, next: Next): Reply {
  session.beginExchange((line) => {
    // Only CRLF ends a line (RFC 5321 §2.3.8): one that still has its LF ended in that alone.
    if (line.at(-1) === LF) return replies.authSyntax
    const text = Buffer.from(line).toString('latin1').trim()
    // RFC 4954 §4: a line of one asterisk cancels.
    if (text === '*') return replies.authCancelled
    return withAnswer(text, next)
  })
  return replies.authChallenge(Buffer.from(challenge).toString('base64'))
}

function withAnswer(base64: string, next: Next): Outcome {
  // Strict: what several decoders read differently is no answer (RFC 4954 §4).
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
    return replies.authSyntax
  return next(Buffer.from(base64, 'base64'))
}

function askPassword(session: Session, name: Uint8Array): Reply {
  return ask(session, 'Password:', (secret) => check(session, parseLogin(name, secret)))
}

async function check(session: Session, given: NameAndPassword | null): Promise<Reply> {
  if (given === null) return replies.authSyntax
  await waitIfWatched(session, given.username)
  const found = lookUp(session, given.username)
  if (found === null) return replies.authUnavailable
  const { stored, keys } = found
  const isRight = await isPasswordOf(keys, given.password)
  const mayActAs = given.authzid === '' || given.authzid === given.username
  return isRight && mayActAs && stored !== null ? succeeded(session, stored) : failed(session, given.username)
}

async function scram(session: Session, octets: Uint8Array, isPlus: boolean): Promise<Reply> {
  const first = parseClientFirst(Buffer.from(octets).toString('utf8'), isPlus)
  if (first === null) return failed(session, '')
  const bound = first.binding === null ? null : session.wire.channelBinding(first.binding)
  if (first.binding !== null && bound === null) return failed(session, first.username)
  await waitIfWatched(session, first.username)
  const found = lookUp(session, first.username)
  if (found === null) return replies.authUnavailable
  const { stored, keys } = found
  const nonce = randomBytes(NONCE_BYTES).toString('base64')
  const said = serverFirst(first, nonce, keys)
  return ask(session, said, (final) => {
    const exchange = { first, nonce, serverFirst: said, bound }
    const answer = parseClientFinal(Buffer.from(final).toString('utf8'), exchange)
    const signature = answer && serverSignature(keys, answer.authMessage, answer.proof)
    const mayActAs = first.authzid === '' || first.authzid === first.username
    if (signature === null || stored === null || !mayActAs) return failed(session, first.username)
    // The server proves itself in a challenge, since 235 carries nothing (RFC 4954 §4, RFC 7677 §3).
    return ask(session, `v=${signature}`, (end) =>
      end.length === 0 ? succeeded(session, stored) : replies.authSyntax,
    )
  })
}

/**
 * The credential and its keys; keys of nobody where there is none, so that both look alike. Null where its
 * keys cannot be opened: who knows the password must not hear that it is wrong (RFC 4954 §6, 454).
 */
function lookUp(
  { edge, wire }: Session,
  username: string,
): { readonly stored: StoredCredential | null; readonly keys: ScramKeys } | null {
  const stored = edge.holder.current()?.credential(username) ?? null
  if (stored === null) return { stored, keys: keysOfNobody(username, NOBODY_SECRET) }
  const keys = edge.secrets && openKeys(edge.secrets, stored)
  if (keys !== null) return { stored, keys }
  const error = `the keys of the credential ${stored.id} cannot be opened`
  edge.emit('edge.command.failed', { verb: 'AUTH', clientIp: wire.clientIp, error })
  return null
}

async function waitIfWatched({ edge, wire }: Session, username: string): Promise<void> {
  if (edge.authGuard.mustWait(wire.clientKey, username, edge.clock.now()))
    await edge.clock.sleep(SLOW_AUTH_MS)
}

function succeeded(session: Session, stored: StoredCredential): Reply {
  const { edge, wire } = session
  edge.authGuard.succeeded(wire.clientKey, stored.username)
  session.credential = stored
  edge.emit('edge.auth.succeeded', {
    clientIp: wire.clientIp,
    tenantId: stored.tenantId,
    credentialId: stored.id,
  })
  return replies.authOk
}

async function failed(session: Session, username: string): Promise<Reply> {
  const { edge, wire } = session
  const now = edge.clock.now()
  session.authFailures += 1
  const consequence = edge.authGuard.failed(wire.clientKey, username, now)
  const tenantId = edge.holder.current()?.credential(username)?.tenantId ?? null
  edge.emit('edge.auth.failed', { clientIp: wire.clientIp, tenantId, consequence })
  if (consequence === 'close' || session.authFailures >= SESSION_FAILURES_MAX)
    return replies.authTooManyFailures
  if (consequence === 'slow') await edge.clock.sleep(SLOW_AUTH_MS)
  return replies.authFailed
}
