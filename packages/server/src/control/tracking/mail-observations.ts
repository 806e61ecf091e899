// What passing mail told of a tenant, kept for Connect: first messages each way, refused relay attempts, last
// use.
import type { Said } from '@gatepost/contract/saying.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { compileIpSet } from '@gatepost/mail/ip.ts'
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import { keepInfected } from '../outbound/infected.ts'
import { keepOutboundUses } from '../outbound/uses.ts'
import { keepVolumes } from '../outbound/volumes.ts'
import { keepSenderUses } from '../sender/uses.ts'
import { DAY_MS } from './days.ts'
import type { MailNotes } from './notes.ts'

export type FirstMessage = { readonly at: number; readonly messageId: string }
export type RefusedRelay = {
  readonly address: string
  readonly domain: string
  readonly lastSeenAt: number
  readonly count: number
}
export type MailObservations = {
  readonly firstOutbound: FirstMessage | null
  /** By domain. */
  readonly firstInbound: ReadonlyMap<string, FirstMessage>
  /** Clients that tried to relay with a domain of ours and are not authorised; newest first. */
  readonly refusedRelays: readonly RefusedRelay[]
}

const NAMES = { outbound: 'first-outbound', inbound: 'first-inbound', refused: 'refused-relay' } as const
/** Kept a tenant: anybody may try, so the oldest make room. */
const REFUSED_KEPT_MAX = 200

export async function readMailObservations(
  store: Pick<Store, 'db'>,
  tenantId: string,
): Promise<MailObservations> {
  const rows = await store.db
    .selectFrom('observation')
    .select(['subject', 'name', 'value', 'checked_at'])
    .where('tenant_id', '=', tenantId)
    .where('name', 'in', Object.values(NAMES))
    .orderBy('checked_at', 'desc')
    .execute()
  const named = (name: string) => rows.filter((row) => row.name === name)
  const first = (value: string): FirstMessage => JSON.parse(value) as FirstMessage
  const [outbound] = named(NAMES.outbound)
  return {
    firstOutbound: outbound ? first(outbound.value) : null,
    firstInbound: new Map(named(NAMES.inbound).map(({ subject, value }) => [subject, first(value)])),
    refusedRelays: named(NAMES.refused).map(({ value }) => JSON.parse(value) as RefusedRelay),
  }
}

/** Keeps the notes of a batch. Noting the same again changes nothing, except counts of refusals. */
export async function keepMailNotes(store: Store, notes: MailNotes): Promise<void> {
  if (notes.senders) await keepSenderUses(store, notes.senders)
  if (notes.volumes) await keepVolumes(store, notes.volumes)
  if (notes.outboundUses) await keepOutboundUses(store, notes.outboundUses)
  if (notes.infected && notes.infected.length > 0) await keepAllInfected(store, notes.infected)
  if (notes.outbound.length + notes.inbound.length + notes.refused.length === 0) return
  await store.transaction(async (trx) => {
    for (const { tenantId, ip, ...first } of notes.outbound) {
      await keepFirst(trx, {
        tenantId,
        subject: 'tenant',
        name: NAMES.outbound,
        first,
        text: say('activity.first-outbound'),
      })
      if (ip !== null) await keepLastUse(trx, { tenantId, ip, at: first.at })
    }
    for (const { tenantId, domain, ...first } of notes.inbound) {
      const text = say('activity.first-inbound', { domain })
      await keepFirst(trx, { tenantId, subject: domain, name: NAMES.inbound, first, text })
    }
    for (const refused of notes.refused) await keepRefusal(trx, refused)
    for (const tenantId of new Set(notes.refused.map((note) => note.tenantId)))
      await dropOldRefusals(trx, tenantId)
  })
}

async function keepAllInfected(store: Store, infected: NonNullable<MailNotes['infected']>): Promise<void> {
  await store.transaction(async (trx) => {
    for (const note of infected) if (await isTenant(trx, note.tenantId)) await keepInfected(trx, note)
  })
}

type First = {
  readonly tenantId: string
  readonly subject: string
  readonly name: string
  readonly first: FirstMessage
  readonly text: Said
}

async function keepFirst(trx: Trx, { tenantId, subject, name, first, text }: First): Promise<void> {
  if (!(await isTenant(trx, tenantId))) return
  const row = { tenant_id: tenantId, subject, name, value: JSON.stringify(first), checked_at: first.at }
  const added = await trx
    .insertInto('observation')
    .values({ ...row, next_check_at: null, failures: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .returning('subject')
    .executeTakeFirst()
  if (!added) return
  await trx
    .insertInto('activity')
    .values({
      id: newId('aud', first.at),
      tenant_id: tenantId,
      at: first.at,
      kind: 'mail',
      text: english(text),
      said: JSON.stringify(text),
      message_id: first.messageId,
      step: null,
    })
    .execute()
}

async function keepLastUse(
  trx: Trx,
  use: { readonly tenantId: string; readonly ip: string; readonly at: number },
): Promise<void> {
  await trx
    .updateTable('authorized_outbound')
    .set({ last_seen_at: use.at })
    .where('tenant_id', '=', use.tenantId)
    .where('address', 'in', [use.ip, ...(await networksWith(trx, use))])
    .where((where) =>
      where.or([where('last_seen_at', 'is', null), where('last_seen_at', '<', use.at - DAY_MS / 2)]),
    )
    .execute()
}

/** Networks that operators authorised and that hold the address; rare. */
async function networksWith(
  trx: Trx,
  { tenantId, ip }: { readonly tenantId: string; readonly ip: string },
): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('authorized_outbound')
    .select('address')
    .where('tenant_id', '=', tenantId)
    .where('address', 'like', '%/%')
    .execute()
  return rows.map(({ address }) => address).filter((network) => compileIpSet([network]).has(ip))
}

async function keepRefusal(trx: Trx, refused: MailNotes['refused'][number]): Promise<void> {
  const { tenantId, address, domain, at, count } = refused
  if (!(await isTenant(trx, tenantId))) return
  const key = { tenant_id: tenantId, subject: `${address} ${domain}`, name: NAMES.refused }
  const before = await trx
    .selectFrom('observation')
    .select('value')
    .where('tenant_id', '=', key.tenant_id)
    .where('subject', '=', key.subject)
    .where('name', '=', key.name)
    .executeTakeFirst()
  const total = count + (before ? (JSON.parse(before.value) as RefusedRelay).count : 0)
  const value = JSON.stringify({ address, domain, lastSeenAt: at, count: total } satisfies RefusedRelay)
  await trx
    .insertInto('observation')
    .values({ ...key, value, checked_at: at, next_check_at: null, failures: 0 })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'subject', 'name']).doUpdateSet({ value, checked_at: at }),
    )
    .execute()
}

async function dropOldRefusals(trx: Trx, tenantId: string): Promise<void> {
  const oldest = await trx
    .selectFrom('observation')
    .select('subject')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', NAMES.refused)
    .orderBy('checked_at', 'desc')
    .offset(REFUSED_KEPT_MAX)
    .limit(REFUSED_KEPT_MAX)
    .execute()
  if (oldest.length === 0) return
  await trx
    .deleteFrom('observation')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', NAMES.refused)
    .where(
      'subject',
      'in',
      oldest.map(({ subject }) => subject),
    )
    .execute()
}

/** An edge may report for a tenant that was removed meanwhile. */
async function isTenant(trx: Trx, tenantId: string): Promise<boolean> {
  return (
    (await trx.selectFrom('tenant').select('id').where('id', '=', tenantId).executeTakeFirst()) !== undefined
  )
}
