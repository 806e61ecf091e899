// Signing in and out, who one is, and what one may do in a tenant.
import { type Permission, permissionsOf, type Role } from '@gatepost/contract/permission.ts'
import type { Me } from '@gatepost/contract/session.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { digestOf } from '#platform/random.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Actor, ControlDeps, Scope } from '../scope.ts'
import { findTenantId } from '../tenant/store.ts'
import type { SignInAttempts } from './attempts.ts'
import type { Passwords } from './password.ts'
import {
  dropOldSessions,
  endSession,
  findSession,
  isKnownAddress,
  openSession,
  type SignedIn,
} from './session.ts'

export type AuthDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit'> & {
  readonly passwords: Passwords
  readonly attempts: SignInAttempts
}

/** Where a request came from, as far as we believe it. */
export type RequestOrigin = { readonly from: string; readonly userAgent: string }

/** What a sign-in gives: the secret goes into the cookie and nowhere else. */
export type OpenedSession = { readonly me: Me; readonly secret: string; readonly expiresAt: number }

/**
 * Signs a person in. A session that the request already had (`replaces`) ends, so that nobody can plant one.
 * Throws `wrong-credentials` alike for unknown accounts and wrong passwords, and `too-many-attempts`.
 */
export async function signIn(
  input: { readonly email: string; readonly password: string; readonly replaces?: string | null },
  origin: RequestOrigin,
  deps: AuthDeps,
): Promise<OpenedSession> {
  const { store, clock, emit } = deps
  const account = addressKey(input.email)
  const person = await store.db
    .selectFrom('person')
    .select(['id', 'name', 'password'])
    .where('email_key', '=', account)
    .executeTakeFirst()
  const isKnown = person !== undefined && (await isKnownAddress(store.db, person.id, origin.from))
  // Accounts are counted by digest, so that long made-up names cost no memory.
  const attempt = { account: digestOf(account), from: origin.from, isKnown }
  const waitSeconds = deps.attempts.take(attempt)
  if (waitSeconds > 0) {
    throw problem('too-many-attempts', `Too many attempts. Wait ${waitSeconds} seconds before the next.`, {
      retryAfterSeconds: waitSeconds,
    })
  }
  const isRight = await deps.passwords.verify(input.password, person?.password ?? null)
  if (!isRight || !person) {
    emit('control.sign-in.failed', { from: origin.from })
    throw problem('wrong-credentials')
  }
  deps.attempts.giveBack(attempt)
  const now = clock.now()
  const opened = await store.transaction(async (trx) => {
    if (input.replaces) {
      await trx
        .updateTable('session')
        .set({ expires_at: now })
        .where('digest', '=', digestOf(input.replaces))
        .where('expires_at', '>', now)
        .execute()
    }
    await dropOldSessions(trx, now)
    const actor: Actor = { kind: 'person', id: person.id, name: person.name }
    const entry = {
      action: 'session.opened',
      subject: `sign-in of ${person.name}`,
      before: null,
      after: null,
    }
    await appendAudit(trx, { tenantId: null, actor, from: origin.from }, { ...entry, at: now })
    return openSession(trx, { personId: person.id, ...origin, now })
  })
  return { ...opened, me: await meOf(person.id, deps) }
}

/** Who a cookie's secret stands for; null when nobody. */
export function findSignedIn(secret: string, { store, clock }: AuthDeps): Promise<SignedIn | null> {
  return findSession(store, secret, clock.now())
}

export function signOut(signedIn: SignedIn, { store, clock }: AuthDeps): Promise<void> {
  return endSession(store.db, signedIn.sessionId, clock.now())
}

/** The person with organisations, roles and permissions. */
export async function meOf(personId: string, { store }: Pick<AuthDeps, 'store'>): Promise<Me> {
  const person = await store.db
    .selectFrom('person')
    .select(['id', 'name', 'email', 'operator'])
    .where('id', '=', personId)
    .executeTakeFirst()
  if (!person) throw problem('not-signed-in')
  const rows = await acrossTenants(store.db)
    .selectFrom('role_binding')
    .innerJoin('tenant', 'tenant.id', 'role_binding.tenant_id')
    .leftJoin('domain', (join) =>
      join.onRef('domain.tenant_id', '=', 'tenant.id').on('domain.is_primary', '=', 1),
    )
    .select(['tenant.id', 'tenant.slug', 'tenant.name', 'role_binding.role', 'domain.name as primary_domain'])
    .where('role_binding.person_id', '=', personId)
    .orderBy('tenant.name')
    .execute()
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    operator: person.operator === 1,
    passwordOnly: true,
    tenants: rows.map(({ id, slug, name, role, primary_domain }) => ({
      id,
      slug,
      name,
      role,
      primaryDomain: primary_domain ?? '',
      permissions: [...permissionsOf[role]],
    })),
  }
}

/**
 * The scope of a signed-in person in the tenant of a path. Throws `not-found` where the person has no role,
 * so that
 * nobody learns which tenants exist, and `not-allowed` where the role lacks the permission.
 */
export async function scopeOf(
  signedIn: SignedIn,
  request: { readonly tenant: string; readonly permission: Permission; readonly from: string },
  { store }: Pick<AuthDeps, 'store'>,
): Promise<Scope> {
  const tenantId = await findTenantId(store.db, request.tenant)
  if (tenantId === null) throw problem('not-found')
  const binding = await store.db
    .selectFrom('role_binding')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', signedIn.person.id)
    .executeTakeFirst()
  if (!binding) throw problem('not-found')
  if (!permissionsOf[binding.role as Role].includes(request.permission)) throw problem('not-allowed')
  return { tenantId, actor: actorOf(signedIn), from: request.from }
}

/** `system:*` belongs to operators of the installation. Throws `not-allowed`. */
export function requireOperator(signedIn: SignedIn): void {
  if (!signedIn.person.operator) throw problem('not-allowed')
}

export function actorOf({ person }: SignedIn): Extract<Actor, { kind: 'person' }> {
  return { kind: 'person', id: person.id, name: person.name }
}
