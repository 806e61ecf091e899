// Domains: add, prove, set how mail for them is taken, remove (C1, C8, D1).
import type { Domain, DomainUpdateBody } from '@gatepost/contract/domain.ts'
import { say } from '@gatepost/contract/sayings.ts'
import type { Trx } from '#store/open.ts'
import { insertDomainDefaults, removeDomainDefaults } from '../policy/defaults.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, isEmptyChange, requireRevision } from '../settings/settings.ts'
import { insertPendingDomain, newDomainToken, PENDING_DOMAIN_MS } from '../setup/pending-domain.ts'
import { deleteKeysOfDomain } from '../signing/store.ts'
import { claimOf, keepClaim } from './claim.ts'
import { type Claims, claimsAround, NO_CLAIMS } from './claim-present.ts'
import { claimableFrom } from './claim-store.ts'
import { countOf } from './look.ts'
import { requireDomainName } from './name.ts'
import { domainOf, domainStateOf } from './present.ts'
import { recipientFieldsAfter } from './recipient-mode.ts'
import { coolDownSeconds } from './schedule.ts'
import { type DomainRow, domainsOf, findDomain, hasRoute, userCounts } from './store.ts'
import { checkProof, holderOf, markValidated, type ProofDeps } from './validate.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config'>

/** Domains of one organisation; far above the largest we know, and small enough to be compiled whole. */
const DOMAINS_MAX = 1_000

/** All domains, the primary one first. */
export async function listDomains(scope: Scope, deps: Omit<Deps, 'link'>): Promise<{ items: Domain[] }> {
  const { store, clock } = deps
  const [rows, counts] = await Promise.all([
    domainsOf(store.db, scope.tenantId),
    userCounts(store.db, scope.tenantId),
  ])
  const claims = await claimsAround(store.db, scope.tenantId, { rows, now: clock.now() })
  return { items: rows.map((row) => shown(row, counts.get(row.name) ?? 0, claims, deps)) }
}

export async function getDomain(scope: Scope, reference: string, deps: Omit<Deps, 'link'>): Promise<Domain> {
  const { store, clock } = deps
  const row = await requireDomain(scope, reference, deps)
  const counts = await userCounts(store.db, scope.tenantId)
  const claims = await claimsAround(store.db, scope.tenantId, { rows: [row], now: clock.now() })
  return shown(row, counts.get(row.name) ?? 0, claims, deps)
}

/**
 * Adds a domain. It is validated at once below a validated domain of the same organisation, else pending.
 * Adding one whose token has expired renews the token. One that another organisation holds is taken, unless
 * it is claimed: then it is pending too, and goes over by the operator's word. Throws `domain-exists`,
 * `domain-taken`, `invalid-input`.
 */
export async function addDomain(
  scope: Scope,
  input: { readonly name: string; readonly claim?: boolean | undefined },
  deps: Deps,
): Promise<Domain> {
  const name = requireDomainName(input.name, '/name')
  const { store, clock, link } = deps
  const id = await store.transaction(async (trx) => {
    const now = clock.now()
    const own = await domainsOf(trx, scope.tenantId)
    const there = own.find((row) => row.name === name)
    const state = there ? domainStateOf(there, now) : null
    const mayStay = state === 'pending' && input.claim === true && (await claimOf(trx, there!)) === null
    if (state !== null && !mayStay && state !== 'expired' && state !== 'lost') throw problem('domain-exists')
    if (own.length >= DOMAINS_MAX) {
      const message = `At most ${countOf(DOMAINS_MAX, 'domain')} can be added; remove one first.`
      throw invalidInput([{ path: '/name', message }])
    }
    const holder = await holderOf(trx, name, scope.tenantId)
    const isClaim = holder === 'another-tenant'
    if (mayStay && !isClaim) throw problem('domain-exists')
    if (isClaim) await requireClaim(trx, scope, { name, claim: input.claim === true })
    const verb = isClaim ? 'claimed' : there ? 'renewed' : 'added'
    const event = {
      action: `domain.${verb}`,
      subject: `domain ${name}`,
      before: null,
      after: { name },
      at: now,
    }
    const revision = await changeSettings(trx, scope, event)
    if (there) {
      if (!mayStay) await renewToken(trx, there, now)
      await setClaim(trx, there, isClaim, now)
      return there.id
    }
    const isPrimary = own.length === 0
    const added = await insertPendingDomain(trx, { tenantId: scope.tenantId, name, isPrimary, revision, now })
    await insertDomainDefaults(trx, scope, { id: added, name, at: now, revision })
    const row = { id: added, name, tenant_id: scope.tenantId }
    if (isClaim) await setClaim(trx, row, true, now)
    if (holder === 'own-parent') await markValidated(trx, row, { by: 'parent', look: null, scope, now })
    return added
  })
  link.settingsChanged()
  return getDomain(scope, id, deps)
}

/** What is held tells nothing of its holder. Throws `domain-taken`. */
async function requireClaim(
  trx: Trx,
  scope: Scope,
  { name, claim }: { readonly name: string; readonly claim: boolean },
): Promise<void> {
  const isClaimable = (await claimableFrom(trx, name, scope.tenantId)) !== null
  if (!isClaimable) throw problem('domain-taken', say('claim.below'))
  if (!claim) throw problem('domain-taken', say('claim.taken'))
}

async function setClaim(
  trx: Trx,
  row: Pick<DomainRow, 'id' | 'tenant_id'>,
  isClaim: boolean,
  now: number,
): Promise<void> {
  const claim = { claimedAt: now, provenAt: null, toldAt: null }
  if (isClaim || (await claimOf(trx, row)) !== null) await keepClaim(trx, row, isClaim ? claim : null, now)
}

/** Looks for the proof records now. Throws `check-too-soon` with the seconds to wait, `domain-taken`. */
export async function checkDomain(scope: Scope, reference: string, deps: ProofDeps): Promise<Domain> {
  const row = await requireDomain(scope, reference, deps)
  const retryAfterSeconds = coolDownSeconds(row.checked_at, deps.clock.now())
  if (retryAfterSeconds > 0) {
    throw problem('check-too-soon', `The last look was a moment ago. Wait ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    })
  }
  if (row.validated_by !== 'parent') await checkProof(row, true, { scope, deps })
  return getDomain(scope, row.id, deps)
}

/** Sets recipient validation and delivery route. `expected` is the revision of If-Match, or null. */
export async function updateDomain(
  scope: Scope,
  input: { readonly domain: string; readonly change: DomainUpdateBody; readonly expected: number | null },
  deps: Deps,
): Promise<Domain> {
  const { change } = input
  const id = await deps.store.transaction(async (trx) => {
    const row = await findDomain(trx, scope.tenantId, input.domain)
    if (!row) throw notFound(input.domain)
    requireRevision(row, input.expected)
    if (row.validated_at === null) throw problem('domain-not-validated')
    if (isEmptyChange(change)) return row.id
    if (change.routeId && !(await hasRoute(trx, scope.tenantId, change.routeId))) {
      throw invalidInput([
        { path: '/routeId', message: 'There is no such delivery route. Choose one of the list.' },
      ])
    }
    const now = deps.clock.now()
    const fields = await recipientFieldsAfter(trx, row, { ...change, now })
    const routeId = change.routeId === undefined ? row.route_id : change.routeId
    const before = mailFieldsOf(row)
    const after = mailFieldsOf({ ...row, ...fields, route_id: routeId })
    const event = {
      action: 'domain.changed',
      subject: `domain ${row.name}`,
      before,
      after,
      at: now,
    }
    const revision = await changeSettings(trx, scope, event)
    await trx
      .updateTable('domain')
      .set({ ...fields, route_id: routeId, revision })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', row.id)
      .execute()
    return row.id
  })
  deps.link.settingsChanged()
  return getDomain(scope, id, deps)
}

/**
 * Removes a domain without users or sub-domains that rest on it. Throws `domain-in-use` with what is in the
 * way.
 */
export async function removeDomain(scope: Scope, reference: string, deps: Deps): Promise<void> {
  await deps.store.transaction(async (trx) => {
    const row = await findDomain(trx, scope.tenantId, reference)
    if (!row) throw notFound(reference)
    const others = (await domainsOf(trx, scope.tenantId)).filter(({ id }) => id !== row.id)
    await requireUnused(trx, row, others)
    const at = deps.clock.now()
    const before = { name: row.name, validated: row.validated_at !== null, ...mailFieldsOf(row) }
    const event = { action: 'domain.removed', subject: `domain ${row.name}`, before, after: null, at }
    await changeSettings(trx, scope, event)
    await removeDomainDefaults(trx, scope, { id: row.id, at })
    await deleteKeysOfDomain(trx, scope.tenantId, row.id)
    await trx.deleteFrom('domain').where('tenant_id', '=', scope.tenantId).where('id', '=', row.id).execute()
    await trx
      .deleteFrom('observation')
      .where('tenant_id', '=', scope.tenantId)
      .where('subject', '=', row.id)
      .execute()
    const heir = others.find(({ validated_at }) => validated_at !== null) ?? others[0]
    if (row.is_primary === 1 && heir) {
      await trx
        .updateTable('domain')
        .set({ is_primary: 1 })
        .where('tenant_id', '=', scope.tenantId)
        .where('id', '=', heir.id)
        .execute()
    }
  })
  deps.link.settingsChanged()
}

/** The domain of a path by id or name. Throws `not-found`. */
export async function requireDomain(
  scope: Scope,
  reference: string,
  { store }: Pick<Deps, 'store'>,
): Promise<DomainRow> {
  const row = await findDomain(store.db, scope.tenantId, reference)
  if (!row) throw notFound(reference)
  return row
}

async function requireUnused(trx: Trx, row: DomainRow, others: readonly DomainRow[]): Promise<void> {
  if (others.length === 0) {
    throw problem('domain-in-use', `${row.name} is the only domain. Add another one first.`)
  }
  const users = (await userCounts(trx, row.tenant_id)).get(row.name) ?? 0
  if (users > 0) {
    const detail = `${countOf(users, 'user')} still have addresses in ${row.name}. Remove or move them first.`
    throw problem('domain-in-use', detail)
  }
  const below = others.filter(
    ({ name, validated_by }) => validated_by === 'parent' && name.endsWith(`.${row.name}`),
  )
  if (row.validated_at !== null && below.length > 0) {
    const names = below.map(({ name }) => name).join(', ')
    throw problem('domain-in-use', `${names} is validated through ${row.name}. Remove it first.`)
  }
}

async function renewToken(trx: Trx, row: DomainRow, now: number): Promise<void> {
  await trx
    .updateTable('domain')
    .set({
      token: newDomainToken(),
      expires_at: now + PENDING_DOMAIN_MS,
      observation: null,
      checked_at: null,
      next_check_at: now,
      failures: 0,
      lost_at: null,
      validated_by: null,
    })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute()
}

function mailFieldsOf(row: DomainRow) {
  return {
    recipientMode: row.recipient_mode,
    unknownRecipient: row.unknown_recipient,
    routeId: row.route_id,
    ...(row.recipient_mode === 'call-forward'
      ? { callForward: { sender: row.call_forward_sender, whenSilent: row.call_forward_silent } }
      : {}),
    ...(row.learning_until === null ? {} : { learningUntil: row.learning_until }),
  }
}

function shown(
  row: DomainRow,
  userCount: number,
  claims: ReadonlyMap<string, Claims>,
  { clock, config }: Pick<Deps, 'clock' | 'config'>,
): Domain {
  const around = claims.get(row.id) ?? NO_CLAIMS
  return domainOf(row, { hostname: config.hostname, now: clock.now(), userCount, claims: around })
}

function notFound(reference: string): Error {
  return problem('not-found', `There is no domain “${reference}” here.`)
}
