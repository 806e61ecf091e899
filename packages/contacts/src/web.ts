// Asks web services: limits on size and time, rests as they ask for them, and no redirect ever gets a token.
import { type Effects, SourceFault } from './source.ts'

export type Question = {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Answer = {
  readonly status: number
  readonly text: string
  /** Undefined where the answer is no JSON. */
  readonly json: unknown
  readonly restMs: number | null
}

/** A page of 5,000 traces or 500 messages is far below. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024
/** Services give up by themselves after two minutes. */
const ANSWER_MS_MAX = 150_000
/** Rests up to here are waited out in place; longer ones are the run's business. */
const REST_IN_PLACE_MS_MAX = 60_000
const TRIES_MAX = 4

const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504, 509])

/**
 * Asks, and again after 429, 503 and other passing faults as `Retry-After` wants it (RFC 9110 §10.2.3). Any
 * other status is an answer. Throws `SourceFault` with reach `passing`.
 */
export async function ask(
  effects: Effects,
  question: Question,
  signal: AbortSignal,
  isThrottle: (answer: Answer) => boolean = () => false,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(effects, question, signal)
    if (!PASSING.has(answer.status) && !isThrottle(answer)) return answer
    const restMs = answer.restMs ?? 1_000 * 2 ** attempt
    if (attempt === TRIES_MAX || restMs > REST_IN_PLACE_MS_MAX)
      throw new SourceFault({
        reach: 'passing',
        saw: `${hostOf(question)} answers ${answer.status}.`,
        remedy: 'It asks for fewer requests. The run goes on later from where it is.',
        restMs,
      })
    await effects.pause(restMs, signal)
    signal.throwIfAborted()
  }
}

async function askOnce(effects: Effects, question: Question, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await effects.fetch(question.url, {
      method: question.method ?? 'GET',
      headers: { accept: 'application/json', ...question.headers },
      ...(question.body === undefined ? {} : { body: question.body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    })
    const text = await textWithin(response)
    const json = jsonOf(text)
    if (response.ok && json === undefined) throw new Error('The answer broke off.')
    const restMs = restOf(response.headers.get('retry-after'), effects.now())
    return { status: response.status, text, json, restMs }
  } catch (error) {
    signal.throwIfAborted()
    throw networkFault(hostOf(question), error)
  }
}

async function textWithin(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) throw new Error(`The answer is larger than ${ANSWER_BYTES_MAX} octets.`)
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

const hostOf = ({ url }: Question): string => new URL(url).host

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `Retry-After` in milliseconds: seconds or a date; null where it says nothing. */
export function restOf(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return text === '' || Number.isNaN(date) ? null : Math.max(0, date - nowMs)
}

/** What a broken connection means: names and lines come back, certificates do not. */
export function networkFault(host: string, error: unknown): SourceFault {
  if (error instanceof SourceFault) return error
  const code = codeOf(error)
  const tls = TLS_FAULTS.find(([pattern]) => pattern.test(code))
  if (tls !== undefined)
    return new SourceFault({ reach: 'fatal', saw: `${host} ${tls[1]} (${code}).`, remedy: tls[2] })
  const what = code === '' ? (error instanceof Error ? error.message : 'no answer') : code
  return new SourceFault({
    reach: 'passing',
    saw: `${host} could not be asked (${what}).`,
    remedy: `Check the line, and that this machine may open a connection to ${host}.`,
  })
}

/** What codes of TLS mean, the special ones first. */
const TLS_FAULTS: readonly (readonly [RegExp, saw: string, remedy: string])[] = [
  [
    /ALTNAME/,
    'showed a certificate of another name',
    'Ask for the name that the certificate has; with IMAP --certificate-name says that it may differ.',
  ],
  [/HAS_EXPIRED/, 'showed a certificate that has expired', 'Renew it there, and check the clock here.'],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    'speaks no TLS on this port',
    'Check the port: IMAP speaks TLS on 993; on 143 choose start-tls.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_/,
    'showed a certificate that is not trusted',
    'Where your own authority signed it, or a proxy that opens TLS stands between, name that authority: ' +
      '--authority FILE for Exchange and IMAP, NODE_EXTRA_CA_CERTS for all.',
  ],
  [
    /ERR_TLS|ERR_SSL/,
    'and this machine agree on no TLS',
    'The server must speak TLS 1.2 or newer; check that nothing in between changes the connection.',
  ],
]

/** The code of the innermost cause. */
function codeOf(error: unknown): string {
  let at: unknown = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors[0]
    else at = at.cause
  }
  return ''
}

export type Json = { readonly [name: string]: unknown }

/** The value as an object, or null. */
export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}

/** A text field that is not empty, or null. */
export function textOf(object: Json | null, name: string): string | null {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : null
  return typeof value === 'string' && value !== '' ? value : null
}

export function numberOf(object: Json | null, name: string): number | null {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : null
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A list of objects; others in it are left out. */
export function objectsOf(object: Json | null, name: string): readonly Json[] {
  const value = object !== null && Object.hasOwn(object, name) ? object[name] : null
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== null) : []
}
