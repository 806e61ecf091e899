// What passed for each organisation on one day, for the operator's figures.
import { sql } from 'kysely'
import type { TrackingStorage } from './tracking-store.ts'

export type UsageOfDay = {
  readonly tenantId: string
  readonly inbound: number
  readonly outbound: number
  readonly refused: number
  /** Of all messages that were taken, as received. */
  readonly octets: number
}

/** By tenant; what belongs to nobody is left out. */
export async function usageOfDay(storage: TrackingStorage, day: number): Promise<readonly UsageOfDay[]> {
  const taken = (direction: string) =>
    sql<number>`sum(case when status <> 'refused' and direction = ${direction} then count else 0 end)`
  const query = storage.builder
    .selectFrom('tracking_message')
    .select([
      'tenant_id',
      taken('inbound').as('inbound'),
      taken('outbound').as('outbound'),
      sql<number>`sum(case when status = 'refused' then count else 0 end)`.as('refused'),
      sql<number>`sum(coalesce(size, 0))`.as('octets'),
    ])
    .where('day', '=', day)
    .where('tenant_id', '<>', '')
    .groupBy('tenant_id')
  const rows = await storage.read(day, query.compile())
  return rows.map(({ tenant_id, inbound, outbound, refused, octets }) => ({
    tenantId: tenant_id,
    inbound: Number(inbound),
    outbound: Number(outbound),
    refused: Number(refused),
    octets: Number(octets),
  }))
}
