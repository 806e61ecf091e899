// The guard between tenants: a query that touches a tenant table without comparing its tenant_id does not
// run.
import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  type Kysely,
  type KyselyPlugin,
  type OperationNode,
  OperatorNode,
  ParensNode,
  RawNode,
  ReferenceNode,
  TableNode,
} from 'kysely'
import type { Schema } from './schema.ts'
import { tenantTables } from './tenant-tables.ts'

const guarded: ReadonlySet<string> = new Set(tenantTables)
const COLUMN = 'tenant_id'
/** Comparisons that pin a query to tenants somebody named. */
const PINNING = new Set(['=', 'in', 'is'])

/** A query could reach rows of a tenant nobody named: a bug of ours. */
export class UnguardedQuery extends Error {
  constructor(tables: readonly string[]) {
    super(
      `The query touches ${tables.join(', ')} without comparing ${COLUMN}. ` +
        'Compare it, or say acrossTenants(db) where all tenants are meant.',
    )
  }
}

/** For work of the installation itself (publishing, signing in, checks that are due): no tenant is meant. */
export function acrossTenants<Db extends Kysely<Schema>>(db: Db): Db {
  return db.withoutPlugins() as Db
}

export const tenantGuard: KyselyPlugin = {
  transformQuery({ node }) {
    const open = unpinnedTables(node, new Set())
    if (open.length > 0) throw new UnguardedQuery(open)
    return node
  },
  async transformResult({ result }) {
    return result
  },
}

/** Parts of select, update and delete nodes that the guard reads; all of them are optional somewhere. */
type QueryParts = {
  readonly from?: { readonly froms: readonly OperationNode[] }
  readonly table?: OperationNode
  readonly using?: { readonly tables: readonly OperationNode[] }
  readonly joins?: readonly { readonly table: OperationNode; readonly on?: { readonly on: OperationNode } }[]
  readonly where?: { readonly where: OperationNode }
}

/** Guarded tables in `node` that no comparison pins; `outer` are names pinned by the queries around it. */
function unpinnedTables(node: OperationNode, outer: ReadonlySet<string>): readonly string[] {
  switch (node.kind) {
    case 'SelectQueryNode':
    case 'UpdateQueryNode':
    case 'DeleteQueryNode':
      return ofQuery(node as OperationNode & QueryParts, outer)
    case 'InsertQueryNode':
      return ofInsert(node, outer)
    case 'RawNode':
      return RawNode.is(node) ? [...ofRaw(node), ...ofChildren(node, outer)] : []
    default:
      return ofChildren(node, outer)
  }
}

function ofQuery(node: OperationNode & QueryParts, outer: ReadonlySet<string>): readonly string[] {
  const joins = node.joins ?? []
  const tables = [
    ...(node.from?.froms ?? []),
    ...(node.table ? [node.table] : []),
    ...(node.using?.tables ?? []),
    ...joins.map(({ table }) => table),
  ].flatMap(namedTable)
  const conditions = [
    ...(node.where ? conjuncts(node.where.where) : []),
    ...joins.flatMap(({ on }) => (on ? conjuncts(on.on) : [])),
  ]
  const pinned = pinnedNames(conditions, { outer, only: tables.length === 1 ? tables[0]!.name : null })
  const open = tables.filter(({ table, name }) => guarded.has(table) && !pinned.has(name))
  return [...open.map(({ table }) => table), ...ofChildren(node, new Set([...outer, ...pinned]))]
}

/** An insert names the tenant by its columns. */
function ofInsert(node: OperationNode, outer: ReadonlySet<string>): readonly string[] {
  const { into, columns } = node as OperationNode & {
    readonly into?: TableNode
    readonly columns?: readonly ColumnNode[]
  }
  const table = into ? into.table.identifier.name : ''
  const named = (columns ?? []).some(({ column }) => column.name === COLUMN)
  return [...(guarded.has(table) && !named ? [table] : []), ...ofChildren(node, outer)]
}

/** Raw text cannot be understood; it must at least speak of the tenant when it speaks of a guarded table. */
function ofRaw({ sqlFragments }: RawNode): readonly string[] {
  const text = sqlFragments.join(' ? ').toLowerCase()
  if (text.includes(COLUMN)) return []
  return tenantTables.filter((table) => new RegExp(`\\b(from|join|update|into)\\s+"?${table}\\b`).test(text))
}

function ofChildren(node: OperationNode, outer: ReadonlySet<string>): readonly string[] {
  const found: string[] = []
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) {
      if (isNode(item)) found.push(...unpinnedTables(item, outer))
    }
  }
  return found
}

function isNode(value: unknown): value is OperationNode {
  return typeof value === 'object' && value !== null && 'kind' in value
}

function namedTable(node: OperationNode): readonly { readonly table: string; readonly name: string }[] {
  if (TableNode.is(node)) return [{ table: node.table.identifier.name, name: node.table.identifier.name }]
  if (AliasNode.is(node) && IdentifierNode.is(node.alias)) {
    const name = node.alias.name
    return TableNode.is(node.node)
      ? [{ table: node.node.table.identifier.name, name }]
      : [{ table: '', name }]
  }
  return []
}

/** The conditions that must all hold: what stands below an OR pins nothing. */
function conjuncts(node: OperationNode): readonly OperationNode[] {
  if (AndNode.is(node)) return [...conjuncts(node.left), ...conjuncts(node.right)]
  if (ParensNode.is(node)) return conjuncts(node.node)
  return [node]
}

function pinnedNames(
  conditions: readonly OperationNode[],
  context: { readonly outer: ReadonlySet<string>; readonly only: string | null },
): ReadonlySet<string> {
  const pinned = new Set<string>()
  const links: (readonly [string, string])[] = []
  for (const condition of conditions) {
    if (!BinaryOperationNode.is(condition) || !OperatorNode.is(condition.operator)) continue
    if (!PINNING.has(condition.operator.operator)) continue
    const left = tenantOwner(condition.leftOperand, context.only)
    const right = tenantOwner(condition.rightOperand, context.only)
    if (left !== null && right !== null) links.push([left, right])
    else if (left !== null && !ReferenceNode.is(condition.rightOperand)) pinned.add(left)
  }
  // Equal to a pinned one is pinned; a few rounds settle chains of joins.
  for (let round = 0; round < links.length; round += 1) {
    for (const [left, right] of links) {
      if (pinned.has(left) || context.outer.has(left)) pinned.add(right)
      if (pinned.has(right) || context.outer.has(right)) pinned.add(left)
    }
  }
  return pinned
}

/** The table (or alias) whose tenant_id this refers to. */
function tenantOwner(node: OperationNode, only: string | null): string | null {
  if (!ReferenceNode.is(node) || !ColumnNode.is(node.column) || node.column.column.name !== COLUMN)
    return null
  return node.table ? node.table.table.identifier.name : only
}
