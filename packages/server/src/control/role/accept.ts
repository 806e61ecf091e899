// Opening an invitation's link: a new person chooses a password, one that exists signs in and accepts.
import type { InvitationShown } from '@gatepost/contract/role.ts'
import { digestOf, newId } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import type { AuthDeps } from '../auth/auth.ts'
import { tenantOfAddress } from '../auth/candidate.ts'
import { hashNewPassword } from '../auth/set-password.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor } from '../scope.ts'
import { applyGrants, type Grants, grantsIn } from './operator.ts'
import { findRole, lockRoles } from './rules.ts'

type Deps = Pick<AuthDeps, 'store' | 'clock' | 'passwords'>
type Opener = { readonly personId: string | null; readonly from: string }

/** What a link offers. Throws `invitation-wrong` for one that was used, replaced or is over. */
export async function checkInvitation(
  token: string,
  opener: Pick<Opener, 'personId'>,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<InvitationShown> {
  const row = await requireInvitation(store.db, token, clock.now())
  const person = await personOf(store.db, row.email_key)
  const isSystem = row.tenant_id === SYSTEM_TENANT
  const tenant = isSystem
    ? undefined
    : await store.db.selectFrom('tenant').select('name').where('id', '=', row.tenant_id).executeTakeFirst()
  const role = isSystem ? null : await findRole(store.db, row.tenant_id, row.role)
  return {
    organisation: tenant?.name ?? 'this installation',
    email: row.email,
    name: row.name,
    roleName: role?.name ?? (isSystem ? 'Operator' : 'No role'),
    invitedBy: row.created_by,
    expiresAt: row.expires_at,
    hasAccount: person !== undefined || (await isForeign(store.db, row)),
    signedIn: person !== undefined && person.id === opener.personId,
  }
}

/**
 * Accepts. Throws `invalid-input` where a new person gives no password, or one that the organisation's rules
 * refuse; `not-signed-in` where the address has an account and somebody else, or nobody, is signed in. An
 * address of another organisation's domain gets its account there: whoever invites it may hold this link.
 */
export async function acceptInvitation(
  input: {
    readonly token: string
    readonly name?: string | undefined
    readonly password?: string | undefined
  },
  opener: Opener,
  { store, clock, passwords }: Deps,
): Promise<{ readonly email: string; readonly slug: string | null }> {
  const now = clock.now()
  const asked = await requireInvitation(store.db, input.token, now)
  const known = await personOf(store.db, asked.email_key)
  if (known ? known.id !== opener.personId : await isForeign(store.db, asked)) {
    throw problem('not-signed-in', `Sign in as ${asked.email} first, then open the link again.`)
  }
  if (!known && input.password === undefined) {
    throw invalidInput([{ path: '/password', message: 'Choose a password of at least 12 characters.' }])
  }
  const name = input.name ?? asked.name
  const newcomer = { personId: null, tenantId: homeOf(asked), email: asked.email, name, password: null }
  const password = known ? '' : await hashNewPassword(input.password!, newcomer, { store, passwords })
  return store.transaction(async (trx) => {
    const row = await useInvitation(trx, input.token, now)
    const person = known ?? (await insertPerson(trx, { row, name, password, now }))
    const actor: Actor = { kind: 'person', id: person.id, name: person.name }
    const bound = { person, actor, from: opener.from, now }
    const slug =
      row.tenant_id === SYSTEM_TENANT ? await bindOperator(trx, row, bound) : await bindRole(trx, row, bound)
    return { email: row.email, slug }
  })
}

type Bound = {
  readonly person: { readonly id: string; readonly name: string }
  readonly actor: Actor
  readonly from: string
  readonly now: number
}

async function bindRole(trx: Trx, row: Row<'invitation'>, bound: Bound): Promise<string> {
  const { person, actor, from, now } = bound
  await lockRoles(trx, row.tenant_id)
  const role = await findRole(trx, row.tenant_id, row.role)
  if (!role) throw wrongInvitation()
  const binding = { tenant_id: row.tenant_id, person_id: person.id, role: row.role, created_at: now }
  await trx
    .insertInto('role_binding')
    .values({ ...binding, created_by: row.created_by, as_operator: row.as_operator })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'person_id']).doUpdateSet({
        role: row.role,
        as_operator: row.as_operator,
        created_by: row.created_by,
      }),
    )
    .execute()
  const event = { action: 'invitation.accepted', subject: `${person.name} (${row.email})`, before: null }
  const after = { role: role.name, invitedBy: row.created_by }
  await appendAudit(trx, { tenantId: row.tenant_id, actor, from }, { ...event, after, at: now })
  const tenant = await trx
    .selectFrom('tenant')
    .select('slug')
    .where('id', '=', row.tenant_id)
    .executeTakeFirst()
  return tenant?.slug ?? ''
}

async function bindOperator(trx: Trx, row: Row<'invitation'>, bound: Bound): Promise<null> {
  const { person, actor, from, now } = bound
  const grants = await withPresent(trx, person.id, grantsIn(row.role))
  await applyGrants(trx, { actor, from, now }, { person, grants, by: row.created_by })
  const event = { action: 'invitation.accepted', subject: `operator ${person.name}`, before: null }
  await appendAudit(trx, { tenantId: null, actor, from }, { ...event, after: grants, at: now })
  return null
}

/** An invitation adds to what an operator has; taking away is done by the list alone. */
async function withPresent(trx: Trx, personId: string, asked: Grants): Promise<Grants> {
  const [person, held] = await Promise.all([
    trx.selectFrom('person').select('operator').where('id', '=', personId).executeTakeFirst(),
    acrossTenants(trx)
      .selectFrom('role_binding')
      .select(['tenant_id as tenant', 'role'])
      .where('person_id', '=', personId)
      .where('as_operator', '=', 1)
      .execute(),
  ])
  const tenants = new Map([...held, ...asked.tenants].map((grant) => [grant.tenant, grant]))
  return { installation: asked.installation || person?.operator === 1, tenants: [...tenants.values()] }
}

async function requireInvitation(db: Db, token: string, now: number): Promise<Row<'invitation'>> {
  const row = await acrossTenants(db)
    .selectFrom('invitation')
    .selectAll()
    .where('digest', '=', digestOf(token))
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (!row) throw wrongInvitation()
  return row
}

/** Two who use the link at once: one finds it gone. */
async function useInvitation(trx: Trx, token: string, now: number): Promise<Row<'invitation'>> {
  const row = await acrossTenants(trx)
    .deleteFrom('invitation')
    .where('digest', '=', digestOf(token))
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw wrongInvitation()
  return row
}

function wrongInvitation(): Error {
  const detail = 'This invitation was used, taken back or is over. Ask for a new one.'
  return problem('invitation-wrong', detail)
}

function homeOf({ tenant_id }: Row<'invitation'>): string | null {
  return tenant_id === SYSTEM_TENANT ? null : tenant_id
}

/** Whether the address is of a domain that another organisation has proved; operators invite anybody. */
async function isForeign(db: Db, row: Row<'invitation'>): Promise<boolean> {
  const home = homeOf(row)
  const owner = home === null ? null : await tenantOfAddress(db, row.email)
  return owner !== null && owner !== home
}

function personOf(db: Db, emailKey: string) {
  return db.selectFrom('person').select(['id', 'name']).where('email_key', '=', emailKey).executeTakeFirst()
}

/** A person whose address is one of the organisation's users is that user. */
async function insertPerson(
  trx: Trx,
  made: {
    readonly row: Row<'invitation'>
    readonly name: string
    readonly password: string
    readonly now: number
  },
): Promise<{ readonly id: string; readonly name: string }> {
  const { row, name, password, now } = made
  const user = await trx
    .selectFrom('user_address')
    .select('user_id')
    .where('tenant_id', '=', row.tenant_id)
    .where('address_key', '=', row.email_key)
    .executeTakeFirst()
  const taken = user
    ? await trx.selectFrom('person').select('id').where('user_id', '=', user.user_id).executeTakeFirst()
    : undefined
  const id = newId('adm', now)
  await trx
    .insertInto('person')
    .values({
      id,
      email: row.email,
      email_key: row.email_key,
      name,
      password,
      operator: 0,
      user_id: taken ? null : (user?.user_id ?? null),
      password_set_at: now,
      created_at: now,
      updated_at: now,
    })
    .execute()
  return { id, name }
}
