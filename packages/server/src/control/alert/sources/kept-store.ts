// Queries of the sources of alerts that read what is stored, across all organisations.
import type { Db } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'

/** Connectors that run, with the address of their organisation's pages. */
export function syncedConnectors(db: Db) {
  return acrossTenants(db)
    .selectFrom('connector')
    .innerJoin('tenant', 'tenant.id', 'connector.tenant_id')
    .select([
      'connector.tenant_id',
      'connector.name',
      'connector.kind',
      'connector.settings',
      'connector.trouble',
      'tenant.slug',
    ])
    .where('connector.enabled', '=', 1)
    .execute()
}

/** Paired agents that were not heard of since a time. */
export function silentAgents(db: Db, since: number) {
  return acrossTenants(db)
    .selectFrom('agent')
    .innerJoin('tenant', 'tenant.id', 'agent.tenant_id')
    .select(['agent.id', 'agent.tenant_id', 'agent.site', 'agent.host_name', 'tenant.slug'])
    .where('agent.paired_at', 'is not', null)
    .where('agent.last_seen_at', '<', since)
    .execute()
}

/** Senders that are slowed down or held, with the name of the login they used. */
export function slowedSenders(db: Db) {
  return acrossTenants(db)
    .selectFrom('sender_warning')
    .innerJoin('tenant', 'tenant.id', 'sender_warning.tenant_id')
    .leftJoin('smtp_credential', 'smtp_credential.id', 'sender_warning.identity')
    .select([
      'sender_warning.tenant_id',
      'sender_warning.identity',
      'sender_warning.recipients',
      'sender_warning.usual',
      'sender_warning.action',
      'smtp_credential.name as credential',
      'tenant.slug',
    ])
    .where('sender_warning.released_at', 'is', null)
    .execute()
}

/** Every organisation with the address of its pages. */
export function organisations(db: Db) {
  return db.selectFrom('tenant').select(['id', 'slug', 'name', 'delivery_paused']).orderBy('id').execute()
}

/** The delivery routes of one organisation that mail from outside takes. */
export function inboundRoutes(db: Db, tenantId: string) {
  return db
    .selectFrom('route')
    .select(['id', 'name', 'host', 'port', 'default_for', 'paused'])
    .where('tenant_id', '=', tenantId)
    .execute()
}

export function routedDomains(db: Db, tenantId: string) {
  return db.selectFrom('domain').select(['name', 'route_id']).where('tenant_id', '=', tenantId).execute()
}
