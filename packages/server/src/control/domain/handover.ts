// Handing a domain over that its organisation lost (C1): another one proved it anew, the old proof has been
// gone for days, and the operator of the installation agrees.
import type { LostDomain } from '@gatepost/contract/domain.ts'
import type { Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { addActivity } from '../connect/activity.ts'
import { problem } from '../problem.ts'
import type { Actor, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { newDomainToken, PENDING_DOMAIN_MS } from '../setup/pending-domain.ts'
import { deleteKeysOfDomain } from '../signing/store.ts'
import { CLAIM, goneSince, holderOfName, isLost, LOST_MS, noteClaim, noteProof, type Since } from './lost.ts'
import { lookForProof, outcomeOf } from './proof.ts'
import type { DomainRow } from './store.ts'
import { markValidated, type ProofDeps } from './validate.ts'

/** Lost domains that another organisation has proven, the oldest claim first. */
export async function listLostDomains({
  store,
  clock,
}: Pick<ProofDeps, 'store' | 'clock'>): Promise<{ items: LostDomain[] }> {
  const claims = await acrossTenants(store.db)
    .selectFrom('observation')
    .innerJoin('domain', 'domain.id', 'observation.subject')
    .innerJoin('tenant', 'tenant.id', 'domain.tenant_id')
    .select(['domain.id', 'domain.name', 'tenant.slug', 'tenant.name as tenant', 'observation.value'])
    .where('observation.name', '=', CLAIM)
    .where('domain.validated_at', 'is', null)
    .orderBy('domain.id')
    .execute()
  const items: LostDomain[] = []
  for (const claim of claims) {
    const { since: provenAt } = JSON.parse(claim.value) as Since
    const holder = await holderOfName(store.db, claim.name)
    const lostSince = holder === null ? null : await goneSince(store.db, holder)
    if (provenAt === null || holder === null || lostSince === null) continue
    if (lostSince > clock.now() - LOST_MS) continue
    items.push({
      id: claim.id,
      name: claim.name,
      holder: { slug: holder.slug, name: holder.tenant },
      claimant: { slug: claim.slug, name: claim.tenant },
      lostSince,
      provenAt,
    })
  }
  return { items: items.toSorted((a, b) => a.provenAt - b.provenAt) }
}

/**
 * Hands a lost domain over; `id` is the pending domain of the organisation that proved it. Both records are
 * looked for once more. Throws `not-found`, and `domain-taken` with what was seen.
 */
export async function handDomainOver(
  by: { readonly actor: Actor; readonly from: string },
  id: string,
  deps: ProofDeps,
): Promise<void> {
  const { store, clock, config, dns } = deps
  const claim = await acrossTenants(store.db)
    .selectFrom('domain')
    .selectAll()
    .where('id', '=', id)
    .where('validated_at', 'is', null)
    .executeTakeFirst()
  const holder = claim === undefined ? null : await holderOfName(store.db, claim.name)
  if (claim === undefined || holder === null) throw problem('not-found', 'Nobody claims this domain.')
  if (!(await isLost(store.db, claim.name, clock.now()))) {
    throw problem(
      'domain-taken',
      `The proof of ${holder.tenant} is there, or was gone for less than three days.`,
    )
  }
  const hosts = { dns, hostname: config.hostname }
  const [theirs, ours] = await Promise.all([lookForProof(holder, hosts), lookForProof(claim, hosts)])
  // No answer is no proof that a record is gone (law 4).
  if (outcomeOf(theirs).kind !== 'missing') {
    throw problem('domain-taken', `The record of ${holder.tenant} is back, or no name server answered.`)
  }
  const seen = outcomeOf(ours)
  if (seen.kind !== 'found') {
    throw problem('domain-taken', `The new record of ${claim.name} is not there now.`)
  }
  const actor = { ...by.actor, ...(by.actor.kind === 'person' ? { asOperator: true } : {}) }
  const now = clock.now()
  await store.transaction(async (trx) => {
    await release(trx, holder, { scope: { tenantId: holder.tenant_id, actor, from: by.from }, now })
    const scope = { tenantId: claim.tenant_id, actor, from: by.from }
    await markValidated(trx, claim, { by: seen.by, look: ours, scope, now })
    await noteClaim(trx, claim, { proven: false, now })
  })
  deps.link.settingsChanged()
}

/** The domain, and what was validated through it, waits for a new proof. Users and policies stay. */
async function release(
  trx: Trx,
  holder: Pick<DomainRow, 'tenant_id' | 'name'>,
  { scope, now }: { readonly scope: Scope; readonly now: number },
): Promise<void> {
  const { tenant_id: tenantId } = holder
  const validated = await trx
    .selectFrom('domain')
    .select(['id', 'name', 'validated_by'])
    .where('tenant_id', '=', tenantId)
    .where('validated_at', 'is not', null)
    .execute()
  const lost = validated.filter(
    ({ name, validated_by }) =>
      name === holder.name || (validated_by === 'parent' && name.endsWith(`.${holder.name}`)),
  )
  for (const { id, name } of lost) {
    const revision = await changeSettings(trx, scope, {
      action: 'domain.handed-over',
      subject: `domain ${name}`,
      before: { validated: true },
      after: { validated: false },
      reason: 'its record was gone, another organisation proved it, and the operator agreed',
      at: now,
    })
    await deleteKeysOfDomain(trx, tenantId, id)
    await trx
      .updateTable('domain')
      .set({
        token: newDomainToken(),
        validated_at: null,
        validated_by: null,
        expires_at: now + PENDING_DOMAIN_MS,
        observation: null,
        checked_at: null,
        next_check_at: now,
        failures: 0,
        revision,
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
    await noteProof(trx, { id, tenant_id: tenantId }, { gone: false, now })
    const text = `${name} is no longer yours: it was proven by somebody else`
    await addActivity(trx, { tenantId, at: now, kind: 'check', text, step: 'validate-domains' })
  }
}
