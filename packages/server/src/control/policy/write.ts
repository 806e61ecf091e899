// Policies written inside a transaction, each with its revision: for the use cases, for defaults and for
// services that make several at once.
import type { PolicyDraft, PolicyRevision } from '@gatepost/contract/policy.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { changeSettings, diffOf, type SettingsState } from '../settings/settings.ts'
import { columnsOf, draftOf, type GroupNames, type PolicyRow } from './rows.ts'
import { countPolicies, deletePolicyRow, insertPolicyRow, insertRevision, updatePolicyRow } from './store.ts'
import { TYPE_NAMES } from './text.ts'

/** As the contract has it. */
const POLICIES_PER_TYPE_MAX = 10_000

export type NewPolicy = {
  readonly draft: PolicyDraft
  readonly origin: PolicyRow['origin']
  /** The domain or service it is made for. */
  readonly originId?: string | null
  readonly locked?: boolean
  readonly reason: string
  readonly groups: GroupNames
  readonly at: number
}

/** Adds a policy whose draft was checked. Returns its row. */
export async function insertPolicy(trx: Trx, scope: Scope, policy: NewPolicy): Promise<PolicyRow> {
  const { draft, at } = policy
  const counts = await countPolicies(trx, scope.tenantId)
  if ((counts.find(({ type }) => type === draft.type)?.total ?? 0) >= POLICIES_PER_TYPE_MAX) {
    const text =
      `There are ${POLICIES_PER_TYPE_MAX} policies of the type ${TYPE_NAMES[draft.type]} already; ` +
      'remove some, or put senders into a group.'
    throw problem('limit-reached', text)
  }
  const revision = await recordPolicy(trx, scope, {
    action: 'created',
    name: draft.name,
    before: null,
    after: draft,
    reason: policy.reason,
    at,
  })
  const row = newRow(scope, policy, revision)
  await insertPolicyRow(trx, row)
  await keepRevision(trx, scope, {
    id: row.id,
    number: revision,
    action: 'created',
    reason: policy.reason,
    at,
    before: null,
    after: draft,
  })
  return row
}

/** Replaces what a policy says. */
export async function changePolicy(
  trx: Trx,
  scope: Scope,
  change: {
    readonly row: PolicyRow
    readonly draft: PolicyDraft
    readonly reason: string
    readonly groups: GroupNames
    readonly at: number
  },
): Promise<void> {
  const { row, draft, reason, groups, at } = change
  const before = draftOf(row)
  const diff = Object.keys(diffOf(before, draft))
  if (diff.length === 0) return
  const onlyEnabled = diff.length === 1 && diff[0] === 'enabled'
  const action = onlyEnabled ? (draft.enabled ? 'enabled' : 'disabled') : 'changed'
  const after = draft
  const number = await recordPolicy(trx, scope, { action, name: draft.name, before, after, reason, at })
  await updatePolicyRow(trx, row, { ...columnsOf(draft, groups), updated_at: at, revision: number })
  await keepRevision(trx, scope, { id: row.id, number, action, reason, at, before, after })
}

/** Removes a policy; its history stays. */
export async function deletePolicy(
  trx: Trx,
  scope: Scope,
  removal: { readonly row: PolicyRow; readonly reason: string; readonly at: number },
): Promise<void> {
  const { row, reason, at } = removal
  const before = draftOf(row)
  const action = 'removed'
  const number = await recordPolicy(trx, scope, { action, name: row.name, before, after: null, reason, at })
  await deletePolicyRow(trx, row)
  await keepRevision(trx, scope, { id: row.id, number, action, reason, at, before, after: null })
}

type Event = {
  readonly action: PolicyRevision['action']
  readonly before: SettingsState
  readonly after: SettingsState
  readonly reason: string
  readonly at: number
}

function recordPolicy(trx: Trx, scope: Scope, event: Event & { readonly name: string }): Promise<number> {
  const { action, name, before, after, reason, at } = event
  return changeSettings(trx, scope, {
    action: `policy.${action}`,
    subject: `policy ${name}`,
    before,
    after,
    ...(reason === '' ? {} : { reason }),
    at,
  })
}

/** Keeps the history of a policy or a group. */
export function keepRevision(
  trx: Trx,
  scope: Scope,
  event: Event & { readonly id: string; readonly number: number },
): Promise<void> {
  const { id, number, at, action, reason, before, after } = event
  const changes = Object.entries(diffOf(before, after)).map(([field, [from, to]]) => ({
    field,
    before: from,
    after: to,
  }))
  return insertRevision(trx, {
    tenant_id: scope.tenantId,
    subject_id: id,
    number,
    at,
    actor: scope.actor.name,
    action,
    reason,
    changes: JSON.stringify(changes),
  })
}

export function newRow(scope: Scope, policy: NewPolicy, revision: number): PolicyRow {
  const { draft, at } = policy
  return {
    id: newId('pol', at),
    tenant_id: scope.tenantId,
    type: draft.type,
    ...columnsOf(draft, policy.groups),
    origin: policy.origin,
    origin_id: policy.originId ?? null,
    locked: policy.locked === true ? 1 : 0,
    created_at: at,
    created_by: scope.actor.name,
    updated_at: at,
    revision,
  }
}
