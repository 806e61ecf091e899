// Talks to the gateway: outbound HTTPS with the agent's token, nothing ever comes in.
import type {
  AgentEntry,
  AgentProbeResult,
  AgentSignInResult,
  AgentStatus,
  AgentTask,
} from '@gatepost/contract/agent.ts'
import type { Effects } from './platform.ts'

/** `unreachable` passes by itself; `shut-out` needs a new code; `refused` is a fault of either side. */
export class GatewayFault extends Error {
  readonly kind: 'unreachable' | 'shut-out' | 'refused'
  constructor(kind: GatewayFault['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export type About = { readonly version: string; readonly platform: string; readonly hostName: string }

export type Work = {
  readonly tasks: readonly AgentTask[]
  readonly site: string
  readonly liveSignIn: boolean
  readonly currentVersion: string
}

export type Gateway = {
  work(status: AgentStatus, waitSeconds: number, signal: AbortSignal): Promise<Work>
  answer(task: string, result: AgentSignInResult, signal: AbortSignal): Promise<void>
  /** What a probe of a mail host saw. */
  probed(task: string, result: AgentProbeResult, signal: AbortSignal): Promise<void>
  begin(push: string, signal: AbortSignal): Promise<readonly number[]>
  put(push: string, number: number, entries: readonly AgentEntry[], signal: AbortSignal): Promise<void>
  complete(
    push: string,
    whole: { readonly chunks: number; readonly entries: number; readonly notListed: readonly string[] },
    signal: AbortSignal,
  ): Promise<{ readonly state: 'complete' | 'incomplete'; readonly missing: readonly number[] }>
}

type Connection = {
  /** Ends in a slash. */
  readonly url: string
  readonly token: string | null
  readonly about: About
}

/** A chunk over a slow line. */
const ANSWER_MS = 60_000
const ANSWER_BYTES_MAX = 1_000_000

/** Pairs with a one-time code. Throws `GatewayFault`. */
export async function pair(
  connection: Omit<Connection, 'token'>,
  code: string,
  effects: Pick<Effects, 'fetch'>,
): Promise<{ readonly token: string; readonly site: string; readonly organization: string }> {
  const call = caller({ ...connection, token: null }, effects)
  const { signal } = new AbortController()
  return (await call('POST', 'v1/agent/pair', { ...connection.about, code }, { signal })) as never
}

export function createGateway(connection: Connection, effects: Pick<Effects, 'fetch'>): Gateway {
  const call = caller(connection, effects)
  return {
    async work(status, waitSeconds, signal) {
      const body = { ...connection.about, status, waitSeconds }
      return (await call('POST', 'v1/agent/work', body, { signal, waitMs: waitSeconds * 1000 })) as Work
    },
    async answer(task, result, signal) {
      await call('POST', `v1/agent/answers/${task}`, { result }, { signal })
    },
    async probed(task, result, signal) {
      await call('POST', `v1/agent/probes/${task}`, { result }, { signal })
    },
    async begin(push, signal) {
      const { received } = (await call('POST', `v1/agent/pushes/${push}`, {}, { signal })) as {
        received: number[]
      }
      return received
    },
    async put(push, number, entries, signal) {
      await call('PUT', `v1/agent/pushes/${push}/chunks/${number}`, { entries }, { signal })
    },
    async complete(push, whole, signal) {
      return (await call('POST', `v1/agent/pushes/${push}/complete`, whole, { signal })) as never
    },
  }
}

type Call = (
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  how: { readonly signal: AbortSignal; readonly waitMs?: number },
) => Promise<unknown>

function caller({ url, token, about }: Connection, { fetch }: Pick<Effects, 'fetch'>): Call {
  return async (method, path, body, { signal, waitMs = 0 }) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS + waitMs)])
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': `gatepost-agent/${about.version}`,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    }
    let status: number
    let text: string
    try {
      // Redirects are not followed: the token belongs to the gateway alone.
      const response = await fetch(url + path, {
        method,
        headers,
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: limit,
      })
      status = response.status
      text = (await response.text()).slice(0, ANSWER_BYTES_MAX)
    } catch (error) {
      signal.throwIfAborted()
      throw new GatewayFault('unreachable', `${new URL(url).host} cannot be reached: ${reasonOf(error)}.`)
    }
    if (status >= 200 && status < 300) return text === '' ? null : parsed(text, url)
    throw faultOf(status, text, url)
  }
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new GatewayFault(
      'unreachable',
      `${new URL(url).host} answered with something that is not the gateway’s.`,
    )
  }
}

/** What stands before the gateway (a proxy that is restarting, a login page) is an absence, not a refusal. */
function faultOf(status: number, text: string, url: string): GatewayFault {
  const { host } = new URL(url)
  const detail = detailOf(text)
  if (status === 401 && detail !== null) return new GatewayFault('shut-out', detail)
  if (status >= 500 || status === 429 || detail === null)
    return new GatewayFault(
      'unreachable',
      `${host} answered ${status}${detail === null ? '' : `: ${detail}`}.`,
    )
  return new GatewayFault('refused', `${host} refused (${status}): ${detail}`)
}

/** The words of a problem of ours (RFC 9457), or null where it is not ours. */
function detailOf(text: string): string | null {
  try {
    const body = JSON.parse(text) as { readonly name?: unknown; readonly detail?: unknown }
    return typeof body.name === 'string' && typeof body.detail === 'string' ? body.detail : null
  } catch {
    return null
  }
}

/** The innermost cause says more than “fetch failed”. */
function reasonOf(error: unknown): string {
  let at: unknown = error
  let reason = 'unknown'
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at.name === 'TimeoutError') return 'no answer in time'
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : ''
    if (at.message !== '') reason = `${at.message}${code}`
    at = at.cause
  }
  return reason
}
