// Asks web APIs of directories: JSON with limits on size, time and patience; tokens never follow a redirect.
import { DirectoryFault, type DirectoryStep } from './entry.ts'
import { parseJson } from './json.ts'

/** Effects that readers of web APIs need. */
export type Web = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
  /** Waits; ends early when the signal comes. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** Addresses of a host; rejects when it has none. */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

export type Answer = {
  readonly status: number
  /** Undefined where the answer is no JSON. */
  readonly body: unknown
  readonly text: string
}

export type Question = {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** The test that a network fault belongs to when it is neither name, connection nor certificate. */
  readonly step: DirectoryStep
}

/** A page of 999 users with many addresses is far below. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024
/** Graph gives up by itself after about two minutes. */
const ANSWER_MS_MAX = 150_000
/** Asked again when throttled, overloaded or cut off. */
const TRIES_MAX = 6
/** A service that wants a longer rest gets it from the next run. */
const REST_MS_MAX = 120_000
/** Rests of one run together. */
export const PATIENCE_MS = 900_000

/** How long a run may still wait for services that ask for rest. */
export type Patience = { leftMs: number }

/**
 * Asks once and reads the whole answer. Throws `DirectoryFault` for faults of the network; any status is an
 * answer.
 */
async function askOnce(web: Web, question: Question): Promise<Answer & { readonly restMs: number | null }> {
  const limit = AbortSignal.any([question.signal, AbortSignal.timeout(ANSWER_MS_MAX)])
  const response = await web.fetch(question.url, {
    method: question.method ?? 'GET',
    headers: { accept: 'application/json', ...question.headers },
    ...(question.body === undefined ? {} : { body: question.body }),
    redirect: 'manual',
    signal: limit,
  })
  const text = await textWithin(response, question)
  const body = parseJson(text)
  if (response.ok && body === undefined) throw cutOff(question, 'The answer broke off.')
  return {
    status: response.status,
    body,
    text,
    restMs: restOf(response.headers.get('retry-after'), web.now()),
  }
}

async function textWithin(response: Response, question: Question): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX)
      throw cutOff(question, `The answer is larger than ${ANSWER_BYTES_MAX} bytes.`)
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** `Retry-After` in milliseconds (RFC 9110 §10.2.3): seconds or a date; null where it says nothing. */
export function restOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs)
}

/**
 * Asks, and again after 429, 503 and other passing faults, as `Retry-After` wants it. `isThrottle` knows
 * services that say it by another status. Throws `DirectoryFault`; aborts reject with the signal's reason.
 */
export async function ask(
  web: Web,
  question: Question,
  options: { readonly patience: Patience; readonly isThrottle?: (answer: Answer) => boolean },
): Promise<Answer> {
  const { patience } = options
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt === TRIES_MAX
    const answer = await askOnce(web, question).catch((error: unknown) => faultOf(error, question))
    if (answer instanceof DirectoryFault) {
      if (last || !MAY_PASS.has(answer.code)) throw answer
      await rest(web, question, { restMs: backOff(attempt), patience })
      continue
    }
    const passing = PASSING.has(answer.status) || options.isThrottle?.(answer) === true
    if (!passing) return answer
    if (last) throw throttled(question, answer.status, null)
    await rest(web, question, { restMs: answer.restMs ?? backOff(attempt), patience })
  }
}

const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])
const MAY_PASS: ReadonlySet<string> = new Set(['cut-off', 'timed-out'])

const backOff = (attempt: number) => 500 * 2 ** attempt

async function rest(
  web: Web,
  question: Question,
  { restMs, patience }: { readonly restMs: number; readonly patience: Patience },
): Promise<void> {
  if (restMs > REST_MS_MAX || restMs > patience.leftMs) throw throttled(question, 429, restMs)
  patience.leftMs -= restMs
  await web.pause(restMs, question.signal)
  question.signal.throwIfAborted()
}

function throttled(question: Question, status: number, restMs: number | null): DirectoryFault {
  const host = new URL(question.url).host
  const wanted = restMs === null ? '' : ` It asks to wait ${Math.ceil(restMs / 1000)} seconds.`
  return new DirectoryFault({
    step: question.step,
    code: 'throttled',
    saw: `${host} answers ${status} again and again.${wanted}`,
    remedy: 'The service asks for fewer requests. The next run tries again; nothing was changed.',
  })
}

function cutOff({ url, step }: Question, saw: string): DirectoryFault {
  return new DirectoryFault({
    step,
    code: 'cut-off',
    saw: `${new URL(url).host}: ${saw}`,
    remedy: 'The next run reads the listing again; nothing was changed.',
  })
}

/** Turns what `fetch` threw into a fault of the right test. Aborts go on as they are. */
function faultOf(error: unknown, question: Question): DirectoryFault {
  if (error instanceof DirectoryFault) return error
  if (question.signal.aborted) throw question.signal.reason
  const { host } = new URL(question.url)
  const code = codeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new DirectoryFault({
      step: 'resolve',
      code: 'no-such-host',
      saw: `${host} has no address.`,
      remedy: 'Check that this server can look up names on the internet, and the cloud that is chosen.',
    })
  if (CERTIFICATE.test(code))
    return new DirectoryFault({
      step: 'tls',
      code: 'certificate',
      saw: `${host} showed a certificate that is not trusted (${code}).`,
      remedy:
        'A proxy that opens TLS may stand between. Let this host through, or trust the proxy’s authority.',
    })
  if (error instanceof Error && error.name === 'TimeoutError')
    return new DirectoryFault({
      step: question.step,
      code: 'timed-out',
      saw: `${host} did not answer within ${ANSWER_MS_MAX / 1000} seconds.`,
      remedy: 'The next run tries again; nothing was changed.',
    })
  if (CUT.has(code)) return cutOff(question, `The connection broke off (${code}).`)
  return new DirectoryFault({
    step: 'connect',
    code: 'no-connection',
    saw: `${host} cannot be reached${code === '' ? '' : ` (${code})`}.`,
    remedy: `Open TCP 443 from this server to ${host}.`,
  })
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'UND_ERR_BODY_TIMEOUT'])

/** The code of the innermost cause. */
function codeOf(error: unknown): string {
  let at: unknown = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors[0]
    else if (at.message === 'terminated' && at.cause === undefined) return 'UND_ERR_SOCKET'
    else at = at.cause
  }
  return ''
}
