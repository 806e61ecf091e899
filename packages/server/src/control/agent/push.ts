// What agents say by their own token: how they are, listings in numbered chunks, answers to sign-ins (D6).
import {
  AgentChunk,
  type AgentProbeResult,
  type AgentSignInResult,
  type AgentStatus,
  type AgentTask,
  STAGED_CHUNKS_MAX,
  STAGED_OCTETS_MAX,
} from '@gatepost/contract/agent.ts'
import { digestOf } from '#platform/random.ts'
import { invalidInput, problem } from '../problem.ts'
import { AGENT_TOKEN_PREFIX, type AgentDeps } from './agent.ts'
import {
  type AgentRow,
  agentBy,
  chunksOf,
  dropPushes,
  findPush,
  lastWholePush,
  stagedOf,
  updateAgentRow,
} from './store.ts'

/** Who asks: found by its token with every request, so that revoking counts at once. */
export type AgentAsker = {
  readonly tenantId: string
  readonly agentId: string
  readonly site: string
  readonly liveSignIn: boolean
  readonly row: AgentRow
}

/** Being seen is written this often at most, unless something else changed. */
const TOUCH_MS = 60_000

/** The agent behind a bearer token. Throws `not-signed-in`, `too-many-attempts`. */
export async function requireAgentToken(
  bearer: string | null,
  from: string,
  { store, attempts }: Pick<AgentDeps, 'store' | 'attempts'>,
): Promise<AgentAsker> {
  const row = bearer?.startsWith(AGENT_TOKEN_PREFIX)
    ? await agentBy(store.db, 'token_digest', digestOf(bearer))
    : undefined
  if (row === undefined) {
    const waitSeconds = attempts.take({ account: `agent from ${from}`, from, isKnown: false })
    if (waitSeconds === 0)
      throw problem(
        'not-signed-in',
        'This agent is not paired, or its site was removed. Pair it with a new code.',
      )
    throw problem('too-many-attempts', `Too many tokens that do not work. Wait ${waitSeconds} seconds.`, {
      retryAfterSeconds: waitSeconds,
    })
  }
  const { id, tenant_id, site, live_sign_in } = row
  return { tenantId: tenant_id, agentId: id, site, liveSignIn: live_sign_in === 1, row }
}

/** Notes how the agent is, and waits for tasks. */
export async function agentWork(
  asker: AgentAsker,
  input: {
    readonly version: string
    readonly platform: string
    readonly hostName: string
    readonly status: AgentStatus
    readonly waitSeconds: number
    readonly from: string
  },
  { store, clock, agents, agentVersion }: AgentDeps,
): Promise<{ tasks: AgentTask[]; site: string; liveSignIn: boolean; currentVersion: string }> {
  const { row } = asker
  const now = clock.now()
  const status = JSON.stringify(input.status)
  const seen = {
    version: input.version,
    platform: input.platform,
    host_name: input.hostName,
    last_seen_from: input.from,
    status,
  }
  const isSame = Object.entries(seen).every(([name, value]) => row[name as keyof typeof seen] === value)
  if (!isSame || (row.last_seen_at ?? 0) <= now - TOUCH_MS)
    await updateAgentRow(store.db, asker, { ...seen, last_seen_at: now })
  const tasks = await agents.take(asker.agentId, input.waitSeconds * 1000)
  return {
    // A sign-in that was asked for while it was switched off is not handed out.
    tasks: tasks.filter(({ kind }) => kind !== 'sign-in' || asker.liveSignIn),
    site: asker.site,
    liveSignIn: asker.liveSignIn,
    currentVersion: agentVersion,
  }
}

/** Takes an agent's answer to a sign-in. Throws `not-found` when nobody waits for it. */
export function agentAnswer(
  asker: AgentAsker,
  input: { readonly task: string; readonly result: AgentSignInResult },
  { agents }: Pick<AgentDeps, 'agents'>,
): void {
  if (!agents.answer(asker.agentId, input.task, input.result))
    throw problem('not-found', 'Nobody waits for this answer any more.')
}

/** Takes what an agent saw when it knocked at a mail host. Throws `not-found` when nobody waits for it. */
export function agentProbed(
  asker: AgentAsker,
  input: { readonly task: string; readonly result: AgentProbeResult },
  { agents }: Pick<AgentDeps, 'agents'>,
): void {
  if (!agents.probed(asker.agentId, input.task, input.result))
    throw problem('not-found', 'Nobody waits for this answer any more.')
}

/**
 * Begins a push, or goes on with it: tells which chunks are here. Another one that never ended is dropped.
 */
export async function beginPush(
  asker: AgentAsker,
  pushId: string,
  { store, clock }: Pick<AgentDeps, 'store' | 'clock'>,
): Promise<{ received: number[] }> {
  return store.transaction(async (trx) => {
    const known = await findPush(trx, asker, pushId)
    if (known === undefined) {
      const last = await lastWholePush(trx, asker)
      await dropPushes(trx, asker, last ? [last.id] : [])
      const { tenantId, agentId } = asker
      const values = { tenant_id: tenantId, agent_id: agentId, id: pushId, started_at: clock.now() }
      await trx
        .insertInto('agent_push')
        .values({ ...values, completed_at: null, chunks: 0, entries: 0, not_listed: '[]' })
        .execute()
    }
    return { received: (await chunksOf(trx, asker, pushId)).map(({ number }) => number) }
  })
}

/**
 * Keeps one chunk; the same again changes nothing. Throws `not-found`, `malformed-request`, `invalid-input`,
 * and `limit-reached` where the organisation's listings would take too much.
 */
export async function putChunk(
  asker: AgentAsker,
  input: { readonly pushId: string; readonly number: number; readonly bytes: Uint8Array },
  { store }: Pick<AgentDeps, 'store'>,
  limits: { readonly chunks: number; readonly octets: number } = STAGED_MAX,
): Promise<{ entries: number }> {
  const { entries } = readChunk(input.bytes)
  const { tenantId, agentId } = asker
  const { pushId, number } = input
  await store.transaction(async (trx) => {
    const push = await findPush(trx, asker, pushId)
    if (push === undefined || push.completed_at !== null)
      throw problem('not-found', 'There is no such push under way. Begin it again.')
    const body = JSON.stringify(entries)
    await trx
      .insertInto('agent_chunk')
      .values({
        tenant_id: tenantId,
        agent_id: agentId,
        push_id: pushId,
        number,
        entries: entries.length,
        body,
      })
      .onConflict((on) =>
        on
          .columns(['tenant_id', 'agent_id', 'push_id', 'number'])
          .doUpdateSet({ entries: entries.length, body }),
      )
      .execute()
    // Undone with the rest of the transaction.
    const staged = await stagedOf(trx, tenantId)
    if (staged.chunks > limits.chunks || staged.octets > limits.octets) throw tooMuch(limits)
    const chunks = await chunksOf(trx, asker, pushId)
    await trx
      .updateTable('agent_push')
      .set({ chunks: chunks.length, entries: sumOf(chunks) })
      .where('tenant_id', '=', tenantId)
      .where('agent_id', '=', agentId)
      .where('id', '=', pushId)
      .execute()
  })
  return { entries: entries.length }
}

/**
 * Ends a push when every chunk is here, and answers with the missing ones otherwise. The last listing stays
 * beside it for a run that is reading it. Throws `not-found`.
 */
export async function completePush(
  asker: AgentAsker,
  input: {
    readonly pushId: string
    readonly chunks: number
    readonly entries: number
    readonly notListed: readonly string[]
  },
  { store, clock }: Pick<AgentDeps, 'store' | 'clock'>,
): Promise<{ state: 'complete' | 'incomplete'; missing: number[]; isNew: boolean }> {
  const { pushId } = input
  return store.transaction(async (trx) => {
    const push = await findPush(trx, asker, pushId)
    if (push === undefined) throw problem('not-found', 'There is no such push. Begin it again.')
    if (push.completed_at !== null) return { state: 'complete', missing: [], isNew: false }
    const chunks = await chunksOf(trx, asker, pushId)
    const here = new Set(chunks.map(({ number }) => number))
    const missing = Array.from({ length: input.chunks }, (_, number) => number).filter(
      (number) => !here.has(number),
    )
    if (missing.length > 0) return { state: 'incomplete', missing, isNew: false }
    if (here.size !== input.chunks || sumOf(chunks) !== input.entries)
      throw invalidInput([
        { path: '/entries', message: 'The chunks hold another number of entries. Begin a new push.' },
      ])
    const before = await lastWholePush(trx, asker)
    await trx
      .updateTable('agent_push')
      .set({ completed_at: clock.now(), not_listed: JSON.stringify(input.notListed) })
      .where('tenant_id', '=', asker.tenantId)
      .where('agent_id', '=', asker.agentId)
      .where('id', '=', pushId)
      .execute()
    await dropPushes(trx, asker, before ? [pushId, before.id] : [pushId])
    return { state: 'complete', missing: [], isNew: true }
  })
}

const STAGED_MAX = { chunks: STAGED_CHUNKS_MAX, octets: STAGED_OCTETS_MAX } as const

function tooMuch({ chunks, octets }: { readonly chunks: number; readonly octets: number }): Error {
  const most = `${Math.floor(octets / 1_000_000)} MB in ${chunks} parts`
  return problem(
    'limit-reached',
    `The listings of all agents of this organisation would take more than ${most}. Let agents read less, by ` +
      'a filter or a base below, or remove sites that are no longer used.',
  )
}

const sumOf = (chunks: readonly { readonly entries: number }[]): number =>
  chunks.reduce((sum, { entries }) => sum + entries, 0)

function readChunk(bytes: Uint8Array): AgentChunk {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw problem('malformed-request', 'The chunk is not valid JSON in UTF-8.')
  }
  const parsed = AgentChunk.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidInput(
    parsed.error.issues
      .slice(0, 10)
      .map(({ path, message }) => ({ path: `/${path.map(String).join('/')}`, message })),
  )
}
