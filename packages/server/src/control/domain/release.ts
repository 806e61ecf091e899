// What a hand-over takes from the organisation that lost a domain (C1): the names, what speaks in them, and
// the accounts that sign in by their addresses. Users, policies, routes and mail stay where they are.
import { mailboxOf } from '@gatepost/mail/address.ts'
import type { Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { endSessionsOf } from '../auth/session.ts'
import { addActivity } from '../connect/activity.ts'
import type { Actor, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { newDomainToken } from '../setup/pending-domain.ts'
import { deleteKeysOfDomain } from '../signing/store.ts'
import { noteProof } from './claim.ts'
import { accountsAt, namesGoingWith, noteLost } from './claim-store.ts'
import { type DomainRow, domainsOf } from './store.ts'

const REASON = 'its record was gone for days, another organisation proved it, and the operator agreed'

type In = { readonly scope: Scope; readonly now: number }

/** Takes the domain and what was validated through it; returns their names. */
export async function release(
  trx: Trx,
  holder: Pick<DomainRow, 'tenant_id' | 'name'>,
  { scope, now }: In,
): Promise<readonly string[]> {
  const rows = await domainsOf(trx, holder.tenant_id)
  const names = namesGoingWith(holder.name, rows)
  for (const row of rows.filter(({ name }) => names.includes(name))) await loseOne(trx, row, { scope, now })
  await passPrimaryOn(trx, rows, names)
  await dropPostmaster(trx, names, { scope, now })
  return names
}

async function loseOne(trx: Trx, row: DomainRow, { scope, now }: In): Promise<void> {
  const { id, name, tenant_id: tenantId } = row
  const revision = await changeSettings(trx, scope, {
    action: 'domain.lost',
    subject: `domain ${name}`,
    before: { validated: true },
    after: { validated: false },
    reason: REASON,
    at: now,
  })
  await deleteKeysOfDomain(trx, tenantId, id)
  const fields = { token: newDomainToken(), validated_at: null, validated_by: null, expires_at: null }
  await trx
    .updateTable('domain')
    .set({ ...fields, lost_at: now, observation: null, next_check_at: null, failures: 0, revision })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
  await noteProof(trx, row, 'found', now)
  await noteLost(trx, tenantId, name, now)
  const text = `${name} is no longer yours: its record was gone, and somebody else proved it`
  await addActivity(trx, { tenantId, at: now, kind: 'check', text, step: 'validate-domains' })
}

async function passPrimaryOn(trx: Trx, rows: readonly DomainRow[], names: readonly string[]): Promise<void> {
  const primary = rows.find(({ is_primary, name }) => is_primary === 1 && names.includes(name))
  const heir = rows.find(({ validated_at, name }) => validated_at !== null && !names.includes(name))
  if (!primary || !heir) return
  for (const { id, tenant_id } of [primary, heir]) {
    await trx
      .updateTable('domain')
      .set({ is_primary: id === heir.id ? 1 : 0 })
      .where('tenant_id', '=', tenant_id)
      .where('id', '=', id)
      .execute()
  }
}

/** Mail for the postmaster of what is left would go to the new owner. */
async function dropPostmaster(trx: Trx, names: readonly string[], { scope, now }: In): Promise<void> {
  const tenant = await trx
    .selectFrom('tenant')
    .select('postmaster')
    .where('id', '=', scope.tenantId)
    .executeTakeFirst()
  const postmaster = tenant?.postmaster ?? null
  if (postmaster === null || !names.includes(mailboxOf(postmaster)?.domain ?? '')) return
  const change = { before: { postmaster }, after: { postmaster: null } }
  const event = { action: 'tenant.changed', subject: 'postmaster', reason: REASON, at: now }
  const revision = await changeSettings(trx, scope, { ...event, ...change })
  await trx
    .updateTable('tenant')
    .set({ postmaster: null, revision })
    .where('id', '=', scope.tenantId)
    .execute()
}

/**
 * Ends accounts that sign in by an address of the names, everywhere but in the organisation that has them
 * now: it is the one that vouches for these addresses from here on, and reads their mail.
 */
export async function endAccounts(
  trx: Trx,
  about: {
    readonly names: readonly string[]
    /** Whose names they are now. */
    readonly tenantId: string
    readonly actor: Actor
    readonly from: string
    readonly now: number
  },
): Promise<void> {
  const { names, tenantId, actor, from, now } = about
  await dropResetLinks(trx, names)
  for (const { id, email, user_id: userId } of await accountsAt(trx, names)) {
    const roles = await acrossTenants(trx)
      .deleteFrom('role_binding')
      .where('person_id', '=', id)
      .where('tenant_id', '!=', tenantId)
      .returning('tenant_id')
      .execute()
    const user = userId === null ? undefined : await tenantOfUser(trx, userId)
    const left = new Set(roles.map(({ tenant_id }) => tenant_id))
    if (user !== undefined && user !== tenantId) left.add(user)
    for (const one of left) {
      const event = { action: 'account.ended', subject: `account of ${email}`, before: null, after: null }
      await appendAudit(trx, { tenantId: one, actor, from }, { ...event, at: now })
    }
    await endSessionsOf(trx, { personId: id, but: null, now })
    await trx.deleteFrom('sign_in_ticket').where('person_id', '=', id).execute()
    const stays = await trx
      .selectFrom('role_binding')
      .select('person_id')
      .where('tenant_id', '=', tenantId)
      .where('person_id', '=', id)
      .executeTakeFirst()
    if (!stays) await deleteAccount(trx, id)
    else if (left.size > 0)
      await trx.updateTable('person').set({ user_id: null }).where('id', '=', id).execute()
  }
}

/** Links that were mailed to the old mailboxes, for people who had no account yet. */
async function dropResetLinks(trx: Trx, names: readonly string[]): Promise<void> {
  const links = await trx
    .selectFrom('sign_in_ticket')
    .select(['digest', 'value'])
    .where('kind', '=', 'reset')
    .execute()
  const theirs = links.filter(({ value }) => {
    const { email } = JSON.parse(value) as { readonly email?: string }
    return names.includes(mailboxOf(email ?? '')?.domain ?? '')
  })
  const digests = theirs.map(({ digest }) => digest)
  if (digests.length > 0) await trx.deleteFrom('sign_in_ticket').where('digest', 'in', digests).execute()
}

async function tenantOfUser(trx: Trx, userId: string): Promise<string | undefined> {
  const row = await acrossTenants(trx)
    .selectFrom('user')
    .select('tenant_id')
    .where('id', '=', userId)
    .executeTakeFirst()
  return row?.tenant_id
}

async function deleteAccount(trx: Trx, id: string): Promise<void> {
  for (const table of ['second_factor', 'recovery_code', 'password_history', 'session'] as const)
    await trx.deleteFrom(table).where('person_id', '=', id).execute()
  await trx.deleteFrom('person').where('id', '=', id).execute()
}
