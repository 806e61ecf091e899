// What a look at the proof records changes: a domain becomes validated once and for all, or is looked at
// again later.

import { say } from '@gatepost/contract/sayings.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Db, Trx } from '#store/open.ts'
import { addActivity } from '../connect/activity.ts'
import { writeObservation } from '../connect/observation-store.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { noteProof } from './claim.ts'
import { endClaim, isClaim, noteProven } from './claim-told.ts'
import { MX_LOOK } from './mx-look.ts'
import { ancestorsOf } from './name.ts'
import { domainStateOf } from './present.ts'
import { lookForProof, outcomeOf, type ProofLook } from './proof.ts'
import { nextOnceRight, nextWhilePending } from './schedule.ts'
import { type DomainRow, findDomain, holdersOf, jsonOf } from './store.ts'

export type ProofDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'link' | 'config' | 'emit'>
type By = 'txt' | 'cname' | 'parent'

/**
 * Looks for the proof of one domain and keeps what was seen. Throws `domain-taken` when the proof is there
 * but another organisation has validated the domain meanwhile. `asked` is true when a person asked for it.
 */
export async function checkProof(
  row: DomainRow,
  asked: boolean,
  { scope, deps }: { readonly scope: Scope; readonly deps: ProofDeps },
): Promise<void> {
  const { store, clock, dns, config, emit, link } = deps
  if (isOver(row, clock.now())) {
    // An old record proves nothing any more: adding the domain again makes a new one.
    await keep(store.db, row, { next_check_at: null })
    return
  }
  const look = await lookForProof(row, { dns, hostname: config.hostname })
  const outcome = outcomeOf(look)
  emit('control.check.ran', { check: 'proof', domain: row.name, outcome: outcome.kind })
  const now = clock.now()
  if (row.validated_at !== null) await noteProof(store.db, row, outcome.kind, now)
  else if (outcome.kind === 'found') {
    const isValidated = await validate(row, { by: outcome.by, look, scope, deps })
    if (isValidated) {
      link.settingsChanged()
      return
    }
    if (!(await isClaim(store.db, row))) {
      await keepLook(row, { look: conflicting(look), now, asked, deps })
      throw problem('domain-taken', say('claim.taken'))
    }
  }
  if (row.validated_at === null) await noteProven(row, outcome.kind, { scope, store, now })
  await keepLook(row, { look, now, asked, deps })
}

function isOver(row: DomainRow, now: number): boolean {
  const state = domainStateOf(row, now)
  return state === 'expired' || state === 'lost'
}

/**
 * Whether `name` may be validated by the tenant: nobody else holds it, nor the nearest held name above it.
 */
export async function holderOf(
  trx: Trx,
  name: string,
  tenantId: string,
): Promise<'nobody' | 'another-tenant' | 'own-parent'> {
  const names = [name, ...ancestorsOf(name)]
  const holders = await holdersOf(trx, names)
  const nearest = names.find((candidate) => holders.has(candidate))
  if (nearest === undefined) return 'nobody'
  return holders.get(nearest)!.tenantId === tenantId ? 'own-parent' : 'another-tenant'
}

/** Marks a domain validated inside a transaction. Part of adding a sub-domain, too. */
export async function markValidated(
  trx: Trx,
  row: Pick<DomainRow, 'id' | 'name' | 'tenant_id'>,
  change: { readonly by: By; readonly look: ProofLook | null; readonly scope: Scope; readonly now: number },
): Promise<void> {
  const { by, look, scope, now } = change
  const revision = await changeSettings(trx, scope, {
    action: 'domain.validated',
    subject: `domain ${row.name}`,
    before: { validated: false },
    after: { validated: true, by },
    reason: by === 'parent' ? 'the domain above it is validated' : `its ${by.toUpperCase()} record was seen`,
    at: now,
  })
  await trx
    .updateTable('domain')
    .set({
      validated_at: now,
      validated_by: by,
      expires_at: null,
      lost_at: null,
      failures: 0,
      checked_at: now,
      next_check_at: by === 'parent' ? null : nextOnceRight(now, { misses: 0, known: true }),
      revision,
      ...(look === null ? {} : { observation: jsonOf(look) }),
    })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
  await noteProof(trx, row, 'found', now)
  const mx = { tenantId: row.tenant_id, subject: row.id, name: MX_LOOK }
  await writeObservation(trx, mx, { value: null, checkedAt: 0, nextCheckAt: now, failures: 0 })
  const text = say('activity.validated', { domain: row.name })
  await addActivity(trx, { tenantId: row.tenant_id, at: now, kind: 'check', text, step: 'validate-domains' })
}

/** False when somebody else holds the domain. */
async function validate(
  row: DomainRow,
  {
    by,
    look,
    scope,
    deps: { store, clock },
  }: { readonly by: By; readonly look: ProofLook; readonly scope: Scope; readonly deps: ProofDeps },
): Promise<boolean> {
  try {
    return await store.transaction(async (trx) => {
      const fresh = await findDomain(trx, row.tenant_id, row.id)
      if (!fresh || fresh.validated_at !== null) return true
      if ((await holderOf(trx, row.name, row.tenant_id)) === 'another-tenant') return false
      const now = clock.now()
      await markValidated(trx, fresh, { by, look, scope, now })
      await validateSubdomains(trx, fresh, { scope, now })
      await endClaim(trx, fresh, now)
      return true
    })
  } catch (error) {
    // Two organisations proved the same domain in the same moment; the index lets one through.
    if (isUniqueViolation(error)) return false
    throw error
  }
}

/** Pending sub-domains of a domain that was just validated need no proof of their own. */
export async function validateSubdomains(
  trx: Trx,
  parent: DomainRow,
  { scope, now }: { readonly scope: Scope; readonly now: number },
): Promise<void> {
  const pending = await trx
    .selectFrom('domain')
    .selectAll()
    .where('tenant_id', '=', parent.tenant_id)
    .where('validated_at', 'is', null)
    .execute()
  for (const row of pending.filter(({ name }) => name.endsWith(`.${parent.name}`))) {
    if ((await holderOf(trx, row.name, row.tenant_id)) === 'another-tenant') continue
    await markValidated(trx, row, { by: 'parent', look: null, scope, now })
  }
}

/** Misses in a row and the time of the next look. */
function afterLook(
  row: DomainRow,
  look: ProofLook,
  { now, asked }: { readonly now: number; readonly asked: boolean },
): { readonly failures: number; readonly next_check_at: number | null } {
  const kind = outcomeOf(look).kind
  if (row.validated_at === null) {
    // Somebody who presses "check now" has just published the record: start with the short waits again.
    const failures = asked ? 1 : row.failures + 1
    const isOver = row.expires_at !== null && row.expires_at <= now
    return { failures, next_check_at: isOver ? null : nextWhilePending(now, failures) }
  }
  const failures = kind === 'found' ? 0 : kind === 'missing' ? row.failures + 1 : row.failures
  return { failures, next_check_at: nextOnceRight(now, { misses: failures, known: kind !== 'unknown' }) }
}

async function keepLook(
  row: DomainRow,
  { look, now, asked, deps }: { look: ProofLook; now: number; asked: boolean; deps: ProofDeps },
): Promise<void> {
  const fields = { ...afterLook(row, look, { now, asked }), observation: jsonOf(look), checked_at: now }
  await keep(deps.store.db, row, fields)
}

async function keep(
  db: Db,
  row: DomainRow,
  fields: Partial<Omit<DomainRow, 'id' | 'tenant_id' | 'name'>>,
): Promise<void> {
  await db
    .updateTable('domain')
    .set(fields)
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

function conflicting({ txt, cname }: ProofLook): ProofLook {
  const hint =
    'Another organisation on this gateway has validated this domain. Claim it, or ask your operator.'
  return {
    txt: txt.state === 'found' ? { ...txt, state: 'conflict', hint } : txt,
    cname: cname.state === 'found' ? { ...cname, state: 'conflict', hint } : cname,
  }
}
