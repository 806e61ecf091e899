// What directories say becomes users and groups: planned first, so that it can be shown, then carried out in
// the caller's transaction (D2, D8).
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'
import type { Db, Store, Trx } from '#store/open.ts'
import type { Known } from './claim.ts'
import { writeGroups } from './people-groups.ts'
import {
  type ConnectorSource,
  type PeopleInput,
  type PeopleNote,
  type PeoplePlan,
  type PlannedUser,
  planPeople,
} from './people-plan.ts'
import { readPeople } from './people-state.ts'
import { writePeople } from './people-write.ts'

export type { ConnectorSource, PeopleInput, PeoplePlan }

/** One line of a diff. */
export type PeopleChange = {
  readonly kind: 'added' | 'changed' | 'removed' | 'kept'
  readonly externalId: string | null
  readonly email: string
  readonly name: string
  /** What is different, in words such as `name “Ann” → “Anne”`. */
  readonly what: readonly string[]
}

export type Applied = {
  readonly added: number
  readonly changed: number
  readonly removed: number
  /** Users that this directory no longer names and another source does. */
  readonly kept: number
  readonly unchanged: number
  /** Entries left out, with a sentence each. */
  readonly skipped: readonly PeopleNote[]
  /** Parts of entries left out, with a sentence each. */
  readonly notes: readonly PeopleNote[]
  readonly groups: { readonly added: number; readonly changed: number; readonly removed: number }
  readonly changes: readonly PeopleChange[]
}

/** Plans without changing anything. Give `changesOf(plan)` to people. */
export async function previewPeople(
  db: Db,
  input: PeopleInput & { readonly tenantId: string },
): Promise<PeoplePlan> {
  const { source, upserts, removals } = input
  const asked = { connectorId: source.connectorId, upserts, removals }
  return planPeople(await readPeople(db, input.tenantId, asked), input)
}

/**
 * Applies a directory's word in the caller's transaction. Call `link.settingsChanged()` after it committed.
 * `removals` are external ids, of users and groups alike.
 */
export async function applyPeople(
  trx: Trx,
  input: {
    readonly tenantId: string
    readonly source: ConnectorSource
    readonly upserts: readonly DirectoryEntry[]
    readonly removals: readonly string[]
    /** Who leaves and is named by nobody else stays as an address that receives mail. */
    readonly leaversStay?: boolean
    readonly now: number
  },
  { store }: { readonly store: Pick<Store, 'dialect'> },
): Promise<Applied> {
  const { tenantId, source, now } = input
  const plan = await previewPeople(trx, input)
  const { byExternal } = await writePeople(trx, plan, { tenantId, now, dialect: store.dialect })
  const groups = await writeGroups(trx, {
    tenantId,
    source,
    groups: input.upserts.filter(({ kind }) => kind === 'group'),
    removals: input.removals,
    arrived: [...byExternal.keys()],
    now,
  })
  return {
    added: plan.adds.length,
    changed: plan.changes.length,
    removed: plan.removes.length,
    kept: plan.kept.length,
    unchanged: plan.unchanged,
    skipped: plan.skipped,
    notes: [...plan.notes, ...groups.notes],
    groups: { added: groups.added, changed: groups.changed, removed: groups.removed },
    changes: changesOf(plan),
  }
}

/** A plan as lines of a diff: removals first, as they matter most. */
export function changesOf(plan: PeoplePlan): readonly PeopleChange[] {
  return [
    ...plan.removes.map((known): PeopleChange => {
      const { row } = known
      return { kind: 'removed', externalId: externalOf(known), email: row.email, name: row.name, what: [] }
    }),
    ...plan.kept.map((user) => lineOf('kept', user)),
    ...plan.adds.map((user) => lineOf('added', user)),
    ...plan.changes.map((user) => lineOf('changed', user)),
  ]
}

function externalOf({ claims }: Known): string | null {
  return claims.find(({ externalId }) => externalId !== null)?.externalId ?? null
}

function lineOf(kind: PeopleChange['kind'], user: PlannedUser): PeopleChange {
  const { before, after, externalId } = user
  return {
    kind,
    externalId,
    email: after.email.address,
    name: after.name,
    what: before === null ? [] : differences(before, user),
  }
}

function differences({ row, addresses, claims }: Known, { after, claims: now }: PlannedUser): string[] {
  const what: string[] = []
  if (row.email !== after.email.address) what.push(`main address ${row.email} → ${after.email.address}`)
  if (row.name !== after.name) what.push(`name “${row.name}” → “${after.name}”`)
  if ((row.enabled === 1) !== after.enabled)
    what.push(after.enabled ? 'may sign in' : 'may no longer sign in')
  if (row.kind !== after.kind) what.push(`kind ${row.kind} → ${after.kind}`)
  if (row.attributes !== JSON.stringify(after.attributes)) what.push('attributes')
  const has = new Set(addresses.map(({ address_key }) => address_key))
  for (const [key, { address }] of after.addresses)
    if (!has.has(key)) what.push(`alias ${address.address} added`)
  for (const { address, address_key } of addresses)
    if (!after.addresses.has(address_key)) what.push(`alias ${address} removed`)
  const before = new Set(claims.map(({ source, connectorId }) => `${source}:${connectorId}`))
  if (now.some(({ source, connectorId }) => !before.has(`${source}:${connectorId}`)))
    what.push('joins a user that is there')
  return what
}
