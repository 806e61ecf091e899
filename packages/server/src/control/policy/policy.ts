// Policies of an organisation (P1, P2, P6): list, check, write, and the history of each.
import {
  POLICIES_PER_TYPE_MAX,
  type Policy,
  type PolicyDraft,
  type PolicyPreview,
  type PolicyRevision,
  PolicyType,
  type PolicyWithConflicts,
} from '@gatepost/contract/policy.ts'
import type { PolicyRule } from '#policy/rule.ts'
import type { OverlapWorld } from '#policy/rules/overlap.ts'
import type { Db } from '#store/open.ts'
import { type Page, pageOf } from '../page.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { requireRevision } from '../settings/settings.ts'
import { comparedTypes, conflictsOf } from './conflict.ts'
import { checkDraft, worldOfTenant } from './draft.ts'
import { draftOf, type PolicyRow, ruleDraftOf, ruleOf, shownPolicy } from './rows.ts'
import {
  countPolicies,
  enabledPolicies,
  findPolicy,
  groupNamesOf,
  groupPage,
  type PolicyQuery,
  policyPage,
  revisionsOf,
  shownRevision,
} from './store.ts'
import { changePolicy, deletePolicy, insertPolicy } from './write.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Change = { readonly id: string; readonly reason: string; readonly expected: number | null }

export async function listPolicies(scope: Scope, query: PolicyQuery, deps: Deps): Promise<Page<Policy>> {
  const { db } = deps.store
  const [{ rows, total }, groups] = await Promise.all([
    policyPage(db, scope.tenantId, query),
    groupNamesOf(db, scope.tenantId),
  ])
  const now = deps.clock.now()
  return pageOf(rows, query.limit, {
    item: (row) => shownPolicy(row, groups, now),
    cursor: ({ id }) => id,
    total,
  })
}

export async function policySummary(scope: Scope, deps: Deps) {
  const { db } = deps.store
  const counts = await countPolicies(db, scope.tenantId)
  const groups = await groupPage(db, scope.tenantId, { limit: 1 })
  const types = PolicyType.options.map((type) => {
    const found = counts.find((count) => count.type === type)
    return { type, total: found?.total ?? 0, enabled: found?.enabled ?? 0, max: POLICIES_PER_TYPE_MAX }
  })
  return { types, groups: groups.total }
}

export async function getPolicy(scope: Scope, id: string, deps: Deps): Promise<PolicyWithConflicts> {
  const row = await requirePolicy(deps.store.db, scope, id)
  return withConflicts(scope, row, deps)
}

/** Says what is wrong with a draft and what it would mean to the others. Saves nothing. */
export async function previewPolicy(
  scope: Scope,
  input: { readonly draft: PolicyDraft; readonly id: string | null },
  deps: Deps,
): Promise<PolicyPreview> {
  const { db } = deps.store
  const before = input.id === null ? null : await requirePolicy(db, scope, input.id)
  const world = await worldOfTenant(db, scope.tenantId)
  const { draft, errors, warnings } = checkDraft(input.draft, world)
  const createdAt = before?.created_at ?? deps.clock.now()
  const rule = { ...ruleDraftOf(draft), id: before?.id ?? 'pol_draft', createdAt } as PolicyRule
  const { conflicts, moreConflicts } = await compared(db, scope, { world, rule, isEnabled: draft.enabled })
  return { conflicts, moreConflicts, warnings: [...warnings], errors: [...errors] }
}

export async function createPolicy(
  scope: Scope,
  input: { readonly draft: PolicyDraft; readonly reason: string },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const row = await deps.store.transaction(async (trx) => {
    const draft = checkedDraft(input.draft, await worldOfTenant(trx, scope.tenantId))
    const groups = await groupNamesOf(trx, scope.tenantId)
    const at = deps.clock.now()
    return insertPolicy(trx, scope, { draft, origin: 'person', reason: input.reason, groups, at })
  })
  deps.link.settingsChanged()
  return withConflicts(scope, row, deps)
}

export async function updatePolicy(
  scope: Scope,
  input: Change & { readonly draft: PolicyDraft },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  return changed(scope, { ...input, draftOf: () => input.draft, isOnlyOff: false }, deps)
}

export async function enablePolicy(
  scope: Scope,
  input: Change & { readonly enabled: boolean },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const switched = (row: PolicyRow): PolicyDraft => ({ ...draftOf(row), enabled: input.enabled })
  return changed(scope, { ...input, draftOf: switched, isOnlyOff: !input.enabled }, deps)
}

async function changed(
  scope: Scope,
  input: Change & { readonly draftOf: (row: PolicyRow) => PolicyDraft; readonly isOnlyOff: boolean },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const { id, reason, expected } = input
  await deps.store.transaction(async (trx) => {
    const row = await requireUnlocked(trx, scope, id)
    requireRevision(row, expected)
    const written = input.draftOf(row)
    if (written.type !== row.type) {
      throw invalidInput([{ path: '/draft/type', message: 'The type of a policy stays as it was made.' }])
    }
    const world = await worldOfTenant(trx, scope.tenantId)
    // One that is faulty by now, as its group went or its domain came here, can still be switched off.
    const draft = input.isOnlyOff ? written : checkedDraft(written, world)
    const groups = await groupNamesOf(trx, scope.tenantId)
    await changePolicy(trx, scope, { row, draft, reason, groups, at: deps.clock.now() })
  })
  deps.link.settingsChanged()
  return getPolicy(scope, id, deps)
}

/** A disabled copy, so that nothing happens before it was looked at. */
export async function duplicatePolicy(
  scope: Scope,
  input: { readonly id: string; readonly reason: string },
  deps: Deps,
): Promise<PolicyWithConflicts> {
  const row = await deps.store.transaction(async (trx) => {
    const original = await requireUnlocked(trx, scope, input.id)
    const before = draftOf(original)
    const draft = { ...before, name: `Copy of ${before.name}`.slice(0, 200), enabled: false }
    const groups = await groupNamesOf(trx, scope.tenantId)
    const at = deps.clock.now()
    return insertPolicy(trx, scope, { draft, origin: 'person', reason: input.reason, groups, at })
  })
  deps.link.settingsChanged()
  return withConflicts(scope, row, deps)
}

export async function removePolicy(
  scope: Scope,
  { id, reason, expected }: Change,
  deps: Deps,
): Promise<void> {
  await deps.store.transaction(async (trx) => {
    const row = await requireUnlocked(trx, scope, id)
    requireRevision(row, expected)
    await deletePolicy(trx, scope, { row, reason, at: deps.clock.now() })
  })
  deps.link.settingsChanged()
}

/** Newest first; also of a policy that is gone. */
export async function policyHistory(
  scope: Scope,
  input: { readonly id: string; readonly limit: number; readonly after?: string | undefined },
  { store }: Pick<Deps, 'store'>,
): Promise<Page<PolicyRevision>> {
  const rows = await revisionsOf(store.db, { tenantId: scope.tenantId, id: input.id }, input)
  if (rows.length === 0 && input.after === undefined) throw notFound(input.id)
  return pageOf(rows, input.limit, { item: shownRevision, cursor: ({ number }) => String(number) })
}

async function withConflicts(scope: Scope, row: PolicyRow, deps: Deps): Promise<PolicyWithConflicts> {
  const { db } = deps.store
  const [world, groups] = await Promise.all([
    worldOfTenant(db, scope.tenantId),
    groupNamesOf(db, scope.tenantId),
  ])
  const { warnings } = checkDraft(draftOf(row), world)
  const found = await compared(db, scope, { world, rule: ruleOf(row), isEnabled: row.enabled === 1 })
  const policy = shownPolicy(row, groups, deps.clock.now())
  return { policy, revision: row.revision, ...found, warnings: [...warnings] }
}

/** A policy that is off meets no mail. */
async function compared(
  db: Db,
  scope: Scope,
  about: { readonly world: OverlapWorld; readonly rule: PolicyRule; readonly isEnabled: boolean },
) {
  if (!about.isEnabled) return { conflicts: [], moreConflicts: false }
  const others = await enabledPolicies(db, scope.tenantId, comparedTypes(about.rule.type))
  return conflictsOf(about.world, about.rule, others.map(ruleOf))
}

/** Throws `invalid-input` with every fault, by its path below `/draft`. */
function checkedDraft(written: PolicyDraft, world: OverlapWorld): PolicyDraft {
  const { draft, errors } = checkDraft(written, world)
  if (errors.length === 0) return draft
  throw invalidInput(errors.map(({ path, message }) => ({ path: `/draft${path}`, message })))
}

async function requireUnlocked(db: Db, scope: Scope, id: string): Promise<PolicyRow> {
  const row = await requirePolicy(db, scope, id)
  if (row.locked === 1) throw problem('policy-locked')
  return row
}

async function requirePolicy(db: Db, { tenantId }: Scope, id: string): Promise<PolicyRow> {
  const row = await findPolicy(db, tenantId, id)
  if (!row) throw notFound(id)
  return row
}

function notFound(id: string): Error {
  return problem('not-found', `There is no policy “${id}” here.`)
}
