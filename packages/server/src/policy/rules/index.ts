// The rules of a tenant, hashed for selection. Made once for each settings object and kept as long as it
// lives.
import type { PolicyRule, RuleType } from '../rule.ts'
import type { TenantSettings } from '../settings.ts'
import { ClientTable } from './client-table.ts'
import { Grid } from './grid.ts'
import { type RuleWorld, worldOf } from './scope.ts'

/** Rules of one sender address: those that override stand apart, because they come first. */
export type Shelf = { readonly override: Grid; readonly plain: Grid }

/** Rules of one type, by the sender address their from side looks at; `both` stands in both. */
export type TypeIndex = {
  readonly envelope: Shelf
  readonly header: Shelf
  readonly client: ClientTable
  readonly size: number
  /** What was selected last and for whom: the policies of one message ask the same again and again. */
  last: { readonly subject: object; readonly selection: unknown } | null
}

export type RuleIndex = {
  readonly world: RuleWorld
  /** Null when the tenant has no rule of this type. */
  ofType(type: RuleType): TypeIndex | null
}

const made = new WeakMap<TenantSettings, RuleIndex>()

/** The index of a tenant's rules; the same object for the same settings. */
export function rulesOf(settings: TenantSettings): RuleIndex {
  const known = made.get(settings)
  if (known !== undefined) return known
  const index = indexOf(settings)
  made.set(settings, index)
  return index
}

function indexOf(settings: TenantSettings): RuleIndex {
  const world = worldOf(settings)
  const byType = new Map<RuleType, PolicyRule[]>()
  for (const rule of settings.rules ?? []) {
    const rules = byType.get(rule.type)
    if (rules === undefined) byType.set(rule.type, [rule])
    else rules.push(rule)
  }
  const types = new Map<RuleType, TypeIndex>()
  return {
    world,
    ofType(type) {
      const known = types.get(type)
      if (known !== undefined) return known
      const rules = byType.get(type)
      if (rules === undefined) return null
      const built = typeIndexOf(rules)
      types.set(type, built)
      return built
    },
  }
}

/** Most types of most tenants have no rule of some kind: they share what is empty. */
const EMPTY_GRID = new Grid()
const EMPTY_TABLE = new ClientTable()

function typeIndexOf(rules: readonly PolicyRule[]): TypeIndex {
  const isAsking = rules.some(({ sourceIps, hostNames }) => sourceIps.length + hostNames.length > 0)
  const client = isAsking ? new ClientTable() : EMPTY_TABLE
  const envelope = { override: EMPTY_GRID, plain: EMPTY_GRID }
  const header = { override: EMPTY_GRID, plain: EMPTY_GRID }
  for (const rule of rules) {
    const conditions = client.add(rule)
    const layer = rule.override ? 'override' : 'plain'
    for (const [basis, shelf] of [
      ['envelope', envelope],
      ['header', header],
    ] as const) {
      if (rule.addressesBasedOn !== basis && rule.addressesBasedOn !== 'both') continue
      if (shelf[layer] === EMPTY_GRID) shelf[layer] = new Grid()
      shelf[layer].add(rule, rule, conditions)
      if (rule.bidirectional) shelf[layer].add(rule, { from: rule.to, to: rule.from }, conditions)
    }
  }
  return { envelope, header, client, size: rules.length, last: null }
}
