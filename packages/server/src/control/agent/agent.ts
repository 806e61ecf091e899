// Sites with an agent (D6): added with a one-time code, paired, renamed, revoked.
import { randomBytes } from 'node:crypto'
import { AGENTS_MAX, type Agent, AgentStatus, type PairingCode } from '@gatepost/contract/agent.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { SignInAttempts } from '../auth/attempts.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import type { AgentDesk } from './desk.ts'
import {
  type AgentRow,
  agentBy,
  agentsOf,
  dropPushes,
  findAgent,
  type PushRow,
  pushesOf,
  updateAgentRow,
} from './store.ts'

export type AgentDeps = Pick<ControlDeps, 'store' | 'clock'> & {
  readonly agents: AgentDesk
  readonly attempts: SignInAttempts
  /** The console's outward address. */
  readonly url: string
  /** The version of the program that this gateway offers. */
  readonly agentVersion: string
}
type Deps = AgentDeps

const CODE_MS = 3_600_000
/** Six groups of five: 150 bits, which nobody guesses within the hour, nor later. */
const CODE_GROUPS = 6
const CODE_DIGITS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
export const AGENT_TOKEN_PREFIX = 'gpa_'
/** An agent asks at least every 50 seconds; two missed questions are an absence. */
const AWAY_MS = 120_000

/** All sites with what their agents say. */
export async function listAgents(scope: Pick<Scope, 'tenantId'>, deps: Deps): Promise<Agent[]> {
  const { store } = deps
  const [rows, pushes] = await Promise.all([
    agentsOf(store.db, scope.tenantId),
    pushesOf(store.db, scope.tenantId),
  ])
  return rows.map((row) => present(row, pushes, deps))
}

/** Adds a site. Throws `invalid-input` for a name that is taken, `limit-reached`. */
export async function addAgent(
  scope: Scope,
  input: { readonly site: string },
  deps: Deps,
): Promise<PairingCode> {
  const { store, clock, url } = deps
  const now = clock.now()
  const code = newCode()
  const row: AgentRow = {
    id: newId('agt', now),
    tenant_id: scope.tenantId,
    site: input.site,
    token_digest: null,
    code_digest: digestOf(code),
    code_expires_at: now + CODE_MS,
    paired_at: null,
    live_sign_in: 0,
    last_seen_at: null,
    last_seen_from: null,
    version: null,
    platform: null,
    host_name: null,
    status: null,
    created_at: now,
  }
  await store.transaction(async (trx) => {
    const rows = await agentsOf(trx, scope.tenantId)
    if (rows.length >= AGENTS_MAX) throw problem('limit-reached', `At most ${AGENTS_MAX} sites are kept.`)
    requireFreeName(rows, input.site, null)
    await trx.insertInto('agent').values(row).execute()
    await audit(trx, scope, { action: 'agent.added', row, after: { site: row.site }, at: now })
  })
  return { agent: present(row, [], deps), code, url }
}

/** A fresh code; the token that is in use stays good until the code is. Throws `not-found`. */
export async function renewCode(scope: Scope, agentId: string, deps: Deps): Promise<PairingCode> {
  const { store, clock, url } = deps
  const now = clock.now()
  const code = newCode()
  await store.transaction(async (trx) => {
    const row = await requireAgent(trx, scope, agentId)
    const change = { code_digest: digestOf(code), code_expires_at: now + CODE_MS }
    await updateAgentRow(trx, { tenantId: scope.tenantId, agentId }, change)
    await audit(trx, scope, { action: 'agent.code-made', row, after: null, at: now })
  })
  return { agent: await getAgent(scope, agentId, deps), code, url }
}

/** Renames a site, or lets its agent answer sign-ins. Throws `not-found`, `invalid-input`. */
export async function updateAgent(
  scope: Scope,
  input: {
    readonly id: string
    readonly change: { readonly site?: string | undefined; readonly liveSignIn?: boolean | undefined }
  },
  deps: Deps,
): Promise<Agent> {
  const { site, liveSignIn } = input.change
  await deps.store.transaction(async (trx) => {
    const row = await requireAgent(trx, scope, input.id)
    if (site !== undefined) requireFreeName(await agentsOf(trx, scope.tenantId), site, row.id)
    const change = {
      ...(site !== undefined && { site }),
      ...(liveSignIn !== undefined && { live_sign_in: liveSignIn ? (1 as const) : (0 as const) }),
    }
    if (Object.keys(change).length === 0) return
    await updateAgentRow(trx, { tenantId: scope.tenantId, agentId: row.id }, change)
    await audit(trx, scope, { action: 'agent.changed', row, after: input.change, at: deps.clock.now() })
  })
  return getAgent(scope, input.id, deps)
}

/** Removes a site: its token is refused from now on, its listings are gone. Throws `not-found`. */
export async function removeAgent(scope: Scope, agentId: string, deps: Deps): Promise<void> {
  const { store, clock, agents } = deps
  const key = { tenantId: scope.tenantId, agentId }
  await store.transaction(async (trx) => {
    const row = await requireAgent(trx, scope, agentId)
    await dropPushes(trx, key, [])
    await trx.deleteFrom('agent').where('tenant_id', '=', scope.tenantId).where('id', '=', agentId).execute()
    await audit(trx, scope, { action: 'agent.removed', row, after: null, at: clock.now() })
  })
  agents.forget(agentId)
}

/** Asks an agent to push now. Throws `not-found`, `connector-not-ready` while none is paired. */
export async function askForPush(scope: Scope, agentId: string, deps: Deps): Promise<Agent> {
  const agent = await getAgent(scope, agentId, deps)
  if (agent.pairedAt === null)
    throw problem('connector-not-ready', `No agent is paired with the site ${agent.site} yet.`)
  deps.agents.askForPush(agentId)
  return agent
}

/**
 * Pairs an agent by its code, which is used up; an agent that was paired before is shut out. Throws
 * `wrong-credentials`, `too-many-attempts`.
 */
export async function pairAgent(
  input: {
    readonly code: string
    readonly version: string
    readonly platform: string
    readonly hostName: string
    readonly from: string
  },
  { store, clock, attempts }: Deps,
) {
  const now = clock.now()
  const token = AGENT_TOKEN_PREFIX + newSecret()
  const paired = await store.transaction(async (trx) => {
    const row = await agentBy(trx, 'code_digest', digestOf(plainCode(input.code)))
    if (row === undefined || (row.code_expires_at ?? 0) <= now) return null
    const key = { tenantId: row.tenant_id, agentId: row.id }
    const { version, platform, hostName, from } = input
    const about = { version, platform, host_name: hostName, last_seen_at: now, last_seen_from: from }
    const tokens = { token_digest: digestOf(token), code_digest: null, code_expires_at: null, paired_at: now }
    await updateAgentRow(trx, key, { ...about, ...tokens })
    const actor = { kind: 'system', name: `agent of ${row.site}` } as const
    const scope = { tenantId: row.tenant_id, actor, from }
    await audit(trx, scope, { action: 'agent.paired', row, after: { hostName, platform, version }, at: now })
    const tenant = await trx
      .selectFrom('tenant')
      .select('name')
      .where('id', '=', row.tenant_id)
      .executeTakeFirst()
    return { token, agentId: row.id, site: row.site, organization: tenant?.name ?? '' }
  })
  if (paired !== null) return paired
  const waitSeconds = attempts.take({
    account: `pairing from ${input.from}`,
    from: input.from,
    isKnown: false,
  })
  if (waitSeconds === 0)
    throw problem(
      'wrong-credentials',
      'This code is unknown, used or over. Make a new one on the page of the site.',
    )
  throw problem('too-many-attempts', `Too many codes that do not work. Wait ${waitSeconds} seconds.`, {
    retryAfterSeconds: waitSeconds,
  })
}

/** One site. Throws `not-found`. */
export async function getAgent(scope: Pick<Scope, 'tenantId'>, agentId: string, deps: Deps): Promise<Agent> {
  const row = await requireAgent(deps.store.db, scope, agentId)
  return present(row, await pushesOf(deps.store.db, scope.tenantId), deps)
}

async function requireAgent(
  db: Deps['store']['db'],
  { tenantId }: Pick<Scope, 'tenantId'>,
  agentId: string,
): Promise<AgentRow> {
  const row = await findAgent(db, { tenantId, agentId })
  if (!row) throw problem('not-found', 'There is no such site here.')
  return row
}

function requireFreeName(rows: readonly AgentRow[], site: string, exceptId: string | null): void {
  const taken = rows.some((row) => row.id !== exceptId && row.site.toLowerCase() === site.toLowerCase())
  if (taken) throw invalidInput([{ path: '/site', message: `There is a site named ${site} already.` }])
}

async function audit(
  trx: Trx,
  scope: Scope,
  event: { readonly action: string; readonly row: AgentRow; readonly after: unknown; readonly at: number },
): Promise<void> {
  const { action, row, after, at } = event
  await appendAudit(trx, scope, {
    action,
    subject: `agent of site ${row.site}`,
    before: { site: row.site },
    after,
    at,
  })
}

function present(row: AgentRow, pushes: readonly PushRow[], deps: Deps): Agent {
  const now = deps.clock.now()
  const own = pushes.filter(({ agent_id }) => agent_id === row.id)
  const whole = own.filter(({ completed_at }) => completed_at !== null).toSorted(byCompletion)[0]
  const open = own.find(({ completed_at }) => completed_at === null)
  const isHere = deps.agents.isWaiting(row.id) || (row.last_seen_at ?? 0) > now - AWAY_MS
  const status = row.status === null ? null : AgentStatus.safeParse(JSON.parse(row.status))
  return {
    id: row.id,
    site: row.site,
    state: row.paired_at === null ? 'waiting' : isHere ? 'connected' : 'away',
    liveSignIn: row.live_sign_in === 1,
    pairedAt: row.paired_at,
    codeExpiresAt: (row.code_expires_at ?? 0) > now ? row.code_expires_at : null,
    lastSeenAt: row.last_seen_at,
    lastSeenFrom: row.last_seen_from,
    version: row.version,
    isOutdated: row.version !== null && row.version !== deps.agentVersion,
    platform: row.platform,
    hostName: row.host_name,
    status: status?.success ? status.data : null,
    lastPush: whole
      ? { at: whole.completed_at ?? 0, entries: whole.entries, notListed: JSON.parse(whole.not_listed) }
      : null,
    receiving: open ? { since: open.started_at, chunks: open.chunks, entries: open.entries } : null,
    createdAt: row.created_at,
  }
}

const byCompletion = (a: PushRow, b: PushRow) => (b.completed_at ?? 0) - (a.completed_at ?? 0)

/** Digits that nobody mistakes; no bias, since bytes beyond the last whole round are thrown away. */
function newCode(): string {
  const digits: string[] = []
  while (digits.length < CODE_GROUPS * 5)
    for (const byte of randomBytes(64))
      if (byte < 240 && digits.length < CODE_GROUPS * 5)
        digits.push(CODE_DIGITS[byte % CODE_DIGITS.length] ?? '')
  return Array.from({ length: CODE_GROUPS }, (_, group) =>
    digits.slice(group * 5, group * 5 + 5).join(''),
  ).join('-')
}

/** As typed: spaces and small letters do no harm. */
function plainCode(text: string): string {
  const digits = text.toUpperCase().replace(/[^0-9A-Z]/g, '')
  return (digits.match(/.{1,5}/g) ?? []).join('-')
}
