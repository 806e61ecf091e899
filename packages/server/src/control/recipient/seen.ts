// Keeps who was written to without being listed, and makes users of those who send (R1, R2).
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import { domainsOf } from '../domain/store.ts'
import type { ProtectionNotes, SeenRecipientNote } from '../tracking/protection-notes.ts'
import { readUserAddress, type UserAddress } from '../user/address.ts'
import { feedRecipients } from '../user/recipient-feed.ts'
import { insertUsers, ownersOf } from '../user/store.ts'
import { keepSeen, listedOf, trimSeen } from './store.ts'

type Deps = { readonly store: Store }

/** Users made of senders in one organisation: a host that is broken into must not fill the list. */
const SEEN_USERS_MAX = 50_000

/** Keeps the notes; true when recipients became known, so that edges are told. */
export async function keepSeenPeople(
  { senders, recipients }: Pick<ProtectionNotes, 'senders' | 'recipients'>,
  deps: Deps,
): Promise<boolean> {
  let added = 0
  for (const [tenantId, some] of byTenant(senders)) added += await keepSenders(tenantId, some, deps)
  for (const [tenantId, some] of byTenant(recipients)) await keepRecipients(tenantId, some, deps)
  return added > 0
}

/** Senders of accepted outbound mail become users that only mail names: they receive, and cannot sign in. */
async function keepSenders(
  tenantId: string,
  senders: ProtectionNotes['senders'],
  { store }: Deps,
): Promise<number> {
  return store.transaction(async (trx) => {
    const domains = new Map(
      (await domainsOf(trx, tenantId)).map((row) => [row.name, row.validated_at !== null]),
    )
    const addresses = new Map<string, { readonly address: UserAddress; readonly at: number }>()
    for (const { address, at } of senders) {
      const read = readUserAddress(address, domains)
      if (read.ok) addresses.set(read.value.key, { address: read.value, at })
    }
    const owners = await ownersOf(trx, tenantId, [...addresses.keys()])
    const fresh = [...addresses.values()].filter(({ address }) => !owners.has(address.key))
    if (fresh.length === 0 || (await usersSeen(trx, tenantId)) >= SEEN_USERS_MAX) return 0
    const now = Math.max(...fresh.map(({ at }) => at))
    const users = fresh.map(({ address }) => ({
      id: newId('usr', now),
      email: address,
      name: '',
      aliases: [],
    }))
    await insertUsers(trx, users, { tenantId, source: 'seen-in-mail', reference: null, now })
    const added = fresh.map(({ address: { key } }) => ({ key, primaryKey: key }))
    const fed = { tenantId, source: 'seen-in-mail', added, removed: [] }
    await feedRecipients(trx, fed, { dialect: store.dialect, now })
    return fresh.length
  })
}

async function usersSeen(trx: Trx, tenantId: string): Promise<number> {
  const row = await trx
    .selectFrom('user_source')
    .select((select) => select.fn.countAll<number>().as('users'))
    .where('tenant_id', '=', tenantId)
    .where('source', '=', 'seen-in-mail')
    .executeTakeFirst()
  return Number(row?.users ?? 0)
}

async function keepRecipients(
  tenantId: string,
  notes: readonly SeenRecipientNote[],
  { store }: Deps,
): Promise<void> {
  await store.transaction(async (trx) => {
    const names = (await domainsOf(trx, tenantId)).map(({ name }) => name)
    const listed = await listedOf(
      trx,
      tenantId,
      notes.map(({ address }) => address),
    )
    for (const note of notes) {
      const domain = note.address.slice(note.address.lastIndexOf('@') + 1)
      if (!listed.has(note.address) && names.includes(domain)) await keepSeen(trx, note, domain)
    }
    await trimSeen(trx, tenantId)
  })
}

function byTenant<Note extends { readonly tenantId: string }>(notes: readonly Note[]): Map<string, Note[]> {
  const grouped = new Map<string, Note[]>()
  for (const note of notes) grouped.set(note.tenantId, [...(grouped.get(note.tenantId) ?? []), note])
  return grouped
}
