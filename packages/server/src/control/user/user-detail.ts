// Everything a user's page shows: groups, attributes, what each source says and where they differ, and which
// policies and senders concern it.
import type { Provenance, UserDetail } from '@gatepost/contract/user.ts'
import type { PolicyRule, Scope as RuleScope } from '#policy/rule.ts'
import { worldOf } from '#policy/rules/scope.ts'
import type { DomainSettings } from '#policy/settings.ts'
import type { Db, Store } from '#store/open.ts'
import { ruleOf } from '../policy/rows.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { type Claim, disagreementsOf, isDirectory, type Known } from './claim.ts'
import { accountsAmong, userOf } from './list-store.ts'
import { knownUsers } from './people-state.ts'
import { findUser } from './store.ts'

const SOURCE_WORDS: { readonly [Source in Claim['source']]: string } = {
  manual: 'By hand',
  spreadsheet: 'Spreadsheet',
  'seen-in-mail': 'Seen in outbound mail',
  directory: 'Directory',
  agent: 'Synchronisation agent',
  entra: 'Entra ID',
  google: 'Google Workspace',
}
/** Policies named on the page; more are found on the page of policies. */
const POLICIES_MAX = 50

/** One user by id or address. Throws `not-found`. */
export async function getUser(
  scope: Scope,
  reference: string,
  { store }: { readonly store: Pick<Store, 'db'> },
): Promise<UserDetail> {
  const { db } = store
  const { tenantId } = scope
  const row = await findUser(db, tenantId, reference)
  const known = row && (await knownUsers(db, tenantId, [row.id])).get(row.id)
  if (!known) throw problem('not-found', `There is no user “${reference}” here.`)
  const [accounts, groups, connectors, managedSenders] = await Promise.all([
    accountsAmong(db, tenantId, [known.row.id]),
    groupsOfUser(db, tenantId, known.row.id),
    connectorNames(db, tenantId),
    countSenders(db, tenantId, known.row.email_key),
  ])
  const nameOf = (claim: Claim) => connectors.get(claim.connectorId) ?? SOURCE_WORDS[claim.source]
  return {
    ...userOf(known.row, {
      addresses: known.addresses,
      sources: known.claims.map(({ source }) => source),
      hasAccount: accounts.has(known.row.id),
    }),
    attributes: attributesOf(known, nameOf),
    groups,
    provenance: known.claims.map((claim) => provenanceOf(claim, nameOf(claim))),
    disagreements: [...disagreementsOf(known.claims, nameOf)],
    policies: await policiesOf(db, tenantId, { known, groups }),
    managedSenders,
    fromDirectory: known.claims.some(({ source }) => isDirectory(source)),
  }
}

/** Names of connectors by id. */
export async function connectorNames(db: Db, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('connector')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function provenanceOf(claim: Claim, name: string): Provenance {
  return {
    source: claim.source,
    connectorId: claim.connectorId === '' ? null : claim.connectorId,
    name,
    externalId: claim.externalId,
    place: claim.place,
    userName: claim.userName,
    email: claim.email.address,
    aliases: claim.aliases.map(({ address }) => address),
    displayName: claim.name,
    enabled: claim.enabled,
    since: claim.since,
    seenAt: claim.seenAt,
  }
}

function attributesOf({ row, claims }: Known, nameOf: (claim: Claim) => string): UserDetail['attributes'] {
  return (JSON.parse(row.attributes) as readonly (readonly [string, string])[]).map(([name, value]) => {
    const claim = claims.find(({ attributes }) => attributes.get(name) === value)
    return { name, value, from: claim ? nameOf(claim) : 'Written here' }
  })
}

async function groupsOfUser(db: Db, tenantId: string, userId: string): Promise<UserDetail['groups']> {
  const rows = await db
    .selectFrom('group_member')
    .innerJoin('address_group', (join) =>
      join
        .onRef('address_group.id', '=', 'group_member.group_id')
        .onRef('address_group.tenant_id', '=', 'group_member.tenant_id'),
    )
    .select(['address_group.id', 'address_group.name', 'address_group.origin'])
    .where('group_member.tenant_id', '=', tenantId)
    .where('address_group.tenant_id', '=', tenantId)
    .where('group_member.user_id', '=', userId)
    .orderBy('address_group.name_key')
    .execute()
  return rows.map(({ id, name, origin }) => ({
    id,
    name,
    origin: origin === 'directory' ? ('directory' as const) : ('local' as const),
  }))
}

async function countSenders(db: Db, tenantId: string, key: string): Promise<number> {
  const row = await db
    .selectFrom('managed_sender')
    .select((select) => select.fn.countAll<number>().as('entries'))
    .where('tenant_id', '=', tenantId)
    .where('user_key', '=', key)
    .executeTakeFirst()
  return Number(row?.entries ?? 0)
}

/** Policies that name the user itself, its domain or a group of its; those for everybody are left out. */
async function policiesOf(
  db: Db,
  tenantId: string,
  { known, groups }: { readonly known: Known; readonly groups: UserDetail['groups'] },
): Promise<UserDetail['policies']> {
  const rows = await db
    .selectFrom('policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('enabled', '=', 1)
    .orderBy('id', 'desc')
    .execute()
  const lists = await db
    .selectFrom('address_group')
    .select(['id', 'name', 'entries'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const names = new Map(lists.map(({ id, name }) => [id, name]))
  const world = worldOf({
    domains: [] as readonly DomainSettings[],
    groups: lists.map(({ id, name, entries }) => ({ id, name, ...JSON.parse(entries) })),
  })
  const keys = new Set(known.addresses.map(({ address_key }) => address_key))
  const domains = new Set(known.addresses.map(({ domain }) => domain))
  const own = new Set(groups.map(({ id }) => id))
  for (const key of keys) for (const id of world.groupsByAddress.get(key) ?? []) own.add(id)
  for (const domain of domains) for (const id of world.groupsByDomain.get(domain) ?? []) own.add(id)
  const reason = (side: RuleScope): string | null => {
    if (side.kind === 'address') return keys.has(side.address) ? 'names the address' : null
    if (side.kind === 'domain') return domains.has(side.domain) ? `names ${side.domain}` : null
    if (side.kind !== 'group' || !own.has(side.groupId)) return null
    return `names the group ${names.get(side.groupId) ?? ''}`.trim()
  }
  return rows
    .flatMap((row) => {
      const rule: PolicyRule = ruleOf(row)
      const because = reason(rule.from) ?? reason(rule.to)
      return because === null ? [] : [{ id: row.id, type: row.type, name: row.name, because }]
    })
    .slice(0, POLICIES_MAX)
}
