// One connection to Exchange's web service, signed in by Basic or NTLM. NTLM belongs to the connection, so
// all questions go over one that stays open.
import { randomBytes, type X509Certificate } from 'node:crypto'
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { TLSSocket } from 'node:tls'
import { endPointBinding } from './end-point.ts'
import { ntlmAnswer, ntlmChallenge, ntlmHello } from './ntlm.ts'
import { SourceFault } from './source.ts'
import { networkFault, restOf } from './web.ts'

export type EwsLogin = {
  readonly method: 'ntlm' | 'basic'
  /** `CORP\reader`, or a UPN. */
  readonly userName: string
  readonly password: string
}

export type EwsAnswer = { readonly status: number; readonly text: string; readonly restMs: number | null }

export type EwsHttp = {
  /** Posts a SOAP envelope. Throws `SourceFault`. */
  post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<EwsAnswer>
  close(): void
}

const ANSWER_BYTES_MAX = 64 * 1024 * 1024
const ANSWER_MS_MAX = 150_000

type Raw = EwsAnswer & {
  readonly challenge: string | null
  /** The server's own, of the connection that the answer came on; null without TLS. */
  readonly certificate: X509Certificate | null
}
type Send = (body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Raw>

/** A connection to one address. `authority` is a PEM of the organisation's own certificate authority. */
export function createEwsHttp(
  url: string,
  login: EwsLogin,
  options: { readonly authority: string | null; readonly now: () => number },
): EwsHttp {
  const isPlain = new URL(url).protocol === 'http:'
  const keep = { keepAlive: true, maxSockets: 1, keepAliveMsecs: 30_000 }
  const ca = options.authority === null ? {} : { ca: options.authority }
  const agent = isPlain ? new PlainAgent(keep) : new TlsAgent({ ...keep, ...ca })
  const send: Send = (body, headers, signal) =>
    postOnce({ url, agent, now: options.now }, body, headers, signal)
  return {
    async post(body, headers, signal) {
      const answer =
        login.method === 'basic'
          ? await send(body, { ...headers, authorization: basic(login) }, signal)
          : await withNtlm(send, { url, login, now: options.now }, { body, headers, signal })
      if (answer.status !== 401) return answer
      const offered = /\b(ntlm|negotiate|basic)\b/i.test(answer.challenge ?? '') ? answer.challenge : 'none'
      throw new SourceFault({
        reach: 'fatal',
        saw: `${new URL(url).host} refuses the sign-in of ${login.userName} (401; it offers ${offered}).`,
        remedy: remedyFor(login.method, answer.challenge, isPlain),
      })
    },
    close: () => agent.destroy(),
  }
}

/**
 * What to do about a refused sign-in; with NTLM a right password is refused where something in between ends
 * TLS and Extended Protection is on.
 */
function remedyFor(method: EwsLogin['method'], challenge: string | null, isPlain: boolean): string {
  if (method === 'basic')
    return (
      'Check user name and password, and that Basic is switched on: Set-WebServicesVirtualDirectory ' +
      '"SERVER\\EWS (Default Web Site)" -BasicAuthentication $true. Without --sign-in basic NTLM is used.'
    )
  if (!/\bntlm\b/i.test(challenge ?? ''))
    return 'The server offers no NTLM: switch Basic on for EWS, and give --sign-in basic.'
  const first = 'Check user name and password first: sign in with them to Outlook on the web. '
  if (isPlain)
    return `${first}If they are right, give the address with https: Exchange with Extended Protection takes no sign-in without TLS.`
  return (
    `${first}If they are right, something between here and Exchange (a load balancer, a proxy) ends TLS with another ` +
    'certificate than Exchange has: Extended Protection (on by default since Exchange 2019 CU14) refuses that. ' +
    'Give the address of the Exchange server itself, or the load balancer the certificate of Exchange; or use ' +
    '--source tracking-log, which needs no account.'
  )
}

const basic = ({ userName, password }: EwsLogin): string =>
  `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`

type Signing = { readonly url: string; readonly login: EwsLogin; readonly now: () => number }

/** Sends as the connection is signed in already; on 401 shakes hands and sends the question with it. */
async function withNtlm(
  send: Send,
  { url, login, now }: Signing,
  { body, headers, signal }: { body: string; headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<Raw> {
  const first = await send(body, headers, signal)
  if (first.status !== 401) return first
  const hello = await send('', { ...headers, authorization: ntlmField(ntlmHello()) }, signal)
  const challenge = ntlmChallenge(hello.challenge)
  const [domain, userName] = splitUser(login.userName)
  const connection = {
    host: new URL(url).hostname,
    endPoint: hello.certificate === null ? null : endPointBinding(hello.certificate),
    nowMs: now(),
    nonce: randomBytes(8),
  }
  const proof =
    challenge === null
      ? null
      : ntlmAnswer(challenge, { domain, userName, password: login.password }, connection)
  if (proof === null) return { ...first, challenge: first.challenge ?? hello.challenge }
  return send(body, { ...headers, authorization: ntlmField(proof) }, signal)
}

const ntlmField = (message: Uint8Array): string => `NTLM ${Buffer.from(message).toString('base64')}`

function splitUser(text: string): readonly [domain: string | null, userName: string] {
  const at = text.indexOf('\\')
  return at === -1 ? [null, text] : [text.slice(0, at), text.slice(at + 1)]
}

function postOnce(
  { url, agent, now }: { readonly url: string; readonly agent: PlainAgent; readonly now: () => number },
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Raw> {
  const octets = Buffer.from(body)
  const length = { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(octets.length) }
  const ask = new URL(url).protocol === 'http:' ? plainRequest : tlsRequest
  return new Promise<Raw>((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)])
    const question = ask(url, { method: 'POST', agent, headers: { ...headers, ...length }, signal: limit })
    question.once('response', (response) => {
      // Asked now: when the answer has been read, the connection may be gone.
      const certificate = certificateOf(response)
      read(response).then((text) => {
        const restMs = restOf(headerOf(response, 'retry-after'), now())
        const challenge = headerOf(response, 'www-authenticate')
        resolve({ status: response.statusCode ?? 0, text, restMs, challenge, certificate })
      }, reject)
    })
    question.once('error', reject)
    question.end(octets)
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw networkFault(new URL(url).host, error)
  })
}

function certificateOf({ socket }: IncomingMessage): X509Certificate | null {
  return socket instanceof TLSSocket ? (socket.getPeerX509Certificate() ?? null) : null
}

function headerOf(response: IncomingMessage, name: string): string | null {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? null)
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) throw new Error(`The answer is larger than ${ANSWER_BYTES_MAX} octets.`)
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}
