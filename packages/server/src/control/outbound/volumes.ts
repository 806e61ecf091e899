// What each sender usually sends, learned from mail that went out, and the warning when one sends far more:
// a taken-over mailbox is seen by its numbers first (6.8).
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import type { SenderKind } from '#store/outbound-tables.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { addActivity } from '../connect/activity.ts'
import { markDirty } from '../settings/settings.ts'
import { HOUR_MS, type SenderVolume } from './volume.ts'

/** Four weeks: every weekday four times. */
const HOURS_KEPT = 28 * 24
/** Fewer recipients an hour than this are never a warning; a mail host's sum is larger than a person's. */
export const FLOORS: { readonly [Kind in SenderKind]: number } = {
  author: 200,
  credential: 2_000,
  address: 2_000,
}
/** So many times the most of any hour before: slowed down; and held. */
export const THROTTLE_FACTOR = 5
export const HOLD_FACTOR = 20
/** A host that is new has no usual; its first week is learned from. */
const LEARNING_HOURS = 7 * 24
const PRUNE_MS = 6 * HOUR_MS

/** Adds what was sent, and raises warnings. Those count at the edges within seconds. */
export async function keepVolumes(store: Store, volumes: readonly SenderVolume[]): Promise<void> {
  for (const volume of volumes) {
    await store.transaction(async (trx) => {
      const recipients = await addToHour(trx, volume)
      if (recipients >= FLOORS[volume.kind]) await warnIfUnusual(trx, volume, recipients)
    })
  }
}

async function addToHour(trx: Trx, volume: SenderVolume): Promise<number> {
  const { tenantId, kind, identity, at, messages, recipients } = volume
  const hour = Math.floor(at / HOUR_MS)
  const row = await trx
    .insertInto('sender_hour')
    .values({ tenant_id: tenantId, kind, identity, hour, messages, recipients })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'kind', 'identity', 'hour']).doUpdateSet((set) => ({
        messages: set('sender_hour.messages', '+', messages),
        recipients: set('sender_hour.recipients', '+', recipients),
      })),
    )
    .returning('recipients')
    .executeTakeFirst()
  return Number(row?.recipients ?? recipients)
}

async function warnIfUnusual(trx: Trx, volume: SenderVolume, recipients: number): Promise<void> {
  const { tenantId, kind, identity, at } = volume
  const hour = Math.floor(at / HOUR_MS)
  const before = await trx
    .selectFrom('sender_hour')
    .select(({ fn }) => [fn.max('recipients').as('most'), fn.min('hour').as('first')])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('identity', '=', identity)
    .where('hour', '<', hour)
    .executeTakeFirst()
  const usual = Number(before?.most ?? 0)
  if (kind !== 'author' && hour - Number(before?.first ?? hour) < LEARNING_HOURS) return
  const action = actionFor(kind, recipients, usual)
  if (action === null) return
  const open = await trx
    .selectFrom('sender_warning')
    .select(['id', 'action', 'released_at', 'recipients'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('identity', '=', identity)
    .where('began_at', '>=', (hour - 24) * HOUR_MS)
    .orderBy('began_at', 'desc')
    .executeTakeFirst()
  // Who was released may go on at that pace: only far more than that is a new warning.
  if (
    open &&
    (open.released_at === null
      ? open.action === 'hold' || action === 'throttle'
      : recipients < open.recipients * THROTTLE_FACTOR)
  )
    return
  await raise(trx, { volume, recipients, usual, action, open: open?.released_at === null ? open.id : null })
}

/** What so many recipients in an hour lead to, for a sender with so many at most before; null for nothing. */
export function actionFor(kind: SenderKind, recipients: number, usual: number): 'throttle' | 'hold' | null {
  const floor = FLOORS[kind]
  if (recipients >= Math.max(floor * THROTTLE_FACTOR, usual * HOLD_FACTOR)) return 'hold'
  return recipients >= Math.max(floor, usual * THROTTLE_FACTOR) ? 'throttle' : null
}

async function raise(
  trx: Trx,
  found: {
    readonly volume: SenderVolume
    readonly recipients: number
    readonly usual: number
    readonly action: 'throttle' | 'hold'
    /** A warning that is open and becomes stronger. */
    readonly open: string | null
  },
): Promise<void> {
  const { volume, recipients, usual, action, open } = found
  const { tenantId, kind, identity, at, subjects } = volume
  if (open !== null) {
    await trx
      .updateTable('sender_warning')
      .set({ action })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', open)
      .execute()
  } else {
    const row = {
      id: newId('aud', at),
      tenant_id: tenantId,
      kind,
      identity,
      action,
      began_at: at,
      recipients,
      usual,
    }
    const rest = {
      sample: JSON.stringify(subjects.slice(-SAMPLE_MAX)),
      released_at: null,
      released_by: null,
      revision: 0,
    }
    await trx
      .insertInto('sender_warning')
      .values({ ...row, ...rest })
      .execute()
  }
  const did = action === 'hold' ? 'Its mail is held' : 'Its mail is slowed down'
  const much = `${identity} wrote to ${recipients} recipients within an hour, ${usual} at most before`
  const text = `${much}. ${did} until an administrator releases it`
  await addActivity(trx, { tenantId, at, kind: 'mail', text, step: 'outbound' })
  await markDirty(trx, tenantId, at)
}

const SAMPLE_MAX = 5

/** Forgets hours that are too old to say what is usual. */
export class VolumePruner {
  #prunedAt = 0

  async prune(store: Pick<Store, 'db'>, now: number): Promise<void> {
    if (now - this.#prunedAt < PRUNE_MS) return
    this.#prunedAt = now
    await acrossTenants(store.db)
      .deleteFrom('sender_hour')
      .where('hour', '<', Math.floor(now / HOUR_MS) - HOURS_KEPT)
      .execute()
  }
}
