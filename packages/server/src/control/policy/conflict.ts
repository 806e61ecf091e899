// What a policy means to the others: which come first, which it comes before, and which of another type
// decide anyway (S5).
import type { PolicyConflict } from '@gatepost/contract/policy.ts'
import type { PolicyRule } from '#policy/rule.ts'
import { type OverlapWorld, type Relation, relationOf, rulesMeet } from '#policy/rules/overlap.ts'
import { relationText } from './text.ts'

/** Shown on a page; the most telling first. */
export const CONFLICTS_MAX = 50

const ORDER: readonly PolicyConflict['relation'][] = [
  'shadowed-by',
  'beats',
  'shadows',
  'overlaps',
  'narrows',
]

export type Conflicts = { readonly conflicts: PolicyConflict[]; readonly moreConflicts: boolean }

/** Compares a policy with the enabled others of its tenant. */
export function conflictsOf(world: OverlapWorld, rule: PolicyRule, others: readonly PolicyRule[]): Conflicts {
  const found: PolicyConflict[] = []
  for (const other of others) {
    if (other.id === rule.id) continue
    const conflict = other.type === rule.type ? sameType(world, rule, other) : otherType(world, rule, other)
    if (conflict !== null) found.push(conflict)
  }
  found.sort((a, b) => ORDER.indexOf(a.relation) - ORDER.indexOf(b.relation))
  return { conflicts: found.slice(0, CONFLICTS_MAX), moreConflicts: found.length > CONFLICTS_MAX }
}

/** Types whose policies are worth comparing with one of this type. */
export function comparedTypes(type: PolicyRule['type']): readonly PolicyRule['type'][] {
  return type === 'permitted-senders' || type === 'blocked-senders'
    ? ['permitted-senders', 'blocked-senders']
    : [type]
}

function sameType(world: OverlapWorld, rule: PolicyRule, other: PolicyRule): PolicyConflict | null {
  const relation = relationOf(world, rule, other)
  if (relation === null || isOrdinary(relation, rule, other)) return null
  return conflict(other, relation, relationText(relation, other.name))
}

/** A part of the mail decided alike, or by a more specific policy, is what policies are for. */
function isOrdinary(relation: Relation, rule: PolicyRule, other: PolicyRule): boolean {
  if (relation === 'shadowed-by' || relation === 'shadows') return false
  return JSON.stringify(rule.option) === JSON.stringify(other.option)
}

/** A block beats every permit, whatever their order (behaviour §5.3, 1). */
function otherType(world: OverlapWorld, rule: PolicyRule, other: PolicyRule): PolicyConflict | null {
  if (rule.type === 'permitted-senders' && other.type === 'blocked-senders') {
    if (rule.option.action !== 'permit' || other.option.action !== 'block') return null
    if (!rulesMeet(world, rule, other)) return null
    const text =
      `“${other.name}” blocks mail that this policy permits, and a block wins. ` +
      'Only a blocked-senders policy “Take no action” that is more specific lets it through.'
    return conflict(other, 'beats', text)
  }
  if (rule.type === 'blocked-senders' && other.type === 'permitted-senders') {
    if (rule.option.action !== 'block' || other.option.action !== 'permit') return null
    if (!rulesMeet(world, rule, other)) return null
    return conflict(other, 'beats', `“${other.name}” permits mail that this policy blocks; the block wins.`)
  }
  return null
}

function conflict(other: PolicyRule, relation: PolicyConflict['relation'], text: string): PolicyConflict {
  return { id: other.id, type: other.type, name: other.name, enabled: true, relation, text }
}
