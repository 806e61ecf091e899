// API tokens made, listed and revoked. A token never lets do more than its maker may at that moment.
import type { Permission } from '@gatepost/contract/permission.ts'
import { type ApiToken, type MadeToken, notForTokens } from '@gatepost/contract/token.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { accessOf, permissionsIn } from '../auth/access.ts'
import { LOCAL_OPERATOR } from '../auth/local-operator.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor, ControlDeps } from '../scope.ts'

/** Every token of ours begins so, that scanners for leaked secrets know it. */
export const TOKEN_PREFIX = 'gp_'
const HINT_LENGTH = 8
const DAY_MS = 86_400_000
/** Far above what integrations need; every request by token looks one of them up. */
const TOKENS_MAX = 500
/** Expired and revoked ones stay so long for readers of the list. */
const KEPT_MS = 90 * DAY_MS

type Deps = Pick<ControlDeps, 'store' | 'clock'>

/**
 * Whose tokens: of a tenant, or with `tenantId` null of the installation; and what the asker may do there.
 */
export type TokenScope = {
  readonly tenantId: string | null
  readonly actor: Actor
  readonly from: string
  readonly held: readonly Permission[]
}

/** All tokens, newest first, with what a new one could hold. */
export async function listTokens(
  scope: TokenScope,
  { store, clock }: Deps,
): Promise<{ readonly items: ApiToken[]; readonly may: Permission[] }> {
  const rows = await store.db
    .selectFrom('api_token')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId ?? SYSTEM_TENANT)
    .orderBy('id', 'desc')
    .limit(TOKENS_MAX)
    .execute()
  const now = clock.now()
  const makers = new Map<string, ReadonlySet<Permission>>()
  for (const { created_by, tenant_id } of rows) {
    if (!makers.has(created_by)) makers.set(created_by, await makerMay(store.db, created_by, tenant_id))
  }
  return {
    items: rows.map((row) => tokenOf(row, { now, may: makers.get(row.created_by) ?? new Set() })),
    may: grantable(scope),
  }
}

/** Makes a token. Throws `invalid-input` for permissions that the maker does not hold. */
export async function createToken(
  scope: TokenScope,
  input: { readonly name: string; readonly permissions: readonly Permission[]; readonly days: number },
  { store, clock }: Deps,
): Promise<MadeToken> {
  const may = new Set(grantable(scope))
  const refused = input.permissions.filter((permission) => !may.has(permission))
  if (refused.length > 0) {
    const message = `A token made by you cannot hold ${refused.join(', ')}.`
    throw invalidInput([{ path: '/permissions', message }])
  }
  const now = clock.now()
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const token = TOKEN_PREFIX + newSecret()
  const row: Row<'api_token'> = {
    id: newId('tok', now),
    tenant_id: tenantId,
    name: input.name,
    hint: token.slice(0, HINT_LENGTH),
    digest: digestOf(token),
    permissions: JSON.stringify([...new Set(input.permissions)]),
    created_at: now,
    created_by: scope.actor.kind === 'person' ? scope.actor.id : LOCAL_OPERATOR,
    created_by_name: scope.actor.name,
    expires_at: now + input.days * DAY_MS,
    last_used_at: null,
    last_used_from: null,
    revoked_at: null,
  }
  await store.transaction(async (trx) => {
    await dropOld(trx, tenantId, now)
    await requireRoom(trx, tenantId)
    await trx.insertInto('api_token').values(row).execute()
    const after = { permissions: input.permissions, expiresAt: row.expires_at, hint: row.hint }
    const event = { action: 'token.created', subject: `API token ${input.name}`, before: null, after }
    await appendAudit(trx, scope, { ...event, at: now })
  })
  return { ...tokenOf(row, { now, may }), token }
}

/** Ends a token at once. Throws `not-found`. */
export async function revokeToken(scope: TokenScope, id: string, { store, clock }: Deps): Promise<void> {
  const now = clock.now()
  await store.transaction(async (trx) => {
    const row = await trx
      .updateTable('api_token')
      .set({ revoked_at: now })
      .where('tenant_id', '=', scope.tenantId ?? SYSTEM_TENANT)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning(['name', 'hint'])
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'There is no such API token, or it was revoked before.')
    const event = { action: 'token.revoked', subject: `API token ${row.name}`, after: null }
    await appendAudit(trx, scope, { ...event, before: { hint: row.hint }, at: now })
  })
}

/** What the maker of a token may do today where the token is for; nothing while disabled (product D2b). */
async function makerMay(db: Db, personId: string, tenantId: string): Promise<ReadonlySet<Permission>> {
  return (await makerOf(db, personId, tenantId)).may
}

/** The same, and whether the maker acts there from outside: then so does the token, for all to see. */
export async function makerOf(
  db: Db,
  personId: string,
  tenantId: string,
): Promise<{ readonly may: ReadonlySet<Permission>; readonly asOperator: boolean }> {
  if (personId === LOCAL_OPERATOR) return { may: EVERYTHING, asOperator: true }
  if (await isDisabled(db, personId)) return { may: new Set(), asOperator: false }
  if (tenantId === SYSTEM_TENANT) {
    const person = await db
      .selectFrom('person')
      .select('operator')
      .where('id', '=', personId)
      .executeTakeFirst()
    const may = new Set(person?.operator === 1 ? (['system:read', 'system:write'] as const) : [])
    return { may, asOperator: false }
  }
  const access = (await accessOf(db, personId)).find(({ id }) => id === tenantId)
  return { may: new Set(access?.permissions ?? []), asOperator: access?.asOperator ?? false }
}

async function isDisabled(db: Db, personId: string): Promise<boolean> {
  const row = await acrossTenants(db)
    .selectFrom('person')
    .innerJoin('user', 'user.id', 'person.user_id')
    .select('user.id')
    .where('person.id', '=', personId)
    .where('user.enabled', '=', 0)
    .executeTakeFirst()
  return row !== undefined
}

/** Stands for the command line of the data folder's owner, whom nothing bounds. */
const EVERYTHING: ReadonlySet<Permission> = { has: () => true } as unknown as ReadonlySet<Permission>

function grantable({ tenantId, held }: TokenScope): Permission[] {
  return held.filter(
    (permission) => !notForTokens.has(permission) && permission.startsWith('system:') === (tenantId === null),
  )
}

function tokenOf(
  row: Row<'api_token'>,
  { now, may }: { readonly now: number; readonly may: ReadonlySet<Permission> },
): ApiToken {
  const permissions = [...permissionsIn(row.permissions)]
  const ended = row.revoked_at !== null ? 'revoked' : row.expires_at <= now ? 'expired' : null
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    permissions,
    createdAt: row.created_at,
    createdBy: row.created_by_name,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedFrom: row.last_used_from,
    state: ended ?? (permissions.some((permission) => may.has(permission)) ? 'active' : 'bound'),
  }
}

async function dropOld(db: Db, tenantId: string, now: number): Promise<void> {
  await db
    .deleteFrom('api_token')
    .where('tenant_id', '=', tenantId)
    .where((where) =>
      where.or([where('expires_at', '<', now - KEPT_MS), where('revoked_at', '<', now - KEPT_MS)]),
    )
    .execute()
}

async function requireRoom(db: Db, tenantId: string): Promise<void> {
  const { count } = await db
    .selectFrom('api_token')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= TOKENS_MAX)
    throw problem('limit-reached', `At most ${TOKENS_MAX} API tokens are kept.`)
}
