// Operators: of the installation, and of chosen organisations from outside (MSP). Each organisation sees in
// its audit log who was let in, by whom, and what they did.
import type { Operator } from '@gatepost/contract/operator.ts'
import type { Invited } from '@gatepost/contract/role.ts'
import { newSecret } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Actor } from '../scope.ts'
import { lastSeen } from './administrator.ts'
import { type InvitationDeps, invitationOf, keepInvitation, linkOf, requireMailbox } from './invitation.ts'
import { lockRoles, requireAnotherSuper } from './rules.ts'

export type Grants = {
  readonly installation: boolean
  readonly tenants: readonly { readonly tenant: string; readonly role: string }[]
}
type By = { readonly actor: Actor; readonly from: string }
type Deps = Pick<InvitationDeps, 'store' | 'clock'>

/** Everybody who operates the installation or some organisation from outside. */
export async function listOperators(
  asker: string,
  { store, clock }: Deps,
): Promise<{
  readonly items: Operator[]
  readonly invitations: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly expiresAt: number
  }[]
}> {
  const invitations = await store.db
    .selectFrom('invitation')
    .select(['id', 'name', 'email', 'expires_at'])
    .where('tenant_id', '=', SYSTEM_TENANT)
    .where('expires_at', '>', clock.now())
    .orderBy('id', 'desc')
    .execute()
  return {
    items: await operators(store.db, asker),
    invitations: invitations.map(({ expires_at, ...row }) => ({ ...row, expiresAt: expires_at })),
  }
}

/** Asks somebody; what is granted is given when the link is opened. */
export async function inviteOperator(
  by: By,
  input: Grants & { readonly email: string; readonly name: string },
  deps: InvitationDeps,
): Promise<Invited> {
  requireMailbox(input.email)
  const { email, name, installation, tenants } = input
  const token = newSecret()
  const now = deps.clock.now()
  const grants: Grants = { installation, tenants }
  const row = await deps.store.transaction(async (trx) => {
    await requireTenants(trx, grants)
    const role = JSON.stringify(grants)
    const invitation = { tenantId: SYSTEM_TENANT, email, name, role, by: by.actor.name, token, now }
    const made = await keepInvitation(trx, { ...invitation, asOperator: true })
    const event = { action: 'operator.invited', subject: `${name} (${email})`, before: null, after: grants }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, at: now })
    return made
  })
  return { invitation: invitationOf(row, 'Operator'), link: linkOf(deps.url, token), mailed: false }
}

/** Chooses what an operator is. Throws `last-operator` and `last-super`. */
export async function setOperator(
  by: By,
  input: Grants & { readonly person: string },
  { store, clock }: Deps,
): Promise<{ readonly items: Operator[] }> {
  await store.transaction(async (trx) => {
    const person = await trx
      .selectFrom('person')
      .select(['id', 'name'])
      .where('id', '=', input.person)
      .executeTakeFirst()
    await lockOperators(trx)
    const present = (await operators(trx, '')).find(({ id }) => id === input.person)
    if (!person || !present) throw problem('not-found', 'There is no such operator.')
    await requireTenants(trx, input)
    if (!input.installation) await requireAnotherOperator(trx, person.id)
    const now = clock.now()
    const grants: Grants = { installation: input.installation, tenants: input.tenants }
    await applyGrants(trx, { ...by, now }, { person, grants, by: by.actor.name })
    const subject = `operator ${person.name}`
    const before = {
      installation: present.installation,
      tenants: present.tenants.map(({ tenant }) => tenant),
    }
    const event = { action: 'operator.changed', subject, before, after: grants }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, at: now })
  })
  return { items: await operators(store.db, by.actor.kind === 'person' ? by.actor.id : '') }
}

export async function removeOperatorInvitation(by: By, id: string, { store, clock }: Deps): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('invitation')
      .where('tenant_id', '=', SYSTEM_TENANT)
      .where('id', '=', id)
      .returning(['name', 'email'])
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'There is no such invitation any more.')
    const event = { action: 'invitation.removed', subject: `operator ${row.name} (${row.email})` }
    const change = { before: null, after: null, at: clock.now() }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, ...change })
  })
}

/**
 * Makes a person operator of exactly these organisations. Roles that the person has as a member are left;
 * each organisation concerned gets an entry in its own audit log.
 */
export async function applyGrants(
  trx: Trx,
  at: By & { readonly now: number },
  grant: {
    readonly person: { readonly id: string; readonly name: string }
    readonly grants: Grants
    readonly by: string
  },
): Promise<void> {
  const { person, grants } = grant
  await trx
    .updateTable('person')
    .set({ operator: grants.installation ? 1 : 0, updated_at: at.now })
    .where('id', '=', person.id)
    .execute()
  const held = await acrossTenants(trx)
    .selectFrom('role_binding')
    .select(['tenant_id', 'role', 'as_operator'])
    .where('person_id', '=', person.id)
    .execute()
  const wanted = new Map(grants.tenants.map(({ tenant, role }) => [tenant, role]))
  for (const { tenant_id, role, as_operator } of held) {
    const next = wanted.get(tenant_id)
    wanted.delete(tenant_id)
    if (as_operator === 0 || next === role) continue
    await changeBinding(trx, at, { ...grant, tenantId: tenant_id, before: role, after: next ?? null })
  }
  for (const [tenantId, role] of wanted) {
    await changeBinding(trx, at, { ...grant, tenantId, before: null, after: role })
  }
}

async function changeBinding(
  trx: Trx,
  { actor, from, now }: By & { readonly now: number },
  change: {
    readonly tenantId: string
    readonly person: { readonly id: string; readonly name: string }
    readonly by: string
    readonly before: string | null
    readonly after: string | null
  },
): Promise<void> {
  const { tenantId, person, before, after, by } = change
  await lockRoles(trx, tenantId)
  if (before === 'super' && after !== 'super') await requireAnotherSuper(trx, tenantId, person.id)
  await trx
    .deleteFrom('role_binding')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', person.id)
    .execute()
  if (after !== null) {
    const row = { tenant_id: tenantId, person_id: person.id, role: after, created_at: now }
    await trx
      .insertInto('role_binding')
      .values({ ...row, as_operator: 1, created_by: by })
      .execute()
  }
  const event = { action: after === null ? 'operator.left' : 'operator.admitted', subject: person.name }
  const states = {
    before: before === null ? null : { role: before },
    after: after === null ? null : { role: after, by },
  }
  const scope = { tenantId, actor: { ...actor, asOperator: true } as Actor, from }
  await appendAudit(trx, scope, { ...event, ...states, at: now })
}

/** What an invitation of an operator keeps in the place of a role. */
export function grantsIn(json: string): Grants {
  return JSON.parse(json) as Grants
}

async function operators(db: Db, asker: string): Promise<Operator[]> {
  const people = await acrossTenants(db)
    .selectFrom('person')
    .select(['id', 'name', 'email', 'operator'])
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('operator', '=', 1),
        eb('id', 'in', selectFrom('role_binding').select('person_id').where('as_operator', '=', 1)),
      ]),
    )
    .orderBy('email_key')
    .execute()
  const ids = people.map(({ id }) => id)
  const [bindings, seen] = await Promise.all([bindingsOf(db, ids), lastSeen(db, ids)])
  return people.map(({ id, name, email, operator }) => ({
    id,
    name,
    email,
    you: id === asker,
    installation: operator === 1,
    tenants: bindings
      .filter(({ person_id }) => person_id === id)
      .map((row) => ({
        tenant: row.tenant_id,
        role: row.role as Operator['tenants'][number]['role'],
        name: row.name,
        slug: row.slug,
      })),
    lastSeenAt: seen.get(id) ?? null,
  }))
}

async function bindingsOf(db: Db, ids: readonly string[]) {
  if (ids.length === 0) return []
  return acrossTenants(db)
    .selectFrom('role_binding')
    .innerJoin('tenant', 'tenant.id', 'role_binding.tenant_id')
    .select(['role_binding.person_id', 'role_binding.tenant_id', 'role_binding.role'])
    .select(['tenant.name', 'tenant.slug'])
    .where('role_binding.as_operator', '=', 1)
    .where('role_binding.person_id', 'in', ids)
    .orderBy('tenant.name')
    .execute()
}

async function requireTenants(trx: Trx, { tenants }: Grants): Promise<void> {
  const ids = [...new Set(tenants.map(({ tenant }) => tenant))]
  if (ids.length === 0) return
  const rows = await trx.selectFrom('tenant').select('id').where('id', 'in', ids).execute()
  if (rows.length < ids.length) throw problem('not-found', 'One of the organisations is not here.')
}

/** Changes of operators follow each other: two who demote each other do not both win. */
async function lockOperators(trx: Trx): Promise<void> {
  await trx
    .updateTable('person')
    .set(({ ref }) => ({ name: ref('name') }))
    .where('operator', '=', 1)
    .execute()
}

async function requireAnotherOperator(trx: Trx, personId: string): Promise<void> {
  const other = await trx
    .selectFrom('person')
    .select('id')
    .where('operator', '=', 1)
    .where('id', '!=', personId)
    .executeTakeFirst()
  if (!other) throw problem('last-operator', 'Make somebody else operator of the installation first.')
}
