// Address groups: lists of addresses and domains that policies name.
import type { AddressGroup, AddressGroupSummary } from '@gatepost/contract/group.ts'
import { GROUP_ENTRIES_MAX, GROUPS_MAX } from '@gatepost/contract/group.ts'
import type { FieldError } from '@gatepost/contract/problem.ts'
import { isPublicSuffix } from '#platform/public-suffix.ts'
import { newId } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import { rulesOf as archiveRulesOf } from '../archive/store.ts'
import { type Page, pageOf } from '../page.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { connectorNames } from '../user/user-detail.ts'
import { addressIn, domainIn } from './draft.ts'
import { requireLocalGroup } from './members.ts'
import { type GroupRow, groupColumnsOf, groupOf, shownGroup } from './rows.ts'
import {
  deleteGroupRow,
  findGroup,
  groupPage,
  insertGroupRow,
  policiesWithGroup,
  updateGroupRow,
} from './store.ts'
import { keepRevision } from './write.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export type GroupFields = {
  readonly name: string
  readonly description: string
  readonly addresses: readonly string[]
  readonly domains: readonly string[]
}

export async function listGroups(
  scope: Scope,
  query: {
    readonly limit: number
    readonly after?: string | undefined
    readonly search?: string | undefined
    readonly origin?: 'local' | 'directory' | undefined
  },
  { store }: Pick<Deps, 'store'>,
): Promise<Page<AddressGroupSummary>> {
  const { rows, total } = await groupPage(store.db, scope.tenantId, query)
  const users = await usersOf(
    store.db,
    scope,
    rows.map(({ id }) => id),
  )
  const names = await connectorNames(store.db, scope.tenantId)
  const item = (row: GroupRow): AddressGroupSummary => {
    const { addresses, domains, ...rest } = shownGroup(row, users(row.id))
    const directory = names.get(row.connector_id) ?? rest.directory
    return { ...rest, directory, addressCount: addresses.length, domainCount: domains.length }
  }
  return pageOf(rows, query.limit, { item, cursor: ({ id }) => id, total })
}

export async function getGroup(
  scope: Scope,
  id: string,
  { store }: Pick<Deps, 'store'>,
): Promise<AddressGroup> {
  const row = await requireGroup(store.db, scope, id)
  const users = await usersOf(store.db, scope, [id])
  const shown = shownGroup(row, users(id))
  const names = await connectorNames(store.db, scope.tenantId)
  return { ...shown, directory: names.get(row.connector_id) ?? shown.directory }
}

export async function createGroup(
  scope: Scope,
  input: GroupFields & { readonly reason: string },
  deps: Deps,
): Promise<AddressGroup> {
  const { reason, ...written } = input
  const fields = checkedFields(written)
  const at = deps.clock.now()
  const id = newId('grp', at)
  await deps.store.transaction(async (trx) => {
    const { total } = await groupPage(trx, scope.tenantId, { limit: 1, origin: 'local' })
    if (total >= GROUPS_MAX) throw problem('limit-reached', `There are ${GROUPS_MAX} address groups already.`)
    const event = { action: 'created' as const, before: null, after: fields, reason, at }
    const number = await changeSettings(trx, scope, settingsEvent(fields.name, event))
    await insertGroupRow(trx, {
      id,
      tenant_id: scope.tenantId,
      ...groupColumnsOf(fields),
      origin: 'person',
      created_at: at,
      updated_at: at,
      revision: number,
    })
    await keepRevision(trx, scope, { ...event, id, number })
  })
  deps.link.settingsChanged()
  return getGroup(scope, id, deps)
}

export async function updateGroup(
  scope: Scope,
  input: GroupFields & { readonly id: string; readonly reason: string; readonly expected: number | null },
  deps: Deps,
): Promise<AddressGroup> {
  const { id, reason, expected, ...written } = input
  const fields = checkedFields(written)
  await deps.store.transaction(async (trx) => {
    const row = await requireLocalGroup(trx, scope.tenantId, id)
    requireRevision(row, expected)
    const { name, addresses, domains } = groupOf(row)
    const before = { name, description: row.description, addresses, domains }
    const at = deps.clock.now()
    const event = { action: 'changed' as const, before, after: fields, reason, at }
    const number = await changeSettings(trx, scope, settingsEvent(fields.name, event))
    await updateGroupRow(trx, row, { ...groupColumnsOf(fields), updated_at: at, revision: number })
    await keepRevision(trx, scope, { ...event, id, number })
  })
  deps.link.settingsChanged()
  return getGroup(scope, id, deps)
}

/** Removes a group that no policy and no rule of the archive names. */
export async function removeGroup(
  scope: Scope,
  input: { readonly id: string; readonly reason: string; readonly expected: number | null },
  deps: Deps,
): Promise<void> {
  await deps.store.transaction(async (trx) => {
    const row = await requireLocalGroup(trx, scope.tenantId, input.id)
    requireRevision(row, input.expected)
    const users = await policiesWithGroup(trx, scope.tenantId, [input.id])
    if (users.length > 0) {
      const names = users.slice(0, 5).map(({ name }) => `“${name}”`)
      throw problem('group-in-use', `${names.join(', ')} still name it. Change or remove them first.`)
    }
    const rules = await archiveRulesOf(trx, scope.tenantId)
    if (rules.some(({ kind, value }) => kind === 'group' && value === input.id))
      throw problem(
        'group-in-use',
        'The archive keeps mail of this group for days of its own. Remove that first.',
      )
    const at = deps.clock.now()
    const event = {
      action: 'removed' as const,
      before: { name: row.name },
      after: null,
      reason: input.reason,
      at,
    }
    const number = await changeSettings(trx, scope, settingsEvent(row.name, event))
    await deleteGroupRow(trx, row)
    await keepRevision(trx, scope, { ...event, id: row.id, number })
  })
  deps.link.settingsChanged()
}

/** Which policies name each of these groups. */
async function usersOf(db: Db, scope: Scope, ids: readonly string[]) {
  const rows = await policiesWithGroup(db, scope.tenantId, ids)
  return (id: string): AddressGroup['usedBy'] =>
    rows
      .filter(({ from_group, to_group }) => from_group === id || to_group === id)
      .map((row) => ({
        id: row.id,
        type: row.type as AddressGroup['usedBy'][number]['type'],
        name: row.name,
      }))
}

/** Every entry in the form that mail is compared by, each once. */
function checkedFields(written: GroupFields): GroupFields {
  const errors: FieldError[] = []
  const { name, description } = written
  const addresses = written.addresses.map((text, at) => addressIn(text, `/addresses/${at}`, errors))
  const domains = written.domains.map((text, at) => domainIn(text, `/domains/${at}`, errors))
  for (const [at, domain] of domains.entries()) {
    if (!isPublicSuffix(domain)) continue
    errors.push({ path: `/domains/${at}`, message: `${domain} covers the domains of many organisations.` })
  }
  const fields = {
    name,
    description,
    addresses: [...new Set(addresses)].toSorted(),
    domains: [...new Set(domains)].toSorted(),
  }
  if (fields.addresses.length + fields.domains.length > GROUP_ENTRIES_MAX) {
    const message = `A group has at most ${GROUP_ENTRIES_MAX} entries; make a second one.`
    errors.push({ path: '/addresses', message })
  }
  if (errors.length > 0) throw invalidInput(errors.slice(0, 50))
  return fields
}

function settingsEvent(
  name: string,
  event: {
    readonly action: string
    readonly before: object | null
    readonly after: object | null
    readonly reason: string
    readonly at: number
  },
) {
  const { action, before, after, reason, at } = event
  return {
    action: `group.${action}`,
    subject: `address group ${name}`,
    before: before as { readonly [field: string]: unknown } | null,
    after: after as { readonly [field: string]: unknown } | null,
    ...(reason === '' ? {} : { reason }),
    at,
  }
}

async function requireGroup(db: Db, { tenantId }: Scope, id: string): Promise<GroupRow> {
  const row = await findGroup(db, tenantId, id)
  if (!row) throw problem('not-found', `There is no address group “${id}” here.`)
  return row
}
