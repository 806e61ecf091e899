// Handing a domain over that its organisation lost (C1): another one proved it anew, the old proof has been
// gone for days, and the operator of the installation agrees.
import type { ClaimCase } from '@gatepost/contract/domain.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import { lockRoles } from '../role/rules.ts'
import type { Actor } from '../scope.ts'
import { claimOf, goneOf, isGone, isProven, LOST_MS, noteProof, shownClaim } from './claim.ts'
import {
  accountsAt,
  type ClaimRow,
  claimableFrom,
  liveClaims,
  namesGoingWith,
  type Party,
} from './claim-store.ts'
import { endClaim, noteProven } from './claim-told.ts'
import { domainOf } from './present.ts'
import { lookForProof, outcomeOf } from './proof.ts'
import { endAccounts, release } from './release.ts'
import { domainsOf, findDomain } from './store.ts'
import { holderOf, markValidated, type ProofDeps, validateSubdomains } from './validate.ts'

type By = { readonly actor: Actor; readonly from: string }
type Case = { readonly claim: ClaimRow; readonly holder: Party }

const HOUR_MS = 3_600_000

/** Claims whose record is there, with what each waits for, the oldest first. */
export async function listDomainClaims(
  deps: Pick<ProofDeps, 'store' | 'clock' | 'config'>,
): Promise<{ items: ClaimCase[] }> {
  const { db } = deps.store
  const now = deps.clock.now()
  const items: ClaimCase[] = []
  for (const claim of await liveClaims(db, { now })) {
    const holder = await claimableFrom(db, claim.name, claim.tenant_id)
    if (holder === null || claim.claim.provenAt === null) continue
    const names = namesGoingWith(holder.name, await domainsOf(db, holder.tenant_id))
    const accounts = await accountsAt(db, names)
    items.push({
      id: claim.id,
      name: claim.name,
      holder: partyOf(holder, deps),
      claimant: partyOf(claim, deps),
      claim: shownClaim(claim.claim, { gone: await goneOf(db, holder), expiresAt: claim.expires_at, now }),
      names: [...names],
      accounts: accounts.length,
      operators: accounts.filter(({ operator }) => operator === 1).length,
    })
  }
  return { items }
}

/**
 * Hands a domain over; `id` is the pending domain of the organisation that claims it. Both records are looked
 * for once more. Throws `not-found`, and `claim-not-ready` with what is missing.
 */
export async function handDomainOver(by: By, id: string, deps: ProofDeps): Promise<void> {
  const { store, clock, link } = deps
  const { claim, holder } = await requireCase(store.db, id, clock.now())
  await requireReady(store.db, { claim, holder }, clock.now())
  const proof = await lookAtBoth({ claim, holder }, by, deps)
  const actor = { ...by.actor, ...(by.actor.kind === 'person' ? { asOperator: true } : {}) }
  const of = (tenantId: string) => ({ tenantId, actor, from: by.from })
  await store.transaction(async (trx) => {
    const now = clock.now()
    // Two hand-overs follow each other, whichever comes first.
    for (const id of [holder.tenant_id, claim.tenant_id].toSorted()) await lockRoles(trx, id)
    // Looks take seconds: what was true before them is asked once more.
    await requireSame(trx, { claim, holder }, now)
    const names = await release(trx, holder, { scope: of(holder.tenant_id), now })
    await endAccounts(trx, { names, tenantId: claim.tenant_id, actor, from: by.from, now })
    if ((await holderOf(trx, claim.name, claim.tenant_id)) === 'another-tenant') {
      throw notReady(say('claim.above'))
    }
    const scope = of(claim.tenant_id)
    await markValidated(trx, claim, { ...proof, scope, now })
    await validateSubdomains(trx, claim, { scope, now })
    await endClaim(trx, claim, now)
    await appendAudit(
      trx,
      { ...scope, tenantId: null },
      {
        action: 'domain.handed-over',
        subject: `domain ${claim.name}`,
        before: { organisation: holder.slug },
        after: { organisation: claim.slug, names },
        at: now,
      },
    )
  })
  link.settingsChanged()
}

async function requireCase(db: Db, id: string, now: number): Promise<Case> {
  const claim = (await liveClaims(db, { now })).find((one) => one.id === id)
  const holder = claim ? await claimableFrom(db, claim.name, claim.tenant_id) : null
  if (!claim || holder === null) throw problem('not-found', say('claim.none'))
  return { claim, holder }
}

async function requireReady(db: Db, { claim, holder }: Case, now: number): Promise<void> {
  if (claim.claim.provenAt === null) throw notReady(say('claim.not-there', { domain: claim.name }))
  if (!isProven(claim.claim, now)) throw notReady(say('claim.must-stand'))
  const gone = await goneOf(db, holder)
  if (gone === null) throw notReady(say('claim.old-there', { holder: holder.tenant }))
  if (!isGone(gone)) {
    const hours = { hours: Math.floor(gone.countedMs / HOUR_MS), needed: LOST_MS / HOUR_MS }
    throw notReady(say('claim.missing-for', { holder: holder.tenant, ...hours }))
  }
  const names = namesGoingWith(holder.name, await domainsOf(db, holder.tenant_id))
  const operator = (await accountsAt(db, names)).find((one) => one.operator === 1)
  if (operator) throw notReady(say('claim.operator', { address: operator.email }))
}

/** No answer is no proof that a record is gone (law 4), nor that one is there. */
async function lookAtBoth({ claim, holder }: Case, by: By, { dns, config, store, clock }: ProofDeps) {
  const hosts = { dns, hostname: config.hostname }
  const [theirs, ours] = await Promise.all([lookForProof(holder, hosts), lookForProof(claim, hosts)])
  const now = clock.now()
  const scope = { tenantId: claim.tenant_id, ...by }
  const [old, seen] = [outcomeOf(theirs), outcomeOf(ours)]
  await noteProof(store.db, holder, old.kind, now)
  await noteProven(claim, seen.kind, { scope, store, now })
  if (old.kind === 'found') throw notReady(say('claim.back', { holder: holder.tenant }))
  if (old.kind === 'unknown') throw notReady(say('claim.old-unknown', { why: old.why }))
  if (seen.kind === 'unknown') throw notReady(say('claim.new-unknown', { why: seen.why }))
  if (seen.kind === 'missing') throw notReady(say('claim.not-there', { domain: claim.name }))
  return { by: seen.by, look: ours }
}

async function requireSame(trx: Trx, { claim, holder }: Case, now: number): Promise<void> {
  const [theirs, ours] = [
    await findDomain(trx, holder.tenant_id, holder.id),
    await findDomain(trx, claim.tenant_id, claim.id),
  ]
  const isSame =
    theirs?.token === holder.token &&
    theirs.validated_at === holder.validated_at &&
    ours?.token === claim.token
  const kept = await claimOf(trx, claim)
  if (!isSame || ours?.validated_at !== null || kept === null) throw notReady(say('claim.changed'))
  await requireReady(trx, { claim: { ...claim, claim: kept }, holder }, now)
}

function partyOf(row: Party, { config, clock }: Pick<ProofDeps, 'config' | 'clock'>) {
  const [txt, cname] = domainOf(row, { hostname: config.hostname, now: clock.now(), userCount: 0 }).ownership
  const { weSee, said } = cname?.state === 'found' ? cname : txt!
  const seen = { checkedAt: row.checked_at, weSee, ...(said?.weSee ? { said: said.weSee } : {}) }
  return { slug: row.slug, name: row.tenant, seen }
}

function notReady(detail: Said): Error {
  return problem('claim-not-ready', detail)
}
