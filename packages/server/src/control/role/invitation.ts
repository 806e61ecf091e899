// Invitations to administer: a link that works once, mailed or shown. A person that exists already takes the
// role only by opening the link, so that nobody hands rights to an account that another made for the address.
import { INVITATION_DAYS, type Invitation, type Invited } from '@gatepost/contract/role.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { isUserHere } from './administrator.ts'
import { mailInvitation } from './letter.ts'
import { findRole, lockRoles, type RoleScope, requireMayGive, requireRole } from './rules.ts'

const DAY_MS = 86_400_000
/** Open ones of one tenant: more are no invitations any more. */
const INVITATIONS_MAX = 500

export type InvitationDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly link: Pick<ControlDeps['link'], 'order'>
  /** The console's outward name. */
  readonly url?: string | undefined
}

type Draft = {
  readonly email: string
  readonly name: string
  readonly role: string
  readonly send: 'mail' | 'show'
}

/**
 * Asks somebody. One of our own users who can sign in already gets the role at once and no link. Throws
 * `not-allowed` for roles that are not the asker's to give.
 */
export async function inviteAdministrator(
  scope: RoleScope,
  draft: Draft,
  deps: InvitationDeps,
): Promise<Invited> {
  requireMailbox(draft.email)
  const { tenantId } = scope
  const now = deps.clock.now()
  const token = newSecret()
  const row = await deps.store.transaction(async (trx) => {
    await lockRoles(trx, tenantId)
    const role = await requireRole(trx, tenantId, draft.role)
    requireMayGive(scope.held, role)
    await requireNoRole(trx, tenantId, draft.email)
    await requireRoom(trx, tenantId)
    const made = await keepInvitation(trx, { ...draft, tenantId, by: scope.actor.name, token, now })
    const event = { action: 'administrator.invited', subject: `${draft.name} (${draft.email})`, before: null }
    await appendAudit(trx, scope, { ...event, after: { role: role.name, sent: draft.send }, at: now })
    return { ...made, roleName: role.name }
  })
  const link = linkOf(deps.url, token)
  if (draft.send === 'mail') {
    await mailInvitation({ tenantId, email: draft.email, name: draft.name, link, by: scope.actor.name }, deps)
  }
  const { roleName } = row
  return {
    invitation: invitationOf(row, roleName),
    link: draft.send === 'mail' ? null : link,
    mailed: draft.send === 'mail',
  }
}

export async function listInvitations(
  { tenantId }: Pick<RoleScope, 'tenantId'>,
  { store, clock }: Pick<InvitationDeps, 'store' | 'clock'>,
): Promise<{ readonly items: Invitation[] }> {
  const rows = await store.db
    .selectFrom('invitation')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '>', clock.now())
    .orderBy('id', 'desc')
    .execute()
  const items = await Promise.all(
    rows.map(async (row) =>
      invitationOf(row, (await findRole(store.db, tenantId, row.role))?.name ?? 'No role'),
    ),
  )
  return { items }
}

/**
 * Takes an invitation back. Throws `not-found`, and `not-allowed` where the role is not the asker's to give.
 */
export async function removeInvitation(
  scope: RoleScope,
  id: string,
  { store, clock }: Pick<InvitationDeps, 'store' | 'clock'>,
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('invitation')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw problem('not-found', 'There is no such invitation any more.')
    const role = await findRole(trx, scope.tenantId, row.role)
    if (role) requireMayGive(scope.held, role)
    const event = { action: 'invitation.removed', subject: `${row.name} (${row.email})`, after: null }
    await appendAudit(trx, scope, { ...event, before: { role: role?.name ?? null }, at: clock.now() })
  })
}

/** Stores an invitation in place of an older one for the same address. */
export async function keepInvitation(
  trx: Trx,
  invitation: {
    readonly tenantId: string
    readonly email: string
    readonly name: string
    readonly role: string
    readonly by: string
    readonly token: string
    readonly now: number
    readonly asOperator?: boolean
  },
): Promise<Row<'invitation'>> {
  const { tenantId, email, name, role, by, token, now } = invitation
  const key = addressKey(email)
  await trx
    .deleteFrom('invitation')
    .where('tenant_id', '=', tenantId)
    .where(({ or, eb }) => or([eb('email_key', '=', key), eb('expires_at', '<', now)]))
    .execute()
  const row: Row<'invitation'> = {
    id: newId('adm', now),
    tenant_id: tenantId,
    email,
    email_key: key,
    name,
    role,
    as_operator: invitation.asOperator ? 1 : 0,
    digest: digestOf(token),
    created_at: now,
    created_by: by,
    expires_at: now + INVITATION_DAYS * DAY_MS,
  }
  await trx.insertInto('invitation').values(row).execute()
  return row
}

export function invitationOf(row: Row<'invitation'>, roleName: string): Invitation {
  const role = row.tenant_id === SYSTEM_TENANT ? 'operator' : row.role
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role,
    roleName,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
  }
}

/** The token stands behind `#`, which no server logs. */
export function linkOf(url: string | undefined, token: string): string {
  return `${url ?? 'http://localhost:8080/'}invitation#token=${token}`
}

export function requireMailbox(email: string): void {
  if ((mailboxOf(email)?.domain ?? '') !== '') return
  const message = `“${email}” is not an e-mail address; write it like anna@acme.example.`
  throw invalidInput([{ path: '/email', message }])
}

async function requireNoRole(trx: Trx, tenantId: string, email: string): Promise<void> {
  const row = await trx
    .selectFrom('role_binding')
    .innerJoin('person', 'person.id', 'role_binding.person_id')
    .select(['person.user_id', 'role_binding.role'])
    .where('role_binding.tenant_id', '=', tenantId)
    .where('person.email_key', '=', addressKey(email))
    .executeTakeFirst()
  if (!row) return
  if (row.role === 'end-user' && (await isUserHere(trx, tenantId, row.user_id))) return
  const message = 'This person has a role here already. Change it in the list.'
  throw invalidInput([{ path: '/email', message }])
}

async function requireRoom(db: Db, tenantId: string): Promise<void> {
  const { count } = await db
    .selectFrom('invitation')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= INVITATIONS_MAX) {
    throw problem('limit-reached', `${INVITATIONS_MAX} invitations are open. Take some back first.`)
  }
}
