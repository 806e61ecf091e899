// Policies as they are stored, as edges know them, and as the API shows them.
import type { AddressGroup as ShownGroup } from '@gatepost/contract/group.ts'
import type { Policy, PolicyDraft } from '@gatepost/contract/policy.ts'
import type { AddressGroup, PolicyRule } from '#policy/rule.ts'
import { attributeId } from '#policy/rules/scope.ts'
import type { RuleDraft } from '#policy/rules/validate.ts'
import type { NewRow, Row } from '#store/schema.ts'
import { nameKeyOf } from '../user/address.ts'
import { optionText, scopeText } from './text.ts'

export type PolicyRow = Row<'policy'>
export type GroupRow = Row<'address_group'>
export type NewGroupRow = NewRow<'address_group'>

/** What the column `rule` holds. */
type StoredRule = Pick<
  PolicyRule,
  'from' | 'to' | 'addressesBasedOn' | 'bidirectional' | 'sourceIps' | 'hostNames' | 'override' | 'option'
>
type Entries = Pick<AddressGroup, 'addresses' | 'domains'>

/** Names of groups by id, for texts. */
export type GroupNames = ReadonlyMap<string, string>

/** The rule as edges apply it. */
export function ruleOf(row: PolicyRow): PolicyRule {
  return {
    ...(JSON.parse(row.rule) as StoredRule),
    id: row.id,
    type: row.type,
    name: row.name,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    createdAt: row.created_at,
  } as PolicyRule
}

/** The group whose members the side is about, or what stands for the users with an attribute. */
function membersNamedBy(scope: PolicyDraft['from']): string | null {
  if (scope.kind === 'attribute') return attributeId(scope.name, scope.value)
  return scope.kind === 'group' ? scope.groupId : null
}

/** The columns that follow from a draft. */
export function columnsOf(draft: PolicyDraft, groups: GroupNames) {
  const { name, description, enabled, from, to, validFrom, validUntil } = draft
  const { addressesBasedOn, bidirectional, sourceIps, hostNames, override, option } = draft
  const stored: StoredRule = {
    from,
    to,
    addressesBasedOn,
    bidirectional,
    sourceIps,
    hostNames,
    override,
    option,
  }
  const words = [
    name,
    description,
    scopeText(from, groups),
    scopeText(to, groups),
    ...sourceIps,
    ...hostNames,
  ]
  return {
    name,
    description,
    search: nameKeyOf(words.join('\n')),
    enabled: enabled ? 1 : 0,
    from_group: membersNamedBy(from),
    to_group: membersNamedBy(to),
    valid_from: validFrom,
    valid_until: validUntil,
    rule: JSON.stringify(stored),
  } as const
}

export function draftOf(row: PolicyRow): PolicyDraft {
  const { id: _id, createdAt: _createdAt, ...rule } = ruleOf(row)
  return { ...rule, description: row.description, enabled: row.enabled === 1 } as PolicyDraft
}

/** A draft as the pure checks take it. */
export function ruleDraftOf({
  description: _description,
  enabled: _enabled,
  ...draft
}: PolicyDraft): RuleDraft {
  return draft as RuleDraft
}

export function shownPolicy(row: PolicyRow, groups: GroupNames, now: number): Policy {
  const draft = draftOf(row)
  return {
    ...draft,
    id: row.id,
    origin: row.origin,
    locked: row.locked === 1,
    state: stateOf(row, now),
    fromText: scopeText(draft.from, groups),
    toText: scopeText(draft.to, groups),
    optionText: optionText(draft),
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    revision: row.revision,
  } as Policy
}

function stateOf(row: PolicyRow, now: number): Policy['state'] {
  if (row.enabled === 0) return 'disabled'
  if (row.valid_until !== null && row.valid_until <= now) return 'expired'
  return row.valid_from !== null && row.valid_from > now ? 'starts-later' : 'active'
}

export function groupOf(row: GroupRow): AddressGroup {
  return { id: row.id, name: row.name, ...(JSON.parse(row.entries) as Entries) }
}

export function groupColumnsOf(group: Entries & { readonly name: string; readonly description: string }) {
  const { name, description, addresses, domains } = group
  return {
    name,
    name_key: nameKeyOf(name),
    description,
    search: nameKeyOf([name, description, ...addresses, ...domains].join('\n')),
    entries: JSON.stringify({ addresses, domains }),
    address_count: addresses.length,
    domain_count: domains.length,
  } as const
}

export function shownGroup(row: GroupRow, usedBy: ShownGroup['usedBy']): ShownGroup {
  const { addresses, domains } = groupOf(row)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    addresses: [...addresses],
    domains: [...domains],
    origin: row.origin,
    memberCount: row.member_count,
    directory: row.source,
    usedBy,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}
