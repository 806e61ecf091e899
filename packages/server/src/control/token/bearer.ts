// Who a bearer token stands for: looked up by digest with every request, so that revoking counts at once.
import type { Permission } from '@gatepost/contract/permission.ts'
import { digestOf } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { permissionsIn } from '../auth/access.ts'
import type { SignInAttempts } from '../auth/attempts.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { makerOf, TOKEN_PREFIX } from './token.ts'

/** Being used is written this often at most. */
const TOUCH_MS = 60_000

/** A token in the place of a signed-in person. */
export type BearerOfToken = {
  readonly sessionId: string
  readonly person: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly operator: boolean
  }
  readonly tenants: readonly {
    readonly id: string
    readonly slug: string
    readonly permissions: readonly Permission[]
    /** Acts for the tenant from outside. */
    readonly asOperator: boolean
  }[]
  readonly token: { readonly madeBy: string; readonly permissions: readonly Permission[] }
}

type Deps = Pick<ControlDeps, 'store' | 'clock'> & { readonly attempts: SignInAttempts }

/**
 * Whom a token of ours stands for; null for text that is no token of ours (agents have their own). Throws
 * `not-signed-in` for one that is unknown, expired or revoked, and `too-many-attempts` for a client that
 * tries many of them.
 */
export async function findBearer(
  bearer: string,
  from: string,
  { store, clock, attempts }: Deps,
): Promise<BearerOfToken | null> {
  if (!bearer.startsWith(TOKEN_PREFIX)) return null
  const now = clock.now()
  const row = await acrossTenants(store.db)
    .selectFrom('api_token')
    .selectAll()
    .where('digest', '=', digestOf(bearer))
    .executeTakeFirst()
  if (!row || row.revoked_at !== null || row.expires_at <= now) throw refusal(from, attempts)
  await touch(store.db, row, { now, from })
  return asSignedIn(store.db, row)
}

/** Only failures spend from the client's budget: a working integration may ask as often as it likes. */
function refusal(from: string, attempts: SignInAttempts): Error {
  const waitSeconds = attempts.take({ account: `token from ${from}`, from, isKnown: false })
  if (waitSeconds === 0) {
    return problem('not-signed-in', 'This API token is unknown, expired or revoked. Make a new one.')
  }
  const detail = `Too many tokens that do not work. Wait ${waitSeconds} seconds before the next.`
  return problem('too-many-attempts', detail, { retryAfterSeconds: waitSeconds })
}

async function touch(
  db: Db,
  row: Row<'api_token'>,
  use: { readonly now: number; readonly from: string },
): Promise<void> {
  const isFresh = row.last_used_at !== null && row.last_used_at > use.now - TOUCH_MS
  if (isFresh && row.last_used_from === use.from) return
  await db
    .updateTable('api_token')
    .set({ last_used_at: use.now, last_used_from: use.from })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

async function asSignedIn(db: Db, row: Row<'api_token'>): Promise<BearerOfToken> {
  const { may, asOperator } = await makerOf(db, row.created_by, row.tenant_id)
  const permissions = permissionsIn(row.permissions).filter((permission) => may.has(permission))
  const isSystem = row.tenant_id === SYSTEM_TENANT
  const tenant = isSystem
    ? undefined
    : await db.selectFrom('tenant').select(['id', 'slug']).where('id', '=', row.tenant_id).executeTakeFirst()
  const operator = isSystem && permissions.length > 0
  return {
    sessionId: row.id,
    person: { id: row.id, name: `token ${row.name}`, email: '', operator },
    tenants: tenant ? [{ ...tenant, permissions, asOperator }] : [],
    token: { madeBy: row.created_by, permissions },
  }
}
